import Contracts
import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Resources

/// The way of a resource up the levels, in the database.
@Suite("Review of resources")
struct ReviewServiceTests {
    private func item(_ made: ResourceCity, _ id: ID<Item>, _ member: TestCity.Member) async throws -> Item? {
        let viewer = ResourceViewer(member == .visitor ? nil : try await made.city.user(member))
        return try await made.database.read { db in
            do { return try ItemStore(db).find(id, for: viewer) } catch DomainError.notFound { return nil }
        }
    }

    private func steps(_ made: ResourceCity, _ id: ID<Item>) async throws -> [ReviewStep] {
        try await made.database.read { try ReviewStore($0).steps(of: id) }
    }

    /// Passes or not what waits, as the member sees it now.
    private func say(
        _ made: ResourceCity, _ id: ID<Item>, _ member: TestCity.Member, _ outcome: ReviewOutcome, _ remark: String = ""
    ) async throws {
        try await made.review(member) { try $0.decide(id, at: $0.seen(id).item.revision, outcome, remark: remark) }
    }

    private func change(_ made: ResourceCity, _ id: ID<Item>, _ change: @escaping @Sendable (inout ItemContent) -> Void)
        async throws
    {
        let wang = try await made.city.user(.wang)
        try await made.database.write { db in
            let store = ItemStore(db), item = try store.find(id, for: ResourceViewer(wang))
            var content = try store.open(of: id)?.content ?? item.content
            change(&content)
            try ItemService(db, by: wang, now: .now).save(id, at: item.revision, content, with: [])
        }
    }

    @Test("Each level opens to its readers what it passes, with its own clock", arguments: TestDatabase.allCases)
    func levels(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("公开的", .public))
            try await made.review(.wang) { try $0.submit(id) }
            #expect(try await item(made, id, .leader) == nil)
            try await say(made, id, .li, .passed)
            #expect(try await item(made, id, .wang)?.reach == .school)
            #expect(try await item(made, id, .zhao) == nil)
            let waiting = try #require(try await steps(made, id).last)
            #expect(waiting.level == .county && waiting.state == .open)
            let due = made.city.platform.resources.office.calendar.day(after: waiting.openedAt.day, workingDays: 5)
            #expect(waiting.due == due && !waiting.isLate(on: due) && waiting.isLate(on: due.adding(days: 1)))
            // The bureau speaks for the unit that it runs itself and for the city, in one word.
            try await say(made, id, .bureau, .passed, "好")
            #expect(try await item(made, id, .visitor)?.reach == .public)
            let all = try await steps(made, id)
            #expect(all.map(\.level) == [.school, .county, .city] && all.allSatisfy { $0.state == .passed })
            #expect(all.map(\.isStandIn) == [false, true, false])
            await #expect(throws: DomainError.self) { try await say(made, id, .bureau, .passed) }
        }
    }

    @Test("Of two who decide at once the second is told; a claim is respected", arguments: TestDatabase.allCases)
    func twice(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("两人同审"))
            try await made.review(.wang) { try $0.submit(id) }
            let revision = try #require(try await item(made, id, .li)).revision
            try await made.review(.bureau) { try $0.claim(id) }
            do {
                try await say(made, id, .li, .passed)
                Issue.record("decided over a claim")
            } catch DomainError.conflict(let words) { #expect(words.contains("bureau(示例)已认领")) }
            try await made.review(.li) { try $0.claim(id) }
            await #expect(throws: DomainError.self) { try await made.review(.bureau) { try $0.release(id) } }
            try await made.review(.li) { try $0.release(id) }
            try await say(made, id, .li, .passed)
            do {
                try await made.review(.bureau) { try $0.decide(id, at: revision, .refused, remark: "晚了") }
                Issue.record("decided twice")
            } catch DomainError.conflict(let words) { #expect(words.contains("可能刚由别人审过")) }
            #expect(try await steps(made, id).map(\.state) == [.passed])
        }
    }

    @Test("The same content is put before a level once", arguments: TestDatabase.allCases)
    func once(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("先校后市"))
            try await made.review(.wang) { try $0.submit(id) }
            try await say(made, id, .li, .passed)
            // Only the readers are other: the school has spoken.
            try await change(made, id) { $0.visibility = .county }
            try await made.review(.wang) { try $0.submit(id) }
            let wider = try await steps(made, id)
            #expect(wider.map(\.state) == [.passed, .carried, .open] && wider.last?.level == .county)
            #expect(try await item(made, id, .leader)?.reach == .school)
            await #expect(throws: DomainError.self) { try await say(made, id, .li, .passed) }
            try await say(made, id, .bureau, .returned, "缺板书")
            #expect(try await item(made, id, .leader)?.version == 1)
            await #expect(throws: DomainError.self) { try await made.review(.wang) { try $0.submit(id) } }
            // Other content begins at the school again.
            try await change(made, id) { $0.summary = "补上板书" }
            try await made.review(.wang) { try $0.submit(id) }
            #expect(try await steps(made, id).last?.level == .school)
        }
    }

    @Test(
        "What a level refused does not come before it again, smaller readers are free", arguments: TestDatabase.allCases
    )
    func refused(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("不予通过", .county))
            try await made.review(.wang) { try $0.submit(id) }
            try await say(made, id, .li, .passed)
            await #expect(throws: DomainError.self) { try await say(made, id, .bureau, .refused) }
            try await say(made, id, .bureau, .refused, "与课标不符")
            #expect(try await item(made, id, .leader)?.reach == .school)
            try await change(made, id) { $0.summary = "改了" }
            do {
                try await made.review(.wang) { try $0.submit(id) }
                Issue.record("taken again")
            } catch DomainError.invalid(let problems) { #expect(problems.map(\.field) == ["visibility"]) }
            try await change(made, id) { $0.visibility = .school }
            try await made.review(.wang) { try $0.submit(id) }
            #expect(try await steps(made, id).last?.level == .school)
        }
    }

    @Test(
        "Nobody reviews or brings back what she wrote, whatever became of the list of authors",
        arguments: TestDatabase.allCases)
    func own(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("合写"))
            let li = try await made.city.user(.li)
            // 李校长 writes on the colleague's draft as administrator; nobody makes her an author.
            try await made.database.write { db in
                let item = try ItemStore(db).find(id, for: ResourceViewer(li))
                var content = item.content
                content.summary = "校长写的"
                try ItemService(db, by: li, now: .now).save(id, at: item.revision, content, with: [])
            }
            try await made.review(.wang) { try $0.submit(id) }
            await #expect(throws: DomainError.self) { try await say(made, id, .li, .passed) }
            try await say(made, id, .bureau, .passed)
            try await made.review(.bureau) { try $0.takeDown(id, reason: "待核实") }
            await #expect(throws: DomainError.self) { try await made.review(.li) { try $0.restore(id) } }
            try await made.review(.bureau) { try $0.restore(id) }
            #expect(try await item(made, id, .leader) != nil)
        }
    }

    @Test(
        "A takedown is lifted only at its level or above, by restoring or by a better version",
        arguments: TestDatabase.allCases)
    func takedown(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("有错"))
            try await made.review(.bureau) { try $0.takeDown(id, reason: "图片有误") }
            await #expect(throws: DomainError.self) { try await made.review(.li) { try $0.restore(id) } }
            try await change(made, id) { $0.summary = "图片换了" }
            try await made.review(.wang) { try $0.submit(id) }
            try await made.pass(id, by: [.li])
            #expect(try await item(made, id, .bureau)?.state == .takenDown)
            try await made.pass(id, by: [.bureau])
            let back = try #require(try await item(made, id, .leader))
            #expect(back.state == .published && back.reach == .school && back.version == 2)
            let open = try await made.database.read { try TakedownStore($0).open(of: id) }
            #expect(open == nil)
        }
    }

    @Test("Taking down ends a review, and taking back leaves what a level passed", arguments: TestDatabase.allCases)
    func stopping(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("上行中", .city))
            try await made.review(.wang) { try $0.submit(id) }
            try await say(made, id, .li, .passed)
            try await made.review(.wang) { try $0.withdraw(id) }
            #expect(try await item(made, id, .leader)?.reach == .school)
            let isWaiting = try await made.review(.li) { try $0.isWaiting(id) }
            #expect(!isWaiting)
            let other = try await made.draft(ResourceCity.content("另一个", .city))
            try await made.review(.wang) { try $0.submit(other) }
            try await say(made, other, .li, .passed)
            try await made.review(.li) { try $0.takeDown(other, reason: "重审") }
            #expect(try await steps(made, other).map(\.state) == [.passed, .withdrawn])
        }
    }

    @Test("What was handed in before there were levels is put before the first", arguments: TestDatabase.allCases)
    func adoption(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("旧的待审"))
            let account = try await made.city.user(.wang).account
            try await made.database.write { db in
                try db.execute("UPDATE resources_item SET state = 'pending' WHERE id = \(id)")
                try ItemWritingStore(db).submit(id, version: 1, by: account, now: .now)
            }
            try await made.city.platform.resources.tend()
            try await made.city.platform.resources.tend()
            #expect(try await steps(made, id).map(\.level) == [.school])
            try await say(made, id, .li, .passed)
            #expect(try await item(made, id, .leader) != nil)
        }
    }
}
