import Database
import Kernel

/// All SQL of the index.
struct SearchIndexStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    struct Block: Sendable, Equatable {
        let number: Int
        let band: Int
        /// Places given away in it.
        let used: Int
    }

    /// In the order in which they are looked at.
    func blocks() throws -> [Block] {
        try db.rows("SELECT block, band, used FROM resources_search_block WHERE state = 'active' ORDER BY block") {
            Block(number: try $0.get(0), band: try $0.get(1), used: try $0.get(2))
        }
    }

    func lists(of blocks: [Int], _ terms: [String]) throws -> [Int: BlockLists] {
        var found: [Int: BlockLists] = [:]
        try db.each(
            """
            SELECT block, term, slots FROM resources_search_list
            WHERE block IN \(in: blocks) AND term IN \(in: terms)
            """
        ) { row in
            let block: Int = try row.get(0), term: String = try row.get(1)
            found[block, default: BlockLists()].packed[term] = try row.get(2)
        }
        return found
    }

    /// A resource where the index has it.
    struct Kept: Sendable {
        let number: Int
        let item: ID<Item>
        let points: Int
        let fields: SearchFields
    }

    func kept(_ numbers: [Int]) throws -> [Kept] {
        try db.rows(
            "SELECT number, item_id, points, fields FROM resources_search_entry WHERE number IN \(in: numbers)"
        ) { row in
            Kept(
                number: try row.get(0), item: try row.get(1), points: try row.get(2),
                fields: SearchFields(text: try row.get(3)))
        }
    }

    /// The resources in the places, in no order.
    func items(of numbers: [Int]) throws -> [ID<Item>] {
        var found: [ID<Item>] = []
        for start in stride(from: 0, to: numbers.count, by: 500) {
            let some = Array(numbers[start..<min(start + 500, numbers.count)])
            found += try db.column(
                "SELECT item_id FROM resources_search_entry WHERE number IN \(in: some)", as: ID<Item>.self)
        }
        return found
    }

    func numbers(of items: [ID<Item>]) throws -> [Int] {
        try db.column("SELECT number FROM resources_search_entry WHERE item_id IN \(in: items)")
    }

    /// The resources that changed since, the first first.
    func pending(limit: Int) throws -> [(item: ID<Item>, stamp: String)] {
        try db.rows(
            "SELECT item_id, stamp FROM resources_search_pending ORDER BY marked_at, item_id LIMIT \(limit)"
        ) { (try $0.get(0), try $0.get(1)) }
    }

    /// Says that a resource changed. Part of the transaction that changes it.
    func mark(_ item: ID<Item>, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_search_pending (item_id, stamp, marked_at)
            VALUES (\(item), \(Identifiers.next()), \(now))
            ON CONFLICT (item_id) DO UPDATE SET stamp = excluded.stamp
            """)
        // What other platforms are told of it follows the same changes.
        try PublicRecordStore(db).mark(item, now: now)
    }

    func mark(_ items: [ID<Item>], now: Timestamp) throws {
        for item in Set(items).sorted(by: { $0.rawValue < $1.rawValue }) { try mark(item, now: now) }
    }

    /// Those whose mark has not been renewed meanwhile wait no more.
    func settle(_ pending: [(item: ID<Item>, stamp: String)]) throws {
        for mark in pending {
            try db.execute(
                "DELETE FROM resources_search_pending WHERE item_id = \(mark.item) AND stamp = \(mark.stamp)")
        }
    }

    func settle(markedBefore moment: Timestamp) throws {
        try db.execute("DELETE FROM resources_search_pending WHERE marked_at < \(moment)")
    }

    enum BlockState: String, Column, Sendable {
        /// Is being filled by a rebuild.
        case building
        case active
        /// Was replaced; its rows are to go.
        case old
    }

    /// Takes the index for the rest of the transaction; `false` while it is made anew.
    func take(now: Timestamp, abandonedBefore moment: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE resources_search_state SET folded_at = \(now)
            WHERE id = 1 AND (rebuild = '' OR rebuild_at < \(moment))
            """) > 0
    }

    /// The numbers of new blocks are taken one by one, those of a better band lie below those of a worse one, and of one
    /// band the later block lies below the earlier.
    func newBlock(in band: Int, _ state: BlockState) throws -> Block {
        let number: Int? = try db.value(
            "UPDATE resources_search_state SET next_block = next_block + 1 WHERE id = 1 RETURNING next_block")
        let block = band * SearchIndexStore.bandWidth + SearchIndexStore.bandWidth - 1 - (number ?? 0)
        try db.execute(
            """
            INSERT INTO resources_search_block (block, band, used, state)
            VALUES (\(block), \(band), 0, \(state))
            """)
        return Block(number: block, band: band, used: 0)
    }

    private static let bandWidth = 1_000_000

    func setUsed(_ used: Int, of block: Int) throws {
        try db.execute("UPDATE resources_search_block SET used = \(used) WHERE block = \(block)")
    }

    func insert(_ entries: [(number: Int, entry: SearchEntry)]) throws {
        try db.insert(
            into: "resources_search_entry (number, item_id, points, fields)",
            rows: entries.map {
                [
                    .integer(Int64($0.number)), $0.entry.item.databaseValue, .integer(Int64($0.entry.merit.points)),
                    .text($0.entry.fields.text),
                ]
            })
    }

    func remove(_ numbers: [Int]) throws {
        for start in stride(from: 0, to: numbers.count, by: 512) {
            let some = Array(numbers[start..<min(start + 512, numbers.count)])
            try db.execute("DELETE FROM resources_search_entry WHERE number IN \(in: some)")
        }
    }

    func insert(_ lists: [(term: String, slots: [UInt8])], of block: Int) throws {
        try db.insert(
            into: "resources_search_list (block, term, slots)",
            rows: lists.map { [.integer(Int64(block)), .text($0.term), .blob($0.slots)] })
    }

    func replace(_ slots: [UInt8], of term: String, in block: Int) throws {
        try db.execute(
            """
            INSERT INTO resources_search_list (block, term, slots) VALUES (\(block), \(term), \(slots))
            ON CONFLICT (block, term) DO UPDATE SET slots = excluded.slots
            """)
    }
}
