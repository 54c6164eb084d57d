import Database
import Directory
import Kernel

/// Keeps the public records up to the resources. A change is dated a few seconds ahead and shown from that second on: by
/// then it is committed, so nobody who has harvested up to a moment misses what is dated before it.
package struct PublicRecords: Sendable {
    let database: Database
    let consent: any PublicationConsent
    let now: @Sendable () -> Timestamp

    /// Resources in one transaction.
    private static let batch = 200
    /// Seconds between a change and its date.
    static let ahead: Int64 = 3

    init(
        database: Database, consent: any PublicationConsent, now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        (self.database, self.consent, self.now) = (database, consent, now)
    }

    /// Takes over what changed. Returns how many resources were looked at. Two at once do no harm.
    @discardableResult
    package func catchUp() async throws -> Int {
        // Of a process that died between writing and looking at the clock.
        try await settle()
        var count = 0
        while true {
            let looked = try await takeOver()
            if looked == 0 { return count }
            count += looked
        }
    }

    private func takeOver() async throws -> Int {
        let waiting = try await database.read { try PublicRecordStore($0).pending(limit: PublicRecords.batch) }
        guard !waiting.isEmpty else { return 0 }
        let stamp = PublicRecords.stamp(now()), consent = consent
        try await database.write { db in
            try PublicRecords.take(waiting, consent: consent, stamp: stamp, db)
        }
        try await settle()
        return waiting.count
    }

    private static func take(
        _ marks: [(item: ID<Item>, stamp: String)], consent: any PublicationConsent, stamp: Timestamp, _ db: Connection
    ) throws {
        let store = PublicRecordStore(db), ids = marks.map(\.item), known = try store.known(ids)
        let open = try PublicRecords.open(ids, consent: consent, db)
        for facts in open {
            let digest = try facts.digest
            if let told = known[facts.item.id], !told.isDeleted, told.digest == digest { continue }
            try store.set(facts.item.id, digest: digest, sets: PublicSet.all(of: facts), at: stamp)
        }
        let gone = Set(ids).subtracting(open.map(\.item.id))
        for id in gone.sorted() where known[id]?.isDeleted == false { try store.delete(id, at: stamp) }
        try store.settle(marks)
    }

    /// What the public may have now: published for everybody, under a licence that allows it, and nothing that shows
    /// pupils, since a copy elsewhere cannot be called back.
    static func open(
        _ ids: [ID<Item>], consent: any PublicationConsent, _ db: Connection
    ) throws -> [ItemFacts] {
        let gate = PupilGate(consent: consent, db: db)
        let items = try PublicRecordStore(db).open(ids).filter { try $0.mayTravel && gate.isOpen($0) }
        return try ItemFactsStore(db).facts(of: items)
    }

    /// Records whose date has passed before they were committed are dated anew, until the clock is behind them.
    private func settle() async throws {
        while let stamp = try await database.read({ try PublicRecordStore($0).unsettled() }) {
            if now() < stamp {
                try await database.write { try PublicRecordStore($0).settle(dated: stamp) }
            } else {
                let next = PublicRecords.stamp(now())
                try await database.write { try PublicRecordStore($0).date(anew: next) }
            }
        }
    }

    /// In whole seconds, as the protocol tells it.
    static func stamp(_ now: Timestamp) -> Timestamp { OAIDate.floor(now.adding(seconds: ahead + 1)) }
}
