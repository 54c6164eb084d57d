import Database
import Kernel
import Platform

/// A plan (行动计划) that has been published at least once.
package struct ActionPlan: Sendable, Equatable {
    package enum State: String, Column, Sendable {
        case published
        /// Over; its versions stay readable.
        case archived

        package var title: String { self == .published ? "已发布" : "已归档" }
    }

    package let id: ID<ActionPlan>
    package let title: String
    package let layer: TargetSetFile.Layer
    package let owner: PlanOwner
    /// The years the plan speaks of.
    package let from: LocalDate
    package let to: LocalDate
    package let state: State
    package let createdAt: Timestamp
    package let createdBy: String

    static let columns: SQL =
        """
        p.id, p.title, p.layer, p.organisation_id, o.name, \(PlanOwner.pathColumn), p.period_from, p.period_to, p.state,
        p.created_at, p.created_by
        """
    static let source: SQL = "plan_plan p LEFT JOIN directory_organisation o ON o.id = p.organisation_id"

    init(_ row: borrowing Row) throws {
        (id, title, layer, owner) = (try row.get(0), try row.get(1), try row.get(2), try PlanOwner(row, from: 3))
        (from, to, state) = (try row.get(6), try row.get(7), try row.get(8))
        (createdAt, createdBy) = (try row.get(9), try row.get(10))
    }
}

/// One published text of a plan.
package struct PlanVersion: Sendable, Equatable {
    package enum State: String, Column, Sendable {
        case current, superseded
        package var title: String { self == .current ? "现行" : "已被取代" }
    }

    package let id: ID<PlanVersion>
    package let plan: ID<ActionPlan>
    /// Counted from 1.
    package let number: Int
    package let file: ID<StoredFile>
    package let fileName: String
    /// Why the version was made; may be empty.
    package let note: String
    package let state: State
    package let createdAt: Timestamp
    package let createdBy: String

    static let columns: SQL =
        "v.id, v.plan_id, v.number, v.file_id, f.name, v.note, v.state, v.created_at, v.created_by"
    static let source: SQL = "plan_version v JOIN platform_file f ON f.id = v.file_id"

    init(_ row: borrowing Row) throws {
        (id, plan, number, file) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (fileName, note, state) = (try row.get(4), try row.get(5), try row.get(6))
        (createdAt, createdBy) = (try row.get(7), try row.get(8))
    }
}

/// One clause of a published version.
package struct PlanClause: Sendable, Equatable {
    /// The labels from the outermost clause down, joined by `/`: `三/(四)`. Targets hang on it.
    package let path: String
    /// The label alone: `(四)`.
    package let number: String
    /// The number as the document writes it: `（四）`, `三、`; empty for clauses without one.
    package let token: String
    /// How deep the clause stands, counted from 1.
    package let level: Int
    package let heading: String?
    /// Paragraphs joined by `\n`.
    package let text: String
    package let isPreamble: Bool

    package var paragraphs: [String] {
        text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    package var clauseText: ClauseText { ClauseText(path: path, heading: heading, text: text) }

    /// Number and opening, for lists: `（四）加快应用…`.
    package var shortTitle: String {
        let opening = heading ?? paragraphs.first ?? ""
        let isLong = opening.count > 24
        return token + (isLong ? opening.prefix(24) + "…" : opening)
    }

    static let columns: SQL = "c.path, c.number, c.token, c.level, c.heading, c.text, c.is_preamble"

    init(_ row: borrowing Row) throws {
        (path, number, token, level) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (heading, text, isPreamble) = (try row.get(4), try row.get(5), try row.get(6))
    }
}

/// A document on its way to become a plan, or the next version of one.
package struct PlanDocumentDraft: Sendable {
    package let id: ID<PlanDocumentDraft>
    /// The plan it will be a new version of; `nil` for a new plan.
    package let plan: ID<ActionPlan>?
    package let owner: PlanOwner
    package let title: String
    package let file: ID<StoredFile>
    package let fileName: String
    package let content: PlanDraft
    /// Counts the edits; an edit names the one it was made on.
    package let revision: Int
    package let changedAt: Timestamp
    package let changedBy: String
}
