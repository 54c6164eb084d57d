import Database
import Kernel
import Platform

/// All SQL of plans, their versions and clauses.
package struct PlanStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// The newest period first.
    package func plans(within scope: DataScope) throws -> [ActionPlan] {
        try db.rows(
            "SELECT \(ActionPlan.columns) FROM \(ActionPlan.source) ORDER BY p.period_from DESC, p.id", ActionPlan.init
        ).filter { $0.owner.isVisible(within: scope) }
    }

    package func plan(_ id: ID<ActionPlan>, within scope: DataScope) throws -> ActionPlan {
        let found = try db.first(
            "SELECT \(ActionPlan.columns) FROM \(ActionPlan.source) WHERE p.id = \(id)", ActionPlan.init)
        guard let found, found.owner.isVisible(within: scope) else { throw DomainError.notFound }
        return found
    }

    /// The plan the city lives by: its published plan of the city's layer with the newest period; `nil` before one is
    /// imported.
    package func livingPlan() throws -> ActionPlan? {
        try plans(within: .everything).first {
            $0.state == .published && $0.owner.organisation == nil && $0.layer == .municipal
        }
    }

    /// Newest first.
    package func versions(of plan: ID<ActionPlan>) throws -> [PlanVersion] {
        try db.rows(
            """
            SELECT \(PlanVersion.columns) FROM \(PlanVersion.source) WHERE v.plan_id = \(plan) ORDER BY v.number DESC
            """, PlanVersion.init)
    }

    package func version(_ number: Int, of plan: ID<ActionPlan>) throws -> PlanVersion {
        let found = try db.first(
            """
            SELECT \(PlanVersion.columns) FROM \(PlanVersion.source) WHERE v.plan_id = \(plan) AND v.number = \(number)
            """, PlanVersion.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Every published plan has one.
    package func currentVersion(of plan: ID<ActionPlan>) throws -> PlanVersion {
        let found = try db.first(
            """
            SELECT \(PlanVersion.columns) FROM \(PlanVersion.source) WHERE v.plan_id = \(plan) AND v.state = 'current'
            """, PlanVersion.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// In the order of the document.
    package func clauses(of version: ID<PlanVersion>) throws -> [PlanClause] {
        try db.rows(
            "SELECT \(PlanClause.columns) FROM plan_clause c WHERE c.version_id = \(version) ORDER BY c.position",
            PlanClause.init)
    }

    /// The clauses targets can hang on; none without a plan.
    package func currentClauses(of plan: ID<ActionPlan>?) throws -> [PlanClause] {
        guard let plan else { return [] }
        return try clauses(of: try currentVersion(of: plan).id)
    }

    /// Clauses per version of a plan, by version.
    func clauseCounts(of plan: ID<ActionPlan>) throws -> [ID<PlanVersion>: Int] {
        let rows = try db.rows(
            """
            SELECT c.version_id, COUNT(*) FROM plan_clause c JOIN plan_version v ON v.id = c.version_id
            WHERE v.plan_id = \(plan) GROUP BY c.version_id
            """
        ) { (try $0.get(0, as: ID<PlanVersion>.self), try $0.get(1, as: Int.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    func insert(
        title: String, layer: TargetSetFile.Layer, organisation: OrganisationID?, from: LocalDate, to: LocalDate,
        by name: String, now: Timestamp
    ) throws -> ID<ActionPlan> {
        let id = ID<ActionPlan>.new()
        try db.execute(
            """
            INSERT INTO plan_plan (id, title, layer, organisation_id, period_from, period_to, state, created_at,
                created_by)
            VALUES (\(id), \(title), \(layer), \(organisation), \(from), \(to), 'published', \(now), \(name))
            """)
        return id
    }

    /// Makes the text the plan's current version; the one before is superseded.
    func insertVersion(
        of plan: ID<ActionPlan>, file: ID<StoredFile>, note: String, clauses: [ClauseDraft], by name: String,
        now: Timestamp
    ) throws -> Int {
        let last: Int = try db.value("SELECT COALESCE(MAX(number), 0) FROM plan_version WHERE plan_id = \(plan)") ?? 0
        try db.execute("UPDATE plan_version SET state = 'superseded' WHERE plan_id = \(plan) AND state = 'current'")
        let id = ID<PlanVersion>.new()
        try db.execute(
            """
            INSERT INTO plan_version (id, plan_id, number, file_id, note, state, created_at, created_by)
            VALUES (\(id), \(plan), \(last + 1), \(file), \(note), 'current', \(now), \(name))
            """)
        try db.insert(
            into: "plan_clause (id, version_id, position, path, number, token, level, heading, text, is_preamble)",
            rows: clauses.enumerated().map { index, clause in
                [
                    .text(Identifiers.next()), id.databaseValue, .integer(Int64(index + 1)), .text(clause.path),
                    .text(clause.number), .text(clause.token), .integer(Int64(clause.level)),
                    clause.heading.databaseValue, .text(clause.text),
                    (clause.numbering.style == .preamble).databaseValue,
                ]
            })
        return last + 1
    }

    func updateState(_ plan: ID<ActionPlan>, to state: ActionPlan.State) throws {
        try db.execute("UPDATE plan_plan SET state = \(state) WHERE id = \(plan)")
    }
}

/// All SQL of drafts.
struct PlanDraftStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static let columns: SQL =
        """
        d.id, d.plan_id, d.organisation_id, o.name, \(PlanOwner.pathColumn), d.title, d.file_id, f.name, d.content,
        d.revision, d.changed_at, d.changed_by
        """
    private static let source: SQL =
        """
        plan_draft d JOIN platform_file f ON f.id = d.file_id
        LEFT JOIN directory_organisation o ON o.id = d.organisation_id
        """

    private static func draft(_ row: borrowing Row) throws -> PlanDocumentDraft {
        PlanDocumentDraft(
            id: try row.get(0), plan: try row.get(1), owner: try PlanOwner(row, from: 2), title: try row.get(5),
            file: try row.get(6), fileName: try row.get(7), content: try PlanDraft(stored: try row.get(8)),
            revision: try row.get(9), changedAt: try row.get(10), changedBy: try row.get(11))
    }

    /// Drafts are seen only by those who may work on them. Newest first.
    func list(for user: CurrentUser) throws -> [PlanDocumentDraft] {
        try db.rows(
            "SELECT \(PlanDraftStore.columns) FROM \(PlanDraftStore.source) ORDER BY d.id DESC", PlanDraftStore.draft
        ).filter { $0.owner.isEditable(by: user, .documentEdit) }
    }

    func find(_ id: ID<PlanDocumentDraft>) throws -> PlanDocumentDraft {
        let found = try db.first(
            "SELECT \(PlanDraftStore.columns) FROM \(PlanDraftStore.source) WHERE d.id = \(id)", PlanDraftStore.draft)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func find(_ id: ID<PlanDocumentDraft>, for user: CurrentUser) throws -> PlanDocumentDraft {
        let draft = try find(id)
        guard draft.owner.isEditable(by: user, .documentEdit) else { throw DomainError.notFound }
        return draft
    }

    func insert(
        plan: ID<ActionPlan>?, organisation: OrganisationID?, title: String, file: ID<StoredFile>, content: PlanDraft,
        by name: String, now: Timestamp
    ) throws -> ID<PlanDocumentDraft> {
        let id = ID<PlanDocumentDraft>.new()
        try db.execute(
            """
            INSERT INTO plan_draft (id, plan_id, organisation_id, title, file_id, content, revision, created_at,
                created_by, changed_at, changed_by)
            VALUES (\(id), \(plan), \(organisation), \(title), \(file), \(try content.stored()), 1, \(now), \(name),
                \(now), \(name))
            """)
        return id
    }

    /// False when the draft is no longer at `revision`.
    func update(
        _ id: ID<PlanDocumentDraft>, to content: PlanDraft, ifAt revision: Int, by name: String, now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE plan_draft SET content = \(try content.stored()), revision = \(revision + 1), changed_at = \(now),
                changed_by = \(name)
            WHERE id = \(id) AND revision = \(revision)
            """) == 1
    }

    /// False when the draft is gone or no longer at `revision`.
    func delete(_ id: ID<PlanDocumentDraft>, ifAt revision: Int) throws -> Bool {
        try db.change("DELETE FROM plan_draft WHERE id = \(id) AND revision = \(revision)") == 1
    }
}
