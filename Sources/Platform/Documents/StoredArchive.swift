import Foundation

/// Writes a zip archive file by file, without packing: what is in it compresses on the way or not at all.
/// Good for archives below 4 GiB; `finish` throws beyond.
package final class StoredArchive {
    package enum Failure: Error { case tooLarge }

    private struct Entry { let name: [UInt8]; var checksum: UInt32 = 0; var size = 0; let start: Int }

    private let file: FileHandle
    private var entries: [Entry] = []
    private var position = 0
    private var buffer: [UInt8] = []
    private var running: UInt32 = 0

    /// Throws when the file cannot be made.
    package init(path: String) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    /// Begins the next file.
    package func begin(_ name: String) throws {
        try end()
        entries.append(Entry(name: Array(name.utf8), start: position))
        running = 0xFFFF_FFFF
        write(StoredArchive.header(entries[entries.count - 1], isLocal: true))
    }

    package func add(_ bytes: [UInt8]) throws {
        for byte in bytes { running = StoredArchive.table[Int((running ^ UInt32(byte)) & 0xFF)] ^ (running >> 8) }
        entries[entries.count - 1].size += bytes.count
        write(bytes)
        if buffer.count > 1 << 20 { try flush() }
    }

    /// Size and checksum follow the content, so that it need not be known before.
    private func end() throws {
        guard !entries.isEmpty else { return }
        entries[entries.count - 1].checksum = running ^ 0xFFFF_FFFF
        let entry = entries[entries.count - 1]
        write(
            StoredArchive.little(0x0807_4B50, 4) + StoredArchive.little(Int(entry.checksum), 4)
                + StoredArchive.little(entry.size, 4) + StoredArchive.little(entry.size, 4))
        try flush()
    }

    package func finish() throws {
        try end()
        let start = position
        for entry in entries { write(StoredArchive.header(entry, isLocal: false)) }
        let size = position - start
        guard position < Int(UInt32.max) else { throw Failure.tooLarge }
        write(
            StoredArchive.little(0x0605_4B50, 4) + [0, 0, 0, 0] + StoredArchive.little(entries.count, 2)
                + StoredArchive.little(entries.count, 2) + StoredArchive.little(size, 4)
                + StoredArchive.little(start, 4)
                + [0, 0])
        try flush()
        try file.close()
    }

    private func write(_ bytes: [UInt8]) {
        buffer.append(contentsOf: bytes)
        position += bytes.count
    }

    private func flush() throws {
        try file.write(contentsOf: Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }

    /// Of a file before its content, or in the directory at the end (APPNOTE 6.3, sections 4.3.7 and 4.3.12). Bit 3 says
    /// that the sizes follow, bit 11 that the name is UTF-8; the time is the first of January 1980.
    private static func header(_ entry: Entry, isLocal: Bool) -> [UInt8] {
        let version = little(20, 2), flags = little(0x0808, 2), time = little(0, 2) + little(0x21, 2)
        let sizes =
            isLocal
            ? little(0, 12) : little(Int(entry.checksum), 4) + little(entry.size, 4) + little(entry.size, 4)
        let common = version + flags + little(0, 2) + time + sizes + little(entry.name.count, 2) + little(0, 2)
        if isLocal { return little(0x0403_4B50, 4) + common + entry.name }
        return little(0x0201_4B50, 4) + version + common + little(0, 10) + little(entry.start, 4) + entry.name
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> ($0 * 8)) : 0 }
    }

    /// Of the polynomial 0xEDB88320.
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
