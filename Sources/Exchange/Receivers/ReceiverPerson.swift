import Contracts
import Database
import Directory
import Kernel
import Platform

/// A person as a receiver is told of her: who she is, where she works, whether she may get in. No numbers.
struct ReceiverPerson: Sendable, Equatable {
    let person: ID<Person>
    let userName: String
    let name: String
    let title: String
    let organisation: String
    let isActive: Bool

    private static let work = ScimSchema.enterpriseUser.id

    var created: JSONValue {
        .members([
            ("schemas", .texts([ScimSchema.user.id, ReceiverPerson.work])), ("externalId", .text(person.rawValue)),
            ("userName", .text(userName)), ("name", .members([("formatted", .text(name))])),
            ("displayName", .text(name)), ("title", .known(title)), ("active", .flag(isActive)),
            (ReceiverPerson.work, .members([("organization", .text(organisation))])),
        ])
    }

    /// Sets what the platform tells and leaves everything else alone.
    var changed: JSONValue {
        var values: [(String, JSONValue)] = [
            ("externalId", .text(person.rawValue)), ("userName", .text(userName)), ("name.formatted", .text(name)),
            ("displayName", .text(name)), ("active", .flag(isActive)),
            (ReceiverPerson.work + ":organization", .text(organisation)),
        ]
        if !title.isEmpty { values.append(("title", .text(title))) }
        return ReceiverPerson.operations(values)
    }

    static let deactivated = operations([("active", .flag(false))])

    private static func operations(_ values: [(String, JSONValue)]) -> JSONValue {
        .members([
            ("schemas", .texts(["urn:ietf:params:scim:api:messages:2.0:PatchOp"])),
            (
                "Operations",
                .list(
                    values.map { path, value in
                        .members([("op", .text("replace")), ("path", .text(path)), ("value", value)])
                    })
            ),
        ])
    }

    /// Equal digests are equal tellings.
    var digest: String { Hex.encode(SHA256.hash(created.bytes).prefix(16)) }

    /// Whether the receiver's own record says the same.
    func isSame(as remote: JSONValue) -> Bool {
        remote.member("userName")?.text?.lowercased() == userName.lowercased()
            && remote.member("displayName")?.text == name && (remote.member("active")?.flag ?? true) == isActive
            && remote.member(ReceiverPerson.work)?.member("organization")?.text == organisation
    }

    /// The staff among the people at the place and below it, by person.
    static func read(
        _ people: [ID<Person>], at path: OrganisationPath, _ crypto: any CryptoProvider, _ gate: any AccountGate,
        today: LocalDate, _ db: Connection
    ) throws -> [ID<Person>: ReceiverPerson] {
        let machine = MachineCaller(
            application: "", clientID: "", name: "", scopes: [], organisations: DataScope([path]))
        let store = ScimUserStore(
            db: db, crypto: crypto, gate: gate, caller: ScimCaller(machine, from: "", base: ""), today: today)
        var found: [ID<Person>: ReceiverPerson] = [:]
        for user in try store.users(people, withGroups: false) {
            found[user.person] = ReceiverPerson(
                person: user.person, userName: user.login?.name ?? user.person.rawValue, name: user.name,
                title: CodeLists.post.name(of: user.post), organisation: user.organisationName,
                isActive: user.login?.isOpen ?? true)
        }
        return found
    }
}
