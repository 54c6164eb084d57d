import Database
import Directory
import Kernel

/// Organisations: the city is the district, counties and towns are local offices, schools and teaching points schools.
struct OneRosterOrganisationStore: OneRosterSmallSource {
    let db: Connection
    let view: OneRosterView

    private struct Node {
        let id: OrganisationID
        let kind: OrganisationKind
        let code: String?
        let name: String
        let parent: OrganisationID?
        let schoolType: String?
        let closedOn: LocalDate?
        let changedAt: Timestamp
    }

    func all(_ selection: OneRosterSelection) throws -> [OneRosterRecord] {
        let nodes = try nodes()
        let known = Set(nodes.map(\.id))
        let children = Dictionary(grouping: nodes.filter { !isClosed($0) }, by: \.parent)
        return nodes.filter { !selection.areSchools || $0.kind.isSchool }.map { node in
            record(node, parent: node.parent.flatMap { known.contains($0) ? $0 : nil }, children[node.id] ?? [])
        }
    }

    private func nodes() throws -> [Node] {
        try db.rows(
            """
            SELECT o.id, o.kind, o.code, o.name, o.parent_id, o.school_type, o.closed_on, o.created_at, (
                SELECT MAX(v.recorded_at) FROM directory_organisation_version v WHERE v.organisation_id = o.id)
            FROM directory_organisation o WHERE \(SQL.within(view.scope, "o.path")) ORDER BY o.id
            """
        ) { row in
            let created: Timestamp = try row.get(7), version: Timestamp? = row.isNull(8) ? nil : try row.get(8)
            return Node(
                id: try row.get(0), kind: try row.get(1), code: try row.get(2), name: try row.get(3),
                parent: try row.get(4), schoolType: try row.get(5), closedOn: try row.get(6),
                changedAt: max(created, version ?? created))
        }
    }

    private func isClosed(_ node: Node) -> Bool { node.closedOn.map { $0 <= view.today } ?? false }

    private func record(_ node: Node, parent: OrganisationID?, _ children: [Node]) -> OneRosterRecord {
        var members: [OneRosterMember] = []
        if let type = node.schoolType {
            members.append(OneRosterMember("metadata", .object([OneRosterMember("schoolTypeCode", type)])))
        }
        members += [
            OneRosterMember("name", node.name), OneRosterMember("type", OneRosterOrganisationStore.type(node.kind)),
            OneRosterMember("identifier", node.code ?? node.id.rawValue),
        ]
        if let parent { members.append(OneRosterMember("parent", view.organisation(parent))) }
        if !children.isEmpty {
            members.append(OneRosterMember("children", .list(children.map { view.organisation($0.id) })))
        }
        return OneRosterRecord(
            node.id.rawValue, isActive: !isClosed(node),
            modified: node.changedAt.orReached(node.closedOn, by: view.today), members)
    }

    private static func type(_ kind: OrganisationKind) -> String {
        switch kind {
        case .city: "district"
        case .municipal, .county, .town: "local"
        case .school, .teachingPoint: "school"
        }
    }

    /// The topmost organisation of the scope.
    static func root(of scope: DataScope, on db: Connection) throws -> OrganisationID? {
        try db.value(
            """
            SELECT o.id FROM directory_organisation o WHERE \(SQL.within(scope, "o.path")) ORDER BY o.path LIMIT 1
            """)
    }
}
