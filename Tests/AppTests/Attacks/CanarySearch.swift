import Demo
import Foundation
import Glibc
import Logging
import Synchronization
import Testing

@testable import Database
@testable import Platform

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
    /// Each canary as the platform, spreadsheets and old Chinese systems write text.
    private static let spellings: [(text: String, bytes: [Data])] = DemoCanaries.texts.map { text in
        let bytes = ["UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"].map { encoded(text, as: $0) }
        return (text, Array(Set(bytes)))
    }

    static func encoded(_ text: String, as encoding: String) -> Data {
        guard let converter = iconv_open(encoding, "UTF-8"), converter != iconv_t(bitPattern: -1) else {
            preconditionFailure("glibc knows \(encoding)")
        }
        defer { iconv_close(converter) }
        var source = Array(text.utf8CString.dropLast()), target = [CChar](repeating: 0, count: 4 * source.count)
        let room = target.count
        let left = source.withUnsafeMutableBufferPointer { source in
            target.withUnsafeMutableBufferPointer { target in
                var (from, to) = (source.baseAddress, target.baseAddress)
                var (fromLeft, toLeft) = (source.count, target.count)
                precondition(iconv(converter, &from, &fromLeft, &to, &toLeft) != -1, "no such character")
                return toLeft
            }
        }
        return Data(target.prefix(room - left).map { UInt8(bitPattern: $0) })
    }

    static func found(in bytes: Data) -> [String] {
        spellings.filter { spelling in spelling.bytes.contains { bytes.range(of: $0) != nil } }.map(\.text)
    }

    /// The same in the parts of an archive, and in the archives among them.
    static func found(inParts archive: Data, depth: Int = 3) -> [String] {
        guard depth > 0, archive.starts(with: [0x50, 0x4B]),
            let zip = try? ZipArchive(bytes: Array(archive), limits: ArchiveLimits())
        else { return [] }
        return zip.names.flatMap { name -> [String] in
            let part = try? zip.withPart(name) { read -> Data in
                var part = Data(), buffer = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    let count = try buffer.withUnsafeMutableBytes { try read($0.baseAddress!, $0.count) }
                    if count == 0 { return part }
                    part.append(contentsOf: buffer[..<count])
                }
            }
            guard let part else { return [] }
            return found(in: part) + found(inParts: part, depth: depth - 1)
        }
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
            return Set(found(in: data) + found(inParts: data) + inCells).sorted().map { "\(name): \($0)" }
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
