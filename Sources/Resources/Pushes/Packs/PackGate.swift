import Database
import Directory
import Kernel

/// Asks for the consents of pupils before something is offered, sent, shown or opened: one that was taken back counts from
/// this request on.
struct PackGate {
    private let gate: PupilGate

    init(_ consent: any PublicationConsent, _ db: Connection) { gate = PupilGate(consent: consent, db: db) }

    func isOpen(_ item: Item) throws -> Bool { try gate.isOpen(item) }

    /// Those that may be shown. What shows no pupils costs no question.
    func open(_ items: [Item]) throws -> Set<ID<Item>> {
        var open: Set<ID<Item>> = [], asked: Set<ID<Item>> = []
        for item in items where asked.insert(item.id).inserted {
            if try gate.isOpen(item) { open.insert(item.id) }
        }
        return open
    }
}
