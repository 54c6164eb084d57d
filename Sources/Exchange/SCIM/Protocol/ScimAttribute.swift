/// One attribute of a resource, as its schema describes it (RFC 7643, section 7).
struct ScimAttribute: Sendable {
    enum Kind: String, Sendable { case string, boolean, reference, complex }
    enum Mutability: String, Sendable { case readWrite, readOnly, immutable }

    let name: String
    var kind = Kind.string
    var isPlural = false
    var isRequired = false
    var isCaseExact = false
    var mutability = Mutability.readWrite
    var isUnique = false
    var isAlwaysReturned = false
    var canonicalValues: [String] = []
    var referenceTypes: [String] = []
    var description = ""
    var parts: [ScimAttribute] = []

    func part(_ name: String) -> ScimAttribute? { parts.first { $0.name.lowercased() == name.lowercased() } }

    static func text(_ name: String, _ description: String) -> ScimAttribute {
        ScimAttribute(name: name, description: description)
    }

    static func complex(_ name: String, _ description: String, _ parts: [ScimAttribute]) -> ScimAttribute {
        ScimAttribute(name: name, kind: .complex, description: description, parts: parts)
    }

    /// A list of values with a type and one of them first, such as e-mail addresses.
    static func plural(
        _ name: String, _ description: String, types: [String] = [], value: ScimAttribute? = nil
    ) -> ScimAttribute {
        let value = value ?? text("value", "The value itself.")
        return ScimAttribute(
            name: name, kind: .complex, isPlural: true, description: description,
            parts: [
                value, text("display", "How people see it."),
                ScimAttribute(name: "type", canonicalValues: types, description: "What kind of value it is."),
                ScimAttribute(name: "primary", kind: .boolean, description: "Whether it is the preferred value."),
            ])
    }

    var json: JSONValue {
        .members([
            ("name", .text(name)), ("type", .text(kind.rawValue)), ("multiValued", .flag(isPlural)),
            ("description", .text(description)), ("required", .flag(isRequired)),
            ("caseExact", kind == .string || kind == .reference ? .flag(isCaseExact) : nil),
            ("mutability", .text(mutability.rawValue)),
            ("returned", .text(isAlwaysReturned ? "always" : "default")),
            ("uniqueness", .text(isUnique ? "server" : "none")),
            ("canonicalValues", canonicalValues.isEmpty ? nil : .texts(canonicalValues)),
            ("referenceTypes", referenceTypes.isEmpty ? nil : .texts(referenceTypes)),
            ("subAttributes", parts.isEmpty ? nil : .list(parts.map(\.json))),
        ])
    }
}

/// A named set of attributes.
struct ScimSchema: Sendable {
    let id: String
    let name: String
    let description: String
    let attributes: [ScimAttribute]

    func attribute(_ name: String) -> ScimAttribute? {
        attributes.first { $0.name.lowercased() == name.lowercased() }
    }

    func json(base: String) -> JSONValue {
        .members([
            ("schemas", .texts(["urn:ietf:params:scim:schemas:core:2.0:Schema"])), ("id", .text(id)),
            ("name", .text(name)), ("description", .text(description)),
            ("attributes", .list(attributes.map(\.json))),
            (
                "meta",
                .members([
                    ("resourceType", .text("Schema")), ("location", .text("\(base)/Schemas/\(id)")),
                ])
            ),
        ])
    }
}

/// A kind of resource: its own schema and the one that extends it.
struct ScimType: Sendable {
    let name: String
    let endpoint: String
    let description: String
    let schema: ScimSchema
    let extended: ScimSchema?

    static let all = [ScimType.user, .group]

    func json(base: String) -> JSONValue {
        .members([
            ("schemas", .texts(["urn:ietf:params:scim:schemas:core:2.0:ResourceType"])), ("id", .text(name)),
            ("name", .text(name)), ("endpoint", .text(endpoint)), ("description", .text(description)),
            ("schema", .text(schema.id)),
            (
                "schemaExtensions",
                extended.map {
                    .list([.members([("schema", .text($0.id)), ("required", .flag(false))])])
                }
            ),
            (
                "meta",
                .members([
                    ("resourceType", .text("ResourceType")), ("location", .text("\(base)/ResourceTypes/\(name)")),
                ])
            ),
        ])
    }

    /// What every resource has besides the attributes of its schema.
    static let externalID = ScimAttribute(name: "externalId", isCaseExact: true)
    static let common: [ScimAttribute] = [
        ScimAttribute(name: "id", isCaseExact: true, mutability: .readOnly, isAlwaysReturned: true), externalID,
        ScimAttribute(name: "schemas", isPlural: true, mutability: .readOnly, isAlwaysReturned: true),
        ScimAttribute(
            name: "meta", kind: .complex, mutability: .readOnly,
            parts: ["resourceType", "created", "lastModified", "location", "version"].map {
                ScimAttribute(name: $0, isCaseExact: true, mutability: .readOnly)
            }),
    ]

    func attribute(_ name: String) -> ScimAttribute? {
        schema.attribute(name) ?? ScimType.common.first { $0.name.lowercased() == name.lowercased() }
    }

    /// The extension whose URN the text is or begins with.
    func isExtension(_ urn: String) -> Bool { extended?.id.lowercased() == urn.lowercased() }
}
