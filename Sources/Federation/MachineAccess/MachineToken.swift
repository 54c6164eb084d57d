import Kernel

/// 机器接口令牌: lets an application call by itself, as long as it is active and has the scopes.
struct MachineToken: Sendable {
    let application: ApplicationID
    let scopes: [String]
    let createdAt: Timestamp
    let expiresAt: Timestamp
}
