import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

@Suite("名册包的读取") struct BundleLinesTests {
    /// The lines of a text that arrives in pieces of so many bytes.
    static func lines(_ text: String, pieces: Int = 7) throws -> [[String]] {
        let bytes = Array(text.utf8)
        var lines = BundleLines(), found: [[String]] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { piece in
                try lines.read(piece) { found.append($1) }
            }
        }
        try lines.finish { found.append($1) }
        return found
    }

    @Test(arguments: [1, 2, 3, 7, 1000]) func `a file reads alike however it arrives`(pieces: Int) throws {
        let text = "\u{FEFF}a,b\r\n\"王,\"\"小\"\"\",\"两\n行\"\r\n,\r\nx,y"
        let found = try Self.lines(text, pieces: pieces)
        #expect(found == [["a", "b"], ["王,\"小\"", "两\n行"], ["", ""], ["x", "y"]])
    }

    @Test(arguments: ["a,b\n\"1,2\n", "a,b\n1\"2,3\n", "a,b\n\"1\"2\"3,4\n"])
    func `quotation marks pair up`(text: String) {
        #expect(throws: BundleLines.Malformed.self) { try Self.lines(text) }
    }

    @Test func `fields without end are not kept`() throws {
        #expect(try Self.lines("a,b\n1,2,3,4,5\n") == [["a", "b"], ["1", "2", "3"]])
        #expect(throws: BundleLines.Malformed.self) { try Self.lines(String(repeating: ",", count: 300) + "\n") }
        let long = String(repeating: "x", count: 10_001)
        #expect(throws: BundleLines.Malformed.self) { try Self.lines("a\n" + long, pieces: 64) }
        #expect(throws: BundleLines.Malformed.self) { try Self.lines("a\n\"" + long + "\"", pieces: 64) }
    }

    @Test func `a file of an archive is handed over in small pieces, up to the limits`() throws {
        let folder = NSTemporaryDirectory() + "santong-test-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/bomb.zip"
        let archive = try StoredArchive(path: path)
        try archive.begin("users.csv")
        for _ in 0..<3 { try archive.add([UInt8](repeating: 0x41, count: 1 << 20)) }
        try archive.finish()
        var limits = BundleSource.limits
        #expect(limits.inflatedBytes == 512 << 20 && limits.ratio == 100)
        limits.inflatedBytes = 2 << 20
        var total = 0, largest = 0
        func read() throws {
            (total, largest) = (0, 0)
            try PackedFiles.forEachPiece(of: "users.csv", path: path, limits: limits) { piece in
                (total, largest) = (total + piece.count, max(largest, piece.count))
            }
        }
        #expect(throws: PackedFailure.tooLarge) { try read() }
        #expect(total <= 2 << 20)
        limits.inflatedBytes = 8 << 20
        try read()
        #expect(total == 3 << 20 && largest <= 1 << 16)
        // A line without an end is given up long before the file is.
        let source = try BundleSource(archiveAt: path)
        #expect(throws: BundleLines.Malformed.self) { try source.lines(of: "users") { _, _ in } }
    }

    @Test func `records arrive a thousand at a time`() async throws {
        let folder = NSTemporaryDirectory() + "santong-test-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let headers = try #require(BundleRules.headers("orgs")).joined(separator: ",")
        let rows = (0..<2500).map { "s\($0),,,学校\($0),school,," }
        try ([headers] + rows).joined(separator: "\n").write(
            toFile: folder + "/orgs.csv", atomically: true, encoding: .utf8)
        let feed = try BundleSource(folder: folder).feed("orgs")
        var counts: [Int] = [], last: BundleRecord?
        while let some = try await feed.next() {
            counts.append(some.count)
            last = some.last
        }
        #expect(counts == [1000, 1000, 500])
        #expect(last?.id == "s2499" && last?["name"] == "学校2499" && last?.line == 2501)
    }
}
