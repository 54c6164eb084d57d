import Database
import Kernel

/// All SQL of loaded templates.
struct TemplateStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Throws `DomainError.notFound` when there is none in the scope.
    func find(_ id: ID<StoredTemplate>, within scope: DataScope) throws -> StoredTemplate {
        let found = try db.first(
            """
            SELECT \(StoredTemplate.columns) FROM rosters_template t
            WHERE t.id = \(id) AND \(SQL.within(scope, "t.path"))
            """, StoredTemplate.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func list(within scope: DataScope) throws -> [StoredTemplate] {
        try db.rows(
            """
            SELECT \(StoredTemplate.columns) FROM rosters_template t WHERE \(SQL.within(scope, "t.path"))
            ORDER BY t.name, t.version DESC, t.id
            """, StoredTemplate.init)
    }

    /// What may be used for an export of the place on the day, one of each name: the place's own before those of places
    /// above it, the latest version, and the shipped ones.
    func usable(at place: OrganisationPath, lineage: [OrganisationPath], on day: LocalDate) throws -> [UsableTemplate] {
        let stored = try db.rows(
            """
            SELECT \(StoredTemplate.columns) FROM rosters_template t
            WHERE t.state = 'active' AND t.valid_from <= \(day) AND t.path IN \(in: lineage)
            ORDER BY t.name, t.path DESC, t.valid_from DESC, t.version DESC
            """, StoredTemplate.init)
        var usable: [String: UsableTemplate] = [:]
        for template in ShippedTemplates.all { usable[template.name] = UsableTemplate(content: template, version: nil) }
        var seen: Set<String> = []
        for template in stored where seen.insert(template.content.name).inserted {
            usable[template.content.name] = UsableTemplate(content: template.content, version: template.version)
        }
        return usable.values.sorted { $0.content.name < $1.content.name }
    }

    func insert(
        _ content: ExportTemplate, at path: OrganisationPath, from day: LocalDate, fileName: String, by author: String,
        now: Timestamp
    ) throws -> ID<StoredTemplate> {
        let id = ID<StoredTemplate>.new()
        let last: Int? = try db.value(
            "SELECT MAX(version) FROM rosters_template WHERE name = \(content.name) AND path = \(path)")
        do {
            try db.execute(
                """
                INSERT INTO rosters_template (id, name, version, subject, path, state, valid_from, content, file_name,
                    created_at, created_by)
                VALUES (\(id), \(content.name), \((last ?? 1) + 1), \(content.subject.rawValue), \(path), 'draft', \(day),
                    \(content.json), \(fileName), \(now), \(author))
                """)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("这个模板刚有人上传了新版本，请看现在的列表。")
        }
        return id
    }

    /// Replaces the columns of a draft. Returns `false` when it is none any more.
    func setContent(_ id: ID<StoredTemplate>, _ content: ExportTemplate) throws -> Bool {
        try db.change(
            "UPDATE rosters_template SET content = \(content.json) WHERE id = \(id) AND state = 'draft'") == 1
    }

    func setState(_ id: ID<StoredTemplate>, _ state: StoredTemplate.State, from old: [StoredTemplate.State]) throws
        -> Bool
    {
        try db.change("UPDATE rosters_template SET state = \(state) WHERE id = \(id) AND state IN \(in: old)") == 1
    }
}
