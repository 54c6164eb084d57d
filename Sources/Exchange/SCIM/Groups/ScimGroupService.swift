import Database
import Directory
import Kernel
import Platform

/// What another system does to its groups. Groups of the directory are for reading.
struct ScimGroupService {
    let db: Connection
    let users: ScimUserStore
    let caller: ScimCaller
    let now: Timestamp
    private var store: ScimGroupStore { ScimGroupStore(db, caller) }
    private static let longestName = 200

    func find(_ id: String, withMembers: Bool = true) throws -> ScimGroup {
        guard let group = try store.find(id, on: now.day, withMembers: withMembers) else { throw ScimError.notFound }
        return group
    }

    func add(_ document: ScimDocument) throws -> ScimGroup {
        let id = Identifiers.next(), name = try ScimGroupService.name(document)
        try store.insert(id, name: name, externalID: try document.externalID(), at: now)
        try store.setMembers(try members(document), of: id, knowing: [])
        try record("exchange.group_added", id, name)
        return try find(id)
    }

    func replace(_ group: ScimGroup, with document: ScimDocument) throws -> ScimGroup {
        try checkOwn(group)
        let name = try ScimGroupService.name(document)
        try store.update(group.id, name: name, externalID: try document.externalID(), at: now)
        try store.setMembers(try members(document), of: group.id, knowing: Set(group.members))
        try record("exchange.group_changed", group.id, name)
        return try find(group.id)
    }

    func remove(_ group: ScimGroup) throws {
        try checkOwn(group)
        try store.delete(group.id, at: now)
        try record("exchange.group_removed", group.id, group.name)
    }

    private func checkOwn(_ group: ScimGroup) throws {
        guard group.source == .own else {
            throw ScimError(403, .mutability, "The group follows the city's directory and is read only.")
        }
    }

    private static func name(_ document: ScimDocument) throws -> String {
        let name = document.value["displayName"]?.text ?? ""
        guard (1...longestName).contains(name.unicodeScalars.count) else {
            throw ScimError.invalid("displayName has 1 to \(longestName) characters.")
        }
        return name
    }

    /// Every member must be somebody or a group that the caller sees.
    private func members(_ document: ScimDocument) throws -> Set<ScimGroup.Member> {
        let told = Set((document.value["members"]?.list ?? []).compactMap { $0["value"]?.text })
        var members: Set<ScimGroup.Member> = []
        let ids = told.sorted()
        for start in stride(from: 0, to: ids.count, by: 512) {
            let chunk = Array(ids[start..<min(start + 512, ids.count)])
            for person in try users.visible(chunk.compactMap { ID(checking: $0) }) {
                members.insert(.init(id: person.rawValue, kind: "User"))
            }
            for group in try store.known(chunk) { members.insert(.init(id: group, kind: "Group")) }
        }
        guard members.count == told.count else { throw ScimError.invalid("A member is not known.") }
        return members
    }

    private func record(_ action: String, _ id: String, _ name: String) throws {
        let place = caller.scope.roots.first.flatMap { $0.text.isEmpty ? nil : $0 } ?? .city
        try AuditLog.record(action, id, by: caller.actor, at: place, name, now: now, on: db)
    }
}
