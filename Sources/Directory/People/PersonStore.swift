import Database
import Kernel
import Platform

/// All SQL of people and their appointments.
package struct PersonStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// Enters a person. Throws `DomainError.invalid` for field `name` unless the name has 1 to 60 characters.
    package func insert(name: String, at now: Timestamp) throws -> ID<Person> {
        guard !name.isEmpty else { throw DomainError.invalid("name", "填写姓名") }
        guard name.unicodeScalars.count <= 60 else { throw DomainError.invalid("name", "姓名不能超过 60 个字") }
        let id = ID<Person>.new()
        try db.execute(
            """
            INSERT INTO directory_person (id, name, initials, created_at)
            VALUES (\(id), \(name), \(Pinyin.initials(of: name, as: .person)), \(now))
            """)
        return id
    }

    /// Records who holds which post where.
    /// - Parameters:
    ///   - post: 岗位职业码, GB/T 33782-2017.
    ///   - end: the first day on which the post is no longer held; `nil` while open.
    package func appoint(
        _ person: ID<Person>, at organisation: OrganisationID, post: String, from start: LocalDate,
        until end: LocalDate? = nil
    ) throws {
        try db.execute(
            """
            INSERT INTO directory_appointment (id, person_id, organisation_id, post, valid_from, valid_to)
            VALUES (\(Identifiers.next()), \(person), \(organisation), \(post), \(start), \(end))
            """)
    }
}
