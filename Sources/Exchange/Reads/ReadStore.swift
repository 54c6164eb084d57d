import Contracts
import Database
import Kernel

enum ReadSchema {
    /// A row for each month, system, place, interface and kind of data. `pupils` is a sketch that counts and names nobody.
    static let statements = [
        """
        CREATE TABLE exchange_read (
            month TEXT NOT NULL, application TEXT NOT NULL, organisation_path TEXT NOT NULL, way TEXT NOT NULL,
            kind TEXT NOT NULL, name TEXT NOT NULL, purpose TEXT NOT NULL, times INTEGER NOT NULL,
            records INTEGER NOT NULL, pupils BLOB NOT NULL, changed_at INTEGER NOT NULL,
            PRIMARY KEY (month, application, organisation_path, way, kind),
            CHECK (way IN ('oneroster', 'scim', 'city')))
        """
    ]
}

/// All SQL of what other systems read.
struct ReadStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static func isAt(_ key: ReadTally.Key) -> SQL {
        """
        month = \(key.month) AND application = \(key.application) AND organisation_path = \(key.path)
            AND way = \(key.way) AND kind = \(key.kind)
        """
    }

    func add(_ count: ReadTally.Count, to key: ReadTally.Key, at now: Timestamp) throws {
        let kept: [UInt8]? = try db.value("SELECT pupils FROM exchange_read WHERE \(ReadStore.isAt(key))")
        guard let kept else {
            return try db.execute(
                """
                INSERT INTO exchange_read (month, application, organisation_path, way, kind, name, purpose, times,
                    records, pupils, changed_at)
                VALUES (\(key.month), \(key.application), \(key.path), \(key.way), \(key.kind), \(count.name),
                    \(count.purpose), \(count.times), \(count.records), \(count.pupils.registers), \(now))
                """)
        }
        var pupils = PeopleSketch(kept: kept)
        pupils.merge(count.pupils)
        try db.execute(
            """
            UPDATE exchange_read SET name = \(count.name), purpose = \(count.purpose), times = times + \(count.times),
                records = records + \(count.records), pupils = \(pupils.registers), changed_at = \(now)
            WHERE \(ReadStore.isAt(key))
            """)
    }

    /// What each system read at places in the scope, from a month on and before another; by name.
    func receivers(within scope: DataScope, from start: LocalDate, until end: LocalDate) throws -> [DataReceiver] {
        struct System: Hashable { let application: String, way: ReadTally.Way }
        struct Sum {
            var name = "", purpose = ""
            var times = 0
            var kinds: Set<ReadKind> = []
            var months: [String: PeopleSketch] = [:]
        }
        var sums: [System: Sum] = [:]
        try db.each(
            """
            SELECT r.application, r.way, r.name, r.purpose, r.times, r.kind, r.month, r.pupils FROM exchange_read r
            WHERE r.month >= \(String(start.iso.prefix(7))) AND r.month < \(String(end.iso.prefix(7)))
                AND \(SQL.within(scope, "r.organisation_path")) ORDER BY r.changed_at
            """
        ) { row in
            let system = System(application: try row.get(0), way: try row.get(1))
            var sum = sums[system] ?? Sum()
            (sum.name, sum.purpose) = (try row.get(2), try row.get(3))
            sum.times += try row.get(4, as: Int.self)
            sum.kinds.insert(try row.get(5))
            sum.months[try row.text(6), default: PeopleSketch()].merge(PeopleSketch(kept: try row.blob(7)))
            sums[system] = sum
        }
        return sums.map { system, sum in
            DataReceiver(
                sum.name, system.way.title, times: sum.times, purpose: sum.purpose,
                kinds: ReadKind.allCases.filter(sum.kinds.contains).map(\.title),
                pupils: sum.months.sorted { $0.key < $1.key }.compactMap { month, sketch in
                    sketch.isEmpty ? nil : DataReceiver.Pupils(month: month, count: sketch.count)
                })
        }.sorted { ($0.name, $0.way) < ($1.name, $1.way) }
    }

    private static func isOld(_ before: Timestamp) -> SQL { "month < \(String(before.day.iso.prefix(7)))" }

    func countOld(_ before: Timestamp) throws -> Int {
        try db.value("SELECT COUNT(*) FROM exchange_read WHERE \(ReadStore.isOld(before))") ?? 0
    }

    func deleteOld(_ before: Timestamp) throws -> Int {
        try db.change("DELETE FROM exchange_read WHERE \(ReadStore.isOld(before))")
    }
}
