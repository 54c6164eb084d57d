import Database
import Kernel
import Platform

/// All SQL of the hashes of pictures. They go by content, as everything that is made of it.
struct PictureHashStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func find(_ source: String) throws -> PictureHashes? {
        try db.first("SELECT kind, spacing, hashes FROM media_picture_hashes WHERE source = \(source)") { row in
            let bytes: [UInt8] = try row.get(2)
            let values = stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
                bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
            }
            return PictureHashes(
                PictureHashes.Kind(rawValue: try row.get(0)) ?? .page, spacing: try row.get(1), values)
        }
    }

    func set(_ hashes: PictureHashes, of source: String, now: Timestamp) throws {
        let bytes = hashes.values.flatMap { hash in (0..<8).map { UInt8(hash >> (56 - UInt64($0) * 8) & 255) } }
        try db.execute(
            """
            INSERT INTO media_picture_hashes (source, kind, spacing, hashes, noted_at)
            VALUES (\(source), \(hashes.kind.rawValue), \(hashes.spacing), \(bytes), \(now))
            ON CONFLICT (source) DO UPDATE SET kind = excluded.kind, spacing = excluded.spacing,
                hashes = excluded.hashes, noted_at = excluded.noted_at
            """)
    }

    func delete(_ source: String) throws {
        try db.execute("DELETE FROM media_picture_hashes WHERE source = \(source)")
    }

    /// A content that was processed before there were hashes; `nil` when there is none left.
    func nextUnhashed() throws -> ProcessingStore.Entry? {
        // As an expression the state does not tempt a database to begin there and to sort.
        try db.first(
            """
            SELECT \(ProcessingStore.Entry.columns) FROM media_processing
            WHERE hash_method = 0 AND (state || '') = 'done' ORDER BY sha256 LIMIT 1
            """, ProcessingStore.Entry.init)
    }

    func noteHashed(_ source: String) throws {
        try db.execute("UPDATE media_processing SET hash_method = \(PictureHash.method) WHERE sha256 = \(source)")
    }
}
