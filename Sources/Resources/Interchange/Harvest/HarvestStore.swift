import Database
import Kernel
import Platform

/// All SQL of sources and harvests. They are the city's; whoever keeps its external resources sees all.
struct HarvestStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    // Sources

    /// Throws `DomainError.notFound`.
    func source(_ id: ID<HarvestSource>) throws -> HarvestSource {
        let found = try db.first(
            "SELECT \(HarvestSource.columns) FROM resources_source s WHERE s.id = \(id)", HarvestSource.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// A city has a few dozens.
    func sources() throws -> [HarvestSource] {
        try db.rows(
            "SELECT \(HarvestSource.columns) FROM resources_source s ORDER BY s.name, s.id LIMIT 500",
            HarvestSource.init)
    }

    func source(at base: String, set: String) throws -> HarvestSource? {
        try db.first(
            """
            SELECT \(HarvestSource.columns) FROM resources_source s WHERE s.base_url = \(base) AND s.set_spec = \(set)
            """, HarvestSource.init)
    }

    func insert(_ content: HarvestSource.Content, by name: String, now: Timestamp) throws -> ID<HarvestSource> {
        let id = ID<HarvestSource>.new()
        try db.execute(
            """
            INSERT INTO resources_source (id, name, base_url, format, set_spec, licence, audience, hours, is_active,
                most_records, revision, is_by_day, next_due, created_at, changed_at, changed_by)
            VALUES (\(id), \(content.name), \(content.baseURL), \(content.format.rawValue), \(content.set),
                \(content.licence), \(content.audience), \(content.hours), \(content.isActive),
                \(content.mostRecords), 1, 0,
                \(now.adding(seconds: Int64(content.hours) * 3600)), \(now), \(now), \(name))
            """)
        return id
    }

    /// Changes it when nobody was faster. Another address, set or format is harvested from the beginning.
    func set(
        _ content: HarvestSource.Content, of known: HarvestSource, by name: String, now: Timestamp
    ) throws -> Bool {
        let old = known.content
        let isSame = old.baseURL == content.baseURL && old.set == content.set && old.format == content.format
        let to = isSame ? known.harvestedTo : nil
        return try db.change(
            """
            UPDATE resources_source SET name = \(content.name), base_url = \(content.baseURL),
                format = \(content.format.rawValue), set_spec = \(content.set), licence = \(content.licence),
                audience = \(content.audience), hours = \(content.hours), is_active = \(content.isActive),
                most_records = \(content.mostRecords), harvested_to = \(to), revision = revision + 1, changed_at = \(now), changed_by = \(name)
            WHERE id = \(known.id) AND revision = \(known.revision)
            """) > 0
    }

    func due(now: Timestamp) throws -> [HarvestSource] {
        try db.rows(
            """
            SELECT \(HarvestSource.columns) FROM resources_source s
            WHERE s.is_active = 1 AND s.next_due <= \(now) ORDER BY s.next_due, s.id LIMIT 20
            """, HarvestSource.init)
    }

    func setDue(_ due: Timestamp, of id: ID<HarvestSource>) throws {
        try db.execute("UPDATE resources_source SET next_due = \(due) WHERE id = \(id)")
    }

    func setByDay(_ isByDay: Bool, of id: ID<HarvestSource>) throws {
        try db.execute("UPDATE resources_source SET is_by_day = \(isByDay) WHERE id = \(id)")
    }

    func setHarvested(to moment: Timestamp, of id: ID<HarvestSource>) throws {
        try db.execute("UPDATE resources_source SET harvested_to = \(moment) WHERE id = \(id)")
    }

    // Harvests

    /// Throws `DomainError.notFound`.
    func harvest(_ id: ID<Harvest>) throws -> Harvest {
        let found = try db.first(
            "SELECT \(Harvest.columns) FROM resources_harvest h WHERE h.id = \(id)", Harvest.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func running(of source: ID<HarvestSource>) throws -> Harvest? {
        try db.first(
            """
            SELECT \(Harvest.columns) FROM resources_harvest h WHERE h.source_id = \(source) AND h.state = 'running'
            """, Harvest.init)
    }

    /// The latest first. `after` is the id of the last one seen.
    func harvests(of source: ID<HarvestSource>, after: String?, limit: Int) throws -> (rows: [Harvest], total: Int) {
        let total: Int =
            try db.value("SELECT COUNT(*) FROM resources_harvest WHERE source_id = \(source)") ?? 0
        let rest: SQL = after.map { " AND h.id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(Harvest.columns) FROM resources_harvest h WHERE h.source_id = \(source)\(rest)
            ORDER BY h.id DESC LIMIT \(limit)
            """, Harvest.init)
        return (rows, total)
    }

    /// The last of each source.
    func latest() throws -> [ID<HarvestSource>: Harvest] {
        let rows = try db.rows(
            """
            SELECT \(Harvest.columns) FROM resources_source s JOIN resources_harvest h
                ON h.id = (SELECT MAX(l.id) FROM resources_harvest l WHERE l.source_id = s.id) LIMIT 500
            """, Harvest.init)
        return Dictionary(rows.map { ($0.source, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func insert(
        _ id: ID<Harvest>, of source: HarvestSource, isFull: Bool, by name: String, now: Timestamp
    ) throws {
        let from = isFull ? nil : source.from
        try db.execute(
            """
            INSERT INTO resources_harvest (id, source_id, state, is_full, from_at, token, job_id, pages, records, added,
                changed, unchanged, removed, broken_answers, broken_records, started_at, message, started_by)
            VALUES (\(id), \(source.id), 'running', \(from == nil), \(from), '', '', 0, 0, 0, 0, 0, 0, 0, 0, \(now), '',
                \(name))
            """)
    }

    func setJob(_ job: ID<Job>, of id: ID<Harvest>) throws {
        try db.execute("UPDATE resources_harvest SET job_id = \(job) WHERE id = \(id)")
    }

    func job(of id: ID<Harvest>) throws -> ID<Job> {
        let job: ID<Job>? = try db.value("SELECT job_id FROM resources_harvest WHERE id = \(id)")
        guard let job else { throw DomainError.notFound }
        return job
    }

    func save(_ harvest: Harvest) throws {
        let counts = harvest.counts
        try db.execute(
            """
            UPDATE resources_harvest SET state = \(harvest.state), answered_at = \(harvest.answeredAt),
                token = \(harvest.token), kept = \(harvest.kept), is_through = \(harvest.isThrough), pages = \(counts.pages), records = \(counts.records), added = \(counts.added),
                changed = \(counts.changed), unchanged = \(counts.unchanged), removed = \(counts.removed),
                broken_answers = \(counts.brokenAnswers), broken_records = \(counts.brokenRecords),
                ended_at = \(harvest.endedAt), message = \(harvest.message)
            WHERE id = \(harvest.id) AND state = 'running'
            """)
    }

    /// Asks a running one to stop. Whether nobody was faster.
    func stop(_ id: ID<Harvest>, by name: String) throws -> Bool {
        try db.change(
            """
            UPDATE resources_harvest SET stopped_by = \(name)
            WHERE id = \(id) AND state = 'running' AND stopped_by = ''
            """) > 0
    }

    /// Who asked it to stop; `nil` when nobody did.
    func stopper(of id: ID<Harvest>) throws -> String? {
        try db.value("SELECT stopped_by FROM resources_harvest WHERE id = \(id) AND stopped_by <> ''")
    }

    /// Notes that it is put off. How often that was since the source last answered.
    func putOff(_ id: ID<Harvest>) throws -> Int {
        try db.execute(
            """
            UPDATE resources_harvest SET postponed_at_page = pages,
                postponed = CASE WHEN pages > postponed_at_page THEN 1 ELSE postponed + 1 END
            WHERE id = \(id)
            """)
        return try db.value("SELECT postponed FROM resources_harvest WHERE id = \(id)") ?? 0
    }

    /// Harvests that run, each with its job.
    func running() throws -> [(harvest: Harvest, job: ID<Job>)] {
        try db.rows(
            """
            SELECT \(Harvest.columns), h.job_id FROM resources_source s
            JOIN resources_harvest h ON h.source_id = s.id AND h.state = 'running' LIMIT 500
            """
        ) { (try Harvest($0), ID<Job>(try $0.get(Harvest.columnCount))) }
    }

    /// Faults of one harvest that are kept.
    static let mostFaults = 1_000

    func add(_ faults: [HarvestFault], to harvest: ID<Harvest>, room: Int) throws {
        try db.insert(
            into: "resources_harvest_fault (id, harvest_id, kind, place, reason)",
            rows: faults.prefix(max(0, room)).map {
                [
                    .text(Identifiers.next()), harvest.databaseValue, .text($0.kind.rawValue), .text($0.place),
                    .text($0.reason),
                ]
            })
    }

    func faults(of harvest: ID<Harvest>, after: String?, limit: Int) throws -> [(id: String, fault: HarvestFault)] {
        let rest: SQL = after.map { " AND id > \($0)" } ?? ""
        return try db.rows(
            """
            SELECT id, kind, place, reason FROM resources_harvest_fault WHERE harvest_id = \(harvest)\(rest)
            ORDER BY id LIMIT \(limit)
            """
        ) { (try $0.get(0), HarvestFault(try $0.get(1), try $0.get(2), try $0.get(3))) }
    }

    /// Harvests of long ago; the last of each source stays.
    func forget(before moment: Timestamp) throws {
        let old: [ID<Harvest>] = try db.column(
            """
            SELECT h.id FROM resources_harvest h WHERE h.started_at < \(moment) AND h.state <> 'running'
                AND h.id < (SELECT MAX(l.id) FROM resources_harvest l WHERE l.source_id = h.source_id) LIMIT 200
            """)
        guard !old.isEmpty else { return }
        try db.execute("DELETE FROM resources_harvest_fault WHERE harvest_id IN \(in: old)")
        try db.execute("DELETE FROM resources_harvest WHERE id IN \(in: old)")
    }
}
