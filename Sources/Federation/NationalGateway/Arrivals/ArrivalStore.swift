import Database
import Foundation
import Kernel
import Platform

/// All SQL of people who have arrived and still have to do something before they are in: sign in once, or leave the
/// account they are signed in with. Only the browser that arrived has the code.
struct ArrivalStore {
    let db: Connection
    let crypto: any CryptoProvider
    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    /// Seconds a person has.
    static let life: Int64 = 600

    struct Pending: Sendable {
        let counterpart: Counterpart
        let person: ArrivedPerson
        /// The account that is linked with her already; another one was signed in when she came.
        let account: ID<Account>?
    }

    private static func context(_ hash: [UInt8]) -> String { "federation_arrival.person/" + Hex.encode(hash) }

    func insert(_ code: String, _ person: ArrivedPerson, from counterpart: ID<Counterpart>, at now: Timestamp) throws {
        let hash = SHA256.hash(code)
        let sealed = try crypto.seal(Array(try JSONEncoder().encode(person)), context: ArrivalStore.context(hash))
        try db.execute("DELETE FROM federation_arrival WHERE expires_at <= \(now)")
        try db.execute(
            """
            INSERT INTO federation_arrival (hash, counterpart_id, person, expires_at)
            VALUES (\(hash), \(counterpart), \(sealed), \(now.adding(seconds: ArrivalStore.life)))
            """)
    }

    /// `nil` when there is none, its time is over, or its counterpart was suspended.
    func find(_ code: String, at now: Timestamp) throws -> Pending? {
        let hash = SHA256.hash(code)
        let found: (ID<Counterpart>, [UInt8])? = try db.first(
            "SELECT counterpart_id, person FROM federation_arrival WHERE hash = \(hash) AND expires_at > \(now)"
        ) { (try $0.get(0), try $0.blob(1)) }
        guard let (id, sealed) = found else { return nil }
        let counterpart = try CounterpartStore(db, crypto).find(id)
        guard counterpart.isActive else { return nil }
        let bytes = try crypto.open(sealed, context: ArrivalStore.context(hash))
        let person = try JSONDecoder().decode(ArrivedPerson.self, from: Data(bytes))
        return Pending(
            counterpart: counterpart, person: person,
            account: try CounterpartStore(db, crypto).account(of: person, at: id))
    }

    /// Returns whether it was still there.
    func delete(_ code: String) throws -> Bool {
        try db.change("DELETE FROM federation_arrival WHERE hash = \(SHA256.hash(code))") == 1
    }
}
