/// A list of changes to one resource (RFC 7644, section 3.5.2).
struct ScimPatch: Sendable {
    enum Deed: String, Sendable { case add, replace, remove }

    struct Operation: Sendable {
        let deed: Deed
        let path: ScimPath?
        let value: JSONValue?
    }

    let operations: [Operation]
    private static let most = 1000

    init(_ body: JSONValue) throws(ScimError) {
        guard let list = body.member("Operations")?.list, !list.isEmpty, list.count <= ScimPatch.most else {
            throw ScimError(400, .invalidSyntax, "Operations are missing.")
        }
        var operations: [Operation] = []
        for item in list {
            guard let deed = item.member("op")?.text.flatMap({ Deed(rawValue: $0.lowercased()) }) else {
                throw ScimError(400, .invalidSyntax, "op is add, replace or remove.")
            }
            let path: ScimPath? = if let text = item.member("path")?.text { try ScimPath(text) } else { nil }
            operations.append(Operation(deed: deed, path: path, value: item.member("value")))
        }
        self.operations = operations
    }

    /// The resource after all changes; each is checked as if it were the last.
    func apply(to document: ScimDocument) throws(ScimError) -> ScimDocument {
        var document = document
        for operation in operations { try ScimPatch.apply(operation, to: &document) }
        try document.check()
        return document
    }

    private static func apply(_ operation: Operation, to document: inout ScimDocument) throws(ScimError) {
        if let path = operation.path { return try document.change(operation.deed, path, operation.value) }
        guard operation.deed != .remove else { throw ScimError(400, .noTarget, "remove needs a path.") }
        guard let members = operation.value?.object else { throw ScimError(400, .invalidValue, "value is no object.") }
        for member in members where member.name.lowercased() != "schemas" {
            guard let path = try? ScimPath(member.name) else { continue }
            // Without a path, what the server does not know or keeps for itself is left out like in a whole resource.
            guard let attribute = path.attribute(of: document.type) else {
                if path.name.attribute.isEmpty { try document.change(operation.deed, path, member.value) }
                continue
            }
            if attribute.mutability != .readOnly { try document.change(operation.deed, path, member.value) }
        }
    }
}

/// Where a change applies: `emails[type eq "work"].value`.
struct ScimPath: Sendable {
    var name: ScimName
    let filter: ScimFilter?

    init(_ text: String) throws(ScimError) {
        let malformed = ScimError(400, .invalidPath, "The path cannot be read.")
        guard let open = text.firstIndex(of: "[") else {
            guard let name = ScimName(text) else { throw malformed }
            (self.name, filter) = (name, nil)
            return
        }
        guard let close = text.lastIndex(of: "]"), close > open, var name = ScimName(String(text[..<open])),
            name.part.isEmpty, !name.attribute.isEmpty
        else { throw malformed }
        let rest = text[text.index(after: close)...]
        if !rest.isEmpty {
            guard rest.first == ".", let part = ScimName(String(rest.dropFirst())), part.part.isEmpty else {
                throw malformed
            }
            name.part = part.attribute
        }
        do { filter = try ScimFilterReader.read(String(text[text.index(after: open)..<close])) } catch {
            throw malformed
        }
        self.name = name
    }

    /// The attribute that the path names; `nil` when the resource has none.
    func attribute(of type: ScimType) -> ScimAttribute? {
        if let extended = type.extended, name.schema == extended.id { return extended.attribute(name.attribute) }
        return type.attribute(name.attribute)
    }
}

extension ScimDocument {
    mutating func change(_ deed: ScimPatch.Deed, _ path: ScimPath, _ sent: JSONValue?) throws(ScimError) {
        if path.name.attribute.isEmpty { return try changeExtension(deed, path.name.schema, sent) }
        guard let attribute = path.attribute(of: type) else {
            throw ScimError(400, .invalidPath, "\(path.name.attribute) is not known.")
        }
        guard attribute.mutability != .readOnly else {
            throw ScimError(400, .mutability, "\(attribute.name) is written by the server only.")
        }
        if !path.name.part.isEmpty {
            guard let part = attribute.part(path.name.part) else {
                throw ScimError(400, .invalidPath, "\(attribute.name).\(path.name.part) is not known.")
            }
            guard part.mutability == .readWrite else {
                throw ScimError(400, .mutability, "\(attribute.name).\(part.name) does not change.")
            }
        }
        let isExtended = type.extended.map { path.name.schema == $0.id } ?? false
        let holder = isExtended ? value[path.name.schema] ?? .object([]) : value
        let change = ScimChange(attribute: attribute, part: path.name.part, filter: path.filter)
        let after = holder.setting(attribute.name, to: try change.apply(deed, to: holder[attribute.name], sent))
        if isExtended {
            value = value.setting(path.name.schema, to: after.object?.isEmpty ?? true ? nil : after)
        } else {
            value = after
        }
    }

    private mutating func changeExtension(
        _ deed: ScimPatch.Deed, _ urn: String, _ sent: JSONValue?
    ) throws(ScimError) {
        guard let extended = type.extended, urn == extended.id else {
            throw ScimError(400, .invalidPath, "The schema is not known.")
        }
        if deed == .remove {
            value = value.setting(urn, to: nil)
            return
        }
        guard let members = sent?.object else { throw ScimError.invalid("The value is no object.") }
        for member in members where extended.attribute(member.name) != nil {
            let path = try ScimPath("\(urn):\(member.name)")
            try change(deed, path, member.value)
        }
    }
}

/// One change to one attribute.
struct ScimChange {
    let attribute: ScimAttribute
    let part: String
    let filter: ScimFilter?

    /// What the attribute is afterwards; `nil` = not there.
    func apply(
        _ deed: ScimPatch.Deed, to old: JSONValue?, _ sent: JSONValue?
    ) throws(ScimError) -> JSONValue? {
        if attribute.isPlural { return try plural(deed, old?.list ?? [], sent) }
        guard filter == nil else { throw ScimError(400, .invalidPath, "\(attribute.name) is no list.") }
        if !part.isEmpty { return try setPart(deed, of: old ?? .object([]), sent) }
        if deed == .remove { return nil }
        let new = try value(sent, attribute)
        guard attribute.kind == .complex, let old, let members = new?.object else { return new }
        return members.reduce(old) { $0.setting($1.name, to: $1.value) }
    }

    private func value(_ sent: JSONValue?, _ attribute: ScimAttribute) throws(ScimError) -> JSONValue? {
        guard let sent else { throw ScimError.invalid("The value is missing.") }
        return try ScimDocument.clean(sent, attribute)
    }

    private func setPart(
        _ deed: ScimPatch.Deed, of item: JSONValue, _ sent: JSONValue?
    ) throws(ScimError) -> JSONValue? {
        guard let known = attribute.part(part) else { return item }
        let after = item.setting(known.name, to: deed == .remove ? nil : try value(sent, known))
        return after.object?.isEmpty ?? true ? nil : after
    }

    private func plural(
        _ deed: ScimPatch.Deed, _ old: [JSONValue], _ sent: JSONValue?
    ) throws(ScimError) -> JSONValue? {
        if filter == nil && part.isEmpty { return try whole(deed, old, sent) }
        var items: [JSONValue] = [], touched: [Int] = []
        for item in old {
            guard filter?.matches(item) ?? true else {
                items.append(item)
                continue
            }
            let after = try changed(deed, item, sent)
            touched.append(after == nil ? -1 : items.count)
            if let after { items.append(after) }
        }
        if touched.isEmpty {
            guard deed != .remove else { return ScimChange.listed(items) }
            guard deed == .add, let fresh = try changed(.add, filter?.example ?? .object([]), sent) else {
                throw ScimError(400, .noTarget, "Nothing matches the path.")
            }
            touched.append(items.count)
            items.append(fresh)
        }
        return ScimChange.listed(ScimChange.withOnePrimary(items, latest: touched))
    }

    private func changed(
        _ deed: ScimPatch.Deed, _ item: JSONValue, _ sent: JSONValue?
    ) throws(ScimError) -> JSONValue? {
        if !part.isEmpty { return try setPart(deed, of: item, sent) }
        if deed == .remove { return nil }
        guard let sent, let new = try ScimDocument.cleanOne(sent, attribute)?.object else {
            throw ScimError.invalid("The value has the wrong type.")
        }
        return new.reduce(item) { $0.setting($1.name, to: $1.value) }
    }

    private func whole(
        _ deed: ScimPatch.Deed, _ old: [JSONValue], _ sent: JSONValue?
    ) throws(ScimError) -> JSONValue? {
        let new = deed == .remove && sent == nil ? [] : try value(sent, attribute)?.list ?? []
        switch deed {
        case .replace: return ScimChange.listed(new)
        case .remove:
            // Some clients name the values to remove instead of a filter.
            if new.isEmpty { return nil }
            let gone = Set(new.compactMap { $0["value"]?.text })
            return ScimChange.listed(old.filter { !($0["value"]?.text.map(gone.contains) ?? false) })
        case .add:
            var items = old
            let known = Set(old.compactMap { $0["value"]?.text })
            var touched: [Int] = []
            for item in new where !items.contains(item) {
                // A member is one by its id, however it is described.
                if attribute.name == "members", let id = item["value"]?.text, known.contains(id) { continue }
                touched.append(items.count)
                items.append(item)
            }
            return ScimChange.listed(ScimChange.withOnePrimary(items, latest: touched))
        }
    }

    private static func listed(_ items: [JSONValue]) -> JSONValue? { items.isEmpty ? nil : .list(items) }

    /// A value made primary takes it from the one that was.
    private static func withOnePrimary(_ items: [JSONValue], latest: [Int]) -> [JSONValue] {
        guard let winner = latest.last(where: { $0 >= 0 && items[$0]["primary"]?.flag == true }) else { return items }
        return items.enumerated().map { index, item in
            index != winner && item["primary"]?.flag == true ? item.setting("primary", to: .flag(false)) : item
        }
    }
}

extension ScimFilter {
    /// A value for which the filter holds, as far as it says what must be: `type eq "work"`.
    fileprivate var example: JSONValue {
        equalities.reduce(.object([])) { $0.setting($1.name.attribute, to: .text($1.value)) }
    }
}
