import Kernel
import Logging

/// One step of the schema, forward only. Merged means frozen: a changed step stops the start.
package struct Migration: Sendable {
    /// `plan/0001-plan`: the module and an ordered name.
    package let name: String
    /// Plain statements in the common subset. Types are TEXT, INTEGER, REAL and BLOB; each database spells them its way.
    package let statements: [String]

    package init(_ name: String, _ statements: [String]) { (self.name, self.statements) = (name, statements) }

    /// The names of the tables it makes, in their order.
    var tables: [String] {
        statements.compactMap { statement in
            let words = statement.split { $0.isWhitespace || $0 == "(" }
            return words.count > 2 && words[0] == "CREATE" && words[1] == "TABLE" ? String(words[2]) : nil
        }
    }

    /// FNV-1a over the statements, hexadecimal.
    package var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for statement in statements {
            for byte in statement.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0x1F) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16)
    }
}

package enum MigrationError: Error, CustomStringConvertible {
    case changed(String)
    case unknown([String])
    case pending([String])

    package var description: String {
        switch self {
        case .changed(let name): "migration \(name) differs from what was applied; migrations are frozen once released"
        case .unknown(let names): "the database is newer than this program (\(names.joined(separator: ", ")))"
        case .pending(let names):
            "the database schema is old (\(names.count) steps missing); run: santong migrate"
        }
    }
}

extension Database {
    private static let table = """
        CREATE TABLE IF NOT EXISTS database_migration (name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL)
        """

    /// Applies what is missing, all in one transaction under a lock. Returns the names of the steps applied.
    package func migrate(_ migrations: [Migration], at now: Timestamp = .now) async throws -> [String] {
        try await write { db in
            if db.dialect == .postgres { try db.script("SELECT pg_advisory_xact_lock(736174)") }
            try db.script(Spelling.spell(Database.table, for: db.dialect))
            let pending = try Database.pending(migrations, db)
            for migration in pending {
                for statement in migration.statements { try db.script(Spelling.spell(statement, for: db.dialect)) }
                try db.execute(
                    """
                    INSERT INTO database_migration (name, checksum, applied_at)
                    VALUES (\(migration.name), \(migration.checksum), \(now))
                    """)
            }
            return pending.map(\.name)
        }
    }

    /// Takes away every table of the migrations with all that is in it, as if they had never been applied. For a database
    /// that holds nothing worth keeping.
    package func erase(_ migrations: [Migration]) async throws {
        // The last first: tables refer to those made before them.
        let tables = migrations.flatMap(\.tables).reversed() + ["database_migration"]
        try await write { db in
            for table in tables { try db.script("DROP TABLE IF EXISTS \(table)") }
        }
    }

    /// Throws `MigrationError.pending` when the schema is older than the program.
    package func checkSchema(_ migrations: [Migration]) async throws {
        let missing = try await write { db in
            try db.script(Spelling.spell(Database.table, for: db.dialect))
            return try Database.pending(migrations, db).map(\.name)
        }
        if !missing.isEmpty { throw MigrationError.pending(missing) }
    }

    /// Writes a row of the database's own as it is, so that a full disk or a server that only reads is noticed. Throws
    /// what the write threw.
    package func checkWritable() async throws {
        try await write { db in
            try db.execute(
                """
                UPDATE database_migration SET applied_at = applied_at
                WHERE name = (SELECT MIN(name) FROM database_migration)
                """)
        }
    }

    private static func pending(_ migrations: [Migration], _ db: Connection) throws -> [Migration] {
        let applied = Dictionary(
            uniqueKeysWithValues: try db.rows("SELECT name, checksum FROM database_migration ORDER BY name") {
                (try $0.text(0), try $0.text(1))
            })
        let known = Set(migrations.map(\.name))
        let unknown = applied.keys.filter { !known.contains($0) }.sorted()
        if !unknown.isEmpty { throw MigrationError.unknown(unknown) }
        for migration in migrations {
            if let checksum = applied[migration.name], checksum != migration.checksum {
                throw MigrationError.changed(migration.name)
            }
        }
        return migrations.filter { applied[$0.name] == nil }
    }
}

/// Spells schema statements for each database. SQLite tables become STRICT; PostgreSQL sorts text by code point as SQLite does.
enum Spelling {
    static func spell(_ statement: String, for dialect: Dialect) -> String {
        let trimmed = statement.drop { $0.isWhitespace }
        let isTable = trimmed.hasPrefix("CREATE TABLE")
        switch dialect {
        case .sqlite: return isTable ? statement + " STRICT" : statement
        case .postgres: return isTable || trimmed.hasPrefix("ALTER TABLE") ? postgresTypes(statement) : statement
        }
    }

    /// Replaces whole words outside quotes.
    private static func postgresTypes(_ statement: String) -> String {
        let types: [String: String] = [
            "TEXT": "TEXT COLLATE \"C\"", "INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION", "BLOB": "BYTEA",
        ]
        var result = "", word = "", isQuoted = false
        for character in statement + " " {
            if character.isLetter || character == "_" || character.isNumber {
                word.append(character)
                continue
            }
            result += isQuoted ? word : types[word] ?? word
            word = ""
            if character == "'" { isQuoted.toggle() }
            result.append(character)
        }
        return result
    }
}
