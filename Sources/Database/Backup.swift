import CSQLite
import Kernel

extension Database {
    /// Writes a consistent copy of a SQLite database to a new file while reads and writes go on.
    /// PostgreSQL is backed up with its own tools; see the operations guide.
    package func copy(to path: String) async throws {
        guard dialect == .sqlite else {
            throw DomainError.unavailable("PostgreSQL 请使用 pg_dump 备份，见运维手册。")
        }
        try await read(isLong: true) { db in try db.execute("VACUUM INTO \(path)") }
    }

    /// `ok`, or what SQLite's integrity check and foreign key check find.
    package func integrityProblems() async throws -> [String] {
        guard dialect == .sqlite else { return [] }
        return try await read(isLong: true) { db in
            let found = try db.column("PRAGMA integrity_check(20)", as: String.self).filter { $0 != "ok" }
            let orphans = try db.rows("PRAGMA foreign_key_check") { "foreign key: \(try $0.text(0))" }
            return found + orphans.prefix(20)
        }
    }
}
