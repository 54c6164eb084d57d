import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Media

/// The storages that every storage test runs on: the folder always, a bucket when `SANTONG_TEST_S3` names a store
/// (`http://127.0.0.1:5000`) whose keys are `SANTONG_TEST_S3_KEY` and `SANTONG_TEST_S3_SECRET`.
enum TestStorage: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case folder, bucket

    static var allCases: [TestStorage] { endpoint == nil ? [.folder] : [.folder, .bucket] }
    var testDescription: String { rawValue }

    private static let environment = ProcessInfo.processInfo.environment
    private static var endpoint: String? { environment["SANTONG_TEST_S3"] }

    /// A storage of its own, empty, and a folder to work in.
    func with(_ body: (any BlobStorage, _ folder: String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "santong-storage-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
        guard self == .bucket, let endpoint = TestStorage.endpoint else {
            return try await body(FolderStorage(try FileStore(root: folder + "/files")), folder)
        }
        let bucket = try #require(
            S3Bucket(
                endpoint: endpoint, bucket: "santong-" + Identifiers.next(),
                accessKey: TestStorage.environment["SANTONG_TEST_S3_KEY"] ?? "test",
                secretKey: TestStorage.environment["SANTONG_TEST_S3_SECRET"] ?? "test", prefix: "files/"))
        let client = OutboundClient(policy: OutboundPolicy(allowsPrivate: true), logger: TestDatabase.logger)
        defer { client.close() }
        #expect(try await client.send(bucket.request(.put, key: "", now: .now)).status < 300)
        try await body(
            try S3Storage(
                bucket, outbound: client, cacheFolder: folder + "/cache", pause: .milliseconds(1)), folder)
    }
}

@Suite("存储：同一套要求") struct StorageContractTests {
    private func file(_ bytes: [UInt8], in folder: String) throws -> (path: String, sha256: String) {
        let path = folder + "/coming-" + Identifiers.next()
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return (path, Hex.encode(SHA256.hash(bytes)))
    }

    @Test(arguments: TestStorage.allCases)
    func `what is put is read, whole and in part`(_ kind: TestStorage) async throws {
        try await kind.with { storage, folder in
            let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let file = try file(bytes, in: folder)
            try await storage.put(fileAt: file.path, sha256: file.sha256, size: bytes.count)
            #expect(try await storage.size(of: file.sha256) == bytes.count)
            #expect(try await storage.read(file.sha256, 0..<bytes.count) == bytes)
            #expect(try await storage.read(file.sha256, 69_990..<70_000) == Array(bytes[69_990...]))
            #expect(try await storage.read(file.sha256, 5..<5).isEmpty)
            let local = try await storage.localPath(of: file.sha256)
            #expect(FileManager.default.contents(atPath: local) == Data(bytes))
        }
    }

    @Test(arguments: TestStorage.allCases)
    func `the same content is kept once`(_ kind: TestStorage) async throws {
        try await kind.with { storage, folder in
            let begun = Timestamp.now
            for _ in 1...2 {
                let file = try file(Array("同一份".utf8), in: folder)
                try await storage.put(fileAt: file.path, sha256: file.sha256, size: 9)
            }
            var all: [StoredBlob] = [], after: String?
            repeat {
                let page = try await storage.list(after: after)
                all += page.blobs
                after = page.next
            } while after != nil
            #expect(all.count == 1)
            #expect(all.first?.size == 9)
            // Stores keep whole seconds.
            let stored = try #require(all.first?.storedAt)
            #expect(stored >= begun.adding(seconds: -2) && stored <= Timestamp.now.adding(seconds: 2))
        }
    }

    @Test(arguments: TestStorage.allCases)
    func `what is not there is told so`(_ kind: TestStorage) async throws {
        try await kind.with { storage, folder in
            let none = String(repeating: "0", count: 64)
            #expect(try await storage.size(of: none) == nil)
            try await storage.remove(none)
            await #expect(throws: DomainError.self) { _ = try await storage.read(none, 0..<4) }
            await #expect(throws: DomainError.self) { _ = try await storage.localPath(of: none) }
            let file = try file([1, 2, 3], in: folder)
            try await storage.put(fileAt: file.path, sha256: file.sha256, size: 3)
            try await storage.remove(file.sha256)
            #expect(try await storage.size(of: file.sha256) == nil)
            #expect(try await storage.list(after: nil).blobs.isEmpty)
        }
    }

    @Test(arguments: TestStorage.allCases)
    func `a file of several parts arrives whole`(_ kind: TestStorage) async throws {
        try await kind.with { storage, folder in
            let piece = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 >> 3) }
            let bytes = Array(repeatElement(piece, count: 18).joined()) + [1, 2, 3]
            let file = try file(bytes, in: folder)
            try await storage.put(fileAt: file.path, sha256: file.sha256, size: bytes.count)
            let local = try await storage.localPath(of: file.sha256)
            #expect(Hex.encode(try SHA256.hash(fileAt: local)) == file.sha256)
            #expect(
                try await storage.read(file.sha256, (16 << 20) - 2..<(16 << 20) + 2)
                    == Array(bytes[(16 << 20) - 2..<(16 << 20) + 2]))
        }
    }
}
