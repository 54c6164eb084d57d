import Database

/// A column of sealed values, as a module names it so that they can be sealed anew under another key.
package struct SealedColumn: Sendable {
    let table: SQL
    let column: SQL
    /// The text column that tells rows apart; the context of each value is `name/<key>`.
    let key: SQL
    package let name: String

    /// - Parameter name: the beginning of the values' context, `directory_person_identifier.sealed`.
    package init(_ table: SQL, _ column: SQL, key: SQL, name: String) {
        (self.table, self.column, self.key, self.name) = (table, column, key, name)
    }
}

/// Seals what older keys sealed under the current one, a few hundred rows at a time, while the platform runs.
package struct Resealing: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    private static let batch = 300

    package init(database: Database, crypto: any CryptoProvider) { (self.database, self.crypto) = (database, crypto) }

    private struct Row: Sendable { let key: String, sealed: [UInt8] }

    /// Seals the values of a column anew where that is due; returns how many there were. A value that changes in between
    /// is left alone: whoever changed it has sealed it under her own key, and the next run looks at it again. Throws
    /// `CryptoError` for a value that does not open.
    package func run(_ column: SealedColumn) async throws -> Int {
        var last = "", count = 0
        while true {
            let after = last
            let rows = try await database.read { try Resealing.rows(column, after: after, on: $0) }
            guard let end = rows.last?.key else { return count }
            last = end
            let crypto = crypto
            let due = rows.filter { crypto.needsResealing($0.sealed) }
            if due.isEmpty { continue }
            count += try await database.write { db in
                var done = 0
                for row in due { done += try Resealing.reseal(row, column, crypto, on: db) }
                return done
            }
        }
    }

    private static func rows(_ column: SealedColumn, after: String, on db: Connection) throws -> [Row] {
        try db.rows(
            """
            SELECT \(column.key), \(column.column) FROM \(column.table)
            WHERE \(column.key) > \(after) AND \(column.column) IS NOT NULL ORDER BY \(column.key) LIMIT \(batch)
            """
        ) { Row(key: try $0.text(0), sealed: try $0.blob(1)) }
    }

    private static func reseal(
        _ row: Row, _ column: SealedColumn, _ crypto: any CryptoProvider, on db: Connection
    ) throws -> Int {
        let context = column.name + "/" + row.key
        let sealed = try crypto.seal(crypto.open(row.sealed, context: context), context: context)
        return try db.change(
            """
            UPDATE \(column.table) SET \(column.column) = \(sealed)
            WHERE \(column.key) = \(row.key) AND \(column.column) = \(row.sealed)
            """)
    }

    /// How many values of the column are not sealed under the current key.
    package func waiting(_ column: SealedColumn) async throws -> Int {
        let crypto = crypto
        return try await database.read(isLong: true) { db in
            var count = 0
            try db.each("SELECT \(column.column) FROM \(column.table) WHERE \(column.column) IS NOT NULL") { row in
                if crypto.needsResealing(try row.blob(0)) { count += 1 }
            }
            return count
        }
    }
}
