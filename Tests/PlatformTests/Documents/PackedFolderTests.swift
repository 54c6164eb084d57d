import Foundation
import TestKit
import Testing

@testable import Platform

/// Folders that somebody sent.
@Suite("Folders in archives")
struct PackedFolderTests {
    /// An archive of the files, its bytes changed before it is written.
    private func archive(
        _ files: [(String, String)], _ change: (inout [UInt8]) -> Void = { _ in }, _ body: (String) throws -> Void
    ) throws {
        let path = NSTemporaryDirectory() + "packed-" + UUID().uuidString + ".zip"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let archive = try StoredArchive(path: path)
        for (name, text) in files {
            try archive.begin(name)
            try archive.add(Array(text.utf8))
        }
        try archive.finish()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        change(&bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try body(path)
    }

    private func text(_ name: String, of folder: PackedFolder) throws -> String {
        var bytes: [UInt8] = []
        try folder.forEachPiece(of: name) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Files are read by their place; what programs put beside them is left out")
    func reading() throws {
        let files = [("元数据.csv", "a"), ("第一课/教案.txt", "内容"), ("__MACOSX/._x", "x"), ("第一课/.DS_Store", "y")]
        try archive(files) { path in
            let folder = try PackedFolder(archive: path, limits: ArchiveLimits())
            #expect(folder.entries.map(\.name) == ["元数据.csv", "第一课/教案.txt"].sorted())
            #expect(try text("第一课/教案.txt", of: folder) == "内容")
            #expect(throws: PackedFailure.damaged) { try text("没有.txt", of: folder) }
        }
    }

    @Test("Names in the encoding of Windows, two of which differ only in a byte that looks like another case")
    func names() throws {
        // GBK: 丄 is 81 41 and 乤 is 81 61, which are A and a behind the same byte.
        let files = [("1XY.txt", "first"), ("2XY.txt", "second")]
        try archive(
            files,
            { bytes in
                PackedFolderTests.replace([0x14, 0, 0x08, 0x08], with: [0x14, 0, 0x08, 0], in: &bytes)
                PackedFolderTests.replace(
                    Array("1XY.txt".utf8), with: [0x31, 0x81, 0x41] + Array(".txt".utf8), in: &bytes)
                PackedFolderTests.replace(
                    Array("2XY.txt".utf8), with: [0x31, 0x81, 0x61] + Array(".txt".utf8), in: &bytes)
            }
        ) { path in
            let folder = try PackedFolder(archive: path, limits: ArchiveLimits())
            #expect(Set(folder.entries.map(\.name)) == ["1丄.txt", "1乤.txt"])
            #expect(try text("1丄.txt", of: folder) == "first")
            #expect(try text("1乤.txt", of: folder) == "second")
        }
    }

    private static func replace(_ old: [UInt8], with new: [UInt8], in bytes: inout [UInt8]) {
        var place = 0
        while place + old.count <= bytes.count {
            if bytes[place..<(place + old.count)].elementsEqual(old) {
                bytes.replaceSubrange(place..<(place + old.count), with: new)
            }
            place += 1
        }
    }

    @Test(
        "Names that lead out of the folder or that systems cannot have are refused",
        arguments: [
            "../a.txt", "/etc/passwd", "a/../../b.txt", "a\\b.txt", "C:a.txt", "a//b.txt", "./a.txt",
            "a\u{202E}txt.exe",
            "a/b/c/d/e/f/g/h/i.txt",
        ])
    func hostileNames(_ name: String) throws {
        try archive([(name, "x")]) { path in
            #expect(throws: PackedFailure.self) { try PackedFolder(archive: path, limits: ArchiveLimits()) }
        }
    }

    @Test("The same name twice, links, and archives that are too large or none are refused")
    func refused() throws {
        try archive([("a.txt", "1"), ("A.TXT", "2")]) { path in
            #expect(throws: PackedFailure.badName("A.TXT", .places)) {
                try PackedFolder(archive: path, limits: ArchiveLimits())
            }
        }
        let link: (inout [UInt8]) -> Void = { bytes in
            guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: [0x50, 0x4B, 0x01, 0x02]) }) else {
                return
            }
            // Made under Unix, with the mode of a symbolic link.
            bytes[start + 5] = 3
            bytes.replaceSubrange((start + 38)..<(start + 42), with: [0, 0, 0xFF, 0xA1])
        }
        try archive([("link", "/etc/passwd")], link) { path in
            #expect(throws: PackedFailure.badName("link", .places)) {
                try PackedFolder(archive: path, limits: ArchiveLimits())
            }
        }
        try archive([("a.txt", "12345"), ("b.txt", "12345")]) { path in
            var limits = ArchiveLimits()
            limits.inflatedBytes = 8
            #expect(throws: PackedFailure.tooLarge) { try PackedFolder(archive: path, limits: limits) }
            limits = ArchiveLimits()
            limits.entries = 1
            #expect(throws: PackedFailure.tooLarge) { try PackedFolder(archive: path, limits: limits) }
        }
        try archive([("a.txt", "x")], { $0 = Array("no archive".utf8) }) { path in
            #expect(throws: PackedFailure.damaged) { try PackedFolder(archive: path, limits: ArchiveLimits()) }
        }
    }

    @Test("A folder of this machine is read the same way; links in it are refused")
    func folders() throws {
        let root = NSTemporaryDirectory() + "folder-" + UUID().uuidString, manager = FileManager.default
        defer { try? manager.removeItem(atPath: root) }
        try manager.createDirectory(atPath: root + "/课", withIntermediateDirectories: true)
        try Data("内容".utf8).write(to: URL(fileURLWithPath: root + "/课/教案.txt"))
        let folder = try PackedFolder(folder: root, limits: ArchiveLimits())
        #expect(folder.entries.map(\.name) == ["课/教案.txt"] && folder.entries[0].size == 6)
        #expect(try text("课/教案.txt", of: folder) == "内容")
        try manager.createSymbolicLink(atPath: root + "/link", withDestinationPath: "/etc/hostname")
        #expect(throws: PackedFailure.badName("link", .places)) {
            try PackedFolder(folder: root, limits: ArchiveLimits())
        }
        #expect(throws: PackedFailure.unreadable) {
            try PackedFolder(folder: root + "/none", limits: ArchiveLimits())
        }
    }
}
