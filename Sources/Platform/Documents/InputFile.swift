import Glibc

/// A file open for reading from its start; closes itself.
final class InputFile {
    private let descriptor: Int32
    /// Bytes in the file when it was opened.
    let size: Int

    init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ArchiveError.unreadable }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ArchiveError.unreadable
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills what it can of the buffer; 0 at the end of the file.
    func read(into buffer: UnsafeMutableRawPointer, capacity: Int) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer, capacity)
            if count >= 0 { return count }
            guard errno == EINTR else { throw ArchiveError.unreadable }
        }
    }

    func rewind() throws {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw ArchiveError.unreadable }
    }

    /// Hands over the rest of the file in pieces of at most 64 KiB, until `body` answers false.
    func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
        let capacity = 65_536
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try read(into: buffer, capacity: capacity)
            if count == 0 { return }
            guard try body(UnsafeRawBufferPointer(start: buffer, count: count)) else { return }
        }
    }

    static func bytes(ofFileAt path: String, limit: Int) throws -> [UInt8] {
        let file = try InputFile(path: path)
        guard file.size <= limit else { throw ArchiveError.tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(file.size)
        try file.forEachChunk { chunk in
            guard bytes.count + chunk.count <= limit else { throw ArchiveError.tooLarge }
            bytes.append(contentsOf: chunk)
            return true
        }
        return bytes
    }
}
