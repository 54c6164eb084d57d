import Database
import Foundation
import Kernel
import Synchronization

/// Empty databases with a schema, made once and copied for each test: making one anew takes PostgreSQL most of a second.
actor TestSchema {
    static let shared = TestSchema()

    private var files: [String: Task<String, any Error>] = [:]
    private var databases: [String: Task<String, any Error>] = [:]

    /// Where a SQLite database with the schema stands; gone with the process.
    func file(_ migrations: [Migration]) async throws -> String {
        let key = TestSchema.key(migrations)
        if let known = files[key] { return try await known.value }
        let making = Task { try await TestSchema.makeFile(migrations) }
        files[key] = making
        return try await making.value
    }

    /// The name of a database of the PostgreSQL server with the schema. It stays there for later runs, one for each
    /// schema; nobody connects to it.
    func database(_ migrations: [Migration], on server: String) async throws -> String {
        let key = TestSchema.key(migrations)
        if let known = databases[key] { return try await known.value }
        let making = Task { try await TestSchema.makeDatabase("santong_schema_" + key, migrations, on: server) }
        databases[key] = making
        return try await making.value
    }

    private static func key(_ migrations: [Migration]) -> String {
        Migration("all", migrations.flatMap { [$0.name] + $0.statements }).checksum
    }

    private static func makeFile(_ migrations: [Migration]) async throws -> String {
        let folder = NSTemporaryDirectory() + "santong-schema-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        Leftovers.note(folder)
        let database = try Database(
            .sqlite(path: folder + "/making.sqlite", synchronous: .off), readers: 1, logger: TestDatabase.logger)
        defer { database.close() }
        _ = try await database.migrate(migrations)
        let path = folder + "/schema.sqlite"
        try await database.outsideTransaction("VACUUM INTO '\(path)'")
        return path
    }

    private static func makeDatabase(_ name: String, _ migrations: [Migration], on server: String) async throws
        -> String
    {
        let control = try Database(.postgres(conninfo: server), readers: 1, logger: TestDatabase.logger)
        defer { control.close() }
        func isThere() async throws -> Bool {
            try await control.read { try $0.value("SELECT COUNT(*) FROM pg_database WHERE datname = \(name)") == 1 }
        }
        if try await isThere() { return name }
        // Complete before it has its name, so that another run never copies half of it.
        let own = "santong_making_" + Identifiers.next()
        try await control.outsideTransaction("CREATE DATABASE \(own)")
        let database = try Database(
            .postgres(conninfo: server + " dbname=" + own), readers: 1, logger: TestDatabase.logger)
        do { _ = try await database.migrate(migrations) } catch {
            database.close()
            throw error
        }
        database.close()
        do { try await control.outsideTransaction("ALTER DATABASE \(own) RENAME TO \(name)") } catch {
            try await control.outsideTransaction("DROP DATABASE \(own)")
            guard try await isThere() else { throw error }
        }
        return name
    }
}

/// Folders that go when the process ends.
private enum Leftovers {
    private static let folders = Mutex<[String]>([])

    static func note(_ folder: String) {
        let isFirst = Leftovers.folders.withLock { folders in
            folders.append(folder)
            return folders.count == 1
        }
        guard isFirst else { return }
        atexit {
            for folder in Leftovers.folders.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: folder) }
        }
    }
}
