import Kernel
import Platform

/// 登录会话: an application that was told, in one browser session, who has signed in, and is told when she signs out.
package struct Participation: Codable, Sendable, Equatable {
    /// `SessionInfo.lineage`.
    package let lineage: String
    package let account: ID<Account>
    package let application: ApplicationID
    package let kind: SignOnProtocol
    /// By what the application knows the session: CAS service ticket, OpenID `sid`, gateway `usessionid`.
    package let reference: String
    /// Where sign-outs are told; empty when the application does not listen.
    package let address: String

    package init(
        lineage: String, account: ID<Account>, application: ApplicationID, kind: SignOnProtocol, reference: String,
        address: String
    ) {
        (self.lineage, self.account, self.application) = (lineage, account, application)
        (self.kind, self.reference, self.address) = (kind, reference, address)
    }

    private enum Key: String, CodingKey { case lineage, account, application, kind, reference, address }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            lineage: try values.decode(String.self, forKey: .lineage),
            account: ID(try values.decode(String.self, forKey: .account)),
            application: ID(try values.decode(String.self, forKey: .application)),
            kind: try values.decode(SignOnProtocol.self, forKey: .kind),
            reference: try values.decode(String.self, forKey: .reference),
            address: try values.decode(String.self, forKey: .address))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(lineage, forKey: .lineage)
        try values.encode(account.rawValue, forKey: .account)
        try values.encode(application.rawValue, forKey: .application)
        try values.encode(kind, forKey: .kind)
        try values.encode(reference, forKey: .reference)
        try values.encode(address, forKey: .address)
    }
}

/// Makes the request by which an application learns that a session is over. One for each protocol.
package typealias LogoutMessage = @Sendable (_ ended: Participation, _ now: Timestamp) async throws -> OutboundRequest
