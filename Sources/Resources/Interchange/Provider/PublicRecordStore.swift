import Database
import Kernel

/// What a harvester is told of a resource besides its metadata.
struct PublicRecord: Sendable, Equatable {
    let item: ID<Item>
    let datestamp: Timestamp
    let isDeleted: Bool

    static let columns: SQL = "r.item_id, r.datestamp, r.is_deleted"

    init(item: ID<Item>, datestamp: Timestamp, isDeleted: Bool) {
        (self.item, self.datestamp, self.isDeleted) = (item, datestamp, isDeleted)
    }

    init(_ row: borrowing Row) throws {
        (item, datestamp, isDeleted) = (try row.get(0), try row.get(1), try row.get(2))
    }
}

/// 集合: the records of a stage, of a subject in a stage, or of a county.
struct PublicSet: Hashable, Sendable {
    let spec: String
    let name: String

    static func all(of facts: ItemFacts) -> [PublicSet] {
        var sets: Set<PublicSet> = []
        for place in facts.places {
            let key = place.textbook.key, stage = "stage-" + safe(key.stage)
            sets.insert(PublicSet(spec: stage, name: key.stageTitle))
            sets.insert(
                PublicSet(spec: stage + ":subject-" + safe(key.subject), name: key.stageTitle + key.subjectTitle))
        }
        if let area = facts.area { sets.insert(PublicSet(spec: "area-" + safe(area.code), name: area.name)) }
        return sets.sorted { $0.spec < $1.spec }
    }

    private static func safe(_ code: String) -> String { code.filter { $0.isASCII && ($0.isLetter || $0.isNumber) } }
}

/// All SQL of public records.
struct PublicRecordStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    // What is to be looked at

    /// Says that something told of a resource may have changed. Part of the transaction that changes it.
    func mark(_ item: ID<Item>, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_public_pending (item_id, stamp, marked_at)
            VALUES (\(item), \(Identifiers.next()), \(now))
            ON CONFLICT (item_id) DO UPDATE SET stamp = excluded.stamp
            """)
    }

    /// The same of all public resources that were made from it.
    func markAdaptations(of parent: ID<Item>, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_public_pending (item_id, stamp, marked_at)
            SELECT i.id, CAST(\(Identifiers.next()) AS TEXT), CAST(\(now) AS BIGINT) FROM resources_item i
            WHERE i.adapted_from = \(parent) AND i.state = 'published' AND i.visibility = 'public' ORDER BY i.id
            ON CONFLICT (item_id) DO UPDATE SET stamp = excluded.stamp
            """)
    }

    func pending(limit: Int) throws -> [(item: ID<Item>, stamp: String)] {
        try db.rows(
            "SELECT item_id, stamp FROM resources_public_pending ORDER BY marked_at, item_id LIMIT \(limit)"
        ) { (try $0.get(0), try $0.get(1)) }
    }

    /// Those whose mark has not been renewed meanwhile wait no more.
    func settle(_ marks: [(item: ID<Item>, stamp: String)]) throws {
        for mark in marks {
            try db.execute(
                "DELETE FROM resources_public_pending WHERE item_id = \(mark.item) AND stamp = \(mark.stamp)")
        }
    }

    /// The resources among them that the public may have now.
    func open(_ ids: [ID<Item>]) throws -> [Item] {
        try db.rows(
            """
            SELECT \(Item.columns) FROM \(Item.source)
            WHERE i.id IN \(in: ids) AND i.state = 'published' AND i.visibility = 'public'
            """, Item.init)
    }

    // Writing

    func known(_ ids: [ID<Item>]) throws -> [ID<Item>: (digest: String, isDeleted: Bool)] {
        var found: [ID<Item>: (String, Bool)] = [:]
        try db.each("SELECT item_id, digest, is_deleted FROM resources_public_record WHERE item_id IN \(in: ids)") {
            found[try $0.get(0)] = (try $0.get(1), try $0.get(2))
        }
        return found
    }

    func set(_ item: ID<Item>, digest: String, sets: [PublicSet], at datestamp: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_public_record (item_id, datestamp, is_deleted, digest, is_settled)
            VALUES (\(item), \(datestamp), 0, \(digest), 0)
            ON CONFLICT (item_id) DO UPDATE SET datestamp = excluded.datestamp, is_deleted = 0,
                digest = excluded.digest, is_settled = 0
            """)
        try db.execute("DELETE FROM resources_public_set WHERE item_id = \(item)")
        for set in sets {
            try db.execute("INSERT INTO resources_public_set (spec, item_id) VALUES (\(set.spec), \(item))")
            try db.execute(
                """
                INSERT INTO resources_public_set_name (spec, name) VALUES (\(set.spec), \(set.name))
                ON CONFLICT (spec) DO UPDATE SET name = excluded.name
                """)
        }
    }

    /// Its sets stay, so that whoever harvests one of them learns of it.
    func delete(_ item: ID<Item>, at datestamp: Timestamp) throws {
        try db.execute(
            """
            UPDATE resources_public_record SET datestamp = \(datestamp), is_deleted = 1, digest = '', is_settled = 0
            WHERE item_id = \(item) AND is_deleted = 0
            """)
    }

    /// What was dated and not yet found to have been committed before that date.
    func unsettled() throws -> Timestamp? {
        try db.value("SELECT MIN(datestamp) FROM resources_public_record WHERE is_settled = 0")
    }

    func settle(dated datestamp: Timestamp) throws {
        try db.execute(
            "UPDATE resources_public_record SET is_settled = 1 WHERE is_settled = 0 AND datestamp = \(datestamp)")
    }

    func date(anew datestamp: Timestamp) throws {
        try db.execute("UPDATE resources_public_record SET datestamp = \(datestamp) WHERE is_settled = 0")
    }

    // Reading

    func earliest() throws -> Timestamp? { try db.value("SELECT MIN(datestamp) FROM resources_public_record") }

    func sets() throws -> [PublicSet] {
        try db.rows("SELECT spec, name FROM resources_public_set_name ORDER BY spec") {
            PublicSet(spec: try $0.get(0), name: try $0.get(1))
        }
    }

    func find(_ item: ID<Item>) throws -> PublicRecord? {
        try db.first(
            "SELECT \(PublicRecord.columns) FROM resources_public_record r WHERE r.item_id = \(item)",
            PublicRecord.init)
    }

    /// How many records the list has; one more than are counted at most where there are more.
    func count(_ list: OAIList, now: Timestamp, most: Int = PublicRecordStore.mostCounted) throws -> Int {
        try db.value(
            "SELECT COUNT(*) FROM (SELECT 1 FROM \(PublicRecordStore.source(list, now)) LIMIT \(most + 1)) c") ?? 0
    }

    /// Records of one list that are counted. They are sorted; of more the list is walked in its order.
    static let mostCounted = 5_000

    /// The next records in the order of their keys, which no change disturbs.
    func page(_ list: OAIList, now: Timestamp, limit: Int) throws -> [PublicRecord] {
        let source = PublicRecordStore.source(list, now)
        // As an expression the key does not tempt anybody to walk all records for a few.
        let key: SQL = (list.total ?? 0) <= PublicRecordStore.mostCounted ? "(r.item_id || '')" : "r.item_id"
        return try db.rows(
            """
            SELECT \(PublicRecord.columns) FROM \(source) AND \(key) > \(list.after) ORDER BY \(key) LIMIT \(limit)
            """, PublicRecord.init)
    }

    /// A change is dated some seconds ahead; it is told at once, and again to whoever asks from the time of this answer on.
    /// Left out until then it would look as if it were gone.
    private static func source(_ list: OAIList, _ now: Timestamp) -> SQL {
        let ahead = PublicRecords.stamp(now)
        let last = min(list.until ?? ahead, ahead), first = list.from ?? Timestamp(milliseconds: 0)
        let set: SQL =
            list.set.map { " JOIN resources_public_set s ON s.item_id = r.item_id AND s.spec = \($0)" } ?? ""
        return "resources_public_record r\(set) WHERE r.datestamp >= \(first) AND r.datestamp <= \(last)"
    }

    func sets(of items: [ID<Item>]) throws -> [ID<Item>: [String]] {
        var found: [ID<Item>: [String]] = [:]
        try db.each(
            "SELECT item_id, spec FROM resources_public_set WHERE item_id IN \(in: items) ORDER BY item_id, spec"
        ) { found[try $0.get(0), default: []].append(try $0.get(1)) }
        return found
    }
}
