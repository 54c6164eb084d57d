import Database
import Kernel
import Platform

/// All reading SQL of organisations. Every question names the viewer's scope; what lies outside does not exist.
package struct OrganisationStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// Throws `DomainError.notFound` when there is none in the scope.
    package func find(_ id: OrganisationID, within scope: DataScope) throws -> Organisation {
        guard let found = try look(for: id, within: scope) else { throw DomainError.notFound }
        return found
    }

    func look(for id: OrganisationID, within scope: DataScope) throws -> Organisation? {
        try db.first(
            """
            SELECT \(Organisation.columns) FROM directory_organisation o
            WHERE o.id = \(id) AND \(SQL.within(scope, "o.path"))
            """, Organisation.init)
    }

    package func find(code: String, within scope: DataScope) throws -> Organisation? {
        try db.first(
            """
            SELECT \(Organisation.columns) FROM directory_organisation o
            WHERE o.code = \(code) AND \(SQL.within(scope, "o.path"))
            """, Organisation.init)
    }

    /// The root of the tree; `nil` before the city is set up.
    package func city() throws -> Organisation? {
        try db.first(
            "SELECT \(Organisation.columns) FROM directory_organisation o WHERE o.kind = 'city'", Organisation.init)
    }

    /// From the city down to the organisation itself.
    package func lineage(of path: OrganisationPath) throws -> [Organisation] {
        try db.rows(
            """
            SELECT \(Organisation.columns) FROM directory_organisation o WHERE o.path IN \(in: path.lineage)
            ORDER BY o.path
            """, Organisation.init)
    }

    /// Everything in the scope as of today, in tree order, the closed ones left out.
    package func all(
        within scope: DataScope, kinds: [OrganisationKind] = OrganisationKind.allCases
    ) throws -> [Organisation] {
        try db.rows(
            """
            SELECT \(Organisation.columns) FROM directory_organisation o
            WHERE o.kind IN \(in: kinds) AND o.closed_on IS NULL AND \(SQL.within(scope, "o.path")) ORDER BY o.path
            """, Organisation.init)
    }

    /// Everything in the scope as it stood on the day, in tree order: names, places and profiles of then; organisations
    /// not yet open or already closed are left out.
    package func all(within scope: DataScope, on day: LocalDate) throws -> [Organisation] {
        try db.rows(
            """
            SELECT o.id, o.kind, o.code, v.name, o.parent_id, v.path, v.school_type, v.urban_rural, v.is_central,
                v.area_override, v.area_override_reason, o.opened_on, o.closed_on, o.merged_into, o.revision
            FROM directory_organisation o
            JOIN directory_organisation_version v ON v.id = (
                SELECT w.id FROM directory_organisation_version w
                WHERE w.organisation_id = o.id AND w.valid_from <= \(day) ORDER BY w.valid_from DESC, w.id DESC LIMIT 1)
            WHERE v.is_closed = 0 AND \(SQL.within(scope, "v.path")) ORDER BY v.path
            """, Organisation.init)
    }

    /// Directly below, the closed ones too, in tree order.
    package func children(of parent: OrganisationID, within scope: DataScope) throws -> [Organisation] {
        try db.rows(
            """
            SELECT \(Organisation.columns) FROM directory_organisation o
            WHERE o.parent_id = \(parent) AND \(OrganisationStore.isReal) AND \(SQL.within(scope, "o.path"))
            ORDER BY o.path
            """, Organisation.init)
    }

    /// The organisation at the place and everything below it, closed or not, in tree order.
    func subtree(of path: OrganisationPath) throws -> [Organisation] {
        try db.rows(
            """
            SELECT \(Organisation.columns) FROM directory_organisation o
            WHERE o.path >= \(path) AND o.path < \(path.end) ORDER BY o.path
            """, Organisation.init)
    }

    /// Open schools and teaching points in the scope, counted at every place above them.
    func schoolCounts(within scope: DataScope) throws -> [OrganisationPath: Int] {
        var counts: [OrganisationPath: Int] = [:]
        try db.each(
            """
            SELECT o.path FROM directory_organisation o
            WHERE o.kind IN ('school', 'teaching_point') AND o.closed_on IS NULL AND \(SQL.within(scope, "o.path"))
            """
        ) { row in
            let path: OrganisationPath = try row.get(0)
            for place in path.lineage.dropLast() { counts[place, default: 0] += 1 }
        }
        return counts
    }

    /// City, 市直, counties and towns, open and closed, in tree order. Their names are no secret, so that everybody can
    /// be told in which county a school lies.
    package func places() throws -> [Organisation] {
        try db.rows(
            """
            SELECT \(Organisation.columns) FROM directory_organisation o
            WHERE o.kind IN ('city', 'municipal', 'county', 'town') ORDER BY o.path
            """, Organisation.init)
    }

    /// Organisations of the scope, open or closed, whose name, code or pinyin initials hold the text, in tree order.
    package func search(_ text: String, within scope: DataScope, limit: Int) throws -> [Organisation] {
        try db.rows(
            """
            SELECT \(Organisation.columns) FROM directory_organisation o
            WHERE \(OrganisationStore.matches(text)) AND \(OrganisationStore.isReal) AND \(SQL.within(scope, "o.path"))
            ORDER BY o.path LIMIT \(limit)
            """, Organisation.init)
    }

    /// A slice in the order of making, closed ones too, for other systems. `after` is the id of the last one seen.
    func slice(
        within scope: DataScope, kinds: [OrganisationKind], after: OrganisationID?, limit: Int
    ) throws -> [Organisation] {
        let rest: SQL = after.map { " AND o.id > \($0)" } ?? .empty
        return try db.rows(
            """
            SELECT \(Organisation.columns) FROM directory_organisation o
            WHERE o.kind IN \(in: kinds) AND \(OrganisationStore.isReal) AND \(SQL.within(scope, "o.path"))\(rest)
            ORDER BY o.id LIMIT \(limit)
            """, Organisation.init)
    }

    /// What to tell somebody who saw an older state.
    func outdated(_ organisation: Organisation) throws -> DomainError {
        let name: String? = try db.value(
            """
            SELECT recorded_by FROM directory_organisation_version WHERE organisation_id = \(organisation.id)
            ORDER BY id DESC LIMIT 1
            """)
        return .conflict("\(organisation.name)刚被\(name ?? "他人")修改。已显示最新的内容，请核对后再保存。")
    }
}

extension OrganisationStore {
    /// Leaves out what an undone import had made.
    private static let isReal: SQL = "(o.closed_on IS NULL OR o.closed_on > \(OrganisationService.always))"

    /// Name, code or pinyin initials hold the text, which is brought to half-width letters first.
    static func matches(_ text: String) -> SQL {
        let plain = ChineseText.normalised(text)
        let pattern = like(plain), upper = like(plain.uppercased()), lower = like(plain.lowercased())
        return """
            (o.name LIKE \(pattern) ESCAPE '!' OR o.code LIKE \(upper) ESCAPE '!' OR o.initials LIKE \(lower) ESCAPE '!')
            """
    }

    /// `%`, `_` and the escape sign itself lose their meaning.
    private static func like(_ text: String) -> String {
        var result = "%"
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "!" { result += "!" }
            result.unicodeScalars.append(scalar)
        }
        return result + "%"
    }
}
