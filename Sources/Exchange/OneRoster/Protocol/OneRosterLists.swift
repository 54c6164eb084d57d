import Kernel
import Synchronization

/// The keys of a list in their order, close together: a list may hold millions.
struct OneRosterKeys: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [UInt32] = []

    init() {}
    init(_ keys: some Sequence<String>) { for key in keys { append(key) } }

    var count: Int { ends.count }
    var weight: Int { bytes.count + ends.count * 4 }

    mutating func append(_ key: String) {
        bytes.append(contentsOf: key.utf8)
        ends.append(UInt32(bytes.count))
    }

    subscript(index: Int) -> String {
        let start = index == 0 ? 0 : Int(ends[index - 1])
        return String(decoding: bytes[start..<Int(ends[index])], as: UTF8.self)
    }

    /// The keys of a page; fewer at the end.
    func page(_ offset: Int, _ limit: Int) -> [String] {
        guard offset < count else { return [] }
        return (offset..<min(offset + limit, count)).map { self[$0] }
    }
}

/// The lists that consumers are walking just now. The first page of a list is always drawn up afresh; the others are read
/// off it, so that each costs the same, and nobody is missed or told twice while records come and go. A list that is not
/// known any more is drawn up again.
final class OneRosterLists: Sendable {
    private struct Entry { let keys: OneRosterKeys; var usedAt: Timestamp }
    private let entries = Mutex<[String: Entry]>([:])
    private let most: Int

    /// Seconds for which a list waits for the next page.
    static let life: Int64 = 600

    /// - Parameter most: bytes that all lists together may take.
    init(most: Int = 192 << 20) { self.most = most }

    func find(_ name: String, at now: Timestamp) -> OneRosterKeys? {
        entries.withLock { entries in
            guard let entry = entries[name], now < entry.usedAt.adding(seconds: OneRosterLists.life) else { return nil }
            entries[name]?.usedAt = now
            return entry.keys
        }
    }

    func keep(_ keys: OneRosterKeys, as name: String, at now: Timestamp) {
        entries.withLock { entries in
            entries = entries.filter { now < $0.value.usedAt.adding(seconds: OneRosterLists.life) }
            entries[name] = Entry(keys: keys, usedAt: now)
            var weight = entries.values.reduce(0) { $0 + $1.keys.weight }
            for (other, entry) in entries.sorted(by: { $0.value.usedAt < $1.value.usedAt })
            where weight > most && other != name {
                entries[other] = nil
                weight -= entry.keys.weight
            }
        }
    }
}
