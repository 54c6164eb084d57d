import Foundation
import Kernel
import Platform

/// Why bytes of an upload cannot be written.
enum PartialFileError: Error {
    /// Another process writes to it.
    case busy
    /// Another request of the same upload has taken over.
    case revoked
}

/// The bytes of one upload on disk while one request writes to them, with their hash so far. Another request for the
/// same upload takes over at once: its sender has given up the line of this one.
final class PartialFile: @unchecked Sendable {
    // Everything below is guarded by the lock.
    private let lock = NSLock()
    private var descriptor: Int32
    private var hash: RunningHash?

    private var length: Int
    private var synced: Int

    /// Opens the file, or makes it, and holds it against other processes.
    /// - Throws: `PartialFileError.busy`, or `DomainError.unavailable` when the disk refuses.
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PartialFile.refusal() }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw PartialFileError.busy
        }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else {
            close(descriptor)
            throw PartialFile.refusal()
        }
        (length, synced) = (Int(facts.st_size), 0)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Bytes that are there.
    var offset: Int { lock.withLock { length } }
    /// Bytes written since they were last made safe.
    var unsynced: Int { lock.withLock { length - synced } }

    /// Drops what lies beyond `count`, and goes on with the hash of what is left, if that is known.
    func begin(at count: Int, hash known: RunningHash?) throws {
        try lock.withLock {
            if length > count {
                guard ftruncate(descriptor, off_t(count)) == 0 else { throw PartialFile.refusal() }
                length = count
            }
            (hash, synced) = (known, count)
            if length == 0 { hash = SHA256.running() }
        }
    }

    /// Whether the hash of what is there must be made from the file.
    var needsHash: Bool { lock.withLock { hash == nil } }

    /// Reads what is there once more; after a restart only. It blocks.
    func remakeHash() throws {
        try lock.withLock {
            let fresh = SHA256.running()
            try eachPiece { fresh.update($0) }
            hash = fresh
        }
    }

    /// Bytes at the start of the file, for a look at what it is.
    func head(_ count: Int) -> [UInt8] {
        lock.withLock {
            var bytes = [UInt8](repeating: 0, count: count)
            let read = pread(descriptor, &bytes, count, 0)
            return Array(bytes.prefix(max(0, read)))
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try lock.withLock {
            guard descriptor >= 0 else { throw PartialFileError.revoked }
            var written = 0
            while written < bytes.count {
                let count = pwrite(
                    descriptor, bytes.baseAddress! + written, bytes.count - written, off_t(length + written))
                if count < 0 {
                    if errno == EINTR { continue }
                    // What was written of the piece is cut off, so that hash and file say the same.
                    ftruncate(descriptor, off_t(length))
                    throw PartialFile.refusal()
                }
                written += count
            }
            hash?.update(bytes)
            length += bytes.count
        }
    }

    /// Makes all that is there survive a power cut, and tells how much that is. It blocks.
    func sync() throws -> Int {
        let (copy, count) = try lock.withLock { () throws -> (Int32, Int) in
            guard descriptor >= 0 else { throw PartialFileError.revoked }
            return (dup(descriptor), length)
        }
        defer { close(copy) }
        guard fdatasync(copy) == 0 else { throw PartialFile.refusal() }
        lock.withLock { synced = max(synced, count) }
        return count
    }

    /// The state of the hash, to come back to.
    func mark() -> (offset: Int, hash: RunningHash?) { lock.withLock { (length, hash?.copy()) } }

    /// Hexadecimal SHA-256 of all that is there.
    func digest() -> String? { lock.withLock { hash.map { Hex.encode($0.digest()) } } }

    /// Gives the file up; nothing more is written through this object.
    @discardableResult
    func release() -> (offset: Int, hash: RunningHash?) {
        lock.withLock {
            if descriptor >= 0 {
                // A copy that is being made safe elsewhere would hold it on.
                flock(descriptor, LOCK_UN)
                close(descriptor)
            }
            descriptor = -1
            defer { hash = nil }
            return (length, hash)
        }
    }

    private func eachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws {
        var buffer = [UInt8](repeating: 0, count: 256 << 10), at = 0
        while at < length {
            let count = pread(descriptor, &buffer, min(buffer.count, length - at), off_t(at))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw PartialFile.refusal() }
            buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            at += count
        }
    }

    static func refusal() -> DomainError {
        errno == ENOSPC || errno == EDQUOT
            ? .unavailable("存储空间不足，文件没有存下。已经上传的部分还在，可以稍后继续。请联系平台管理员。")
            : .unavailable("文件暂时不能保存，请稍后继续。")
    }
}
