import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// Calls for lessons without enough.
@Suite("Calls for resources")
struct CallTests {
    private func call(_ made: ResourceCity, _ id: ID<Call>, _ member: TestCity.Member = .li) async throws -> Call? {
        let viewer = ResourceViewer(try await made.city.user(member))
        return try await made.database.read { db in
            do { return try CallStore(db).find(id, for: viewer) } catch DomainError.notFound { return nil }
        }
    }

    private func open(_ made: ResourceCity, _ member: TestCity.Member, at place: Organisation) async throws -> ID<Call>
    {
        let user = try await made.city.user(member), node = try await made.node()
        let calendar = made.city.platform.resources.office.calendar
        return try await made.database.write { db in
            try CallService(db, by: user, now: .now, calendar: calendar).open(for: node.id, at: place.id)
        }
    }

    private func published(
        _ made: ResourceCity, _ type: String, _ visibility: ItemVisibility, through members: [TestCity.Member]
    ) async throws -> ID<Item> {
        var content = ResourceCity.content("回应", visibility)
        content.type = type
        let id = try await made.draft(content)
        try await made.review(.wang) { try $0.submit(id) }
        try await made.pass(id, by: members)
        return id
    }

    @Test(
        "One click asks for what is missing, once; who reviews there may, nobody else", arguments: TestDatabase.allCases
    )
    func opening(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            _ = try await published(made, "slides", .school, through: [.li])
            let id = try await open(made, .li, at: made.school)
            let found = try #require(try await call(made, id))
            #expect(found.wanted == [.plan] && found.state(on: Timestamp.now.day) == .open)
            #expect(
                found.due
                    == made.city.platform.resources.office.calendar.day(
                        after: Timestamp.now.day, workingDays: Call.usualDays))
            let again = try await open(made, .li, at: made.school)
            #expect(again == id)
            for member in [TestCity.Member.chen, .zhao, .leader] {
                await #expect(throws: DomainError.self, "\(member)") {
                    _ = try await open(made, member, at: made.school)
                }
            }
            #expect(try await call(made, id, .wang) != nil)
            #expect(try await call(made, id, .zhao) == nil)
        }
    }

    @Test(
        "It ends by itself when what was wanted is there for the place, and not before",
        arguments: TestDatabase.allCases)
    func covered(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let city = try await made.database.read { try #require(try OrganisationStore($0).city()) }
            let own = try await open(made, .li, at: made.school), all = try await open(made, .bureau, at: city)
            _ = try await published(made, "lesson-plan", .city, through: [.li])
            #expect(try await call(made, own)?.kept == .open)
            _ = try await published(made, "slides", .city, through: [.li])
            #expect(try await call(made, own)?.kept == .covered)
            // For the city it is there only when the city has it.
            #expect(try await call(made, all)?.kept == .open)
            let waiting = try await made.database.read { db in
                try ReviewStore(db).steps(
                    of: db.column("SELECT item_id FROM resources_review_step WHERE state = 'open'", as: ID<Item>.self))
            }
            #expect(waiting.count == 2)
            for id in waiting.keys { try await made.pass(id, by: [.bureau]) }
            let done = try #require(try await call(made, all, .bureau))
            #expect(done.kept == .covered && done.closedAt != nil)
        }
    }

    @Test("It ends after its last day, and can then be opened anew", arguments: TestDatabase.allCases)
    func expiry(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await open(made, .li, at: made.school), yesterday = Timestamp.now.day.adding(days: -1)
            try await made.database.write { try $0.execute("UPDATE resources_call SET due_on = \(yesterday)") }
            #expect(try await call(made, id)?.state(on: yesterday) == .open)
            #expect(try await call(made, id)?.state(on: Timestamp.now.day) == .expired)
            try await made.city.platform.resources.tend()
            #expect(try await call(made, id)?.kept == .expired)
            let next = try await open(made, .li, at: made.school)
            #expect(next != id)
        }
    }

    @Test("From the board to the call, the answer and its result", arguments: TestDatabase.allCases)
    func pages(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let li = try await made.city.client(.li), wang = try await made.city.client(.wang)
            let node = try await made.node()
            let board = CoveragePages.root + "?stage=2&subject=13&edition=%E7%A4%BA%E4%BE%8B%E7%89%88&grade=P3"
            #expect(try await li.get(board).text.contains("征集</button>"))
            #expect(try await !wang.get(board).text.contains("征集</button>"))
            let sent = try await li.post(
                CallPages.root, from: board, [("node", node.id.rawValue), ("organisation", made.school.id.rawValue)])
            let path = try #require(sent.location, "\(sent.text.suffix(400))")
            #expect(try await wang.get(CallPages.root).text.contains(node.title))
            #expect(try await wang.get(TextbookPages.path(node.id)).text.contains("征集中"))
            let page = try await wang.get(path)
            #expect(
                page.text.contains("回应征集") && !page.text.contains("修改征集"), "\(page.status) \(page.text.suffix(900))")
            let id = String(try #require(path.split(separator: "/").last))
            let new = "\(ItemPages.root)/new?node=\(node.id)&call=\(id)"
            let made2 = try await wang.upload(
                ItemPages.root, from: new, field: "file", fileName: "教案.txt", Array("内容".utf8),
                [
                    ("textbook", node.textbook.rawValue), ("call", id), ("title", "回应的教案"), ("type", "lesson-plan"),
                    ("node", node.id.rawValue), ("licence", "cc-by"), ("origin", "original"), ("stated", "1"),
                    ("visibility", "school"), ("audience", "teacher"), ("language", "zh-CN"),
                ])
            #expect(made2.status == 303, "\(made2.text.suffix(400))")
            #expect(try await wang.get(path).text.contains("回应的教案"))
            let revision = try #require(try await li.get(path).hidden("revision"))
            let wrong = try await li.post(
                path, from: path, [("revision", revision), ("due", "2001-01-01"), ("note", "键入的说明")])
            #expect(wrong.status == 422 && wrong.text.contains("键入的说明") && wrong.text.contains("至少选一类资源"))
            _ = try await li.post(path + "/closure", from: path)
            #expect(try await li.get(path).text.contains("已结束"))
            #expect(try await li.post(path + "/closure", from: path).status == 409)
        }
    }
}
