import Database
import Kernel

extension TargetSetFile.Layer: Column {}

extension TargetSetFile.Layer {
    package var title: String { self == .county ? "县(市、区)" : rawValue }
}

/// A set of targets as it is kept: who set them, for which years, and to which plan they belong.
package struct PlanTargetSet: Sendable, Equatable {
    package enum State: String, Column, Sendable, CaseIterable {
        /// Being written; counts nowhere.
        case draft
        case published
        /// Counts no longer, stays readable.
        case archived

        package var title: String {
            switch self {
            case .draft: "草稿"
            case .published: "已发布"
            case .archived: "已归档"
            }
        }
    }

    package let id: ID<PlanTargetSet>
    /// The key of a shipped set, for example `municipal-2015-2017`; `nil` for sets made here.
    package let code: String?
    package let plan: ID<ActionPlan>?
    package let owner: PlanOwner
    package let layer: TargetSetFile.Layer
    package let title: String
    package let edition: String
    package let from: LocalDate
    package let to: LocalDate
    package let state: State
    /// Where the figures come from.
    package let note: String
    package let changedAt: Timestamp
    package let changedBy: String

    static let columns: SQL =
        """
        s.id, s.code, s.plan_id, s.organisation_id, o.name, \(PlanOwner.pathColumn), s.layer, s.title, s.edition,
        s.period_from, s.period_to, s.state, s.note, s.changed_at, s.changed_by
        """
    static let source: SQL = "plan_target_set s LEFT JOIN directory_organisation o ON o.id = s.organisation_id"

    init(_ row: borrowing Row) throws {
        (id, code, plan) = (try row.get(0), try row.get(1), try row.get(2))
        owner = try PlanOwner(row, from: 3)
        (layer, title, edition, from) = (try row.get(6), try row.get(7), try row.get(8), try row.get(9))
        (to, state, note) = (try row.get(10), try row.get(11), try row.get(12))
        (changedAt, changedBy) = (try row.get(13), try row.get(14))
    }
}

/// A target of a set in one of its versions.
package struct PlanTarget: Sendable, Equatable {
    package let id: ID<PlanTarget>
    package let set: ID<PlanTargetSet>
    /// `T12`; the same in all versions.
    package let code: String
    /// Counts the changes of the target from 1.
    package let version: Int
    /// The clause by its number path; `nil` when the target hangs on none.
    package let clause: String?
    package let position: Int
    package let definition: TargetDefinition
    /// The days the version counts: from `validFrom` up to the day before `validTo`.
    package let validFrom: LocalDate
    package let validTo: LocalDate?
    package let changedBy: String
    package let changedAt: Timestamp

    static let columns: SQL =
        """
        t.id, t.set_id, t.code, t.version, t.clause_path, t.position, t.definition, t.valid_from, t.valid_to,
        t.changed_by, t.changed_at
        """

    init(_ row: borrowing Row) throws {
        (id, set, code, version) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (clause, position) = (try row.get(4), try row.get(5))
        definition = try TargetDefinition(stored: try row.get(6))
        (validFrom, validTo) = (try row.get(7), try row.get(8))
        (changedBy, changedAt) = (try row.get(9), try row.get(10))
    }

    /// Whether this, as the last version, says that the target has ended.
    package var isEnd: Bool { validTo != nil }
}
