import Demo
import Foundation
import Logging
import Platform
import Synchronization
import Testing

@testable import Database

/// Keeps every line that is logged.
final class CanaryLog: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    fileprivate func add(_ line: String) { lines.withLock { $0.append(line) } }

    var logger: Logger {
        var logger = Logger(label: "canary") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let log: CanaryLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.add("\(event.message) \(event.metadata ?? [:]) \(metadata)")
        }
    }
}

/// Looks for the canaries wherever data lie.
enum CanarySearch {
    static func found(in bytes: Data) -> [String] {
        DemoCanaries.texts.filter { bytes.range(of: Data($0.utf8)) != nil }
    }

    /// The text of a packed workbook. Throws `SheetError` for every other file.
    static func cells(of path: String) throws -> String {
        let file = try SheetFile.open(path: path)
        var text = ""
        for sheet in file.sheets.indices {
            try file.rows(of: sheet) { row in text += row.cells.map(\.text).joined(separator: "\t") + "\n" }
        }
        return text
    }

    /// Which canaries stand in which file below the folder.
    static func files(below folder: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        #expect(!names.isEmpty)
        return names.flatMap { name -> [String] in
            let path = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path) else { return [] }
            let isPacked = data.starts(with: [0x50, 0x4B])
            let inCells = (isPacked ? try? cells(of: path) : nil).map { found(in: Data($0.utf8)) } ?? []
            return (found(in: data) + inCells).map { "\(name): \($0)" }
        }
    }

    /// Which canaries stand in which table of PostgreSQL, as text or in the bytes of a column.
    static func tables(of database: Database) async throws -> [String] {
        try await database.read { db in
            let tables = try db.column(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
                as: String.self)
            return try tables.flatMap { table -> [String] in
                let rows = try db.column(SQL(trusted: "SELECT CAST(t AS TEXT) FROM \"\(table)\" t"), as: String.self)
                let text = rows.joined(separator: "\n")
                return DemoCanaries.texts.filter { canary in
                    text.contains(canary) || text.contains(Hex.encode(Array(canary.utf8)))
                }.map { "\(table): \($0)" }
            }
        }
    }
}
