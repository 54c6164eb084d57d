import Database
import Directory
import Kernel
import Platform

/// The deeds on a resource of either kind, in the transaction of the request.
struct ScimWork: Sendable {
    let crypto: any CryptoProvider
    let gate: any AccountGate
    let listeners: StaffListeners
    let caller: ScimCaller
    let now: Timestamp

    private func users(_ db: Connection) -> ScimUserService {
        ScimUserService(db: db, crypto: crypto, gate: gate, listeners: listeners, caller: caller, now: now)
    }

    private func groups(_ db: Connection) -> ScimGroupService {
        ScimGroupService(db: db, users: users(db).store, caller: caller, now: now)
    }

    private func user(_ id: String, _ db: Connection) throws -> ScimUser {
        guard let person = ID<Person>(checking: id) else { throw ScimError.notFound }
        // To whom it may see, a client is told under which key it may go on; it does not change her under the old one.
        if let survivor = try users(db).store.survivor(of: person), try !users(db).store.visible([survivor]).isEmpty {
            throw ScimError(404, "The record was merged into another and goes on as \(survivor).")
        }
        return try users(db).find(person)
    }

    func find(_ id: String, _ type: ScimType, _ db: Connection) throws -> JSONValue {
        guard type.name == ScimType.user.name else { return try groups(db).find(id).json(base: caller.base) }
        // Of a record that was merged into another the one that goes on is shown; to change or delete it takes its own key.
        guard let person = ID<Person>(checking: id), let survivor = try users(db).store.survivor(of: person) else {
            return try user(id, db).json(base: caller.base)
        }
        return try users(db).find(survivor).json(base: caller.base)
    }

    func add(_ document: ScimDocument, _ db: Connection) throws -> JSONValue {
        document.type.name == ScimType.user.name
            ? try users(db).add(document).json(base: caller.base)
            : try groups(db).add(document).json(base: caller.base)
    }

    /// - Parameter expected: the version the client knows; when it is another, nothing is changed.
    func change(
        _ id: String, _ type: ScimType, expecting expected: String?, _ db: Connection,
        _ change: (ScimDocument) throws -> ScimDocument
    ) throws -> JSONValue {
        if type.name == ScimType.user.name {
            let user = try user(id, db), shown = user.json(base: caller.base)
            try ScimConditions.check(expected, shown.version)
            let document = try change(user.document)
            if document == user.document { return shown }
            return try users(db).replace(user, with: document).json(base: caller.base)
        }
        let group = try groups(db).find(id), shown = group.json(base: caller.base)
        try ScimConditions.check(expected, shown.version)
        let old = group.document(base: caller.base), document = try change(old)
        if document == old { return shown }
        return try groups(db).replace(group, with: document).json(base: caller.base)
    }

    func remove(_ id: String, _ type: ScimType, expecting expected: String?, _ db: Connection) throws {
        if type.name == ScimType.user.name {
            let user = try user(id, db)
            try ScimConditions.check(expected, user.json(base: caller.base).version)
            return try users(db).remove(user)
        }
        let group = try groups(db).find(id)
        try ScimConditions.check(expected, group.json(base: caller.base).version)
        try groups(db).remove(group)
    }
}

/// Conditional requests (RFC 7644, section 3.14).
enum ScimConditions {
    static func matches(_ header: String, _ version: String?) -> Bool {
        let wanted = header.split(separator: ",").map { plain($0) }
        return wanted.contains("*") || version.map { wanted.contains(plain($0[...])) } ?? false
    }

    /// Without the mark of a weak version: proxies add and drop it.
    private static func plain(_ text: Substring) -> String {
        let text = text.filter { $0 != " " }
        return text.hasPrefix("W/") ? String(text.dropFirst(2)) : String(text)
    }

    static func check(_ expected: String?, _ version: String?) throws(ScimError) {
        if let expected, !matches(expected, version) {
            throw ScimError(412, "The resource has changed; read it again.")
        }
    }
}
