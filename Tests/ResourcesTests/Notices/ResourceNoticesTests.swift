import Database
import Directory
import Foundation
import Kernel
import Media
import Platform
import TestKit
import Testing

@testable import Resources

/// What authors and reviewers are told.
@Suite("Notices of resources") struct ResourceNoticesTests {
    /// The unread ones of a member, the newest first.
    private func told(_ made: ResourceCity, _ member: TestCity.Member) async throws -> [Notice] {
        let person = try await made.city.user(member).person
        let delivery = EventDelivery(database: made.database, receivers: made.city.platform.identity.receivers)
        while try await delivery.deliver() > 0 {}
        return try await made.database.read {
            try NoticeStore($0).list(of: person, onlyUnread: true, after: nil, limit: 50)
        }
    }

    private func texts(
        _ made: ResourceCity, _ member: TestCity.Member, _ kind: NoticeKind
    ) async throws -> [String] {
        try await told(made, member).filter { $0.kind == kind.name }.map(\.text)
    }

    private func submitted(_ made: ResourceCity, _ content: ItemContent) async throws -> ID<Item> {
        let id = try await made.draft(content)
        try await made.review(.wang) { try $0.submit(id) }
        return id
    }

    private func decide(
        _ made: ResourceCity, _ id: ID<Item>, _ member: TestCity.Member, _ outcome: ReviewOutcome, _ remark: String = ""
    ) async throws {
        try await made.review(member) { service in
            try service.decide(id, at: service.seen(id).item.revision, outcome, remark: remark)
        }
    }

    @Test(
        "A school's desk is told once of a thousand, the author of her own with the reason",
        arguments: TestDatabase.allCases)
    func review(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let first = try await submitted(made, ResourceCity.content("灯塔教案"))
            _ = try await submitted(made, ResourceCity.content("另一份"))
            let desk = try await told(made, .li)
            #expect(desk.map(\.text) == ["有资源等待校级审核"])
            #expect(desk.first?.path == ReviewPages.root + "?level=school")
            #expect(try await made.city.client(.li).get(try #require(desk.first).path).text.contains("灯塔教案"))
            // A level above hears of its own desk only.
            #expect(try await told(made, .bureau).isEmpty)
            try await decide(made, first, .li, .returned, "缺板书\n设计")
            let notices = try await told(made, .wang)
            #expect(notices.map(\.text) == ["“灯塔教案”被退回修改（校级）：缺板书 设计"])
            #expect(
                notices.first?.path == ItemPages.path(first) && notices.first?.kind == NoticeKind.resourceReturned.name)
            #expect(try await told(made, .li).count == 1)
        }
    }

    @Test("What a level passed, and what became of it", arguments: TestDatabase.allCases)
    func passed(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await submitted(made, ResourceCity.content("灯塔教案", .city))
            try await decide(made, id, .li, .passed)
            // Nobody reviews for 市直: the nearest place above is told.
            #expect(try await texts(made, .bureau, .reviewWaiting) == ["有资源等待县级审核"])
            try await decide(made, id, .bureau, .passed)
            #expect(
                try await texts(made, .wang, .resourcePassed) == [
                    "“灯塔教案”已通过市级审核，可见范围扩大到全市", "“灯塔教案”已通过校级审核，已发布（本校），等待县级审核",
                ])
            let refused = try await submitted(made, ResourceCity.content("不行的"))
            try await decide(made, refused, .li, .refused, "与课文无关")
            #expect(try await texts(made, .wang, .resourceRefused) == ["“不行的”没有通过校级审核：与课文无关"])
        }
    }

    @Test("A decision that fails tells nobody", arguments: TestDatabase.allCases)
    func failed(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await submitted(made, ResourceCity.content())
            await #expect(throws: DomainError.self) { try await decide(made, id, .li, .returned) }
            #expect(try await told(made, .wang).isEmpty)
        }
    }

    @Test("Down, appealed and back", arguments: TestDatabase.allCases)
    func takedown(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("灯塔教案")),
                office = made.city.platform.resources.office
            func deed<T: Sendable>(
                _ member: TestCity.Member, _ body: @escaping @Sendable (CaseService) throws -> T
            ) async throws -> T {
                let user = try await made.city.user(member)
                return try await made.database.write { try body(CaseService($0, by: user, now: .now, office: office)) }
            }
            try await made.review(.li) { try $0.takeDown(id, reason: "有错") }
            #expect(try await texts(made, .wang, .resourceTakenDown) == ["“灯塔教案”已下架：有错"])
            let appeal = try await deed(.wang) { try $0.appeal(id, "课本上就是这样") }
            #expect(try await texts(made, .bureau, .caseWaiting) == ["有申诉等待处理"])
            try await deed(.bureau) { try $0.decide(appeal, isUpheld: true, "核对过课本") }
            #expect(try await texts(made, .wang, .appealDecided) == ["“灯塔教案”申诉成立，已恢复：核对过课本"])
            try await made.review(.li) { try $0.takeDown(id, reason: "又有错") }
            let second = try await deed(.wang) { try $0.appeal(id, "再核对") }
            try await deed(.bureau) { try $0.decide(second, isUpheld: false, "确有错") }
            let answer = try #require(try await told(made, .wang).first { $0.text.hasPrefix("申诉") })
            #expect(answer.text == "申诉“灯塔教案”：维持下架。确有错")
            #expect(try await made.city.client(.wang).get(answer.path).status == 200)
            try await made.review(.bureau) { try $0.restore(id) }
            #expect(try await texts(made, .wang, .resourceRestored) == ["“灯塔教案”已恢复"])
        }
    }

    @Test("Everybody who reported is answered when one of them was right", arguments: TestDatabase.allCases)
    func reports(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("公开的", .public))
            let office = made.city.platform.resources.office
            var first: ID<ResourceCase>?
            for member in [TestCity.Member.zhao, .chen] {
                let user = try await made.city.user(member)
                let made = try await made.database.write { db in
                    try CaseService(db, by: user, now: .now, office: office).report(id, .rights, "图片是我的")
                }
                first = first ?? made
            }
            let bureau = try await made.city.user(.bureau), one = try #require(first)
            try await made.database.write { db in
                try CaseService(db, by: bureau, now: .now, office: office).decide(one, isUpheld: true, "属实")
            }
            for member in [TestCity.Member.zhao, .chen] {
                #expect(try await texts(made, member, .reportDecided) == ["举报“公开的”：属实，已下架。属实"], "\(member)")
            }
        }
    }

    @Test("A place hears of answers to its call and of its end", arguments: TestDatabase.allCases)
    func calls(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let li = try await made.city.user(.li), node = try await made.node(), school = made.school
            let calendar = made.city.platform.resources.office.calendar,
                draft = try await made.draft(ResourceCity.content())
            let call = try await made.database.write { db in
                let call = try CallService(db, by: li, now: .now, calendar: calendar).open(for: node.id, at: school.id)
                try db.execute("UPDATE resources_call SET wanted = 'plan' WHERE id = \(call)")
                try CallStore(db).answer(call, with: draft, now: .now)
                return call
            }
            // A draft is no answer yet.
            #expect(try await texts(made, .li, .callAnswered).isEmpty)
            try await made.review(.wang) { try $0.submit(draft) }
            try await decide(made, draft, .li, .passed)
            #expect(try await texts(made, .li, .callAnswered) == ["征集有了回应：“灯塔教案”"])
            #expect(try await texts(made, .li, .callEnded) == ["“\(node.title)”的征集已征齐：\(ResourceGroup.plan.title)"])
            let path = try #require(try await told(made, .li).first { $0.kind == NoticeKind.callEnded.name }).path
            #expect(path == CallPages.path(call))
        }
    }

    @Test("An author is told what a look by lot found", arguments: TestDatabase.allCases)
    func samples(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            _ = try await made.published(ResourceCity.content("灯塔教案", .city))
            let office = made.city.platform.resources.office, bureau = try await made.city.user(.bureau)
            try await SampleDrawing(database: made.database, calendar: office.calendar).run(now: .now) { 42 }
            #expect(try await texts(made, .bureau, .sampleWaiting).count == 1)
            try await made.database.write { db in
                let waiting = try SampleStore(db).open(within: DataScope([.city]), after: nil, limit: 1).rows
                try SampleService(db, by: bureau, now: .now, office: office).decide(
                    try #require(waiting.first).id, .remark, note: "图注写错")
            }
            #expect(try await texts(made, .wang, .sampleRemark) == ["抽查提醒，“灯塔教案”：图注写错"])
        }
    }

    @Test("A school that is behind is told of a yearly task", arguments: TestDatabase.allCases)
    func yearTasks(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let today = Timestamp.now.day, year = SchoolYear(containing: today),
                city = try await made.city.organisation("450600")
            let task = ID<YearTask>.new(), due = today.adding(days: 7), before = Timestamp.now.adding(days: -2)
            try await made.database.write { db in
                try db.execute(
                    """
                    INSERT INTO resources_year_task (id, organisation_id, year, title, note, due_on, state, revision,
                        opened_at, opened_by, reminded)
                    VALUES (\(task), \(city.id), \(year.start), '共建任务', '', \(due), 'open', 1, \(before), '', 0)
                    """)
                try db.execute(
                    """
                    INSERT INTO resources_year_task_line (task_id, position, area, type_group, wanted)
                    VALUES (\(task), 0, '', '', 2)
                    """)
            }
            for _ in 0..<2 { try await YearTaskReminding.run(made.database, now: .now) }
            #expect(try await texts(made, .li, .yearTaskReminder) == ["“共建任务”还差 2 个资源，\(due.iso) 到期"])
            let path = try #require(try await told(made, .li).first).path
            #expect(try await made.city.client(.li).get(path).status == 200)
        }
    }

    @Test(
        "Files are told of once, for all of a resource, when somebody waited or one failed",
        arguments: TestDatabase.allCases)
    func files(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let notices = FileNotices(database: made.database)
            func end(_ title: String, _ state: String, waited: Int64?) async throws {
                let id = try await made.draft(ResourceCity.content(title))
                let sha256 = try #require(
                    try await made.database.read { try ItemStore($0).files(of: id) }.first
                ).sha256
                let json = #"{"sha256":"\#(sha256)","isDone":true\#(waited.map { ",\"waited\":\($0)" } ?? "")}"#
                let event = try JSONDecoder().decode(MediaProcessed.self, from: Data(json.utf8))
                // While it waits there is nothing to tell.
                try await notices.arrived(event)
                #expect(try await told(made, .wang).allSatisfy { !$0.text.contains(title) })
                try await made.database.write {
                    try $0.execute("UPDATE media_processing SET state = \(state) WHERE sha256 = \(sha256)")
                }
                for _ in 0..<2 { try await notices.arrived(event) }
            }
            try await end("快的", "done", waited: FileNotices.watched - 1)
            try await end("慢的", "done", waited: FileNotices.watched)
            try await end("坏的", "failed", waited: 1)
            try await end("重做的", "failed", waited: nil)
            #expect(
                try await told(made, .wang).map(\.text) == [
                    "“坏的”有 1 个文件没有处理成功，请打开看原因", "“慢的”的文件已处理完，可以在线查看",
                ])
        }
    }
}
