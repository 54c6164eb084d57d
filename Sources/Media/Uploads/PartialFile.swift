import Foundation
import Kernel
import Platform
import Synchronization

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
    private let descriptor: Int32
    /// Read without the lock: whoever asks how far it is waits for nothing.
    private let length: Atomic<Int>

    // Everything below is guarded by the lock, which is never held while a whole file is read.
    private let lock = NSLock()
    private var hash: RunningHash?
    private var synced = 0
    private var isGivenUp = false, isClosed = false

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
        length = Atomic(Int(facts.st_size))
    }

    deinit { if !isClosed { close(descriptor) } }

    /// Bytes that are there.
    var offset: Int { length.load(ordering: .acquiring) }
    /// Bytes written since they were last made safe.
    var unsynced: Int { lock.withLock { offset - synced } }

    /// Drops what lies beyond `count`, and goes on with the hash of what is left, if that is known.
    func begin(at count: Int, hash known: RunningHash?) throws {
        try lock.withLock {
            guard !isGivenUp else { throw PartialFileError.revoked }
            if offset > count {
                guard ftruncate(descriptor, off_t(count)) == 0 else { throw PartialFile.refusal() }
                length.store(count, ordering: .releasing)
            }
            (hash, synced) = (known, count)
            if offset == 0 { hash = SHA256.running() }
        }
    }

    /// Whether the hash of what is there must be made from the file.
    var needsHash: Bool { lock.withLock { hash == nil } }

    /// Reads what is there once more; after a restart only. It blocks, but nobody else: whoever takes the file over ends it.
    /// - Parameter step: runs after each piece.
    /// - Throws: `PartialFileError.revoked` when the file was given up meanwhile.
    func remakeHash(_ step: () -> Void = {}) throws {
        let (copy, count) = try held()
        defer { close(copy) }
        let fresh = SHA256.running()
        var buffer = [UInt8](repeating: 0, count: 256 << 10), at = 0
        while at < count {
            guard !lock.withLock({ isGivenUp }) else { throw PartialFileError.revoked }
            let read = pread(copy, &buffer, min(buffer.count, count - at), off_t(at))
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { throw PartialFile.refusal() }
            buffer.withUnsafeBytes { fresh.update(UnsafeRawBufferPointer(rebasing: $0[..<read])) }
            at += read
            step()
        }
        try lock.withLock {
            guard !isGivenUp, offset == count else { throw PartialFileError.revoked }
            hash = fresh
        }
    }

    /// A descriptor of one's own, and how many bytes there are; the caller closes it.
    private func held() throws -> (descriptor: Int32, count: Int) {
        try lock.withLock {
            guard !isGivenUp else { throw PartialFileError.revoked }
            let copy = dup(descriptor)
            guard copy >= 0 else { throw PartialFile.refusal() }
            return (copy, offset)
        }
    }

    /// Bytes at the start of the file, for a look at what it is.
    func head(_ count: Int) -> [UInt8] {
        lock.withLock {
            guard !isClosed else { return [] }
            var bytes = [UInt8](repeating: 0, count: count)
            let read = pread(descriptor, &bytes, count, 0)
            return Array(bytes.prefix(max(0, read)))
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try lock.withLock {
            guard !isGivenUp else { throw PartialFileError.revoked }
            let length = offset
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
            self.length.store(length + bytes.count, ordering: .releasing)
        }
    }

    /// Makes all that is there survive a power cut, and tells how much that is. It blocks.
    func sync() throws -> Int {
        let (copy, count) = try held()
        defer { close(copy) }
        guard fdatasync(copy) == 0 else { throw PartialFile.refusal() }
        return try lock.withLock {
            // Whoever has it now says how much counts.
            guard !isGivenUp else { throw PartialFileError.revoked }
            synced = max(synced, count)
            return count
        }
    }

    /// The state of the hash, to come back to.
    func mark() -> (offset: Int, hash: RunningHash?) { lock.withLock { (offset, hash?.copy()) } }

    /// Hexadecimal SHA-256 of all that is there.
    func digest() -> String? { lock.withLock { hash.map { Hex.encode($0.digest()) } } }

    /// Gives the file up; nothing more is written through this object.
    /// - Parameter rest: gets the hash while the file is still held, so that whoever has it next finds it.
    func release(_ rest: ((offset: Int, hash: RunningHash)) -> Void = { _ in }) {
        let known = lock.withLock { () -> RunningHash? in
            isGivenUp = true
            defer { hash = nil }
            return hash
        }
        if let known { rest((offset, known)) }
        lock.withLock {
            guard !isClosed else { return }
            isClosed = true
            // A copy that is being made safe elsewhere would hold it on.
            flock(descriptor, LOCK_UN)
            close(descriptor)
        }
    }

    static func refusal() -> DomainError {
        errno == ENOSPC || errno == EDQUOT
            ? .unavailable("存储空间不足，文件没有存下。已经上传的部分还在，可以稍后继续。请联系平台管理员。")
            : .unavailable("文件暂时不能保存，请稍后继续。")
    }
}
