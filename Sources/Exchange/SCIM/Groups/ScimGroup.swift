import Directory
import Kernel

/// A group as other systems see it: one of their own making, or the staff of an organisation or the teachers of a class.
struct ScimGroup: Sendable {
    enum Source: Sendable { case own, organisation, classGroup }

    struct Member: Sendable, Hashable {
        let id: String
        let kind: String
    }

    let id: String
    let source: Source
    let name: String
    let externalID: String?
    let members: [Member]
    let createdAt: Timestamp
    let changedAt: Timestamp

    func json(base: String) -> JSONValue {
        let members = members.map { member -> JSONValue in
            .members([
                ("value", .text(member.id)), ("$ref", .text("\(base)/\(member.kind)s/\(member.id)")),
                ("type", .text(member.kind)),
            ])
        }
        let meta = JSONValue.members([
            ("resourceType", .text("Group")), ("created", .text(createdAt.rfc3339)),
            ("lastModified", .text(changedAt.rfc3339)), ("location", .text("\(base)/Groups/\(id)")),
        ])
        return JSONValue.members([
            ("schemas", .texts([ScimSchema.group.id])), ("id", .text(id)), ("externalId", .known(externalID)),
            ("displayName", .text(name)), ("members", members.isEmpty ? nil : .list(members)), ("meta", meta),
        ]).versioned()
    }

    /// The resource as it stands, for changes to it.
    func document(base: String) -> ScimDocument {
        let shown = json(base: base)
        return ScimDocument(
            stored: .members([
                ("externalId", shown["externalId"]), ("displayName", shown["displayName"]),
                ("members", shown["members"]),
            ]), as: .group)
    }
}
