import Directory
import Kernel

/// Why somebody may do something at a place: one grant of hers whose role carries the permission there.
struct AccessReason: Sendable {
    let account: ID<Account>
    let name: String
    let login: String
    let grant: Grant
    /// Who gave the grant.
    let givenBy: String
    /// Whether the account can be used; the others are listed because their rights come back with them.
    let state: AccountState

    /// Where the right comes from, in words.
    func text(at place: Organisation) -> String {
        grant.organisation == place.id ? "本单位的角色" : "上级单位的角色，及于所有下级"
    }
}

/// A permission that reaches only what its holder teaches or leads, though her role stands at the whole school.
enum OwnClassPermissions {
    static let all: Set<Permission> = ["directory.class.view", "directory.class.look", "identity.class.manage"]
}
