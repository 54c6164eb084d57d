import App
import Database
import Directory
import Foundation
import Kernel
import Platform

/// Finding one of 500,000 people: 200,000 pupils in 4,500 classes, a guardian each and more, and 12,000 of staff.
enum SearchMeasure {
    private static let pupils = 200_000
    private static let guardians = 288_000
    private static let staff = 12_000
    private static let classSize = 45

    private static let surnames = Array("韦黄陆覃农盘阮苏梁李陈吴邓何林刘杨罗莫潘龚武段张王周").map(String.init)
    private static let given = Array("浩宇俊杰志强文博海涛子轩家豪伟明建华振国东旭欣怡雨婷思琪佳慧晓丽美玲静雯").map(String.init)

    private static func name(_ number: Int) -> String {
        let mixed = number &* 2_654_435_761 >> 4
        return surnames[mixed % surnames.count] + given[mixed / 31 % given.count]
            + (mixed % 5 == 0 ? "" : given[mixed / 1009 % given.count])
    }

    static func run() async throws {
        try await Measure.withFreshPlatform { platform in
            let schools = try await IdentityMeasure.grow(to: 450, platform.database)
            try await Measure.timed("500,000 people entered") { try await enter(platform, schools) }
            try await Measure.timed("index of 500,000 people") {
                print("looked at \(try await platform.directory.peopleIndexing.catchUp(settled: 0)) people")
            }
            let caller = RouteCaller(platform: platform)
            for (role, token) in try await IdentityMeasure.administrators(schools, platform) {
                for text in ["韦", "韦志强", "志强", "强", "wzq", "w", "weizhi", "zzzz", "李小", "19910000077"] {
                    let query = "q=" + (text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text)
                    try await caller.time("\(role) \(text)", "/people", query: query, token: token)
                }
            }
        }
    }

    /// Straight into the tables: what is measured is the finding.
    static func enter(_ platform: CityPlatform, _ schools: [Organisation]) async throws {
        let crypto = platform.crypto, now = Timestamp.now, day = LocalDate(iso: "2026-09-01")!
        var classes: [String] = []
        for start in stride(from: 0, to: pupils, by: 10_000) {
            let missing = (start + 10_000) / classSize + 1 - classes.count
            let fresh = (0..<max(0, missing)).map { _ in Identifiers.next() }
            let first = classes.count
            classes += fresh
            let all = classes
            try await database(platform) { db in
                try db.insert(
                    into: """
                        directory_class_group (id, school_id, stage, entry_year, years, number, alias, opened_on,
                            created_at, revision)
                        """,
                    rows: fresh.enumerated().map { index, id in
                        let place = first + index, school = schools[place % schools.count].id
                        return [
                            id.databaseValue, school.databaseValue, "2".databaseValue,
                            (2021 + place / schools.count % 6).databaseValue, 6.databaseValue,
                            (1 + place / schools.count / 6).databaseValue, "".databaseValue, day.databaseValue,
                            now.databaseValue, 1.databaseValue,
                        ]
                    })
                let people = try SearchMeasure.people(start..<min(start + 10_000, pupils), now, db)
                try db.insert(
                    into: """
                        directory_enrolment (id, person_id, school_id, class_id, valid_from, recorded_at, recorded_by,
                            changed_at)
                        """,
                    rows: people.enumerated().map { index, person in
                        let place = (start + index) / classSize
                        return [
                            Identifiers.next().databaseValue, person.databaseValue,
                            schools[place % schools.count].id.databaseValue, all[place].databaseValue,
                            day.databaseValue, now.databaseValue, "measure".databaseValue, now.databaseValue,
                        ]
                    })
                try SearchMeasure.relatives(of: people, from: start, now, day, db, crypto)
            }
        }
        try await database(platform) { db in
            let people = try SearchMeasure.people(0..<staff, now, db)
            for (index, person) in people.enumerated() {
                try PersonStore(db).appoint(
                    ID<Person>(checking: person)!, at: schools[index % schools.count].id, post: "10", from: day, at: now
                )
            }
        }
    }

    private static func database(
        _ platform: CityPlatform, _ body: @escaping @Sendable (Connection) throws -> Void
    ) async throws { try await platform.database.write(body) }

    private static func people(_ numbers: Range<Int>, _ now: Timestamp, _ db: Connection) throws -> [String] {
        let ids = numbers.map { _ in Identifiers.next() }
        try db.insert(
            into: "directory_person (id, name, initials, created_at, changed_at)",
            rows: zip(numbers, ids).map { number, id in
                let name = name(number)
                return [
                    id.databaseValue, name.databaseValue, Pinyin.initials(of: name, as: .person).databaseValue,
                    now.databaseValue, now.databaseValue,
                ]
            })
        return ids
    }

    /// One guardian a pupil, and a second for some; the first with a phone.
    private static func relatives(
        of children: [String], from start: Int, _ now: Timestamp, _ day: LocalDate, _ db: Connection,
        _ crypto: any CryptoProvider
    ) throws {
        let second = children.prefix(children.count * (guardians - pupils) / pupils)
        let all = children + second
        let people = try people(start * 2..<start * 2 + all.count, now, db)
        try db.insert(
            into: """
                directory_guardianship (id, guardian_id, child_id, valid_from, recorded_at, recorded_by, changed_at)
                """,
            rows: zip(people, all).map { guardian, child in
                [
                    Identifiers.next().databaseValue, guardian.databaseValue, child.databaseValue, day.databaseValue,
                    now.databaseValue, "measure".databaseValue, now.databaseValue,
                ]
            })
        let store = PersonIdentifierStore(db, crypto)
        for index in children.indices.prefix(2_000) {
            let phone = try PersonIdentifier(.phone, "1991" + String(10_000_000 + start + index).suffix(7))
            try store.set(phone, of: ID<Person>(checking: people[index])!, by: "measure", at: now)
        }
    }
}
