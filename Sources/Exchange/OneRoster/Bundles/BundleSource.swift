import Foundation
import Platform

/// Where the files of a bundle come from. They are read piece by piece and as often as it takes: what is in memory does not
/// grow with their content.
package struct BundleSource: Sendable {
    /// Names of the files that are there, `users.csv` among them.
    package let names: Set<String>
    private let pieces: @Sendable (String, (UnsafeRawBufferPointer) throws -> Void) throws -> Void

    /// What an archive may cost: 100 files, 64 MiB packed, 512 MiB unpacked, and of a file beyond 16 MiB no more than 100
    /// bytes out of one.
    package static var limits: ArchiveLimits {
        var limits = ArchiveLimits()
        (limits.fileBytes, limits.inflatedBytes, limits.ratio, limits.entries) = (64 << 20, 512 << 20, 100, 100)
        return limits
    }

    /// An archive as it was sent. Blocks. Throws `PackedFailure`.
    package init(archiveAt path: String, limits: ArchiveLimits = BundleSource.limits) throws {
        names = Set(try PackedFiles.names(path: path, limits: limits))
        pieces = { name, body in try PackedFiles.forEachPiece(of: name, path: path, limits: limits, body) }
    }

    /// A folder with the files of an unpacked bundle. Blocks. Throws when it cannot be read.
    package init(folder: String) throws {
        names = Set(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".csv") })
        pieces = { name, body in
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder + "/" + name))
            defer { try? file.close() }  // only read
            while let piece = try file.read(upToCount: 1 << 16), !piece.isEmpty {
                try piece.withUnsafeBytes(body)
            }
        }
    }

    /// Whether the file of the name, without `.csv`, is there.
    func has(_ file: String) -> Bool { names.contains(file + ".csv") }

    /// Hands over the lines of a file, that of the headers as number 1. Blocks.
    /// - Throws: `BundleLines.Malformed`, `PackedFailure`, and what the body throws.
    func lines(of file: String, _ body: (_ number: Int, _ cells: [String]) throws -> Void) throws {
        var lines = BundleLines()
        try pieces(file + ".csv") { try lines.read($0, body) }
        try lines.finish(body)
    }

    /// The records of a file that was found in order, read on a thread of their own.
    func feed(_ file: String) -> BatchFeed<BundleRecord> {
        let headers = BundleRules.headers(file) ?? []
        let columns = Dictionary(headers.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return BatchFeed("bundle-records") { hand in
            try lines(of: file) { number, cells in
                if number > 1 { try hand(BundleRecord(line: number, columns: columns, cells: cells)) }
            }
        }
    }
}

/// A key of the sender, cut down to 16 bytes of its SHA-256: what is kept of each of millions of them.
struct BundleKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    init(_ text: String) {
        let digest = SHA256.hash(text)
        func word(_ start: Int) -> UInt64 { digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        (high, low) = (word(0), word(8))
    }
}
