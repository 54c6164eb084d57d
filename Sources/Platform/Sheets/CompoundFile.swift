/// The container of Office files before 2007 ([MS-CFB]): a small file system of streams in sectors. Every chain and every
/// position is checked; a file that lies about them is `SheetError.damaged`.
struct CompoundFile {
    private let bytes: [UInt8]
    private let sectorSize: Int
    private let fat: [UInt32]
    private let entries: [Entry]

    private struct Entry {
        let name: String
        let isStream: Bool
        let isRoot: Bool
        let start: UInt32
        let size: Int
    }

    private static let endOfChain: UInt32 = 0xFFFF_FFFE
    private static let miniSize = 64

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        let shift = try bytes.u16(0x1E)
        guard shift == 9 || shift == 12 else { throw SheetError.damaged }
        sectorSize = 1 << Int(shift)
        var table: [UInt32] = []
        for sector in try CompoundFile.tableSectors(bytes, sectorSize) {
            table += try CompoundFile.words(bytes, sector, sectorSize)
        }
        fat = table
        let directory = try CompoundFile.chain(
            from: try bytes.u32(0x30), in: table, bytes: bytes, sectorSize: sectorSize, limit: bytes.count)
        entries = try stride(from: 0, to: directory.count - 127, by: 128).compactMap { at in
            let length = Int(try directory.u16(at + 0x40))
            guard length >= 2, length <= 64 else { return nil }
            let units = try stride(from: at, to: at + length - 2, by: 2).map { try directory.u16($0) }
            let kind = directory[at + 0x42]
            return Entry(
                name: String(decoding: units, as: UTF16.self), isStream: kind == 2, isRoot: kind == 5,
                start: try directory.u32(at + 0x74), size: Int(try directory.u32(at + 0x78)))
        }
    }

    /// The content of a stream; `nil` when there is none of the name.
    func stream(_ name: String) throws -> [UInt8]? {
        guard let entry = entries.first(where: { $0.isStream && $0.name.lowercased() == name.lowercased() }) else {
            return nil
        }
        guard entry.size <= bytes.count else { throw SheetError.damaged }
        if entry.size >= Int(try bytes.u32(0x38)) {
            let all = try CompoundFile.chain(
                from: entry.start, in: fat, bytes: bytes, sectorSize: sectorSize, limit: entry.size)
            guard all.count >= entry.size else { throw SheetError.damaged }
            return Array(all.prefix(entry.size))
        }
        return try small(entry)
    }

    /// Small streams lie in the stream of the root, in pieces of 64 bytes with a table of their own.
    private func small(_ entry: Entry) throws -> [UInt8] {
        guard let root = entries.first(where: \.isRoot) else { throw SheetError.damaged }
        let container = try CompoundFile.chain(
            from: root.start, in: fat, bytes: bytes, sectorSize: sectorSize, limit: bytes.count)
        let tableBytes = try CompoundFile.chain(
            from: try bytes.u32(0x3C), in: fat, bytes: bytes, sectorSize: sectorSize, limit: bytes.count)
        let table = try stride(from: 0, to: tableBytes.count - 3, by: 4).map { try tableBytes.u32($0) }
        var content: [UInt8] = [], sector = entry.start, steps = 0
        while content.count < entry.size {
            let at = Int(sector) * CompoundFile.miniSize
            guard sector < CompoundFile.endOfChain, Int(sector) < table.count, steps <= table.count,
                at + CompoundFile.miniSize <= container.count
            else { throw SheetError.damaged }
            content += container[at..<(at + CompoundFile.miniSize)]
            sector = table[Int(sector)]
            steps += 1
        }
        return Array(content.prefix(entry.size))
    }

    /// Where the parts of the sector table lie: 109 in the header, the rest in a chain of sectors of their own.
    private static func tableSectors(_ bytes: [UInt8], _ size: Int) throws -> [UInt32] {
        let count = Int(try bytes.u32(0x2C))
        guard count <= bytes.count / size + 1 else { throw SheetError.damaged }
        var sectors = try (0..<min(count, 109)).map { try bytes.u32(0x4C + 4 * $0) }
        var next = try bytes.u32(0x44), steps = 0
        while sectors.count < count {
            guard next < endOfChain, steps <= count else { throw SheetError.damaged }
            let words = try words(bytes, next, size)
            sectors += words.dropLast().prefix(count - sectors.count)
            next = words[words.count - 1]
            steps += 1
        }
        return sectors
    }

    private static func words(_ bytes: [UInt8], _ sector: UInt32, _ size: Int) throws -> [UInt32] {
        let start = (Int(sector) + 1) * size
        return try stride(from: start, to: start + size, by: 4).map { try bytes.u32($0) }
    }

    private static func chain(
        from start: UInt32, in fat: [UInt32], bytes: [UInt8], sectorSize: Int, limit: Int
    ) throws -> [UInt8] {
        var content: [UInt8] = [], sector = start, steps = 0
        while sector < endOfChain, content.count < limit {
            let at = (Int(sector) + 1) * sectorSize
            guard Int(sector) < fat.count, steps <= fat.count, at < bytes.count else { throw SheetError.damaged }
            // The last sector of a file may be cut short.
            content += bytes[at..<min(at + sectorSize, bytes.count)]
            sector = fat[Int(sector)]
            steps += 1
        }
        return content
    }
}

extension [UInt8] {
    /// Little-endian numbers; `SheetError.damaged` beyond the end.
    func u16(_ at: Int) throws -> UInt16 {
        guard at >= 0, at + 2 <= count else { throw SheetError.damaged }
        return UInt16(self[at]) | UInt16(self[at + 1]) << 8
    }

    func u32(_ at: Int) throws -> UInt32 { UInt32(try u16(at)) | UInt32(try u16(at + 2)) << 16 }

    func u64(_ at: Int) throws -> UInt64 { UInt64(try u32(at)) | UInt64(try u32(at + 4)) << 32 }
}
