import Database
import Directory
import Kernel

/// 征集: a place asks its teachers for resources of a lesson that has none or too few.
struct Call: Sendable, Equatable {
    enum State: String, Column, Sendable, CaseIterable {
        case open
        /// What was wanted is there.
        case covered
        /// The last day has passed.
        case expired
        /// Ended by whoever opened it.
        case closed

        var title: String {
            switch self {
            case .open: "征集中"
            case .covered: "已征齐"
            case .expired: "已到期"
            case .closed: "已结束"
            }
        }
    }

    let id: ID<Call>
    let organisation: OrganisationID
    let organisationName: String
    let path: OrganisationPath
    let node: ID<TextbookNode>
    /// What is wanted, at least one.
    let wanted: [ResourceGroup]
    let note: String
    /// The last day for answers.
    let due: LocalDate
    /// As kept; see `state(on:)`.
    let kept: State
    let revision: Int
    let openedAt: Timestamp
    let openedBy: String
    let closedAt: Timestamp?

    static let columns: SQL =
        """
        c.id, c.organisation_id, o.name, o.path, c.node_id, c.wanted, c.note, c.due_on, c.state, c.revision, c.opened_at,
        c.opened_by, c.closed_at
        """
    static let columnCount = 13
    static let source: SQL = "resources_call c JOIN directory_organisation o ON o.id = c.organisation_id"

    init(_ row: borrowing Row) throws {
        (id, organisation, organisationName) = (try row.get(0), try row.get(1), try row.get(2))
        (path, node) = (try row.get(3), try row.get(4))
        wanted = Call.groups(try row.get(5))
        (note, due, kept, revision) = (try row.get(6), try row.get(7), try row.get(8), try row.get(9))
        (openedAt, openedBy, closedAt) = (try row.get(10), try row.get(11), try row.get(12))
    }

    /// A call ends by itself after its last day, whether or not anybody has noted it yet.
    func state(on day: LocalDate) -> State { kept == .open && due < day ? .expired : kept }

    var wantedTitles: String { wanted.map(\.title).joined(separator: "、") }

    static func groups(_ text: String) -> [ResourceGroup] {
        text.split(separator: ",").compactMap { ResourceGroup(rawValue: String($0)) }
    }

    static func text(_ groups: [ResourceGroup]) -> String {
        ResourceGroup.allCases.filter(groups.contains).map(\.rawValue).joined(separator: ",")
    }

    /// Working days that a call is open unless somebody says otherwise.
    static let usualDays = 20
    static let longestNote = 300
    /// The furthest last day, in days from now.
    static let furthest = 366
}

enum CallSchema {
    static let statements = [
        """
        CREATE TABLE resources_call (
            id TEXT NOT NULL PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES directory_organisation (id),
            node_id TEXT NOT NULL REFERENCES resources_node (id), wanted TEXT NOT NULL, note TEXT NOT NULL,
            due_on TEXT NOT NULL, state TEXT NOT NULL, revision INTEGER NOT NULL, opened_at INTEGER NOT NULL,
            opened_by TEXT NOT NULL, closed_at INTEGER, CHECK (state IN ('open', 'covered', 'expired', 'closed')))
        """,
        """
        CREATE UNIQUE INDEX resources_call_once ON resources_call (organisation_id, node_id) WHERE state = 'open'
        """,
        "CREATE INDEX resources_call_node ON resources_call (node_id, state)",
        "CREATE INDEX resources_call_due ON resources_call (state, due_on, id)",
        """
        CREATE TABLE resources_call_answer (
            call_id TEXT NOT NULL REFERENCES resources_call (id), item_id TEXT NOT NULL REFERENCES resources_item (id),
            at INTEGER NOT NULL, PRIMARY KEY (call_id, item_id))
        """,
        "CREATE INDEX resources_call_answer_item ON resources_call_answer (item_id)",
    ]
}
