import Kernel

/// Another system that calls the platform's interfaces with rights of its own.
package struct MachineCaller: Sendable, Equatable {
    /// The registered application.
    package let application: String
    package let clientID: String
    /// Chinese name, for records of what it did.
    package let name: String
    /// What it says it is for, as it was approved; empty when it has told nothing.
    package let purpose: String
    /// What it may do, as granted to its token: names of scopes, full addresses as the standards write them.
    package let scopes: Set<String>
    /// The organisations whose people it may see.
    package let organisations: DataScope

    package init(
        application: String, clientID: String, name: String, purpose: String = "", scopes: Set<String>,
        organisations: DataScope
    ) {
        (self.application, self.clientID, self.name, self.purpose) = (application, clientID, name, purpose)
        (self.scopes, self.organisations) = (scopes, organisations)
    }
}

/// Tells which system is calling.
package protocol MachineAccess: Sendable {
    /// The system that holds the access token (OAuth 2.0 client credentials); `nil` when the token is not known or has
    /// run out.
    func caller(token: String) async throws -> MachineCaller?
    /// The system of the client id and the secrets it may sign with just now; `nil` when it may not call.
    func signer(clientID: String) async throws -> (caller: MachineCaller, secrets: [String])?
}
