import Database
import Kernel

/// 清理: what was found to have been kept long enough, and what of it went after somebody confirmed.
package struct RetentionRun: Sendable {
    package enum State: String, Column, Sendable {
        case counting, counted, deleting, done

        package var title: String {
            switch self {
            case .counting: "清点中"
            case .counted: "待确认"
            case .deleting: "删除中"
            case .done: "已删除"
            }
        }
    }

    package struct Line: Sendable {
        package let kind: String
        package let cutoff: Timestamp
        package let overdue: Int
        package let deleted: Int
    }

    package let id: ID<RetentionRun>
    package let state: State
    package let startedAt: Timestamp
    package let startedBy: String
    package let confirmedBy: String
    package let endedAt: Timestamp?
    package let lines: [Line]
}

/// 保全: records that must not be deleted for a time, as in a lawsuit; of one person, of one kind, or both.
package struct LegalHold: Sendable {
    package let id: ID<LegalHold>
    /// Empty for all kinds.
    package let kind: String
    /// `nil` for everybody.
    package let person: ID<Person>?
    package let personName: String
    package let reason: String
    package let from: LocalDate
    /// The first day on which it no longer holds; `nil` while open.
    package let until: LocalDate?
    package let by: String
}

/// What the holds of a day leave to be deleted.
struct HeldRecords: Sendable {
    /// Kinds of which nothing may go.
    let kinds: Set<String>
    private let people: [String: Set<ID<Person>>]

    init(_ holds: [LegalHold]) {
        kinds = Set(holds.filter { $0.person == nil && !$0.kind.isEmpty }.map(\.kind))
        isEverything = holds.contains { $0.person == nil && $0.kind.isEmpty }
        people = holds.reduce(into: [:]) { held, hold in
            if let person = hold.person { held[hold.kind, default: []].insert(person) }
        }
    }

    private let isEverything: Bool

    func isHeld(_ kind: String) -> Bool { isEverything || kinds.contains(kind) }
    func people(_ kind: String) -> Set<ID<Person>> { (people[kind] ?? []).union(people[""] ?? []) }
}
