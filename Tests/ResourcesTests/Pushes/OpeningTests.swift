import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// What counts as used in class.
@Suite("Opened in class")
struct OpeningTests {
    private func judge(_ day: LocalDate, _ minute: Int, period: Int = 1, isSchoolDay: Bool = true) -> OpeningVerdict {
        OpeningVerdict.judge(
            day: LessonCity.monday, period: period, now: Timestamp(startOf: day).adding(seconds: Int64(minute) * 60),
            bells: .usual, isSchoolDay: isSchoolDay)
    }

    @Test("In the lesson and its breaks it counts, at home, on other days and in the holidays not")
    func rule() {
        #expect(judge(LessonCity.monday, 490) == .counts(1))
        #expect(judge(LessonCity.monday, 530) == .counts(1))
        #expect(judge(LessonCity.monday, 531) == .outsideLesson)
        #expect(judge(LessonCity.monday, 20 * 60) == .outsideLesson)
        #expect(judge(LessonCity.tuesday, 490) == .otherDay)
        #expect(judge(LessonCity.monday, 490, isSchoolDay: false) == .noSchoolDay)
        #expect(judge(LessonCity.monday, 610, period: 0) == .counts(3), "for any lesson it is the one that is on")
        #expect(judge(LessonCity.monday, 780, period: 0) == .outsideLesson)
        #expect(judge(LessonCity.monday, 490, period: 12) == .outsideLesson, "a lesson the school does not have")
    }

    @Test("It is counted once for a class and lesson, whatever is opened", arguments: TestDatabase.allCases)
    func once(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("教案"))
            let more = try await made.made.published(ResourceCity.content("另一份"))
            let lesson = try await made.sent([item, more])
            #expect(try await made.open(item, lesson) == .counted(1))
            #expect(try await made.open(item, lesson) == .repeated(1))
            #expect(try await made.open(more, lesson) == .repeated(1))
            #expect(try await made.count("resources_opening") == 1)
            let uses: [Int] = try await made.database.read { try $0.column("SELECT uses FROM resources_item_use_slot") }
            #expect(uses == [1])
            // Classes write rows of their own, of which the sum counts.
            let rows: [Int] = try await made.database.write { db in
                for _ in 0..<40 { try PackStore(db).noteUse(of: item, in: ID<ClassGroup>.new()) }
                return try db.column("SELECT uses FROM resources_item_use_slot ORDER BY slot")
            }
            #expect(rows.count > 4 && rows.count <= 16 && rows.reduce(0, +) == 41)
            #expect(try await made.line(lesson).counted == [1])
            // Used in class, it ranks first for the next.
            let node = try await made.made.node().id, place = made.made.school.path, consent = made.office.consent
            let ranked = try await made.database.read {
                try PackStore($0).candidates(for: node, ResourceViewer(atPlaces: [place]), consent)
            }
            #expect(ranked.map(\.item.id) == [item, more] && ranked.map(\.uses) == [41, 0])
        }
    }

    @Test("A preview at home, on a free day or another day is shown and not counted", arguments: TestDatabase.allCases)
    func notCounted(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("教案")), lesson = try await made.sent([item])
            made.clock.set(LessonCity.monday, 21 * 60)
            #expect(try await made.open(item, lesson) == .notCounted(.outsideLesson))
            made.clock.set(LessonCity.tuesday, 490)
            #expect(try await made.open(item, lesson) == .notCounted(.otherDay))
            // A lesson that lies on a Sunday, since the calendar was changed after it was sent.
            let sunday = LessonCity.sunday
            try await made.database.write {
                try $0.execute("UPDATE resources_lesson SET day = \(sunday) WHERE id = \(lesson.id)")
            }
            made.clock.set(sunday, 490)
            #expect(try await made.open(item, lesson) == .notCounted(.noSchoolDay))
            #expect(try await made.count("resources_opening") == 0)
            #expect(try await made.count("resources_item_use_slot") == 0)
        }
    }

    @Test(
        "Nobody but who teaches the class counts, and nothing that is not in its pack", arguments: TestDatabase.allCases
    )
    func strangers(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("教案", .city))
            let foreign = try await made.made.published(ResourceCity.content("不在包里", .city))
            let lesson = try await made.sent([item])
            for member in [TestCity.Member.zhao, .li, .bureau, .chen] {
                await #expect(throws: DomainError.self, "\(member)") {
                    _ = try await made.open(item, lesson, by: member)
                }
            }
            await #expect(throws: DomainError.self) { _ = try await made.open(foreign, lesson) }
            try await made.made.review(.li) { try $0.takeDown(item, reason: "换新") }
            await #expect(throws: DomainError.self) { _ = try await made.open(item, lesson) }
            #expect(try await made.count("resources_opening") == 0)
        }
    }

    @Test("What is old goes, and the first days of the term stay", arguments: TestDatabase.allCases)
    func retention(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("教案")), lesson = try await made.sent([item])
            _ = try await made.open(item, lesson)
            let source = LessonRetention(database: made.database), wang = try await made.city.user(.wang).person
            let late = Timestamp(startOf: LessonCity.tuesday)
            #expect(
                try await source.overdue("lessons", before: Timestamp(startOf: LessonCity.monday), sparing: []) == 0)
            #expect(try await source.overdue("lessons", before: late, sparing: []) == 1)
            #expect(try await source.overdue("lessons", before: late, sparing: [wang]) == 0)
            #expect(try await source.delete("lessons", before: late, sparing: [], atMost: 9) == 1)
            #expect(try await source.delete("lessons", before: late, sparing: [], atMost: 9) == 0)
            for table: SQL in ["resources_push", "resources_lesson", "resources_opening", "resources_push_entry"] {
                #expect(try await made.count(table) == 0)
            }
            #expect(try await made.count("resources_class_term") == 1)
        }
    }
}
