import App
import Database
import Foundation
import Kernel
import Logging
import Testing

/// The databases every storage test runs on: SQLite always, PostgreSQL when `SANTONG_TEST_POSTGRES` names a server.
package enum TestDatabase: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite, postgres

    package static var allCases: [TestDatabase] { server == nil ? [.sqlite] : [.sqlite, .postgres] }
    package var testDescription: String { rawValue }

    static var server: String? { ProcessInfo.processInfo.environment["SANTONG_TEST_POSTGRES"] }

    package static let logger: Logger = {
        var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        return logger
    }()

    /// Opens an empty database with the full schema and hands it to the body; gone afterwards.
    package func withDatabase<T>(
        groupLimit: Int = 256, migrations: [Migration] = CityPlatform.migrations,
        _ body: (Database, _ folder: String) async throws -> T
    ) async throws -> T {
        let folder = NSTemporaryDirectory() + "santong-test-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
        switch self {
        case .sqlite:
            let path = folder + "/santong.sqlite"
            try FileManager.default.copyItem(atPath: try await TestSchema.shared.file(migrations), toPath: path)
            let database = try Database(
                .sqlite(path: path, synchronous: .off), readers: 2, groupLimit: groupLimit, logger: TestDatabase.logger)
            defer { database.close() }
            return try await body(database, folder)
        case .postgres:
            await PostgresSlots.shared.take()
            defer { Task { await PostgresSlots.shared.giveBack() } }
            let name = "santong_" + Identifiers.next()
            let server = TestDatabase.server ?? ""
            let control = try Database(.postgres(conninfo: server), readers: 1, logger: TestDatabase.logger)
            defer { control.close() }
            let schema = try await TestSchema.shared.database(migrations, on: server)
            try await control.outsideTransaction("CREATE DATABASE \(name) TEMPLATE \(schema)")
            let database = try Database(
                .postgres(conninfo: server + " dbname=" + name), readers: 2, logger: TestDatabase.logger)
            let result: Result<T, any Error>
            do { result = .success(try await body(database, folder)) } catch { result = .failure(error) }
            database.close()
            try await control.outsideTransaction("DROP DATABASE \(name)")
            return try result.get()
        }
    }
}

/// Keeps the tests that run side by side below the server's number of connections.
private actor PostgresSlots {
    static let shared = PostgresSlots()
    private var free = 20
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
