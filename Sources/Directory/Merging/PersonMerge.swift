import Database
import Kernel
import Platform

/// What a person decides when two records are the same person: whose data stay. What is not named stays as the surviving
/// record has it; what only the other has, comes over.
package struct MergeChoice: Sendable, Equatable {
    /// Fields whose value is taken from the record that goes.
    package var facts: Set<String>
    /// Numbers that are taken from the record that goes.
    package var numbers: Set<PersonIdentifierKind>
    /// Where both are in a class: whether the class of the record that goes holds.
    package var takesEnrolment: Bool

    package init(facts: Set<String> = [], numbers: Set<PersonIdentifierKind> = [], takesEnrolment: Bool = false) {
        (self.facts, self.numbers, self.takesEnrolment) = (facts, numbers, takesEnrolment)
    }
}

/// Two records became one.
package struct PersonMerge: Sendable {
    package let id: String
    package let from: ID<Person>
    package let into: ID<Person>
    package let at: Timestamp
    package let by: String
    package let undoneAt: Timestamp?
    package let undoneBy: String?
    let record: String

    static let columns: SQL = "id, from_id, into_id, merged_at, merged_by, undone_at, undone_by, record"

    init(_ row: borrowing Row) throws {
        (id, from, into) = (try row.get(0), try row.get(1), try row.get(2))
        (at, by) = (try row.get(3), try row.get(4))
        undoneAt = row.isNull(5) ? nil : try row.get(5)
        undoneBy = row.isNull(6) ? nil : try row.get(6)
        record = try row.get(7)
    }
}

/// What a merge moved, so that it can go back exactly.
struct MergeRecord: Codable, Sendable {
    /// A row that named the one record and names the other now.
    struct Move: Codable, Sendable {
        let column: String
        let key: String
    }

    /// A period that ended because the other record has the same one.
    struct Cut: Codable, Sendable {
        let table: CutTable
        let id: String
        let until: String?
        let reason: String?
        /// The end that was set.
        let set: String
    }

    enum CutTable: String, Codable, Sendable {
        case enrolment, appointment, post, guardianship

        var sql: SQL {
            switch self {
            case .enrolment: "directory_enrolment"
            case .appointment: "directory_appointment"
            case .post: "directory_class_post"
            case .guardianship: "directory_guardianship"
            }
        }
    }

    /// A guardian relation whose 第一 or 第二 was taken away, since another one of the child has it.
    struct Order: Codable, Sendable {
        let id: String
        let order: Int
    }

    /// Versions of what is known of the surviving record.
    struct Facts: Codable, Sendable {
        let new: String
        let old: String?
        /// The name as it stood.
        let name: String
    }

    /// A number that changed hands, by the key of its row.
    struct Number: Codable, Sendable {
        let id: String
        /// Whether it went to the surviving record; otherwise it left it.
        let isTaken: Bool
    }

    var moves: [Move] = []
    var cuts: [Cut] = []
    /// `nil` in merges from before orders were settled.
    var orders: [Order]?
    var facts: Facts?
    var numbers: [Number] = []
    /// What each listener needs to undo its part, by its name.
    var listeners: [String: String] = [:]
}

/// Somebody with records of her own of a person, who must act in the transaction of a merge: accounts, for example. Tables
/// whose rows only name the person are listed as `PersonColumn`s instead.
package protocol PersonMergeListener: Sendable {
    /// Fixed for ever: stored with each merge.
    var name: String { get }
    /// The columns that name a person and that the listener sees to, `identity_account.person_id`.
    var columns: Set<String> { get }

    /// Where the person has rights or duties besides those of the directory: whoever merges her must be over these too.
    func places(of person: ID<Person>, on day: LocalDate, _ db: Connection) throws -> [OrganisationPath]

    /// Moves what belongs to `person` over to `survivor`, and returns what `undo` needs; no personal datum. Throws
    /// `DomainError.conflict` when it may not be done.
    func merge(
        _ person: ID<Person>, into survivor: ID<Person>, by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws -> String

    /// After everything has moved, or moved back: what follows from the records of these people may be different now.
    func settled(_ people: [ID<Person>], by actor: AuditActor, now: Timestamp, _ db: Connection) throws

    /// Moves it back. Throws `DomainError.conflict` when something has changed since.
    func undo(
        _ record: String, of person: ID<Person>, from survivor: ID<Person>, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws
}

extension PersonMergeListener {
    package func settled(_ people: [ID<Person>], by actor: AuditActor, now: Timestamp, _ db: Connection) throws {}
}
