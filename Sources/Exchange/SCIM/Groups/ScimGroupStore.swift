import Database
import Directory
import Kernel

/// All SQL of groups. A caller sees the groups it made, and of its organisations the staff and the classes with their
/// teachers.
struct ScimGroupStore {
    let db: Connection
    let caller: ScimCaller
    init(_ db: Connection, _ caller: ScimCaller) { (self.db, self.caller) = (db, caller) }

    private static let own: SQL = "g.id, g.name, g.external_id, g.created_at, g.changed_at"
    private var organisations: SQL {
        """
        FROM directory_organisation o WHERE o.closed_on IS NULL AND o.kind IN ('city', 'municipal', 'county', 'town',
            'school', 'teaching_point') AND \(SQL.within(caller.scope, "o.path"))
        """
    }
    private var classes: SQL {
        """
        FROM directory_class_group c JOIN directory_organisation o ON o.id = c.school_id
        WHERE c.closed_on IS NULL AND \(SQL.within(caller.scope, "o.path"))
        """
    }

    /// How many the caller made, and how many the directory has.
    func count(own: Bool) throws -> Int {
        if own {
            return try db.value("SELECT COUNT(*) FROM exchange_scim_group WHERE application = \(caller.application)")
                ?? 0
        }
        return try countOrganisations() + (db.value("SELECT COUNT(*) \(classes)") ?? 0)
    }

    private func countOrganisations() throws -> Int { try db.value("SELECT COUNT(*) \(organisations)") ?? 0 }

    /// The caller's own, the latest first.
    func own(offset: Int, limit: Int, withMembers: Bool) throws -> [ScimGroup] {
        try own("ORDER BY g.id DESC LIMIT \(limit) OFFSET \(offset)", withMembers)
    }

    /// Those of the directory: organisations, then classes.
    func directory(offset: Int, limit: Int, on day: LocalDate, withMembers: Bool) throws -> [ScimGroup] {
        let first = try organisationGroups("ORDER BY o.id LIMIT \(limit) OFFSET \(offset)", day, withMembers)
        guard first.count < limit else { return first }
        let skipped = max(0, offset - (try countOrganisations()))
        return try first
            + classGroups("ORDER BY c.id LIMIT \(limit - first.count) OFFSET \(skipped)", day, withMembers)
    }

    func find(_ id: String, on day: LocalDate, withMembers: Bool = true) throws -> ScimGroup? {
        try own("AND g.id = \(id)", withMembers).first ?? organisationGroups("AND o.id = \(id)", day, withMembers).first
            ?? classGroups("AND c.id = \(id)", day, withMembers).first
    }

    private func own(_ rest: SQL, _ withMembers: Bool) throws -> [ScimGroup] {
        let rows = try db.rows(
            """
            SELECT \(ScimGroupStore.own) FROM exchange_scim_group g
            WHERE g.application = \(caller.application) \(rest)
            """
        ) { row in
            ScimGroup(
                id: try row.get(0), source: .own, name: try row.get(1), externalID: try row.get(2), members: [],
                createdAt: try row.get(3), changedAt: try row.get(4))
        }
        guard withMembers, !rows.isEmpty else { return rows }
        return try filled(rows) { ids in
            "SELECT group_id, member_id, kind FROM exchange_scim_member WHERE group_id IN \(in: ids) ORDER BY member_id"
        }
    }

    private func organisationGroups(_ rest: SQL, _ day: LocalDate, _ withMembers: Bool) throws -> [ScimGroup] {
        let rows = try db.rows("SELECT o.id, o.name \(organisations) \(rest)") { row in
            ScimGroup(
                id: try row.get(0), source: .organisation, name: try row.get(1), externalID: nil, members: [],
                createdAt: ScimGroupStore.never, changedAt: ScimGroupStore.never)
        }
        guard withMembers, !rows.isEmpty else { return rows }
        return try filled(rows) { ids in
            """
            SELECT DISTINCT a.organisation_id, a.person_id, 'User' FROM directory_appointment a
            WHERE a.organisation_id IN \(in: ids) AND (a.valid_to IS NULL OR a.valid_to > \(day)) ORDER BY a.person_id
            """
        }
    }

    private func classGroups(_ rest: SQL, _ day: LocalDate, _ withMembers: Bool) throws -> [ScimGroup] {
        let found: [ID<ClassGroup>] = try db.column("SELECT c.id \(classes) \(rest)")
        let store = ClassGroupStore(db)
        let rows = try found.map { id in
            let group = try store.find(id, within: .everything)
            return ScimGroup(
                id: id.rawValue, source: .classGroup, name: "\(group.schoolName) \(group.name(on: day))",
                externalID: nil, members: [], createdAt: ScimGroupStore.never, changedAt: ScimGroupStore.never)
        }
        guard withMembers, !rows.isEmpty else { return rows }
        return try filled(rows) { ids in
            """
            SELECT DISTINCT t.class_id, t.person_id, 'User' FROM directory_class_post t
            WHERE t.class_id IN \(in: ids) AND (t.valid_to IS NULL OR t.valid_to > \(day)) ORDER BY t.person_id
            """
        }
    }

    /// Groups of the directory have no time of their own.
    private static let never = Timestamp(milliseconds: 0)

    private func filled(_ groups: [ScimGroup], _ query: ([String]) -> SQL) throws -> [ScimGroup] {
        var members: [String: [ScimGroup.Member]] = [:]
        for start in stride(from: 0, to: groups.count, by: 512) {
            let ids = groups[start..<min(start + 512, groups.count)].map(\.id)
            try db.each(query(ids)) { row in
                members[try row.get(0), default: []].append(.init(id: try row.get(1), kind: try row.get(2)))
            }
        }
        return groups.map { group in
            ScimGroup(
                id: group.id, source: group.source, name: group.name, externalID: group.externalID,
                members: members[group.id] ?? [], createdAt: group.createdAt, changedAt: group.changedAt)
        }
    }

    /// The caller's own groups of each member.
    func groups(of members: [String]) throws -> [String: [(id: String, name: String)]] {
        var found: [String: [(id: String, name: String)]] = [:]
        try db.each(
            """
            SELECT m.member_id, g.id, g.name FROM exchange_scim_member m JOIN exchange_scim_group g ON g.id = m.group_id
            WHERE g.application = \(caller.application) AND m.member_id IN \(in: members) ORDER BY g.id
            """
        ) { found[try $0.get(0), default: []].append((try $0.get(1), try $0.get(2))) }
        return found
    }

    /// Those of the ids that are the caller's own groups.
    func known(_ ids: [String]) throws -> Set<String> {
        Set(
            try db.column(
                """
                SELECT id FROM exchange_scim_group WHERE application = \(caller.application) AND id IN \(in: ids)
                """, as: String.self))
    }

    func insert(_ id: String, name: String, externalID: String?, at now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO exchange_scim_group (id, application, name, external_id, created_at, changed_at)
            VALUES (\(id), \(caller.application), \(name), \(externalID), \(now), \(now))
            """)
    }

    func update(_ id: String, name: String, externalID: String?, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE exchange_scim_group SET name = \(name), external_id = \(externalID), changed_at = \(now)
            WHERE id = \(id) AND application = \(caller.application)
            """)
    }

    /// Makes the members those told; only the difference is written.
    func setMembers(_ members: Set<ScimGroup.Member>, of id: String, knowing old: Set<ScimGroup.Member>) throws {
        let gone = old.subtracting(members).map(\.id)
        for start in stride(from: 0, to: gone.count, by: 512) {
            let chunk = Array(gone[start..<min(start + 512, gone.count)])
            try db.execute("DELETE FROM exchange_scim_member WHERE group_id = \(id) AND member_id IN \(in: chunk)")
        }
        try db.insert(
            into: "exchange_scim_member (group_id, member_id, kind)",
            rows: members.subtracting(old).map { [.text(id), .text($0.id), .text($0.kind)] })
    }

    func delete(_ id: String, at now: Timestamp) throws {
        try forgetMember(id, at: now)
        try db.execute("DELETE FROM exchange_scim_member WHERE group_id = \(id)")
        try db.execute("DELETE FROM exchange_scim_group WHERE id = \(id) AND application = \(caller.application)")
    }

    /// Takes somebody or a group out of every group of the caller's.
    func forgetMember(_ member: String, at now: Timestamp) throws {
        let groups = try groups(of: [member])[member]?.map(\.id) ?? []
        if groups.isEmpty { return }
        try db.execute("UPDATE exchange_scim_group SET changed_at = \(now) WHERE id IN \(in: groups)")
        try db.execute(
            "DELETE FROM exchange_scim_member WHERE member_id = \(member) AND group_id IN \(in: groups)")
    }
}
