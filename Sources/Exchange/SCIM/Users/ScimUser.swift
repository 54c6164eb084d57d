import Directory
import Kernel

/// What another system has told of a person.
struct ScimUserRecord: Sendable {
    let id: String
    let person: ID<Person>
    /// Where it placed her.
    let organisation: OrganisationID
    /// Whether the platform knows her by this system's word alone.
    let isSource: Bool
    let isActive: Bool
    /// The name as the system last had it written to the directory.
    let writtenName: String
    let document: ScimDocument
    let createdAt: Timestamp
    let changedAt: Timestamp
}

/// A member of staff as other systems see her: what the directory knows, and what the asking system has told itself.
struct ScimUser: Sendable {
    let person: ID<Person>
    let name: String
    let organisation: OrganisationID
    let organisationName: String
    let post: String
    let login: PersonLogin?
    let record: ScimUserRecord?
    /// Groups of the asking system.
    let groups: [(id: String, name: String)]
    let createdAt: Timestamp
    let changedAt: Timestamp

    func json(base: String) -> JSONValue {
        let known = record?.document.value ?? fallback
        var result = JSONValue.members([
            ("schemas", .texts(schemas(known))), ("id", .text(person.rawValue)), ("externalId", known["externalId"]),
        ])
        for attribute in ScimSchema.user.attributes {
            if let value = known[attribute.name] { result = result.setting(attribute.name, to: value) }
        }
        result = corrected(result)
        if let work = work(known[ScimSchema.enterpriseUser.id]) {
            result = result.setting(ScimSchema.enterpriseUser.id, to: work)
        }
        if !groups.isEmpty { result = result.setting("groups", to: groupList(base)) }
        let meta = JSONValue.members([
            ("resourceType", .text("User")), ("created", .text((record?.createdAt ?? createdAt).rfc3339)),
            ("lastModified", .text(max(changedAt, record?.changedAt ?? changedAt).rfc3339)),
            ("location", .text("\(base)/Users/\(person)")),
        ])
        return result.setting("meta", to: meta).versioned()
    }

    /// The resource as it stands, for changes to it.
    var document: ScimDocument {
        record?.document ?? ScimDocument(stored: fallback, as: .user)
    }

    /// What is told of somebody whom the asking system has not entered: no numbers, no addresses.
    private var fallback: JSONValue {
        .members([
            ("userName", .text(login?.name ?? person.rawValue)), ("name", .members([("formatted", .text(name))])),
            ("displayName", .text(name)), ("title", .known(CodeLists.post.name(of: post))),
            ("active", .flag(login?.isOpen ?? true)),
            (ScimSchema.enterpriseUser.id, .members([("organization", .text(organisationName))])),
        ])
    }

    private func schemas(_ known: JSONValue) -> [String] {
        let isExtended = known[ScimSchema.enterpriseUser.id] != nil
        return [ScimSchema.user.id] + (isExtended ? [ScimSchema.enterpriseUser.id] : [])
    }

    /// A name that the school has put right since, and an account that is shut, are told as they are.
    private func corrected(_ resource: JSONValue) -> JSONValue {
        var resource = resource
        if let record, record.writtenName != name {
            resource = resource.setting("displayName", to: .text(name))
                .setting("name", to: .members([("formatted", .text(name))]))
        }
        if let login { resource = resource.setting("active", to: .flag(login.isOpen)) }
        return resource
    }

    private func work(_ told: JSONValue?) -> JSONValue? {
        guard let told else { return nil }
        let hasMoved = record.map { $0.organisation != organisation } ?? false
        return hasMoved ? told.setting("organization", to: .text(organisationName)) : told
    }

    private func groupList(_ base: String) -> JSONValue {
        .list(
            groups.map { group in
                .members([
                    ("value", .text(group.id)), ("$ref", .text("\(base)/Groups/\(group.id)")),
                    ("display", .text(group.name)), ("type", .text("direct")),
                ])
            })
    }
}

/// What the directory takes from a resource.
struct ScimPersonDetails: Sendable {
    /// 1 to 60 characters.
    let name: String
    let userName: String
    let externalID: String?
    let isActive: Bool
    /// 岗位职业码
    let post: String
    /// Name or code of the organisation she works at; empty when it is not told.
    let organisation: String
    /// Numbers that can be what they are said to be. Others stay with the resource.
    let identifiers: [PersonIdentifier]

    /// Of a resource as JSON.
    static let mostBytes = 64 << 10

    init(_ document: ScimDocument) throws(ScimError) {
        let value = document.value
        // Changes add to what is there, so no limit of a request bounds the whole.
        guard value.bytes.count <= ScimPersonDetails.mostBytes else {
            throw .invalid("The resource is larger than \(ScimPersonDetails.mostBytes) bytes.")
        }
        userName = (value["userName"]?.text ?? "").trimmed
        guard (1...256).contains(userName.unicodeScalars.count) else {
            throw .invalid("userName has 1 to 256 characters.")
        }
        name = ScimPersonDetails.name(value).trimmed
        guard (1...60).contains(name.unicodeScalars.count) else { throw .invalid("The name has 1 to 60 characters.") }
        externalID = try document.externalID()
        isActive = value["active"]?.flag ?? true
        let posts = [value["title"]?.text, value["userType"]?.text].compactMap { $0 }
        post = posts.compactMap { CodeLists.post.code(matching: $0)?.code }.first ?? "10"
        let work = value[ScimSchema.enterpriseUser.id]
        organisation = (work?["organization"]?.text ?? "").trimmed
        var identifiers: [PersonIdentifier] = []
        if let number = work?["employeeNumber"]?.text, let known = try? PersonIdentifier(.staffNumber, number) {
            identifiers.append(known)
        }
        let phones = (value["phoneNumbers"]?.list ?? []).filter { ["mobile", nil].contains($0["type"]?.text) }
        if let phone = phones.compactMap({ $0["value"]?.text }).compactMap({ try? PersonIdentifier(.phone, $0) }).first
        {
            identifiers.append(phone)
        }
        self.identifiers = identifiers
    }

    private static func name(_ value: JSONValue) -> String {
        let name = value["name"]
        if let shown = value["displayName"]?.text ?? name?["formatted"]?.text, !shown.trimmed.isEmpty { return shown }
        let family = name?["familyName"]?.text ?? "", given = name?["givenName"]?.text ?? ""
        // 姓 before 名 without a blank, unless the name is in Latin letters.
        let whole = (family + given).utf8.allSatisfy { $0 < 0x80 } ? "\(given) \(family)" : family + given
        return whole.trimmed.isEmpty ? value["userName"]?.text ?? "" : whole
    }
}

extension String {
    fileprivate var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
