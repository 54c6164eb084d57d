import Contracts
import Kernel
import Platform

/// The system that calls, and what it is allowed here.
struct ScimCaller: Sendable {
    let machine: MachineCaller
    let actor: AuditActor
    /// Where resources live: `https://edu.example.cn/scim/v2`.
    let base: String

    var application: String { machine.application }
    var scope: DataScope { machine.organisations }

    init(_ machine: MachineCaller, from address: String, base: String) {
        self.machine = machine
        actor = AuditActor(id: nil, name: machine.name, address: address)
        self.base = base
    }
}

/// What a client asks of a list (RFC 7644, section 3.4.2).
struct ScimQuery: Sendable {
    let filter: ScimFilter?
    /// From 0.
    let offset: Int
    let count: Int
    let selection: ScimSelection

    static let usualCount = 100
    static let mostResults = 1000
    /// People a filter is tried on one by one when no index answers it.
    static let mostCandidates = 20_000
}

/// A slice of a list.
struct ScimSlice: Sendable {
    let items: [JSONValue]
    let total: Int

    func response(_ query: ScimQuery) -> JSONValue {
        let items = items.map(query.selection.apply(to:))
        return .members([
            ("schemas", .texts(["urn:ietf:params:scim:api:messages:2.0:ListResponse"])),
            ("totalResults", .integer(Int64(total))), ("itemsPerPage", .integer(Int64(items.count))),
            ("startIndex", .integer(Int64(query.offset + 1))), ("Resources", .list(items)),
        ])
    }
}

extension JSONValue {
    /// The resource with its version, which is made of all that the other system sees: equal versions are equal resources.
    func versioned() -> JSONValue {
        let digest = Hex.encode(SHA256.hash(bytes).prefix(12))
        return setting("meta", to: (self["meta"] ?? .object([])).setting("version", to: .text("W/\"\(digest)\"")))
    }

    var version: String? { self["meta"]?["version"]?.text }
}
