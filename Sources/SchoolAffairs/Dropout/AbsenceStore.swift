import Database
import Directory
import Kernel
import Platform

/// All SQL of absences. The questions name a class or people that the caller has found within a scope before.
struct AbsenceStore {
    let db: Connection
    let crypto: any CryptoProvider

    /// Who was away from the class on the day, and why.
    func absences(of classGroup: ID<ClassGroup>, on day: LocalDate) throws -> [ID<Person>: AbsenceKind] {
        var found: [ID<Person>: AbsenceKind] = [:]
        try db.each(
            """
            SELECT person_id, id, sealed FROM school_affairs_absence
            WHERE class_id = \(classGroup) AND day = \(day)
            """
        ) { row in
            let id: String = try row.get(1)
            let kind = try crypto.openText(row.get(2), context: AbsenceStore.context(id))
            found[try row.get(0)] = AbsenceKind(rawValue: kind) ?? .unexcused
        }
        return found
    }

    /// The days from the day on when a pupil was away without leave.
    func unexcused(of person: ID<Person>, from day: LocalDate) throws -> Set<LocalDate> {
        Set(
            try db.column(
                """
                SELECT day FROM school_affairs_absence
                WHERE person_id = \(person) AND day >= \(day) AND is_excused = 0
                """, as: LocalDate.self))
    }

    func set(
        _ kind: AbsenceKind, of person: ID<Person>, in classGroup: ID<ClassGroup>, on day: LocalDate, by author: String,
        at now: Timestamp
    ) throws {
        try remove(of: person, on: day)
        let id = Identifiers.next()
        try db.execute(
            """
            INSERT INTO school_affairs_absence (id, person_id, class_id, day, is_excused, sealed, recorded_at, recorded_by)
            VALUES (\(id), \(person), \(classGroup), \(day), \(kind.isExcused),
                \(crypto.seal(kind.rawValue, context: AbsenceStore.context(id))), \(now), \(author))
            """)
    }

    func remove(of person: ID<Person>, on day: LocalDate) throws {
        try db.execute("DELETE FROM school_affairs_absence WHERE person_id = \(person) AND day = \(day)")
    }

    private static func old(_ before: Timestamp, _ spared: Set<ID<Person>>) -> SQL {
        let kept: SQL = spared.isEmpty ? "" : " AND person_id NOT IN \(in: spared.sorted())"
        return "recorded_at < \(before)\(kept)"
    }

    /// How many were entered before the moment, without those of some people.
    func countOld(_ before: Timestamp, sparing people: Set<ID<Person>>) throws -> Int {
        try db.value("SELECT COUNT(*) FROM school_affairs_absence WHERE \(AbsenceStore.old(before, people))") ?? 0
    }

    func deleteOld(_ before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int) throws -> Int {
        try db.change(
            """
            DELETE FROM school_affairs_absence WHERE id IN (
                SELECT id FROM school_affairs_absence WHERE \(AbsenceStore.old(before, people))
                ORDER BY id LIMIT \(limit))
            """)
    }

    private static func context(_ id: String) -> String { "school_affairs_absence.sealed/\(id)" }
}
