import Database
import Kernel

/// Gives every change not seen before its place in the order. Changes are looked for on a read, as long as that takes; what is
/// found is written in short transactions, each of which holds only if nobody else has given a place since.
struct FeedCollection: Sendable {
    let database: Database
    /// Stands between reading and writing; a test does something else there.
    var pause: @Sendable () async throws -> Void = {}

    /// Changes of one look, and of one transaction.
    private static let atOnce = 20_000, written = 1000
    /// Seconds for which it is not noted that there was nothing.
    private static let patience: Int64 = 60

    init(_ database: Database) { self.database = database }

    /// Returns how many changes got a place.
    @discardableResult
    func collect(_ dataset: FeedDataset, now: Timestamp) async throws -> Int {
        var count = 0
        while true {
            try Task.checkCancellation()
            let (seen, changes) = try await database.read(snapshot: true, isLong: true) { db in
                let store = FeedStore(db), seen = try store.seen(of: dataset)
                return (seen, try store.unseen(dataset, after: seen, limit: FeedCollection.atOnce))
            }
            try await pause()
            let placed = try await place(changes, of: dataset, after: seen)
            count += placed.count
            // Somebody else was faster, or there is more.
            guard placed.count == changes.count, changes.count < FeedCollection.atOnce else { continue }
            try await note(placed.seen, of: dataset, now)
            return count
        }
    }

    private func place(
        _ changes: [FeedStore.Change], of dataset: FeedDataset, after seen: FeedStore.Seen
    ) async throws -> (count: Int, seen: FeedStore.Seen) {
        var seen = seen, count = 0
        for start in stride(from: 0, to: changes.count, by: FeedCollection.written) {
            let some = Array(changes[start..<min(start + FeedCollection.written, changes.count)]), before = seen
            guard try await database.write({ try FeedStore($0).place(some, of: dataset, after: before) }) else { break }
            seen = FeedStore.Seen(at: seen.at, sequence: seen.sequence + some.count)
            count += some.count
        }
        return (count, seen)
    }

    /// From when on the next look is. Whoever was faster has noted a moment of her own.
    private func note(_ seen: FeedStore.Seen, of dataset: FeedDataset, _ now: Timestamp) async throws {
        guard now > seen.at.adding(seconds: FeedCollection.patience) else { return }
        _ = try await database.write {
            try FeedStore($0).move(dataset, from: seen, to: FeedStore.Seen(at: now, sequence: seen.sequence))
        }
    }
}
