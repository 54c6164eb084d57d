import Database
import Kernel

/// A column whose rows keep the content of a file: by its hash, or by the record of a stored file. Each module lists its
/// own; what no listed column names is removed some day.
package struct ContentColumn: Sendable {
    package enum Kind: Sendable {
        /// Hexadecimal SHA-256 of the content itself.
        case hash
        /// The id of a row of `platform_file`.
        case file
    }

    let table: SQL
    let column: SQL
    let kind: Kind
    let condition: SQL
    /// `rosters_export_order.sha256`
    package let name: String

    /// - Parameter condition: which rows count; those without a value never do.
    package init(_ table: SQL, _ column: SQL, _ kind: Kind, name: String, where condition: SQL = "1 = 1") {
        (self.table, self.column, self.kind, self.name, self.condition) = (table, column, kind, name, condition)
    }

    /// The records of files, which name their contents.
    package static let ofPlatform = [ContentColumn("platform_file", "sha256", .hash, name: "platform_file.sha256")]
}

/// What all modules together name.
package struct NamedContents: Sendable {
    private let hashes: [ContentColumn]
    private let files: [ContentColumn]

    package init(_ columns: [ContentColumn]) {
        hashes = columns.filter { $0.kind == .hash }
        files = columns.filter { $0.kind == .file }
    }

    /// Every content that a row names.
    package func all(on db: Connection) throws -> Set<String> {
        var found: Set<String> = []
        for named in hashes {
            try db.each(
                """
                SELECT DISTINCT \(named.column) FROM \(named.table)
                WHERE \(named.column) IS NOT NULL AND \(named.column) <> '' AND \(named.condition)
                """
            ) { found.insert(try $0.get(0)) }
        }
        return found
    }

    /// Those of the contents that a row names.
    package func named(_ contents: [String], on db: Connection) throws -> Set<String> {
        var found: Set<String> = []
        for named in hashes {
            found.formUnion(
                try db.column(
                    """
                    SELECT DISTINCT \(named.column) FROM \(named.table)
                    WHERE \(named.column) IN \(in: contents) AND \(named.condition)
                    """))
        }
        return found
    }

    /// A slice of the records of files older than the moment, in the order of their ids: the last one looked at, `nil` at
    /// the end, and those that no row keeps.
    package func forgotten(
        before: Timestamp, after: String, limit: Int, on db: Connection
    ) throws -> (last: String?, files: [String]) {
        let ids: [String] = try db.column(
            """
            SELECT id FROM platform_file WHERE id > \(after) AND created_at < \(before) ORDER BY id LIMIT \(limit)
            """)
        guard !ids.isEmpty else { return (nil, []) }
        let kept = try kept(ids, on: db)
        return (ids.last, ids.filter { !kept.contains($0) })
    }

    /// Removes those of the records of files that no row keeps; returns how many.
    package func forget(_ ids: [String], on db: Connection) throws -> Int {
        guard !ids.isEmpty else { return 0 }
        let kept = try kept(ids, on: db), gone = ids.filter { !kept.contains($0) }
        return gone.isEmpty ? 0 : try db.change("DELETE FROM platform_file WHERE id IN \(in: gone)")
    }

    private func kept(_ ids: [String], on db: Connection) throws -> Set<String> {
        var found: Set<String> = []
        for named in files {
            found.formUnion(
                try db.column(
                    """
                    SELECT DISTINCT \(named.column) FROM \(named.table)
                    WHERE \(named.column) IN \(in: ids) AND \(named.condition)
                    """))
        }
        return found
    }
}
