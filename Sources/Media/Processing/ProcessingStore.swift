import Database
import Foundation
import Kernel
import Platform

/// All SQL of processing. It goes by content: who may see it is decided by the record that the content belongs to.
struct ProcessingStore {
    let db: Connection

    init(_ db: Connection) { self.db = db }

    /// One content on its way.
    struct Entry: Sendable {
        let sha256: String
        let kind: ProcessingKind
        /// Of the file when it was first handed in, for programs that go by it.
        let ending: String
        let version: Int
        let shown: Int
        let state: MediaView.State

        static let columns: SQL = "sha256, kind, ending, version, shown, state"

        init(_ row: borrowing Row) throws {
            (sha256, kind, ending) = (try row.get(0), try row.get(1), try row.get(2))
            (version, shown, state) = (try row.get(3), try row.get(4), try row.get(5))
        }
    }

    /// Whether the content was not known before.
    func add(_ sha256: String, _ kind: ProcessingKind, ending: String, now: Timestamp) throws -> Bool {
        try db.change(
            """
            INSERT INTO media_processing (sha256, kind, ending, version, shown, state, remark, facts, requested_at)
            VALUES (\(sha256), \(kind), \(ending), \(kind.version), \(kind.version), 'waiting', '', '{}', \(now))
            ON CONFLICT (sha256) DO NOTHING
            """) == 1
    }

    /// Gives the content a job of its own.
    func enqueue(_ entry: Entry, by user: CurrentUser?, now: Timestamp) throws {
        let job = try JobStore(db).add(
            kind: entry.kind.jobKind, title: "处理\(entry.kind.title) \(entry.sha256.prefix(8))", payload: entry.sha256,
            by: user, due: now, now: now)
        try db.execute("UPDATE media_processing SET job_id = \(job) WHERE sha256 = \(entry.sha256)")
    }

    func entry(_ sha256: String) throws -> Entry? {
        try db.first("SELECT \(Entry.columns) FROM media_processing WHERE sha256 = \(sha256)", Entry.init)
    }

    /// Contents that were processed by an older version of their kind, or that waited for a program.
    func renewable(_ kind: ProcessingKind, isReady: Bool, limit: Int) throws -> [Entry] {
        let waited: SQL = isReady ? " OR state = 'missing'" : ""
        return try db.rows(
            """
            SELECT \(Entry.columns) FROM media_processing
            WHERE kind = \(kind) AND ((state IN ('done', 'failed') AND version < \(kind.version))\(waited))
            ORDER BY sha256 LIMIT \(limit)
            """, Entry.init)
    }

    /// Begins anew; what readers see stays until the new results are complete.
    func renew(_ entry: Entry, now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE media_processing SET state = 'waiting', remark = '', version = \(entry.kind.version),
                requested_at = \(now)
            WHERE sha256 = \(entry.sha256) AND state = \(entry.state) AND version = \(entry.version)
            """) == 1
    }

    func note(_ facts: MediaFacts, of sha256: String) throws {
        try db.execute(
            "UPDATE media_processing SET facts = \(try ProcessingStore.json(facts)) WHERE sha256 = \(sha256)")
    }

    func stepsDone(_ entry: Entry) throws -> Set<String> {
        Set(
            try db.column(
                """
                SELECT DISTINCT step FROM media_derived WHERE source = \(entry.sha256) AND version = \(entry.version)
                """))
    }

    /// A stored output of a step.
    struct Output: Sendable {
        let name: String
        let sha256: String
        let size: Int
        let mediaType: String
        var width = 0
        var height = 0
    }

    /// Keeps what a step made. Two workers may have done the same; the second changes nothing.
    func add(_ outputs: [Output], of entry: Entry, step: String, files: FileStore, now: Timestamp) throws {
        let before: Int? = try db.value(
            "SELECT COUNT(*) FROM media_derived WHERE source = \(entry.sha256) AND version = \(entry.version)")
        for (number, output) in outputs.enumerated() {
            let known: Int? = try db.value(
                """
                SELECT COUNT(*) FROM media_derived
                WHERE source = \(entry.sha256) AND version = \(entry.version) AND name = \(output.name)
                """)
            guard known == 0 else { continue }
            let file = try files.record(
                sha256: output.sha256, size: output.size, name: output.name, by: "系统", now: now, on: db)
            try db.execute(
                """
                INSERT INTO media_derived (source, version, name, step, position, file_id, media_type, width, height)
                VALUES (\(entry.sha256), \(entry.version), \(output.name), \(step), \((before ?? 0) + number), \(file),
                    \(output.mediaType), \(output.width), \(output.height))
                """)
        }
    }

    func setText(_ text: String, of sha256: String, now: Timestamp) throws {
        let scalars = text.unicodeScalars.lazy.filter { $0.value != 0 }.prefix(MediaText.longest)
        let body = String(String.UnicodeScalarView(scalars))
        try db.execute(
            """
            INSERT INTO media_text (source, body, noted_at) VALUES (\(sha256), \(body), \(now))
            ON CONFLICT (source) DO UPDATE SET body = excluded.body, noted_at = excluded.noted_at
            """)
    }

    /// Ends the work of one version. What older versions made goes, unless this one made nothing.
    func end(
        _ entry: Entry, _ state: MediaView.State, remark: String, now: Timestamp
    ) throws {
        let asked: Timestamp? = try db.value(
            """
            UPDATE media_processing SET state = \(state), remark = \(remark), ended_at = \(now),
                shown = \(state == .done ? entry.version : entry.shown),
                hash_method = \(state == .missing ? 0 : PictureHash.method)
            WHERE sha256 = \(entry.sha256) AND version = \(entry.version) AND state IN ('waiting', 'missing')
            RETURNING requested_at
            """)
        guard let asked, state != .missing else { return }
        if state == .done { try forget("source = \(entry.sha256) AND version < \(entry.version)") }
        let waited = entry.version == entry.shown ? (now.milliseconds - asked.milliseconds) / 1000 : nil
        try Outbox.post(
            MediaProcessed(sha256: entry.sha256, isDone: state == .done, waited: waited), now: now, on: db)
    }

    private func forget(_ condition: SQL) throws {
        let files: [String] = try db.column("SELECT file_id FROM media_derived WHERE \(condition)")
        try db.execute("DELETE FROM media_derived WHERE \(condition)")
        for start in stride(from: 0, to: files.count, by: 500) {
            let some = Array(files[start..<min(start + 500, files.count)])
            try db.execute("DELETE FROM platform_file WHERE id IN \(in: some)")
        }
    }

    /// Forgets contents that neither a record nor an upload names any more; returns how many.
    func forgetUnnamed(before: Timestamp, limit: Int) throws -> Int {
        let gone: [String] = try db.column(
            """
            SELECT p.sha256 FROM media_processing p
            WHERE p.requested_at < \(before)
                AND NOT EXISTS (SELECT 1 FROM platform_file f WHERE f.sha256 = p.sha256)
                AND NOT EXISTS (SELECT 1 FROM media_upload u WHERE u.sha256 = p.sha256)
            ORDER BY p.sha256 LIMIT \(limit)
            """)
        for sha256 in gone {
            try forget("source = \(sha256)")
            try db.execute("DELETE FROM media_text WHERE source = \(sha256)")
            try PictureHashStore(db).delete(sha256)
            try db.execute("DELETE FROM media_processing WHERE sha256 = \(sha256)")
        }
        return gone.count
    }

    // Reading

    func views(of sources: [String]) throws -> [String: MediaView] {
        var files: [String: [DerivedFile]] = [:], views: [String: MediaView] = [:]
        try db.each(
            """
            SELECT \(DerivedFile.columns), d.source FROM media_derived d
            JOIN media_processing p ON p.sha256 = d.source AND p.shown = d.version
            JOIN platform_file s ON s.id = d.file_id
            WHERE d.source IN \(in: sources) ORDER BY d.source, d.position
            """
        ) { files[try $0.get(6), default: []].append(try DerivedFile($0)) }
        try db.each(
            """
            SELECT p.sha256, p.kind, p.state, p.remark, p.facts, COALESCE(j.state, ''), COALESCE(j.done, 0),
                COALESCE(j.total, 0)
            FROM media_processing p LEFT JOIN platform_job j ON j.id = p.job_id
            WHERE p.sha256 IN \(in: sources)
            """
        ) { row in
            let source: String = try row.get(0), job: String = try row.get(5), total: Int = try row.get(7)
            var state: MediaView.State = try row.get(2), remark: String = try row.get(3)
            // The worker went down with it each time and could not say so itself.
            if state == .waiting, job == Job.State.failed.rawValue { (state, remark) = (.failed, ProcessingRun.gaveUp) }
            let done: Int = try row.get(6), isRunning = state == .waiting && job == Job.State.running.rawValue
            views[source] = MediaView(
                source: source, kind: try row.get(1), state: state, remark: remark,
                facts: try ProcessingStore.facts(row.get(4)),
                progress: isRunning && total > 0 ? min(99, done * 100 / total) : nil, files: files[source] ?? [])
        }
        return views
    }

    func derived(_ name: String, of source: String) throws -> DerivedFile? {
        try db.first(
            """
            SELECT \(DerivedFile.columns) FROM media_derived d
            JOIN media_processing p ON p.sha256 = d.source AND p.shown = d.version
            JOIN platform_file s ON s.id = d.file_id WHERE d.source = \(source) AND d.name = \(name)
            """, DerivedFile.init)
    }

    /// Of the version that is being made.
    func made(_ name: String, of entry: Entry) throws -> DerivedFile? {
        try db.first(
            """
            SELECT \(DerivedFile.columns) FROM media_derived d JOIN platform_file s ON s.id = d.file_id
            WHERE d.source = \(entry.sha256) AND d.version = \(entry.version) AND d.name = \(name)
            """, DerivedFile.init)
    }

    private static func facts(_ text: String) throws -> MediaFacts {
        try JSONDecoder().decode(MediaFacts.self, from: Data(text.utf8))
    }

    private static func json(_ facts: MediaFacts) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(facts), as: UTF8.self)
    }
}
