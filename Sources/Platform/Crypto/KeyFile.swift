import Glibc

/// The file that holds the `KeyRing`, outside the database and readable by its owner only.
package struct KeyFile: Sendable {
    package let path: String
    private static let byteLimit = 64 * 1024

    package init(path: String) {
        self.path = path
    }

    /// - Throws: `CryptoError.keyFile` when the file is absent, open to others than its owner, or not a key file;
    ///   `CryptoError.file` when it cannot be read.
    package func load() throws -> KeyRing {
        guard let ring = try loadIfPresent() else { throw problem("不存在。请从备份恢复；没有它，加密数据无法读取") }
        return ring
    }

    /// As `load`, but an absent file is made, with mode 0600 and a new ring. Only for a database that holds nothing
    /// sealed yet: a new ring opens nothing old. Safe when two processes start at once.
    package func loadOrCreate() throws -> KeyRing {
        if let ring = try loadIfPresent() { return ring }
        return try locked { directory in
            if let ring = try loadIfPresent() { return ring }
            let ring = KeyRing.generate()
            try replace(with: ring, in: directory)
            return ring
        }
    }

    /// Adds a new current key. Processes that run go on with the old one until they start again, and cannot open
    /// what is sealed under the new one.
    package func rotate() throws -> KeyRing {
        try locked { directory in
            guard let ring = try load().rotated() else { throw problem("密钥编号已用完") }
            try replace(with: ring, in: directory)
            return ring
        }
    }

    /// Forgets every key but the current one. What is still sealed under another is lost: look first that nothing is.
    package func retireOld() throws -> KeyRing {
        try locked { directory in
            let ring = try load().onlyCurrent()
            try replace(with: ring, in: directory)
            return ring
        }
    }

    private func problem(_ reason: String) -> CryptoError { .keyFile(path: path, reason: reason) }

    private func failure() -> CryptoError { .file(path: path, code: errno) }

    private func loadIfPresent() throws -> KeyRing? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 && errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.byteLimit else { throw problem("不是密钥文件") }
        guard status.st_mode & 0o077 == 0 else { throw problem("其他用户可以读取。请执行 chmod 600 后重试") }
        var bytes = [UInt8](repeating: 0, count: Self.byteLimit)
        defer { bytes.withUnsafeMutableBytes { explicit_bzero($0.baseAddress!, $0.count) } }
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + count, $0.count - count) }
            if more == 0 { break }
            if more < 0 && errno == EINTR { continue }
            guard more > 0 else { throw failure() }
            count += more
        }
        guard let ring = KeyRing(fileText: String(decoding: bytes[..<count], as: UTF8.self)) else {
            throw problem("内容不完整或被改动。请从备份恢复")
        }
        return ring
    }

    /// Runs the body while no other process changes a key file of this folder.
    private func locked<Result>(_ body: (_ directory: Int32) throws -> Result) throws -> Result {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw CryptoError.file(path: folder, code: errno) }
        defer { close(directory) }
        while flock(directory, LOCK_EX) != 0 {
            guard errno == EINTR else { throw CryptoError.file(path: folder, code: errno) }
        }
        return try body(directory)
    }

    /// The file is whole or the former one at every moment, and on the disk when this returns.
    private func replace(with ring: KeyRing, in directory: Int32) throws {
        let draft = path + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        var isWritten = false
        defer {
            close(descriptor)
            if !isWritten { unlink(draft) }
        }
        guard fchmod(descriptor, 0o600) == 0 else { throw failure() }
        try write(Array(ring.fileText.utf8), to: descriptor)
        guard fsync(descriptor) == 0, rename(draft, path) == 0 else { throw failure() }
        isWritten = true
        guard fsync(directory) == 0 else { throw failure() }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            rest = rest.dropFirst(count)
        }
    }
}
