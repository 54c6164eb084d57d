import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// Reports and appeals.
@Suite("Reports and appeals")
struct CaseTests {
    private func deed<T: Sendable>(
        _ made: ResourceCity, _ member: TestCity.Member, _ body: @escaping @Sendable (CaseService) throws -> T
    ) async throws -> T {
        let user = member == .visitor ? nil : try await made.city.user(member)
        let office = made.city.platform.resources.office
        return try await made.database.write { try body(CaseService($0, by: user, now: .now, office: office)) }
    }

    private func state(_ made: ResourceCity, _ id: ID<Item>) async throws -> ItemState? {
        try await made.database.read { try ItemStore($0).look(for: id)?.state }
    }

    @Test(
        "A report goes to the level that published; upheld it takes the resource down", arguments: TestDatabase.allCases
    )
    func report(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("公开的", .public))
            let hidden = try await made.published(ResourceCity.content("本校的"))
            await #expect(throws: DomainError.self) {
                _ = try await deed(made, .visitor) { try $0.report(hidden, .wrong, "x") }
            }
            await #expect(throws: DomainError.self) { _ = try await deed(made, .zhao) { try $0.report(id, nil, "") } }
            let first = try await deed(made, .zhao) { try $0.report(id, .rights, "图片是我拍的") }
            await #expect(throws: DomainError.self) {
                _ = try await deed(made, .zhao) { try $0.report(id, .wrong, "再说") }
            }
            let second = try await deed(made, .visitor) { try $0.report(id, .wrong, "有错字") }
            let zhao = try await made.city.user(.zhao)
            let told = try await made.database.read { try CaseStore($0).find(first, for: zhao) }
            let due = made.city.platform.resources.office.calendar.day(after: told.openedAt.day, workingDays: 1)
            #expect(told.level == .city && told.due == due)
            // The school did not open it to the public, nor does the author judge it.
            for member in [TestCity.Member.li, .wang, .zhao] {
                await #expect(throws: DomainError.self, "\(member)") {
                    try await deed(made, member) { try $0.decide(first, isUpheld: true, "属实") }
                }
            }
            try await deed(made, .bureau) { try $0.decide(first, isUpheld: true, "未经授权的图片") }
            #expect(try await state(made, id) == .takenDown)
            let other = try await made.database.read {
                try $0.value("SELECT state FROM resources_case WHERE id = \(second)", as: String.self)
            }
            #expect(other == "upheld")
            await #expect(throws: DomainError.self) {
                try await deed(made, .bureau) { try $0.decide(first, isUpheld: false, "再想想") }
            }
        }
    }

    @Test("The level above hears the author, and not whoever took it down", arguments: TestDatabase.allCases)
    func appeal(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("本校的"))
            await #expect(throws: DomainError.self) { _ = try await deed(made, .wang) { try $0.appeal(id, "没有下架") } }
            try await made.review(.li) { try $0.takeDown(id, reason: "有错") }
            await #expect(throws: DomainError.self) { _ = try await deed(made, .leader) { try $0.appeal(id, "不是作者") } }
            let appeal = try await deed(made, .wang) { try $0.appeal(id, "课本上就是这样") }
            await #expect(throws: DomainError.self) {
                try await deed(made, .li) { try $0.decide(appeal, isUpheld: false, "不") }
            }
            try await deed(made, .bureau) { try $0.decide(appeal, isUpheld: true, "核对过课本") }
            #expect(try await state(made, id) == .published)
            // Taken down by the bureau itself: another has to answer.
            try await made.review(.bureau) { try $0.takeDown(id, reason: "又看了看") }
            let second = try await deed(made, .wang) { try $0.appeal(id, "再请核对") }
            await #expect(throws: DomainError.self) {
                try await deed(made, .bureau) { try $0.decide(second, isUpheld: true, "自己改") }
            }
            #expect(try await state(made, id) == .takenDown)
        }
    }

    @Test(
        "A visitor reports what is public; the reporter reads the answer, others do not",
        arguments: TestDatabase.allCases)
    func pages(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("公开的", .public)), path = ItemPages.path(id)
            let visitor = try await made.city.client(.visitor), zhao = try await made.city.client(.zhao)
            #expect(try await visitor.get(path + "/report").text.contains("哪里有问题"))
            let empty = try await zhao.post(path + "/report", from: path + "/report", [("told", "键入的话")])
            #expect(empty.status == 422 && empty.text.contains("键入的话") && empty.text.contains("选择举报的原因"))
            let sent = try await zhao.post(
                path + "/report", from: path + "/report", [("ground", "wrong"), ("told", "第二页有错")])
            let one = try #require(sent.location)
            #expect(try await zhao.get(one).text.contains("待处理"))
            #expect(try await made.city.client(.chen).get(one).status == 404)
            let bureau = try await made.city.client(.bureau)
            #expect(try await bureau.get(CasePages.root).text.contains("公开的"))
            let unsure = try await bureau.post(one, from: one, [("answer", "写好的理由")])
            #expect(unsure.status == 422 && unsure.text.contains("写好的理由"))
            _ = try await bureau.post(one, from: one, [("decision", "no"), ("answer", "核对过没有错")])
            #expect(try await zhao.get(one).text.contains("核对过没有错"))
            #expect(try await zhao.get(path).status == 200)
        }
    }
}
