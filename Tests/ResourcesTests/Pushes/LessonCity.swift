import App
import Database
import Directory
import Foundation
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Resources

/// A clock that a test sets.
final class TestClock: Sendable {
    private let moment: Mutex<Timestamp>
    init(_ moment: Timestamp) { self.moment = Mutex(moment) }

    var now: Timestamp { moment.withLock { $0 } }
    func set(_ day: LocalDate, _ minute: Int) {
        moment.withLock { $0 = Timestamp(startOf: day).adding(seconds: Int64(minute) * 60) }
    }
}

/// The resource city with classes on a Monday of October, and a clock of its own.
struct LessonCity: Sendable {
    /// A Monday on which schools teach, the day after it, and a Sunday.
    static let monday = LocalDate(year: 2026, month: 10, day: 12)!
    static let tuesday = LocalDate(year: 2026, month: 10, day: 13)!
    static let sunday = LocalDate(year: 2026, month: 10, day: 18)!
    /// Ten past eight, in the first lesson.
    static let firstLesson = 490

    let made: ResourceCity
    let clock: TestClock
    /// 三年级(1)班 of 实验小学, which 王老师 teaches; (2)班, which she does not; and 三年级(1)班 of the other school, of 赵老师.
    let own: ClassGroup
    let other: ClassGroup
    let far: ClassGroup

    var city: TestCity { made.city }
    var database: Database { made.database }
    var office: LessonOffice { city.platform.resources.lessons }

    static func run(_ database: TestDatabase, _ body: (LessonCity) async throws -> Void) async throws {
        let clock = TestClock(Timestamp(startOf: monday).adding(seconds: Int64(firstLesson) * 60))
        try await withTestCity(database, configured: { _, options in options.now = { clock.now } }) { city in
            try await city.platform.resources.installCatalogue(
                at: try ResourceCity.fixture.path, name: "目录.csv", year: 2026, by: .system)
            let made = ResourceCity(
                city: city, school: try await city.organisation(TestCity.experimentalSchool),
                border: try await city.organisation(TestCity.borderSchool))
            let own = try await group(made.school, 1, taughtBy: .wang, city)
            let other = try await group(made.school, 2, taughtBy: nil, city)
            let far = try await group(made.border, 1, taughtBy: .zhao, city)
            try await body(LessonCity(made: made, clock: clock, own: own, other: other, far: far))
        }
    }

    private static func group(
        _ school: Organisation, _ number: Int, taughtBy member: TestCity.Member?, _ city: TestCity
    ) async throws -> ClassGroup {
        let person = try await member.asyncMap { try await city.user($0).person }
        let id = ID<ClassGroup>.new(), opened = LocalDate(year: 2024, month: 9, day: 1)!
        return try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO directory_class_group (id, school_id, stage, entry_year, years, number, kind, alias, opened_on,
                    created_at, revision, changed_at)
                VALUES (\(id), \(school.id), '2', 2024, 6, \(number), '10', '', \(opened), 0, 1, 0)
                """)
            if let person {
                try db.execute(
                    """
                    INSERT INTO directory_class_post (id, class_id, person_id, kind, subject, valid_from, recorded_at,
                        recorded_by, changed_at)
                    VALUES (\(Identifiers.next()), \(id), \(person), 'subject', '13', \(opened), 0, '', 0)
                    """)
            }
            return try ClassGroupStore(db).find(id, within: .everything)
        }
    }

    func target(_ group: ClassGroup, _ day: LocalDate = monday, period: Int = 1) -> PushTarget {
        PushTarget(classGroup: group.id, day: day, period: period)
    }

    /// A deed of the member on pushes, by the clock of the test.
    func push<T: Sendable>(
        _ member: TestCity.Member = .wang, _ body: @escaping @Sendable (PushService) throws -> T
    ) async throws -> T {
        let user = try await city.user(member), now = clock.now, office = office
        return try await database.write { try body(PushService($0, by: user, now: now, office: office)) }
    }

    /// 王老师 sends the resources to her class for the first lesson of the Monday.
    func sent(_ items: [ID<Item>], period: Int = 1) async throws -> Lesson {
        let node = try await made.node().id, target = target(own, period: period)
        let id = try await push { try $0.send(items, for: node, to: [target]) }
        return try await lesson(of: id)
    }

    func lesson(of push: ID<Push>) async throws -> Lesson {
        let found = try await database.read { try PushStore($0).lessons(of: push, limit: 10) }
        return try #require(found.first)
    }

    func open(_ item: ID<Item>, _ lesson: Lesson, by member: TestCity.Member = .wang) async throws -> OpeningOutcome {
        let user = try await city.user(member), now = clock.now, office = city.platform.resources.lessons
        return try await database.write {
            try OpeningService($0, by: user, now: now, office: office).open(item, in: lesson.id)
        }
    }

    /// What a class has of a lesson.
    func line(_ lesson: Lesson, seesAll: Bool = true) async throws -> LessonLine {
        let review = city.platform.resources.office
        let found = try await database.read { try LessonLines($0, review).lines(of: [lesson], seesAll: seesAll) }
        return try #require(found.first)
    }

    func count(_ table: SQL) async throws -> Int {
        try await database.read { try $0.value("SELECT COUNT(*) FROM \(table)") ?? 0 }
    }
}

extension Optional {
    fileprivate func asyncMap<T>(_ body: (Wrapped) async throws -> T) async rethrows -> T? {
        guard let self else { return nil }
        return try await body(self)
    }
}
