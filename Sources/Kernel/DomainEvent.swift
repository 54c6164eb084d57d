/// Something that happened, told to other contexts through the outbox: written in the same transaction, delivered at
/// least once after it. Receivers tolerate a second delivery.
package protocol DomainEvent: Codable, Sendable {
    /// `directory.organisation.changed`; fixed for ever, since stored events carry it.
    static var kind: String { get }
}
