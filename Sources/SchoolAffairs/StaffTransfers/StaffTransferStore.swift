import Database
import Directory
import Kernel

/// All SQL of transfers. A transfer is in a scope when either school is.
struct StaffTransferStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static let tables: SQL =
        """
        school_affairs_staff_transfer t JOIN directory_person p ON p.id = t.person_id
        JOIN directory_organisation f ON f.id = t.from_id JOIN directory_organisation g ON g.id = t.to_id
        """

    private static func within(_ scope: DataScope) -> SQL {
        "(\(SQL.within(scope, "f.path")) OR \(SQL.within(scope, "g.path")))"
    }

    /// Throws `DomainError.notFound` when there is none in the scope.
    func find(_ id: ID<StaffTransfer>, within scope: DataScope) throws -> StaffTransfer {
        let found = try db.first(
            """
            SELECT \(StaffTransfer.columns) FROM \(StaffTransferStore.tables)
            WHERE t.id = \(id) AND \(StaffTransferStore.within(scope))
            """, StaffTransfer.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// The latest first; with `isOpen` only those that wait for somebody.
    func list(within scope: DataScope, isOpen: Bool, limit: Int) throws -> [StaffTransfer] {
        let only: SQL = isOpen ? " AND t.state IN ('offered', 'accepted')" : ""
        return try db.rows(
            """
            SELECT \(StaffTransfer.columns) FROM \(StaffTransferStore.tables)
            WHERE \(StaffTransferStore.within(scope))\(only) ORDER BY t.id DESC LIMIT \(limit)
            """, StaffTransfer.init)
    }

    /// The transfer of the person that waits for somebody; `nil` without one.
    func open(of person: ID<Person>) throws -> StaffTransfer? {
        try db.first(
            """
            SELECT \(StaffTransfer.columns) FROM \(StaffTransferStore.tables)
            WHERE t.person_id = \(person) AND t.state IN ('offered', 'accepted')
            """, StaffTransfer.init)
    }

    /// Whose transfer from the school waits for somebody.
    func leaving(_ school: OrganisationID) throws -> Set<ID<Person>> {
        Set(
            try db.column(
                """
                SELECT t.person_id FROM school_affairs_staff_transfer t
                WHERE t.from_id = \(school) AND t.state IN ('offered', 'accepted')
                """, as: ID<Person>.self))
    }

    /// Throws `DatabaseError.uniqueViolation` while another one of the person is open.
    func insert(
        _ person: ID<Person>, from: OrganisationID, to: OrganisationID, _ draft: AppointmentDraft,
        approver: OrganisationPath, by author: (id: String, name: String), now: Timestamp
    ) throws -> ID<StaffTransfer> {
        let id = ID<StaffTransfer>.new()
        try db.execute(
            """
            INSERT INTO school_affairs_staff_transfer (id, person_id, from_id, to_id, post, kind, share, effective_on,
                state, approver_path, offered_by, offered_by_name, created_at, changed_at, revision)
            VALUES (\(id), \(person), \(from), \(to), \(draft.post), \(draft.kind), \(draft.share), \(draft.from),
                'offered', \(approver), \(author.id), \(author.name), \(now), \(now), 1)
            """)
        return id
    }

    /// The conditional update is the lock: of two people who saw the same state, one is too late.
    /// - Parameter account: who accepts it; `nil` for every other move.
    func move(
        _ known: StaffTransfer, to state: StaffTransferState, acceptedBy account: String? = nil, now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE school_affairs_staff_transfer SET state = \(state), changed_at = \(now), revision = revision + 1,
                accepted_by = COALESCE(\(account), accepted_by)
            WHERE id = \(known.id) AND revision = \(known.revision) AND state = \(known.state)
            """) > 0
    }

    /// The school that a clerk named by its code or whole name. Names and codes of schools are no secret. Throws
    /// `DomainError.invalid` for `target`.
    func school(named text: String) throws -> Organisation {
        let store = OrganisationStore(db)
        if let school = try store.find(code: text, within: .everything) { return try checked(school) }
        let ids = try db.column(
            """
            SELECT o.id FROM directory_organisation o
            WHERE o.name = \(text) AND o.kind IN ('school', 'teaching_point') AND o.closed_on IS NULL
            """, as: OrganisationID.self)
        guard let first = ids.first else { throw DomainError.invalid("target", "没有找到这所学校，填写全称或标识码") }
        if ids.count > 1 { throw DomainError.invalid("target", "有 \(ids.count) 所同名学校，填写标识码") }
        return try checked(store.find(first, within: .everything))
    }

    private func checked(_ school: Organisation) throws -> Organisation {
        guard school.kind.isSchool, school.closedOn == nil else {
            throw DomainError.invalid("target", "没有找到这所学校，填写全称或标识码")
        }
        return school
    }
}
