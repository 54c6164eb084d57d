import Kernel
import Platform

/// 服务票据: what the browser carries to an application, and the application back to the platform, once.
struct ServiceTicket: Sendable {
    /// Seconds from issue to presentation.
    static let life: Int64 = 10

    let application: ApplicationID
    let account: ID<Account>
    let lineage: String
    /// The service as the client wrote it.
    let service: String
    /// Whether the holder had just shown who she is, for this very request.
    let isFresh: Bool
    /// When the holder last proved who she is.
    let signedInAt: Timestamp
    let expiresAt: Timestamp

    /// `ST-` and 32 random bytes in hexadecimal: the protocol allows letters, digits and the hyphen only.
    static func random() -> String { "ST-" + Hex.encode(SecureRandom.bytes(32)) }

    /// What the database knows of the ticket; `nil` when the text cannot be one, so that no query is asked for it.
    static func hash(_ ticket: String) -> [UInt8]? {
        guard ticket.utf8.count == 67, ticket.hasPrefix("ST-"), let bytes = Hex.decode(String(ticket.dropFirst(3))),
            bytes.count == 32
        else { return nil }
        return SHA256.hash(bytes)
    }
}
