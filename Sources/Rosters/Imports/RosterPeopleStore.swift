import Database
import Directory
import Kernel
import Platform

/// Somebody the city knows, as far as rosters look at her.
struct KnownPerson: Sendable, Equatable {
    let id: ID<Person>
    let name: String
    let sex: String?
    let birthDate: String?
}

/// Reading questions over many people at once, by which rosters are compared with what is known.
struct RosterPeopleStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Where a person is a pupil.
    struct Standing: Sendable {
        let school: OrganisationID
        let classGroup: ID<ClassGroup>
        let from: LocalDate
    }

    /// A post that a person holds.
    struct Post: Sendable {
        let school: OrganisationID
        let post: String
        let from: LocalDate
        /// The day it ends, as of a transfer that is agreed on; `nil` when nobody has ended it.
        let until: LocalDate?
    }

    private static let atOnce = 512

    private func eachChunk<T>(_ all: [T], _ body: ([T]) throws -> Void) throws {
        for start in stride(from: 0, to: all.count, by: RosterPeopleStore.atOnce) {
            try body(Array(all[start..<min(start + RosterPeopleStore.atOnce, all.count)]))
        }
    }

    func people(_ ids: [ID<Person>]) throws -> [ID<Person>: KnownPerson] {
        var found: [ID<Person>: KnownPerson] = [:]
        try eachChunk(ids) { chunk in
            try db.each("SELECT id, name, sex, birth_date FROM directory_person WHERE id IN \(in: chunk)") { row in
                let person = KnownPerson(
                    id: try row.get(0), name: try row.get(1), sex: try row.get(2), birthDate: try row.get(3))
                found[person.id] = person
            }
        }
        return found
    }

    /// The class each of the people is in and has not left.
    func standings(of ids: [ID<Person>]) throws -> [ID<Person>: Standing] {
        var found: [ID<Person>: Standing] = [:]
        try eachChunk(ids) { chunk in
            try db.each(
                """
                SELECT person_id, school_id, class_id, valid_from FROM directory_enrolment
                WHERE person_id IN \(in: chunk) AND valid_to IS NULL
                """
            ) { row in
                found[try row.get(0)] = Standing(
                    school: try row.get(1), classGroup: try row.get(2), from: try row.get(3))
            }
        }
        return found
    }

    /// The posts each of the people holds on the day, and those that begin later.
    func posts(of ids: [ID<Person>], on day: LocalDate) throws -> [ID<Person>: [Post]] {
        var found: [ID<Person>: [Post]] = [:]
        try eachChunk(ids) { chunk in
            try db.each(
                """
                SELECT person_id, organisation_id, post, valid_from, valid_to FROM directory_appointment
                WHERE person_id IN \(in: chunk) AND (valid_to IS NULL OR valid_to > \(day)) ORDER BY valid_from, id
                """
            ) { row in
                found[try row.get(0), default: []].append(
                    Post(
                        school: try row.get(1), post: try row.get(2), from: try row.get(3), until: try row.get(4)))
            }
        }
        return found
    }

    /// The open classes of the schools.
    func classes(of schools: [OrganisationID]) throws -> [ClassGroup] {
        let store = ClassGroupStore(db)
        let longAgo = LocalDate(year: 1, month: 1, day: 1)!
        return try schools.flatMap { school in
            try store.upcoming(of: school, on: longAgo, within: .everything).filter { $0.closedOn == nil }
        }
    }
}
