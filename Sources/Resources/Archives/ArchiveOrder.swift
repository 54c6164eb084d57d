import Database
import Kernel
import Platform

/// An archive that is too large to be made while somebody waits: a job makes it, in parts that every program can open.
struct ArchiveOrder: Sendable, Equatable {
    enum State: String, Column, Sendable {
        case waiting, ready, failed

        var title: String {
            switch self {
            case .waiting: "正在制作"
            case .ready: "可以下载"
            case .failed: "没有完成，请重新制作"
            }
        }
    }

    struct Part: Sendable, Equatable {
        let number: Int
        let sha256: String
        /// Bytes.
        let size: Int
    }

    let id: ID<ArchiveOrder>
    let person: ID<Person>
    let author: String
    let state: State
    let job: String?
    let at: Timestamp

    static let columns: SQL = "a.id, a.person_id, a.author, a.state, a.job_id, a.created_at"

    init(_ row: borrowing Row) throws {
        (id, person, author, state) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (job, at) = (try row.get(4), try row.get(5))
    }

    func fileName(_ part: Int) -> String { "\(author)的资源存档-\(at.day.iso)-\(part).zip" }

    /// Days for which it is kept.
    static let life: Int64 = 7
    /// Bytes of one part, but for one file that is larger.
    static let partBytes = 2 << 30
    /// What is made at once, while somebody waits: bytes and files.
    static let direct = (bytes: 200 << 20, files: 2000)

    /// Cuts what there is into parts, in order. A resource is cut only where it alone is more than a part.
    static func parts(
        _ entries: [ItemArchive.Entry], bytes limit: Int = partBytes, files most: Int = ItemArchive.mostFiles
    ) -> [[ItemArchive.Entry]] {
        var parts: [[ItemArchive.Entry]] = [], part: [ItemArchive.Entry] = [], bytes = 0, files = 0
        func close() {
            if !part.isEmpty { parts.append(part) }
            (part, bytes, files) = ([], 0, 0)
        }
        for entry in entries.flatMap({ pieces($0, limit, most) }) {
            let size = entry.files.reduce(0) { $0 + $1.size }
            if bytes + size > limit || files + entry.files.count > most { close() }
            part.append(entry)
            (bytes, files) = (bytes + size, files + entry.files.count)
        }
        close()
        return parts
    }

    private static func pieces(_ entry: ItemArchive.Entry, _ limit: Int, _ most: Int) -> [ItemArchive.Entry] {
        var pieces: [[ItemArchive.Entry.File]] = [[]], bytes = 0
        for file in entry.files {
            let isFull = bytes + file.size > limit || pieces[pieces.count - 1].count == most
            if isFull, !pieces[pieces.count - 1].isEmpty {
                pieces.append([])
                bytes = 0
            }
            pieces[pieces.count - 1].append(file)
            bytes += file.size
        }
        return pieces.map { files in
            var piece = entry
            piece.files = files
            return piece
        }
    }
}

enum ArchiveOrderSchema {
    static let statements = [
        """
        CREATE TABLE resources_archive_order (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            author TEXT NOT NULL, state TEXT NOT NULL, job_id TEXT, created_at INTEGER NOT NULL,
            CHECK (state IN ('waiting', 'ready', 'failed')))
        """,
        "CREATE INDEX resources_archive_order_person ON resources_archive_order (person_id, id)",
        "CREATE INDEX resources_archive_order_created ON resources_archive_order (created_at)",
        """
        CREATE TABLE resources_archive_part (
            order_id TEXT NOT NULL REFERENCES resources_archive_order (id), number INTEGER NOT NULL,
            sha256 TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (order_id, number))
        """,
    ]
}

/// All SQL of archives that jobs make. Nobody but the author sees hers.
struct ArchiveOrderStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func insert(_ id: ID<ArchiveOrder>, of person: ID<Person>, _ author: String, job: ID<Job>, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_archive_order (id, person_id, author, state, job_id, created_at)
            VALUES (\(id), \(person), \(author), 'waiting', \(job), \(now))
            """)
    }

    func look(for id: ID<ArchiveOrder>) throws -> ArchiveOrder? {
        try db.first(
            "SELECT \(ArchiveOrder.columns) FROM resources_archive_order a WHERE a.id = \(id)", ArchiveOrder.init)
    }

    /// Throws `DomainError.notFound` for another's.
    func find(_ id: ID<ArchiveOrder>, of person: ID<Person>) throws -> ArchiveOrder {
        guard let order = try look(for: id), order.person == person else { throw DomainError.notFound }
        return order
    }

    /// The latest first.
    func list(of person: ID<Person>) throws -> [ArchiveOrder] {
        try db.rows(
            """
            SELECT \(ArchiveOrder.columns) FROM resources_archive_order a WHERE a.person_id = \(person)
            ORDER BY a.id DESC LIMIT 20
            """, ArchiveOrder.init)
    }

    func parts(of id: ID<ArchiveOrder>) throws -> [ArchiveOrder.Part] {
        try db.rows(
            "SELECT p.number, p.sha256, p.size FROM resources_archive_part p WHERE p.order_id = \(id) ORDER BY p.number"
        ) { ArchiveOrder.Part(number: try $0.get(0), sha256: try $0.get(1), size: try $0.get(2)) }
    }

    /// Takes the place of what an earlier try made.
    func set(_ part: ArchiveOrder.Part, of id: ID<ArchiveOrder>) throws {
        try db.execute(
            """
            INSERT INTO resources_archive_part (order_id, number, sha256, size)
            VALUES (\(id), \(part.number), \(part.sha256), \(part.size))
            ON CONFLICT (order_id, number) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size
            """)
    }

    func end(_ id: ID<ArchiveOrder>, _ state: ArchiveOrder.State) throws {
        try db.execute("UPDATE resources_archive_order SET state = \(state) WHERE id = \(id) AND state = 'waiting'")
    }

    /// Their contents go with the next sweep.
    func deleteOld(now: Timestamp) throws {
        try delete("created_at < \(now.adding(days: -ArchiveOrder.life))")
    }

    func deleteAll(of person: ID<Person>) throws { try delete("person_id = \(person)") }

    private func delete(_ condition: SQL) throws {
        try db.execute(
            """
            DELETE FROM resources_archive_part
            WHERE order_id IN (SELECT id FROM resources_archive_order WHERE \(condition))
            """)
        try db.execute("DELETE FROM resources_archive_order WHERE \(condition)")
    }
}
