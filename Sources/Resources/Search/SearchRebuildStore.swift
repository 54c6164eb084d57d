import Database
import Kernel

/// The SQL of making the index anew beside the one that answers.
struct SearchRebuildStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Throws `DomainError.conflict` while somebody else does it.
    func begin(_ id: String, now: Timestamp, abandonedBefore moment: Timestamp) throws {
        let isMine = try db.change(
            """
            UPDATE resources_search_state SET rebuild = \(id), rebuild_at = \(now)
            WHERE id = 1 AND (rebuild = '' OR rebuild_at < \(moment))
            """)
        guard isMine > 0 else { throw DomainError.conflict("检索的索引正在重建。") }
    }

    /// Says that the work goes on. Throws `DomainError.conflict` when somebody else took it over.
    func goOn(_ id: String, now: Timestamp) throws {
        let isMine = try db.change(
            "UPDATE resources_search_state SET rebuild_at = \(now) WHERE id = 1 AND rebuild = \(id)")
        guard isMine > 0 else { throw DomainError.conflict("检索的索引由另一个进程重建。") }
    }

    /// From now on the blocks made inactive answer, and those that answered do not.
    func change(_ id: String, to blocks: [Int], now: Timestamp) throws {
        try goOn(id, now: now)
        try db.execute("UPDATE resources_search_block SET state = 'old' WHERE state = 'active'")
        for block in blocks {
            try db.execute("UPDATE resources_search_block SET state = 'active' WHERE block = \(block)")
        }
        try db.execute("UPDATE resources_search_state SET rebuild = '' WHERE id = 1")
    }

    /// Gives up the blocks that a rebuild left half done.
    func giveUpUnfinished() throws {
        try db.execute("UPDATE resources_search_block SET state = 'old' WHERE state = 'building'")
    }

    func replaced() throws -> Int? {
        try db.value("SELECT block FROM resources_search_block WHERE state = 'old' ORDER BY block LIMIT 1")
    }

    /// Deletes some rows of a replaced block, and the block with the last of them.
    func clear(_ block: Int, atMost limit: Int) throws {
        let from = block * SlotSet.capacity
        let entries = try db.change(
            """
            DELETE FROM resources_search_entry WHERE number IN (SELECT number FROM resources_search_entry
                WHERE number >= \(from) AND number < \(from + SlotSet.capacity) LIMIT \(limit))
            """)
        let lists = try db.change(
            """
            DELETE FROM resources_search_list WHERE block = \(block) AND term IN (
                SELECT term FROM resources_search_list WHERE block = \(block) LIMIT \(limit))
            """)
        if entries == 0, lists == 0 { try db.execute("DELETE FROM resources_search_block WHERE block = \(block)") }
    }

    /// For PostgreSQL's planner, which knows nothing of a table just filled.
    func analyse() throws {
        try db.execute("ANALYZE resources_search_list")
        try db.execute("ANALYZE resources_search_entry")
    }
}
