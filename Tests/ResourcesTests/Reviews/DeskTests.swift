import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Resources

/// The desks in the browser, and what the machine lays on them.
@Suite("Desks of reviewers")
struct DeskTests {
    /// Takes the files apart, then looks through them.
    private func work(_ made: ResourceCity) async throws {
        let platform = made.city.platform
        for handlers in [platform.media.jobs, platform.resources.jobs] {
            let runner = JobRunner(database: made.database, handlers: handlers, logger: TestDatabase.logger)
            while try await runner.runOne() {}
        }
    }

    private func findings(_ made: ResourceCity, _ id: ID<Item>) async throws -> [ReviewFinding] {
        try await made.database.read { db in
            guard let review = try ReviewStore(db).reviews(of: id).first else { return [] }
            return try ReviewCheckStore(db).findings(of: review.id)
        }
    }

    /// A draft whose one file has the text.
    private func draft(
        _ made: ResourceCity, _ content: ItemContent, _ text: String, by member: TestCity.Member = .wang
    ) async throws -> ID<Item> {
        let id = try await made.draft(content, by: member), user = try await made.city.user(member)
        let path = made.city.folder + "/text.txt", files = made.city.platform.files
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let kept = try files.keep(fileAt: path)
        try await made.database.write { db in
            let file = try files.record(
                sha256: kept.sha256, size: kept.size, name: "全文.txt", by: user.name, now: .now, on: db)
            try ItemService(db, by: user, now: .now).addFiles([NewItemFile(file: file, name: "全文.txt")], to: id)
        }
        return id
    }

    @Test(
        "Each level lists what waits for it, by its clock, and nothing of other places",
        arguments: TestDatabase.allCases)
    func desks(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let early = try await made.draft(ResourceCity.content("先交的", .city))
            let late = try await made.draft(ResourceCity.content("后交的", .city))
            let border = try await made.draft(ResourceCity.content("边境的", .city), by: .zhao)
            try await made.review(.wang, at: Timestamp.now.adding(days: -30)) { try $0.submit(early) }
            try await made.review(.wang) { try $0.submit(late) }
            try await made.review(.zhao) { try $0.submit(border) }
            func list(
                _ member: TestCity.Member, _ change: @escaping @Sendable (inout DeskFilter) -> Void = { _ in },
                after: (due: String, id: String)? = nil, limit: Int = 10
            ) async throws -> [DeskLine] {
                let scope = try await made.city.user(member).scope(of: .itemReview)
                return try await made.database.read { db in
                    var filter = DeskFilter()
                    change(&filter)
                    return try DeskStore(db).list(filter, within: scope, after: after, limit: limit)
                }
            }
            #expect(try await list(.li).map(\.title) == ["先交的", "后交的"])
            #expect(try await list(.dongxing).map(\.title) == ["边境的"])
            #expect(try await list(.chen).isEmpty)
            #expect(try await list(.bureau).map(\.title).first == "先交的")
            #expect(try await list(.bureau).count == 3)
            let first = try #require(try await list(.bureau, limit: 1).first)
            let rest = try await list(.bureau, after: (first.step.due.iso, first.step.id.rawValue))
            #expect(Set(rest.map(\.title)) == ["后交的", "边境的"])
            #expect(try await list(.li) { $0.lateOn = Timestamp.now.day }.map(\.title) == ["先交的"])
            #expect(try await list(.li) { $0.area = "2-13" }.count == 2)
            #expect(try await list(.li) { $0.area = "2-14" }.isEmpty)
            try await made.review(.li) { try $0.claim(late) }
            let li = try await made.city.user(.li).account
            #expect(try await list(.li) { $0.claimedBy = li }.map(\.title) == ["后交的"])
            try await made.pass(border, by: [.dongxing])
            #expect(try await list(.dongxing).isEmpty)
            #expect(try await list(.bureau) { $0.level = .city }.map(\.title) == ["边境的"])
            let count = try await made.database.read { db in
                try DeskStore(db).count(DeskFilter(), within: .everything)
            }
            #expect(count == 2)
        }
    }

    /// Open steps of the school's level with a subject each, straight into the tables.
    private func wait(_ areas: [String], at school: Organisation, for item: ID<Item>, _ db: Connection) throws {
        let reviews = areas.map { _ in Identifiers.next() }
        try db.insert(
            into: """
                resources_review (id, item_id, version, digest, goal, state, submitted_at, submitted_by, is_checked)
                """,
            rows: reviews.map { id in
                [
                    .text(id), item.databaseValue, .integer(1), .text(""), .text("city"), .text("withdrawn"),
                    .integer(0), .text(""), .integer(1),
                ]
            })
        try db.insert(
            into: """
                resources_review_step (id, review_id, item_id, version, level, state, path, unit_path, area, opened_at,
                    due_on, claimed_name, decided_name, reason)
                """,
            rows: zip(reviews, areas).map { review, area in
                [
                    .text(Identifiers.next()), .text(review), item.databaseValue, .integer(1), .text("school"),
                    .text("open"), school.path.databaseValue, (school.path.unit ?? .city).databaseValue, .text(area),
                    .integer(0), .text("2026-09-\(10 + (area.utf8.last ?? 0) % 10)"), .text(""), .text(""), .text(""),
                ]
            })
    }

    @Test(
        "Every subject that waits can be chosen, and a desk of several places has each step once, by its clock",
        arguments: TestDatabase.allCases)
    func places(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let item = try await made.draft(ResourceCity.content()), school = made.school, border = made.border
            let many = DeskStore.mostCounted + 100
            try await made.database.write { db in
                try wait(Array(repeating: "2-13", count: many) + ["2-14", "2-21", ""], at: school, for: item, db)
                try wait(["2-14", "2-41"], at: border, for: item, db)
            }
            let unit = try #require(border.path.unit)
            try await made.database.read { db in
                let store = DeskStore(db)
                func areas(_ paths: OrganisationPath...) throws -> [String] {
                    try store.areas(.school, within: DataScope(paths))
                }
                #expect(try areas(.city) == ["2-13", "2-14", "2-21", "2-41"])
                #expect(try areas(school.path) == ["2-13", "2-14", "2-21"])
                #expect(try areas(unit) == ["2-14", "2-41"])
                #expect(try areas(unit, school.path) == ["2-13", "2-14", "2-21", "2-41"])
                #expect(try areas(border.path, school.path) == ["2-13", "2-14", "2-21", "2-41"])
                #expect(try store.areas(.school, within: .nothing).isEmpty)
                for scope in [
                    DataScope([.city]), DataScope([unit, school.path]), DataScope([border.path, school.path]),
                ] {
                    var filter = DeskFilter()
                    #expect(try store.count(filter, within: scope) == DeskStore.mostCounted + 1)
                    let first = try store.list(filter, within: scope, after: nil, limit: 2)
                    #expect(first.map(\.step.due) == first.map(\.step.due).sorted() && first.count == 2)
                    filter.area = "2-14"
                    #expect(try store.count(filter, within: scope) == 2)
                    #expect(try store.list(filter, within: scope, after: nil, limit: 9).count == 2)
                    (filter.area, filter.hidden) = ("", ["2-13"])
                    let lines = try store.list(filter, within: scope, after: nil, limit: 9)
                    #expect(Set(lines.map(\.step.id)).count == 5 && lines.count == 5)
                    let keys = lines.map { "\($0.step.due) \($0.step.id)" }
                    #expect(keys == keys.sorted())
                    let third = lines[2].step
                    let rest = try store.list(
                        filter, within: scope, after: (third.due.iso, third.id.rawValue), limit: 9)
                    #expect(rest.map(\.step.id) == lines.dropFirst(3).map(\.step.id))
                }
            }
        }
    }

    @Test("What is told is looked through before it is taken, files after", arguments: TestDatabase.allCases)
    func checks(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            var content = ResourceCity.content("灯塔")
            content.summary = "加 微信 领取全套课件"
            let blocked = try await made.draft(content)
            do {
                try await made.review(.wang) { try $0.submit(blocked) }
                Issue.record("taken")
            } catch DomainError.invalid(let problems) { #expect(problems.map(\.field) == ["summary"]) }
            let first = try await draft(made, ResourceCity.content("原文", .city), CheckTests.story)
            try await made.review(.wang) { try $0.submit(first) }
            try await work(made)
            #expect(try await findings(made, first).isEmpty)
            try await made.pass(first, by: [.li, .bureau])
            let text = CheckTests.story.replacing("渔村东边", with: "海岛西侧") + "\n联系电话13900001234，快来下注。"
            let second = try await draft(made, ResourceCity.content("抄的", .city), text, by: .zhao)
            try await made.review(.zhao) { try $0.submit(second) }
            try await work(made)
            let found = try await findings(made, second)
            #expect(Set(found.map(\.kind)) == [.word, .phone, .text])
            let told = try #require(found.first { $0.kind == .text })
            #expect(told.other == first && told.percent >= 50 && told.percent < 100)
            // A second run finds the same and no more.
            let job = ReviewCheckJob(
                database: made.database,
                reader: ProcessedReader(database: made.database, uploads: made.city.platform.media.uploads))
            let review = try #require(try await made.database.read { try ReviewStore($0).reviews(of: second).first })
            _ = try await job.run(review.id, turn: 0)
            let again = try await findings(made, second)
            #expect(again.count == found.count)
            let likeness = try #require(again.first { $0.kind == .text })

            let dongxing = try await made.city.client(.dongxing), path = ItemPages.path(second)
            let page = try await dongxing.get(path)
            #expect(page.text.contains("139****1234") && !page.text.contains("13900001234"))
            let compared = try await dongxing.get("\(path)/findings/\(likeness.id)")
            #expect(
                compared.status == 200 && compared.text.contains("守塔的老人"),
                "\(compared.status) \(compared.text.suffix(600))")
            // Neither the author of the other nor a stranger looks into what is in review.
            #expect(try await made.city.client(.chen).get("\(path)/findings/\(likeness.id)").status == 404)
        }
    }

    @Test("The same file in another resource is told", arguments: TestDatabase.allCases)
    func same(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let first = try await draft(made, ResourceCity.content("一", .city), "同一个文件")
            try await made.review(.wang) { try $0.submit(first) }
            try await made.pass(first, by: [.li, .bureau])
            let second = try await draft(made, ResourceCity.content("二", .city), "同一个文件", by: .zhao)
            try await made.review(.zhao) { try $0.submit(second) }
            try await work(made)
            let found = try await findings(made, second)
            #expect(found.map(\.kind) == [.same] && found.first?.other == first)
        }
    }

    @Test("From the desk to the decision; a late one keeps what was typed", arguments: TestDatabase.allCases)
    func pages(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("灯塔教案", .city)), path = ItemPages.path(id)
            let wang = try await made.city.client(.wang), li = try await made.city.client(.li)
            _ = try await wang.post(path + "/submission", from: path)
            #expect(try await wang.get(ItemPages.root + "/mine").text.contains("校级待审"))
            let desk = try await li.get(ReviewPages.root)
            #expect(desk.text.contains("灯塔教案") && desk.text.contains("校级待审 1"))
            #expect(try await li.get(ReviewPages.root + "?format=csv").text.contains("灯塔教案"))
            #expect(
                try await made.city.client(.chen).get(ReviewPages.root + "?level=school").text.contains("灯塔教案") == false
            )
            let revision = try #require(try await li.get(path).hidden("revision"))
            _ = try await li.post(path + "/claim", from: path)
            let late = try await li.post(
                path + "/review", from: path,
                [("revision", revision), ("decision", "no"), ("remark", "图片不清楚，请换一张。")])
            // Claiming changes nothing of the resource, so the revision still holds.
            #expect(late.status == 303)
            #expect(try await wang.get(path).text.contains("图片不清楚，请换一张。"))
            let own = try await wang.get(ItemPages.root + "/mine")
            #expect(own.text.contains("退回：图片不清楚，请换一张。"))
            let gone = try await li.post(
                path + "/review", from: path, [("revision", revision), ("decision", "no"), ("remark", "第二次的意见")])
            #expect(gone.status == 409 && gone.text.contains("可能刚由别人审过"))
        }
    }

    @Test(
        "The list of words is the city's, and a list that cannot be read keeps what was typed",
        arguments: TestDatabase.allCases)
    func words(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let bureau = try await made.city.client(.bureau), path = CheckPages.words
            #expect(try await made.city.client(.dongxing).get(path).status == 404)
            let version = try #require(try await bureau.get(path).hidden("version"))
            let wrong = try await bureau.post(path, from: path, [("version", version), ("words", "广告,买一送一")])
            #expect(wrong.status == 422 && wrong.text.contains("买一送一") && wrong.text.contains("第 1 行"))
            let saved = try await bureau.post(path, from: path, [("version", version), ("words", "广告,灯塔,拦截")])
            #expect(saved.status == 303)
            let stale = try await bureau.post(path, from: path, [("version", version), ("words", "广告,海边,拦截")])
            #expect(stale.status == 409 && stale.text.contains("海边"))
            let id = try await made.draft(ResourceCity.content("灯塔"))
            await #expect(throws: DomainError.self) { try await made.review(.wang) { try $0.submit(id) } }
        }
    }
}
