import Database
import Directory
import Kernel
import Platform

/// 举报 and 申诉: somebody says that a published resource should go, or its author that one taken down should come back.
struct ResourceCase: Sendable, Equatable {
    enum Kind: String, Column, Sendable {
        case report, appeal

        var title: String { self == .report ? "举报" : "申诉" }
        /// Working days for the answer: what may do harm is looked at within a day.
        var workingDays: Int { self == .report ? 1 : 5 }
    }

    enum Ground: String, Column, Sendable, CaseIterable {
        case wrong, rights, personal, harmful, other

        var title: String {
            switch self {
            case .wrong: "内容有错"
            case .rights: "侵犯版权"
            case .personal: "含个人信息"
            case .harmful: "不良内容"
            case .other: "其他"
            }
        }
    }

    enum State: String, Column, Sendable {
        case open, upheld, dismissed

        func title(_ kind: Kind) -> String {
            switch self {
            case .open: "待处理"
            case .upheld: kind == .report ? "属实，已下架" : "成立，已恢复"
            case .dismissed: kind == .report ? "不属实" : "维持下架"
            }
        }
    }

    let id: ID<ResourceCase>
    let item: ID<Item>
    let title: String
    let school: String
    let path: OrganisationPath
    let kind: Kind
    let ground: Ground
    let text: String
    /// `nil` for a visitor.
    let askedBy: ID<Account>?
    let askedName: String
    let state: State
    /// The level that answers, or one above.
    let level: ReviewLevel
    let openedAt: Timestamp
    let due: LocalDate
    /// Empty while open.
    let decidedName: String
    let decidedAt: Timestamp?
    let answer: String

    static let columns: SQL =
        """
        k.id, k.item_id, i.title, o.name, o.path, k.kind, k.ground, k.told, k.asked_by, k.asked_name, k.state, k.level,
        k.opened_at, k.due_on, k.decided_name, k.decided_at, k.answer
        """
    static let source: SQL =
        """
        resources_case k JOIN resources_item i ON i.id = k.item_id JOIN directory_organisation o ON o.id = i.school_id
        """

    init(_ row: borrowing Row) throws {
        (id, item, title, school) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (path, kind, ground, text) = (try row.get(4), try row.get(5), try row.get(6), try row.get(7))
        (askedBy, askedName, state, level) = (try row.get(8), try row.get(9), try row.get(10), try row.get(11))
        (openedAt, due, decidedName) = (try row.get(12), try row.get(13), try row.get(14))
        (decidedAt, answer) = (try row.get(15), try row.get(16))
    }

    func isLate(on day: LocalDate) -> Bool { state == .open && due < day }

    static let longest = 500
    /// Reports of one resource that may wait at a time.
    static let mostOpen = 20
}

enum CaseSchema {
    static let statements = [
        """
        CREATE TABLE resources_case (
            id TEXT NOT NULL PRIMARY KEY, item_id TEXT NOT NULL REFERENCES resources_item (id), kind TEXT NOT NULL,
            ground TEXT NOT NULL, told TEXT NOT NULL, asked_by TEXT, asked_name TEXT NOT NULL, state TEXT NOT NULL,
            level TEXT NOT NULL, opened_at INTEGER NOT NULL, due_on TEXT NOT NULL, decided_by TEXT,
            decided_name TEXT NOT NULL, decided_at INTEGER, answer TEXT NOT NULL,
            CHECK (kind IN ('report', 'appeal')), CHECK (state IN ('open', 'upheld', 'dismissed')))
        """,
        "CREATE INDEX resources_case_item ON resources_case (item_id, state)",
        "CREATE INDEX resources_case_due ON resources_case (state, due_on, id)",
        "CREATE INDEX resources_case_asked ON resources_case (asked_by, id)",
        """
        CREATE UNIQUE INDEX resources_case_once ON resources_case (item_id, kind, asked_by) WHERE state = 'open'
        """,
    ]
}

/// All SQL of reports and appeals.
struct CaseStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// One's own, and those that wait in the scope.
    private static func seen(by user: CurrentUser) -> SQL {
        "(k.asked_by = \(user.account) OR \(SQL.within(user.scope(of: .itemReview), "o.path")))"
    }

    /// Throws `DomainError.notFound`.
    func find(_ id: ID<ResourceCase>, for user: CurrentUser) throws -> ResourceCase {
        let found = try db.first(
            """
            SELECT \(ResourceCase.columns) FROM \(ResourceCase.source)
            WHERE k.id = \(id) AND \(CaseStore.seen(by: user))
            """, ResourceCase.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// A slice, what is due first on top. `after` is due day and id of the last one seen.
    func list(
        isOpen: Bool, for user: CurrentUser, after: (due: String, id: String)?, limit: Int
    ) throws -> (rows: [ResourceCase], total: Int) {
        let state: SQL = isOpen ? "k.state = 'open'" : "k.state <> 'open'"
        let matching: SQL = "\(state) AND \(CaseStore.seen(by: user))"
        let total: Int = try db.value("SELECT COUNT(*) FROM \(ResourceCase.source) WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND (k.due_on, k.id) > (\($0.due), \($0.id))" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(ResourceCase.columns) FROM \(ResourceCase.source) WHERE \(matching)\(rest)
            ORDER BY k.due_on, k.id LIMIT \(limit)
            """, ResourceCase.init)
        return (rows, total)
    }

    func openCount(of item: ID<Item>) throws -> Int {
        try db.value("SELECT COUNT(*) FROM resources_case k WHERE k.item_id = \(item) AND k.state = 'open'") ?? 0
    }

    func openCase(of item: ID<Item>, _ kind: ResourceCase.Kind, by account: ID<Account>) throws -> ID<ResourceCase>? {
        try db.value(
            """
            SELECT k.id FROM resources_case k
            WHERE k.item_id = \(item) AND k.kind = \(kind) AND k.asked_by = \(account) AND k.state = 'open'
            """)
    }

    func insert(
        _ id: ID<ResourceCase>, of item: ID<Item>, _ kind: ResourceCase.Kind, _ ground: ResourceCase.Ground,
        _ text: String, by user: CurrentUser?, level: ReviewLevel, due: LocalDate, now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_case (id, item_id, kind, ground, told, asked_by, asked_name, state, level, opened_at,
                due_on, decided_name, answer)
            VALUES (\(id), \(item), \(kind), \(ground), \(text), \(user?.account), \(user?.name ?? "访客"), 'open',
                \(level), \(now), \(due), '', '')
            """)
    }

    /// Ends it when nobody was faster.
    func decide(
        _ id: ID<ResourceCase>, _ state: ResourceCase.State, _ answer: String, by user: CurrentUser, now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE resources_case SET state = \(state), answer = \(answer), decided_by = \(user.account),
                decided_name = \(user.name), decided_at = \(now) WHERE id = \(id) AND state = 'open'
            """) > 0
    }

    /// Reports that wait about a resource that has gone down end with it. Returns them and who made them.
    func upholdOthers(
        of item: ID<Item>, _ answer: String, by user: CurrentUser, now: Timestamp
    ) throws -> [(id: ID<ResourceCase>, askedBy: ID<Account>?)] {
        try db.rows(
            """
            UPDATE resources_case SET state = 'upheld', answer = \(answer), decided_by = \(user.account),
                decided_name = \(user.name), decided_at = \(now)
            WHERE item_id = \(item) AND kind = 'report' AND state = 'open' RETURNING id, asked_by
            """
        ) { (id: try $0.get(0), askedBy: try $0.get(1)) }
    }
}
