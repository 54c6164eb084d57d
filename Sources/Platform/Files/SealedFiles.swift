import Foundation
import Kernel

/// Files that hold what must not lie on the disk in plain. Each is encrypted under a key of its own; whoever keeps the key,
/// sealed in a column, can open the file, and forgetting the key erases it.
package struct SealedFiles: Sendable {
    /// A kept file and the key that opens it; the key is to be sealed at once.
    package struct Kept: Sendable {
        /// Of the encrypted content; also its place in the folder.
        package let sha256: String
        /// Bytes on disk.
        package let size: Int
        package let key: [UInt8]
    }

    private static let chunk = 1 << 20
    private let files: FileStore
    private let crypto: any CryptoProvider
    private let workFolder: String

    /// - Parameter workFolder: where a file stands in plain while it is read; cleared when the server starts.
    package init(files: FileStore, crypto: any CryptoProvider, workFolder: String) {
        (self.files, self.crypto, self.workFolder) = (files, crypto, workFolder)
    }

    /// Encrypts and keeps a copy of the file at `path`. Blocks.
    package func keep(fileAt path: String) throws -> Kept {
        let key = SecureRandom.bytes(KeyRing.secretByteCount)
        let target = workPath()
        defer { try? FileManager.default.removeItem(atPath: target) }  // a left-over goes when the server starts
        try transfer(from: path, to: target) { input, output in
            let cipher = provider(key)
            var number = 0
            var bytes = try input.read(upToCount: SealedFiles.chunk) ?? Data()
            repeat {
                let next = try input.read(upToCount: SealedFiles.chunk) ?? Data()
                let context = SealedFiles.context(number, isLast: next.isEmpty)
                let sealed = try cipher.seal(Array(bytes), context: context)
                try output.write(contentsOf: SealedFiles.frame(sealed.count) + Data(sealed))
                (bytes, number) = (next, number + 1)
            } while !bytes.isEmpty
        }
        let kept = try files.keep(fileAt: target)
        return Kept(sha256: kept.sha256, size: kept.size, key: key)
    }

    /// Hands over the path of the file in plain, which is gone when the body returns.
    /// - Throws: `CryptoError.notAuthentic` when the content or the key is not the right one.
    package func withPlain<T>(_ sha256: String, key: [UInt8], _ body: (String) async throws -> T) async throws -> T {
        let target = workPath(), source = files.path(of: sha256)
        defer { try? FileManager.default.removeItem(atPath: target) }  // as above
        try await SheetRowFeed.onThread { try open(source, key: key, to: target) }
        return try await body(target)
    }

    private func open(_ source: String, key: [UInt8], to target: String) throws {
        try transfer(from: source, to: target) { input, output in
            let cipher = provider(key)
            var number = 0
            var bytes = try SealedFiles.framed(input)
            while let sealed = bytes {
                let next = try SealedFiles.framed(input)
                let context = SealedFiles.context(number, isLast: next == nil)
                try output.write(contentsOf: Data(try cipher.open(sealed, context: context)))
                (bytes, number) = (next, number + 1)
            }
        }
    }

    private func transfer(
        from source: String, to target: String, _ body: (FileHandle, FileHandle) throws -> Void
    ) throws {
        guard let input = FileHandle(forReadingAtPath: source),
            FileManager.default.createFile(atPath: target, contents: nil, attributes: [.posixPermissions: 0o600]),
            let output = FileHandle(forWritingAtPath: target)
        else { throw DomainError.unavailable("文件读取失败，请稍后再试。") }
        defer {
            try? input.close()  // only read
            try? output.close()  // what could not be written was told by the write itself
        }
        try body(input, output)
    }

    private func workPath() -> String { "\(workFolder)/sealed-\(Identifiers.next())" }

    private func provider(_ key: [UInt8]) -> any CryptoProvider {
        let secret = SecretBytes(key)
        guard let ring = KeyRing(keys: [MasterKey(id: 1, secret: secret)], lookup: secret) else { return crypto }
        return crypto.under(ring)
    }

    /// The last piece says so: a file cut short does not open.
    private static func context(_ number: Int, isLast: Bool) -> String {
        "santong file \(number)\(isLast ? " last" : "")"
    }

    private static func frame(_ count: Int) -> Data {
        withUnsafeBytes(of: UInt32(count).bigEndian) { Data($0) }
    }

    private static func framed(_ input: FileHandle) throws -> [UInt8]? {
        let head = try input.read(upToCount: 4) ?? Data()
        if head.isEmpty { return nil }
        let count = head.reduce(0) { $0 << 8 | Int($1) }
        guard head.count == 4, count <= chunk + 1024, let body = try input.read(upToCount: count), body.count == count
        else { throw CryptoError.notAuthentic }
        return Array(body)
    }
}
