import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// Sending packs to classes and grades.
@Suite("Pushes to classes")
struct PushServiceTests {
    private func fields(_ body: () async throws -> Void) async -> [String] {
        do {
            try await body()
            return []
        } catch DomainError.invalid(let problems) { return problems.map(\.field) } catch { return ["\(error)"] }
    }

    @Test("A teacher sends to the classes she teaches, once", arguments: TestDatabase.allCases)
    func teacher(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let first = try await made.made.published(ResourceCity.content("教案"))
            let second = try await made.made.published(ResourceCity.content("另一份"))
            let node = try await made.made.node().id, target = made.target(made.own)
            let id = try await made.push { try $0.send([second, first], for: node, to: [target]) }
            let again = try await made.push { try $0.send([second, first], for: node, to: [target, target]) }
            #expect(again == id)
            // Other resources, or another order, are not the same: nothing is lost without a word.
            for items in [[first], [first, second]] {
                #expect(
                    await fields { _ = try await made.push { try $0.send(items, for: node, to: [target]) } }
                        == ["period-\(made.own.id)"])
            }
            #expect(try await made.count("resources_lesson") == 1)
            let lesson = try await made.lesson(of: id)
            #expect(lesson.classGroup == made.own.id && lesson.day == LessonCity.monday && lesson.period == 1)
            #expect(try await made.line(lesson).entries.map(\.item.id) == [second, first])
            #expect(try await made.line(lesson).push.senderName == "wang(示例)")
            // Another lesson of the day is another thing.
            let later = made.target(made.own, period: 2)
            let more = try await made.push { try $0.send([first], for: node, to: [later]) }
            #expect(more != id)
            // Some of it sent already, some not: neither half is written.
            let third = made.target(made.own, period: 3)
            #expect(
                await fields { _ = try await made.push { try $0.send([first], for: node, to: [target, third]) } }
                    == ["period-\(made.own.id)"])
            #expect(try await made.count("resources_lesson") == 2)
        }
    }

    @Test(
        "Neither another's class nor what is not open to it, nor a day without school", arguments: TestDatabase.allCases
    )
    func refused(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("教案")), node = try await made.made.node().id
            let draft = try await made.made.draft(ResourceCity.content("草稿"))
            let (own, other, far) = (made.own, made.other, made.far)
            func send(
                _ items: [ID<Item>], _ group: ClassGroup, _ day: LocalDate = LessonCity.monday, _ period: Int = 1,
                by member: TestCity.Member = .wang
            ) async throws {
                let target = made.target(group, day, period: period)
                _ = try await made.push(member) { try $0.send(items, for: node, to: [target]) }
            }
            for group in [other, far] {
                await #expect(throws: DomainError.self) { try await send([item], group) }
            }
            // 赵老师 does not find what belongs to one school, and so cannot send it to anybody.
            #expect(await fields { try await send([item], far, by: .zhao) } == ["item"])
            #expect(await fields { try await send([draft], own) } == ["item"])
            #expect(await fields { try await send([], own) } == ["item"])
            #expect(await fields { try await send([ID<Item>("none")], own) } == ["item"])
            #expect(await fields { try await send([item], own, LessonCity.sunday) } == ["day-\(own.id)"])
            let yesterday = LessonCity.monday.adding(days: -1), far60 = LessonCity.monday.adding(days: 90)
            #expect(await fields { try await send([item], own, yesterday) } == ["day-\(own.id)"])
            #expect(await fields { try await send([item], own, far60) } == ["day-\(own.id)"])
            #expect(await fields { try await send([item], own, LessonCity.monday, 9) } == ["period-\(own.id)"])
            #expect(await fields { _ = try await made.push { try $0.send([item], for: node, to: []) } } == ["period"])
            // A unit is no lesson.
            let unit = try await made.made.node("SYW31-01").id, target = made.target(own)
            await #expect(throws: DomainError.self) {
                _ = try await made.push { try $0.send([item], for: unit, to: [target]) }
            }
            // One push is for one school, whoever reviews at both.
            let (near, away) = (made.target(own), made.target(far)),
                open = try await made.made.published(
                    ResourceCity.content("全市的", .city))
            #expect(
                await fields { _ = try await made.push(.bureau) { try $0.send([open], for: node, to: [near, away]) } }
                    == ["period-\(far.id)"])
            // Who reviews at the school may send to each of its classes, another school's may not.
            try await send([item], other, by: .li)
            #expect(try await made.count("resources_lesson") == 1)
        }
    }

    @Test(
        "A grade of a place: each class whose school finds something, and each once", arguments: TestDatabase.allCases)
    func grade(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let all = try await made.made.published(ResourceCity.content("全市教案", .city))
            let own = try await made.made.published(ResourceCity.content("校内教案"))
            let node = try await made.made.node().id, city = try await made.city.organisation("450600")
            let day = LessonCity.tuesday
            let sent = try await made.push(.bureau) { try $0.send([all], for: node, toGradeBelow: city.id, on: day) }
            #expect(sent.classes == 3 && sent.closed == 0 && sent.served == 0)
            let again = try await made.push(.bureau) { try $0.send([all], for: node, toGradeBelow: city.id, on: day) }
            #expect(again.push == sent.push)
            #expect(try await made.count("resources_lesson") == 3)
            // For another day, what is one school's own reaches that school alone.
            let next = day.adding(days: 1)
            let narrow = try await made.push(.bureau) { try $0.send([own], for: node, toGradeBelow: city.id, on: next) }
            #expect(narrow.classes == 2 && narrow.closed == 1)
            // A county speaks for its own schools.
            let county = try await made.city.organisation("450681"), third = day.adding(days: 2)
            for member in [TestCity.Member.chen, .li, .wang] {
                await #expect(throws: DomainError.self, "\(member)") {
                    _ = try await made.push(member) {
                        try $0.send([all], for: node, toGradeBelow: county.id, on: third)
                    }
                }
            }
            let local = try await made.push(.dongxing) {
                try $0.send([all], for: node, toGradeBelow: county.id, on: third)
            }
            #expect(local.classes == 1)
            // A class uses what a researcher sent in whichever lesson it is.
            let lesson = try await made.database.read { db in
                try PushStore(db).lessons(of: [made.own.id], from: day, to: day).first
            }
            made.clock.set(day, 610)
            #expect(try await made.open(all, try #require(lesson)) == .counted(3))
        }
    }

    @Test("It is changed and taken back by its sender, and by whoever reviews there", arguments: TestDatabase.allCases)
    func change(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let first = try await made.made.published(ResourceCity.content("教案"))
            let second = try await made.made.published(ResourceCity.content("另一份"))
            let lesson = try await made.sent([first]), id = lesson.push
            try await made.push { try $0.change(id, at: 1, items: [second, first]) }
            #expect(try await made.line(lesson).entries.map(\.item.id) == [second, first])
            await #expect(throws: DomainError.self, "somebody was faster") {
                try await made.push { try $0.change(id, at: 1, items: [first]) }
            }
            for member in [TestCity.Member.zhao, .chen, .dongxing] {
                await #expect(throws: DomainError.self, "\(member)") {
                    try await made.push(member) { try $0.withdraw(id) }
                }
            }
            try await made.push(.li) { try $0.withdraw(id) }
            await #expect(throws: DomainError.self) { try await made.push { try $0.withdraw(id) } }
            await #expect(throws: DomainError.self) { _ = try await made.open(first, lesson) }
            let left = try await made.database.read {
                try PushStore($0).lessons(of: [made.own.id], from: LessonCity.monday, to: LessonCity.monday)
            }
            #expect(left.isEmpty)
            // The lesson is free again.
            let anew = try await made.sent([first])
            #expect(anew.push != id)
        }
    }
}
