import Database
import Directory
import Kernel

/// The text of files, told by the hash of their content. Nothing is known of a content that is not in the answer.
package protocol ItemTextSource: Sendable {
    func texts(of hashes: [String]) async throws -> [String: String]
}

/// Keeps the index up to the records, and makes it anew.
package struct SearchIndexing: Sendable {
    let database: Database
    let texts: any ItemTextSource

    package init(database: Database, texts: any ItemTextSource) { (self.database, self.texts) = (database, texts) }

    /// Resources taken over in one transaction.
    private static let batch = 200
    /// A transaction may commit a little later than the time in its rows says.
    private static let settled: Int64 = 10
    /// A rebuild that said nothing for so long has died, in seconds.
    private static let abandoned: Int64 = 120
    /// No transaction runs longer, in seconds.
    private static let longest: Int64 = 60

    /// Takes over what changed, and clears away what a rebuild replaced. Returns how many resources were looked at.
    @discardableResult
    package func catchUp(now: Timestamp = .now, settled: Int64 = settled) async throws -> Int {
        try await followChanges(until: now.adding(seconds: -settled), now: now)
        var count = 0
        while try await database.read({ try !SearchIndexStore($0).pending(limit: 1).isEmpty }) {
            let folded = try await fold(now: now)
            if folded == 0 { break }
            count += folded
        }
        try await clearReplaced()
        return count
    }

    /// So long the moments stay where they are while nothing happens, in seconds.
    private static let idle: Int64 = 300

    private func followChanges(until horizon: Timestamp, now: Timestamp) async throws {
        let (since, items) = try await database.read { db in
            let changes = SearchChangesStore(db), since = try changes.followed()
            return (since, try changes.changed(after: since, until: horizon))
        }
        guard !items.isEmpty || horizon > since.adding(seconds: SearchIndexing.idle) else { return }
        try await database.write { db in
            try SearchIndexStore(db).mark(items, now: now)
            try SearchChangesStore(db).setFollowed(horizon)
        }
    }

    /// Says that more is known of the files with the content.
    package func textArrived(_ hash: String, now: Timestamp = .now) async throws {
        try await database.write { db in
            let items: [ID<Item>] = try db.column(
                """
                SELECT f.item_id FROM resources_item_file f JOIN platform_file s ON s.id = f.file_id
                WHERE s.sha256 = \(hash)
                """)
            try SearchIndexStore(db).mark(items, now: now)
        }
    }

    private func bodies(of items: [ID<Item>]) async throws -> [ID<Item>: [String]] {
        let hashes = try await database.read { try SearchSourceStore($0).hashes(of: items) }
        let known = try await texts.texts(of: Array(Set(hashes.values.joined())).sorted())
        return hashes.mapValues { $0.compactMap { known[$0] } }
    }

    private func fold(now: Timestamp) async throws -> Int {
        let waiting = try await database.read {
            try SearchIndexStore($0).pending(limit: SearchIndexing.batch).map(\.item)
        }
        let bodies = try await bodies(of: waiting), looked = Set(waiting)
        return try await database.write { db in
            let index = SearchIndexStore(db)
            let moment = now.adding(seconds: -SearchIndexing.abandoned)
            guard try index.take(now: now, abandonedBefore: moment) else { return 0 }
            let pending = try index.pending(limit: SearchIndexing.batch).filter { looked.contains($0.item) }
            let entries = try SearchSourceStore(db).entries(of: pending.map(\.item)).map { entry in
                var entry = entry
                entry.body += bodies[entry.item] ?? []
                return entry
            }
            try SearchFolding(db).replace(pending.map(\.item), with: entries)
            try index.settle(pending)
            return pending.count
        }
    }

    /// Makes the whole index anew while the present one answers; what changes meanwhile is taken over afterwards.
    /// Returns how many resources it holds. Throws `DomainError.conflict` while another rebuild runs.
    @discardableResult
    package func rebuild(now: Timestamp = .now) async throws -> Int {
        let id = Identifiers.next(), moment = now.adding(seconds: -SearchIndexing.abandoned)
        try await database.write { db in
            let store = SearchRebuildStore(db)
            try store.begin(id, now: now, abandonedBefore: moment)
            try store.giveUpUnfinished()
        }
        var builders = (0..<SearchMerit.bands).map { SearchBlockBuilder(band: $0) }
        var table = SearchTermTable(), blocks: [Int] = [], count = 0, told = Timestamp.now
        var page = try await entries(after: "")
        while let last = page.last?.item.rawValue {
            // The next are read while these are taken apart.
            async let next = entries(after: last)
            for entry in page {
                let band = entry.merit.band
                builders[band].add(entry, &table)
                if builders[band].isFull { blocks.append(try await write(builders[band].take(table), in: band, id)) }
            }
            count += page.count
            if Timestamp.now >= told.adding(seconds: SearchIndexing.sign) {
                try await database.write { try SearchRebuildStore($0).goOn(id, now: .now) }
                told = .now
            }
            page = try await next
        }
        for band in builders.indices where !builders[band].isEmpty {
            blocks.append(try await write(builders[band].take(table), in: band, id))
        }
        let made = blocks
        try await database.write { db in
            try SearchRebuildStore(db).change(id, to: made, now: .now)
            try SearchIndexStore(db).settle(markedBefore: now.adding(seconds: -SearchIndexing.longest))
            try SearchRebuildStore(db).analyse()
        }
        try await clearReplaced()
        return count
    }

    /// Seconds after which a rebuild says again that it goes on.
    private static let sign: Int64 = 10
    /// Resources read at once for a rebuild.
    private static let page = 1000

    /// The next published resources behind the one named, with what is known of their files; empty at the end.
    private func entries(after id: String) async throws -> [SearchEntry] {
        var last = id
        while true {
            let after = last
            let (items, entries) = try await database.read(isLong: true) { db in
                let store = SearchSourceStore(db)
                let items = try store.published(after: after, limit: SearchIndexing.page)
                return (items, try store.entries(of: items))
            }
            guard let next = items.last else { return [] }
            // All of them may have been taken down since they were listed.
            last = next.rawValue
            if entries.isEmpty { continue }
            let bodies = try await bodies(of: items)
            return entries.map { entry in
                var entry = entry
                entry.body += bodies[entry.item] ?? []
                return entry
            }
        }
    }

    /// Rows in one transaction.
    private static let slice = 4000

    private func write(
        _ full: (entries: [SearchEntry], lists: [(term: String, slots: [UInt8])]), in band: Int, _ rebuild: String
    ) async throws -> Int {
        let block = try await database.write { db in
            let block = try SearchIndexStore(db).newBlock(in: band, .building).number
            try SearchIndexStore(db).setUsed(full.entries.count, of: block)
            return block
        }
        for start in stride(from: 0, to: full.entries.count, by: SearchIndexing.slice) {
            let entries = full.entries[start..<min(start + SearchIndexing.slice, full.entries.count)].enumerated().map {
                (number: block * SlotSet.capacity + start + $0.offset, entry: $0.element)
            }
            try await database.write { try SearchIndexStore($0).insert(entries) }
        }
        for start in stride(from: 0, to: full.lists.count, by: SearchIndexing.slice) {
            let lists = Array(full.lists[start..<min(start + SearchIndexing.slice, full.lists.count)])
            try await database.write { db in
                try SearchRebuildStore(db).goOn(rebuild, now: .now)
                try SearchIndexStore(db).insert(lists, of: block)
            }
        }
        return block
    }

    private func clearReplaced() async throws {
        while let block = try await database.read({ try SearchRebuildStore($0).replaced() }) {
            try await database.write { try SearchRebuildStore($0).clear(block, atMost: SearchIndexing.slice) }
        }
    }
}
