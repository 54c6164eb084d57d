import CZip
import Glibc

/// Why a packed file cannot be read. Callers turn it into their own error with a message for people.
enum ArchiveError: Error, Equatable {
    /// The file is missing or the system refuses to read it.
    case unreadable
    /// Cut short, overwritten, or not what it claims to be inside.
    case damaged
    case encrypted
    /// Inflates beyond the limits: by mistake or as an attack.
    case tooLarge
}

/// What reading one packed file may cost at most.
package struct ArchiveLimits: Sendable, Equatable {
    /// Bytes of the packed file itself.
    package var fileBytes = 64 << 20
    /// Bytes all parts together may inflate to.
    package var inflatedBytes = 512 << 20
    /// Inflated bytes for each packed byte, once a part is beyond 16 MiB.
    package var ratio = 200
    /// Parts in the archive.
    package var entries = 10_000

    package init() {}
}

/// A zip archive read part by part. Part names are keys only; nothing is ever written to disk.
///
/// Not safe to share between threads.
final class ZipArchive {
    private let handle: OpaquePointer
    private let limits: ArchiveLimits
    private let indexes: [String: UInt64]
    /// As they are written in the archive, in its order.
    let names: [String]
    private var inflated = 0

    convenience init(path: String, limits: ArchiveLimits) throws {
        let file = try InputFile(path: path)
        guard file.size <= limits.fileBytes else { throw ArchiveError.tooLarge }
        var code: Int32 = 0
        guard let handle = zip_open(path, ZIP_RDONLY, &code) else { throw ZipArchive.error(code) }
        try self.init(handle: handle, limits: limits)
    }

    convenience init(bytes: [UInt8], limits: ArchiveLimits) throws {
        guard bytes.count <= limits.fileBytes else { throw ArchiveError.tooLarge }
        guard !bytes.isEmpty, let copy = malloc(bytes.count) else { throw ArchiveError.damaged }
        bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) }
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        guard let source = zip_source_buffer_create(copy, UInt64(bytes.count), 1, &error) else {
            free(copy)
            throw ArchiveError.damaged
        }
        guard let handle = zip_open_from_source(source, ZIP_RDONLY, &error) else {
            zip_source_free(source)
            throw ZipArchive.error(zip_error_code_zip(&error))
        }
        try self.init(handle: handle, limits: limits)
    }

    private init(handle: OpaquePointer, limits: ArchiveLimits) throws {
        self.handle = handle
        self.limits = limits
        let count = zip_get_num_entries(handle, 0)
        var indexes: [String: UInt64] = [:], names: [String] = []
        if count >= 0, count <= limits.entries {
            for index in 0..<UInt64(count) {
                guard let name = zip_get_name(handle, index, 0) else { continue }
                names.append(String(cString: name))
                let key = ZipArchive.key(names[names.count - 1])
                if indexes[key] == nil { indexes[key] = index }
            }
        }
        (self.indexes, self.names) = (indexes, names)
        guard count <= limits.entries else { throw ArchiveError.tooLarge }
    }

    deinit { zip_discard(handle) }

    /// What the directory of the archive says of each part, names as the bytes that stand there.
    struct Part {
        let name: [UInt8]
        /// Bytes, inflated.
        let size: Int
        /// A link or a device instead of a file or folder.
        let isSpecial: Bool
    }

    func part(at index: Int) throws -> Part {
        guard let raw = zip_get_name(handle, UInt64(index), UInt32(ZIP_FL_ENC_RAW)) else { throw ArchiveError.damaged }
        var status = zip_stat_t()
        guard zip_stat_index(handle, UInt64(index), 0, &status) == 0 else { throw ArchiveError.damaged }
        var system: UInt8 = 0, attributes: UInt32 = 0
        zip_file_get_external_attributes(handle, UInt64(index), 0, &system, &attributes)
        // Made under Unix, the upper half is the mode of the file (APPNOTE 4.4.15).
        let kind = mode_t(attributes >> 16) & S_IFMT
        let isSpecial = system == UInt8(ZIP_OPSYS_UNIX) && kind != 0 && kind != S_IFREG && kind != S_IFDIR
        return Part(
            name: XMLBytes(cString: raw).buffer.map { $0 }, size: Int(clamping: status.size), isSpecial: isSpecial)
    }

    func contains(_ name: String) -> Bool { indexes[ZipArchive.key(name)] != nil }

    /// Part names regardless of case, as the Open Packaging Conventions compare them.
    private static func key(_ name: String) -> String {
        var bytes = name.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x41...0x5A: byte + 0x20
            case 0x5C: 0x2F
            default: byte
            }
        }
        if bytes.first == 0x2F { bytes.removeFirst() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Opens a part and hands `body` a function that fills a buffer with the next inflated bytes (0 at the end).
    /// Throws `damaged` when there is no such part.
    func withPart<Value>(
        _ name: String, _ body: ((UnsafeMutableRawPointer, Int) throws -> Int) throws -> Value
    ) throws -> Value {
        guard let index = indexes[ZipArchive.key(name)] else { throw ArchiveError.damaged }
        return try withPart(at: index, body)
    }

    private func withPart<Value>(
        at index: UInt64, _ body: ((UnsafeMutableRawPointer, Int) throws -> Int) throws -> Value
    ) throws -> Value {
        var status = zip_stat_t()
        guard zip_stat_index(handle, index, 0, &status) == 0 else { throw ArchiveError.damaged }
        if status.encryption_method != ZIP_EM_NONE { throw ArchiveError.encrypted }
        guard status.size <= UInt64(limits.inflatedBytes) else { throw ArchiveError.tooLarge }
        guard let file = zip_fopen_index(handle, index, 0) else {
            throw ZipArchive.error(zip_error_code_zip(zip_get_error(handle)))
        }
        defer { zip_fclose(file) }
        let packed = Int(clamping: max(status.comp_size, 1))
        var total = 0
        return try body { buffer, capacity in
            let count = Int(zip_fread(file, buffer, UInt64(capacity)))
            guard count >= 0 else { throw ZipArchive.error(zip_error_code_zip(zip_file_get_error(file))) }
            total += count
            self.inflated += count
            if self.inflated > self.limits.inflatedBytes { throw ArchiveError.tooLarge }
            if total > 16 << 20, total / packed > self.limits.ratio { throw ArchiveError.tooLarge }
            return count
        }
    }

    /// Hands over a part in pieces of at most 64 KiB. Throws as `withPart`.
    func forEachPiece(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let index = indexes[ZipArchive.key(name)] else { throw ArchiveError.damaged }
        try forEachPiece(at: Int(index), body)
    }

    /// The same by the part's place in the archive, for names that are no keys.
    func forEachPiece(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try withPart(at: UInt64(index)) { read in
            let capacity = 65_536
            let buffer = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            defer { buffer.deallocate() }
            while true {
                let count = try read(buffer, capacity)
                if count == 0 { return }
                try body(UnsafeRawBufferPointer(start: buffer, count: count))
            }
        }
    }

    private static func error(_ code: Int32) -> ArchiveError {
        switch code {
        case ZIP_ER_NOPASSWD, ZIP_ER_WRONGPASSWD, ZIP_ER_ENCRNOTSUPP: .encrypted
        case ZIP_ER_OPEN, ZIP_ER_MEMORY, ZIP_ER_READ: .unreadable
        default: .damaged
        }
    }
}
