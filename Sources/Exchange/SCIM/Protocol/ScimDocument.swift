/// A resource as a client sends it, brought into the spelling of its schema.
struct ScimDocument: Sendable, Equatable {
    let type: ScimType
    /// Attributes that a client may write, by their right names; extensions below their URN.
    var value: JSONValue

    /// What the client calls it. Throws `ScimError` when it is longer than 256 characters.
    func externalID() throws(ScimError) -> String? {
        let text = value["externalId"]?.text
        guard (text ?? "").unicodeScalars.count <= 256 else { throw .invalid("externalId has at most 256 characters.") }
        return text
    }

    static func == (a: ScimDocument, b: ScimDocument) -> Bool { a.value == b.value }

    /// Takes a body over: what is unknown, read-only or empty is left out. Throws `ScimError` for a wrong type, a missing
    /// attribute or two primary values.
    init(reading body: JSONValue, as type: ScimType) throws(ScimError) {
        guard let members = body.object else { throw ScimError(400, .invalidSyntax, "The body is no resource.") }
        self.type = type
        value = .object([])
        for member in members {
            if let extended = type.extended, type.isExtension(member.name) {
                guard member.value != .null else { continue }
                guard let inner = member.value.object else { throw ScimDocument.wrong(extended.name) }
                let cleaned = try ScimDocument.clean(inner, extended.attributes)
                value = value.setting(extended.id, to: cleaned)
            } else if let attribute = type.schema.attribute(member.name) ?? ScimDocument.own(member.name) {
                value = value.setting(attribute.name, to: try ScimDocument.clean(member.value, attribute))
            }
        }
        try check()
    }

    /// What was stored, which was clean when it was.
    init(stored value: JSONValue, as type: ScimType) { (self.type, self.value) = (type, value) }

    private static func own(_ name: String) -> ScimAttribute? {
        name.lowercased() == "externalid" ? ScimType.externalID : nil
    }

    /// Required attributes are there.
    func check() throws(ScimError) {
        for attribute in type.schema.attributes where attribute.isRequired {
            let found = value[attribute.name]?.text
            if found?.isEmpty ?? true { throw ScimError.invalid("\(attribute.name) is required.") }
        }
    }

    private static func wrong(_ name: String) -> ScimError { .invalid("\(name) has the wrong type.") }

    private static func clean(
        _ members: [JSONValue.Member], _ attributes: [ScimAttribute]
    ) throws(ScimError) -> JSONValue? {
        var result = JSONValue.object([])
        for member in members {
            guard let attribute = attributes.first(where: { $0.name.lowercased() == member.name.lowercased() }) else {
                continue
            }
            result = result.setting(attribute.name, to: try clean(member.value, attribute))
        }
        return result.object?.isEmpty ?? true ? nil : result
    }

    /// `nil` when nothing is left: null, an empty list and an attribute that only the platform writes.
    static func clean(_ value: JSONValue, _ attribute: ScimAttribute) throws(ScimError) -> JSONValue? {
        if value == .null || attribute.mutability == .readOnly { return nil }
        guard attribute.isPlural else { return try cleanOne(value, attribute) }
        var items: [JSONValue] = []
        for item in value.list ?? [value] {
            if let item = try cleanOne(item, attribute) { items.append(item) }
        }
        if items.filter({ $0["primary"]?.flag == true }).count > 1 {
            throw ScimError.invalid("\(attribute.name) has more than one primary value.")
        }
        return items.isEmpty ? nil : .list(items)
    }

    static func cleanOne(_ value: JSONValue, _ attribute: ScimAttribute) throws(ScimError) -> JSONValue? {
        switch (attribute.kind, value) {
        case (_, .null): return nil
        case (.complex, .object(let members)): return try clean(members, attribute.parts)
        // A plain text among complex values is the value.
        case (.complex, .text(let text)) where attribute.isPlural && attribute.part("value") != nil:
            return .members([("value", .text(text))])
        case (.complex, .text(let text)) where attribute.name == "manager": return .members([("value", .text(text))])
        case (.boolean, .flag): return value
        case (.boolean, .text(let text)) where ["true", "false"].contains(text.lowercased()):
            return .flag(text.lowercased() == "true")
        case (.string, .text(let text)), (.reference, .text(let text)):
            guard text.utf8.count <= 4096 else { throw ScimError.invalid("\(attribute.name) is too long.") }
            return value
        default: throw wrong(attribute.name)
        }
    }
}

/// Which attributes an answer holds (RFC 7644, section 3.9).
struct ScimSelection: Sendable {
    private let included: [ScimName]
    private let excluded: [ScimName]

    static let everything = ScimSelection(attributes: [], excluded: [])

    init(attributes: [String], excluded: [String]) {
        included = attributes.compactMap { ScimName($0) }
        self.excluded = excluded.compactMap { ScimName($0) }
    }

    /// Whether the attribute is asked for, so that what is costly to find may be left alone.
    func wants(_ attribute: String) -> Bool {
        let isNamed = { (name: ScimName) in name.attribute.lowercased() == attribute.lowercased() }
        if !included.isEmpty { return included.contains(where: isNamed) }
        return !excluded.contains { isNamed($0) && $0.part.isEmpty }
    }

    func apply(to resource: JSONValue) -> JSONValue {
        guard let members = resource.object, !(included.isEmpty && excluded.isEmpty) else { return resource }
        var result: [JSONValue.Member] = []
        for member in members {
            if member.name == "id" || member.name == "schemas" {
                result.append(member)
            } else if let known = ScimSchema.all.first(where: { $0.id == member.name }) {
                let inner = pick(member.value, schema: known.id)
                if !(inner.object?.isEmpty ?? true) { result.append(.init(name: member.name, value: inner)) }
            } else {
                result += pick(.object([member]), schema: "").object ?? []
            }
        }
        return .object(result)
    }

    private func pick(_ value: JSONValue, schema: String) -> JSONValue {
        func concerns(_ name: ScimName, _ attribute: String) -> Bool {
            let isHere = schema.isEmpty ? name.schema != ScimSchema.enterpriseUser.id : name.schema == schema
            return isHere && (name.attribute.isEmpty || name.attribute.lowercased() == attribute.lowercased())
        }
        return .object(
            (value.object ?? []).compactMap { member in
                if !included.isEmpty {
                    let names = included.filter { concerns($0, member.name) }
                    if names.isEmpty { return nil }
                    let parts = names.map(\.part)
                    return parts.contains("") ? member : .init(name: member.name, value: member.value.keeping(parts))
                }
                let parts = excluded.filter { concerns($0, member.name) }.map(\.part)
                if parts.contains("") { return nil }
                return parts.isEmpty ? member : .init(name: member.name, value: member.value.dropping(parts))
            })
    }
}

extension JSONValue {
    fileprivate func keeping(_ parts: [String]) -> JSONValue {
        let wanted = Set(parts.map { $0.lowercased() })
        return each { .object($0.filter { wanted.contains($0.name.lowercased()) }) }
    }

    fileprivate func dropping(_ parts: [String]) -> JSONValue {
        let unwanted = Set(parts.map { $0.lowercased() })
        return each { .object($0.filter { !unwanted.contains($0.name.lowercased()) }) }
    }

    private func each(_ change: ([Member]) -> JSONValue) -> JSONValue {
        if let items = list { return .list(items.map { $0.each(change) }) }
        return object.map(change) ?? self
    }
}
