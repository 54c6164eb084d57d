import Database
import Directory
import Kernel
import Platform

/// All SQL of what other systems have entered in the gradebook.
struct GradebookStore: OneRosterSource {
    let db: Connection
    let view: OneRosterView
    let collection: OneRosterCollection
    let crypto: any CryptoProvider

    private static let tables: SQL = "exchange_grade_record r JOIN directory_organisation o ON o.id = r.owner_id"

    /// Categories of an organisation hold for those below it as well.
    private var reach: SQL {
        let below = SQL.within(view.scope, "o.path")
        guard collection == .categories else { return below }
        let above = view.scope.roots.flatMap { root -> [String] in
            let parts = root.text.split(separator: "/")
            return parts.indices.map { parts[...$0].joined(separator: "/") + "/" }
        }
        return "(\(below) OR o.path IN \(in: above))"
    }

    func keys(_ selection: OneRosterSelection) throws -> OneRosterKeys {
        var all: [SQL] = [reach, "r.kind = \(collection.rawValue)"]
        if let only = selection.only { all.append("r.id = \(only)") }
        if !selection.includesEnded { all.append("r.is_deleted = 0") }
        if let since = selection.changedSince { all.append("r.changed_at >= \(since)") }
        if let school = selection.school { all.append("r.owner_id = \(school)") }
        if let user = selection.user { all.append("r.student = \(user)") }
        if let lineItem = selection.lineItem { all.append("r.line_item = \(lineItem)") }
        if let key = selection.classKey { all.append(ofClass(key)) }
        var keys: [String] = try db.column(
            "SELECT r.id FROM \(GradebookStore.tables) WHERE \(SQL.joined(all, " AND ")) ORDER BY r.id")
        if collection == .categories && selection.classKey == nil {
            let usual = GradebookModel.usualCategories.map { $0.0 }
            keys += usual.filter { key in selection.only.map { $0 == key } ?? true }
        }
        return OneRosterKeys(keys)
    }

    private func ofClass(_ key: String) -> SQL {
        guard collection == .categories else { return "r.class_key = \(key)" }
        return """
            r.id IN (SELECT l.category FROM exchange_grade_record l
                WHERE l.kind = 'lineItems' AND l.class_key = \(key) AND l.is_deleted = 0)
            """
    }

    func records(_ keys: [String]) throws -> [OneRosterRecord] {
        var found: [String: OneRosterRecord] = [:]
        if collection == .categories {
            for record in GradebookModel.usualCategoryRecords { found[record.id] = record }
        }
        try db.each(
            """
            SELECT r.id, r.sealed, r.is_deleted, r.changed_at, r.student FROM \(GradebookStore.tables)
            WHERE r.key IN \(in: keys.map(key)) AND \(reach)
            """
        ) { row in
            let id = try row.text(0), isDeleted: Bool = try row.get(2)
            var record = try GradebookRecord(kept: crypto.open(row.blob(1), context: context(id)))
            // Two records of one pupil may have become one since.
            let student: String? = try row.get(4)
            if let student { record.values["student"] = .text(student) }
            found[id] = OneRosterRecord(
                id, isActive: !isDeleted, modified: try row.get(3), record.members(collection, view))
        }
        return keys.compactMap { found[$0] }
    }

    private func key(_ id: String) -> String { collection.rawValue + "/" + id }
    /// Where a sealed record belongs.
    private func context(_ id: String) -> String { "exchange_grade_record.sealed/" + key(id) }

    // MARK: Writing

    /// A record that is there, deleted or not.
    struct Standing: Sendable {
        let owner: OrganisationPath
        let ownerID: OrganisationID
        let classKey: String?
        let isDeleted: Bool
    }

    func standing(_ id: String) throws -> Standing? {
        try db.first(
            """
            SELECT o.path, o.id, r.class_key, r.is_deleted FROM \(GradebookStore.tables)
            WHERE r.key = \(key(id))
            """
        ) { row in
            Standing(
                owner: try row.get(0), ownerID: try row.get(1), classKey: try row.get(2), isDeleted: try row.get(3))
        }
    }

    /// The school of a class; `nil` when there is no such class in the scope.
    func school(ofClass key: String) throws -> OrganisationID? {
        let key = OneRosterClassStore.Key(key)
        let subject: SQL =
            key.subject.map {
                """
                 AND EXISTS (SELECT 1 FROM directory_class_post t WHERE t.class_id = c.id AND t.kind = 'subject'
                    AND t.subject = \($0))
                """
            } ?? .empty
        return try db.value(
            """
            SELECT c.school_id FROM directory_class_group c JOIN directory_organisation o ON o.id = c.school_id
            WHERE c.id = \(key.group) AND \(SQL.within(view.scope, "o.path"))\(subject)
            """)
    }

    func put(
        _ record: GradebookRecord, as id: String, owner: OrganisationID, classKey: String?, by application: String
    ) throws {
        let sealed = try crypto.seal(record.kept, context: context(id)), now = view.now
        try db.execute(
            """
            INSERT INTO exchange_grade_record (key, kind, id, owner_id, class_key, line_item, category, student, sealed,
                is_deleted, application, created_at, changed_at)
            VALUES (\(key(id)), \(collection.rawValue), \(id), \(owner), \(classKey), \(record["lineItem"]),
                \(record["category"]), \(record["student"]), \(sealed), 0, \(application), \(now), \(now))
            ON CONFLICT (key) DO UPDATE SET owner_id = excluded.owner_id, class_key = excluded.class_key,
                line_item = excluded.line_item, category = excluded.category, student = excluded.student,
                sealed = excluded.sealed, is_deleted = 0, application = excluded.application,
                changed_at = excluded.changed_at
            """)
    }

    func delete(_ id: String) throws {
        try db.execute(
            """
            UPDATE exchange_grade_record SET is_deleted = 1, changed_at = \(view.now)
            WHERE key = \(key(id))
            """)
    }

    /// Takes the results of a line item back with it.
    func deleteResults(of lineItem: String) throws {
        try db.execute(
            """
            UPDATE exchange_grade_record SET is_deleted = 1, changed_at = \(view.now)
            WHERE kind = 'results' AND line_item = \(lineItem) AND is_deleted = 0
            """)
    }
}
