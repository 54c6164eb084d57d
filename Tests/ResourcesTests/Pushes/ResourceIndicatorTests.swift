import Contracts
import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// 班班通, 校本资源 and 优课 as figures.
@Suite("Figures of teaching with resources")
struct ResourceIndicatorTests {
    private func figure(
        _ made: LessonCity, _ indicator: ResourceIndicator, of school: Organisation, on day: LocalDate
    ) async throws -> SchoolFigure? {
        try await ResourceIndicators(database: made.database, seconds: 0).figures(on: day)[school.id]?[
            indicator.rawValue]
    }

    private func sources(
        _ made: LessonCity, _ indicator: ResourceIndicator, of school: Organisation, on day: LocalDate
    ) async throws -> [FigureSource] {
        try await ResourceIndicators(database: made.database, seconds: 0).sources(
            of: indicator.rawValue, school: school.id, on: day)
    }

    @Test("Classes that were sent something and used it, by the day and by the term", arguments: TestDatabase.allCases)
    func classes(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let school = made.made.school, border = made.made.border
            let (monday, tuesday) = (LessonCity.monday, LessonCity.tuesday)
            #expect(try await figure(made, .push, of: school, on: monday) == nil, "nobody has told anything yet")
            let item = try await made.made.published(ResourceCity.content("教案")), node = try await made.made.node().id
            let target = made.target(made.own, tuesday)
            let push = try await made.push { try $0.send([item], for: node, to: [target]) }
            #expect(try await figure(made, .push, of: school, on: monday) == nil, "the lesson is on Tuesday")
            #expect(try await figure(made, .push, of: school, on: tuesday) == .value(1, over: 2))
            #expect(try await figure(made, .use, of: school, on: tuesday) == .value(0, over: 2))
            #expect(try await figure(made, .push, of: border, on: tuesday) == .value(0, over: 1))
            made.clock.set(tuesday, LessonCity.firstLesson)
            _ = try await made.open(item, made.lesson(of: push))
            #expect(try await figure(made, .use, of: school, on: tuesday) == .value(1, over: 2))
            // The term goes on; it counts two months into the next, and then no more.
            let last = Term(containing: tuesday).lastDay
            #expect(try await figure(made, .use, of: school, on: last) == .value(1, over: 2))
            #expect(try await figure(made, .use, of: school, on: last.adding(days: 60)) == .value(1, over: 2))
            #expect(try await figure(made, .use, of: school, on: last.adding(days: 61)) == .value(0, over: 2))
            #expect(try await sources(made, .use, of: school, on: last.adding(days: 60))[0].validFrom == tuesday)

            let rows = try await sources(made, .use, of: school, on: tuesday)
            #expect(rows.map(\.value) == ["在课上用过", "还没有在课上用"])
            #expect(rows.map(\.path) == [made.own, made.other].map { LessonPages.path(ofClass: $0.id) })
            #expect(rows[0].validFrom == tuesday && rows[0].recordedBy == "平台")
            // Taken back on the day, what was opened in class was received all the same.
            try await made.push { try $0.withdraw(push) }
            #expect(try await figure(made, .push, of: school, on: tuesday) == .value(1, over: 2))
            #expect(try await figure(made, .use, of: school, on: tuesday) == .value(1, over: 2))
        }
    }

    @Test("What is taken back before it was used was not received", arguments: TestDatabase.allCases)
    func takenBack(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("教案")), lesson = try await made.sent([item])
            let school = made.made.school, monday = LessonCity.monday
            #expect(try await figure(made, .push, of: school, on: monday) == .value(1, over: 2))
            made.clock.set(LessonCity.tuesday, 490)
            await #expect(throws: DomainError.self, "the lesson is over") {
                try await made.push { try $0.withdraw(lesson.push) }
            }
            await #expect(throws: DomainError.self) {
                try await made.push { try $0.withdraw(lesson.push, lesson: lesson.id) }
            }
            made.clock.set(monday, 490)
            try await made.push { try $0.withdraw(lesson.push) }
            #expect(try await figure(made, .push, of: school, on: monday) == nil)
        }
    }

    @Test("A day earlier that is sent later moves the first day back", arguments: TestDatabase.allCases)
    func firstDay(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("教案")), node = try await made.made.node().id
            let (early, late) = (made.target(made.own, LessonCity.monday), made.target(made.own, LessonCity.tuesday))
            _ = try await made.push { try $0.send([item], for: node, to: [late]) }
            let first = try await made.push { try $0.send([item], for: node, to: [early]) }
            func day() async throws -> LocalDate? {
                try await made.database.read { try $0.value("SELECT pushed_on FROM resources_class_term") }
            }
            #expect(try await day() == LessonCity.monday)
            try await made.push { try $0.withdraw(first) }
            #expect(try await day() == LessonCity.tuesday)
        }
    }

    @Test("Schools that shared something with others in the year", arguments: TestDatabase.allCases)
    func sharing(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let today = Timestamp.now.day, school = made.made.school, border = made.made.border
            _ = try await made.made.published(ResourceCity.content("校内的"))
            #expect(try await figure(made, .sharing, of: school, on: today) == nil)
            let id = try await made.made.published(ResourceCity.content("全市的", .city))
            #expect(try await figure(made, .sharing, of: school, on: today) == .value(1, over: 1))
            #expect(try await figure(made, .sharing, of: border, on: today) == .value(0, over: 1))
            let next = LocalDate(year: today.year + 1, month: 1, day: 1)!
            #expect(try await figure(made, .sharing, of: school, on: next) == .value(0, over: 1), "each year anew")
            let rows = try await sources(made, .sharing, of: school, on: today)
            #expect(rows.map(\.label) == ["资源"] && rows.map(\.path) == [ItemPages.path(id)])
            try await made.made.review(.bureau) { try $0.takeDown(id, reason: "换新") }
            #expect(try await figure(made, .sharing, of: school, on: today) == nil)
        }
    }

    @Test("Lessons of the textbooks in use with a selected recording", arguments: TestDatabase.allCases)
    func excellent(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let city = try await made.city.organisation("450600"), school = made.made.school
            let node = try await made.made.node().id
            let textbook = try await made.database.read { try TextbookStore($0).place(of: node).textbook }
            let key = TextbookKey(
                stage: textbook.key.stage, subject: textbook.key.subject, edition: textbook.key.edition, grade: "",
                volume: "")
            let now = Timestamp.now, day = now.day
            // Of the classes of 2024 the grade of the day is taken, whichever year this runs in.
            let entry = SchoolYear(containing: day).start - 2
            try await made.database.write { db in
                try db.execute("UPDATE directory_class_group SET entry_year = \(entry)")
                try ResourcesModule.choose(key, at: city.id, from: 2020, by: .system, now: now, on: db)
            }
            func recording(_ title: String, _ reach: ItemVisibility) async throws -> ID<Item> {
                var content = ResourceCity.content(title, reach)
                content.type = "lesson-recording"
                return try await made.made.published(content)
            }
            _ = try await recording("校内录课", .school)
            #expect(try await figure(made, .excellent, of: school, on: day) == nil)
            _ = try await recording("市级优课", .city)
            let lessons = try await made.database.read { db in
                try TextbookStore(db).lessons(
                    TextbookStore.Filter(["stage": "2", "subject": "13", "edition": key.edition, "grade": "P3"]),
                    limit: 1000
                ).count
            }
            #expect(try await figure(made, .excellent, of: school, on: day) == .value(1, over: Double(lessons)))
            #expect(
                try await figure(made, .excellent, of: made.made.border, on: day) == .value(1, over: Double(lessons)))
            let rows = try await sources(made, .excellent, of: school, on: day)
            #expect(rows.contains { $0.label == textbook.key.title && $0.value.hasPrefix("1 / ") })
            #expect(try await figure(made, .excellent, of: school, on: day.adding(days: -1)) == nil)
        }
    }

    @Test("The mark moves with what is counted, and only as often as it is asked to", arguments: TestDatabase.allCases)
    func revision(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("教案"))
            let eager = ResourceIndicators(database: made.database, seconds: 0)
            let lazy = ResourceIndicators(database: made.database, seconds: 3600)
            let (before, kept) = (try await eager.revision(), try await lazy.revision())
            let lesson = try await made.sent([item]), sent = try await eager.revision()
            #expect(sent != before)
            _ = try await made.open(item, lesson)
            let used = try await eager.revision()
            #expect(used != sent)
            _ = try await made.open(item, lesson)
            #expect(try await eager.revision() == used, "a repeat changes nothing")
            #expect(try await lazy.revision() == kept)
        }
    }

    @Test("The plan's targets are connected and lead to the rows", arguments: TestDatabase.allCases)
    func board(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("教案"))
            _ = try await made.sent([item])
            let bureau = try await made.city.client(.bureau), day = LessonCity.monday.iso
            for code in ["T7", "T16", "T25", "T26", "T28", "T30"] {
                let page = try await bureau.get("/plan/targets/\(code)?date=\(day)").text
                #expect(!page.contains("模块提供数据，接入后在这里显示"), "\(code)")
                #expect(page.contains("教学资源") || page.contains("教研"), "\(code)")
            }
            let figure = "/plan/targets/T26/schools/\(made.made.school.id)?date=\(day)"
            let rows = try await bureau.get(figure).text
            #expect(rows.contains("收到推送的班级 ÷ 班级 = 1 ÷ 2") && rows.contains(LessonPages.path(ofClass: made.own.id)))
        }
    }
}
