import Database
import Foundation
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Media

@Suite("存储：看护") struct StorageCareTests {
    @Test(arguments: TestDatabase.allCases)
    func `only what no record names and is older than a day is swept`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let files = city.platform.files, care = city.platform.media.care
            func keep(_ text: String, days: Int) throws -> String {
                let path = city.folder + "/coming"
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                let hash = try files.keep(fileAt: path).sha256
                let date = Date().addingTimeInterval(Double(-days) * 86_400)
                try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: files.path(of: hash))
                return hash
            }
            let old = try keep("没人要的", days: 2), young = try keep("刚来的", days: 0), named = try keep("有记录的", days: 9)
            let waiting = try keep("等着用的", days: 9)
            try await city.database.write { db in
                _ = try files.record(sha256: named, size: 12, name: "a.txt", by: "王老师", now: .now, on: db)
                let store = UploadStore(db), id = ID<Upload>.new()
                try store.add(id, of: .new(), name: "b.txt", length: 12, now: .now)
                try store.finish(id, sha256: waiting, now: .now)
            }
            #expect(try await care.orphans().map(\.sha256) == [old])
            #expect(FileManager.default.fileExists(atPath: files.path(of: old)))
            #expect(try await care.sweep().map(\.sha256) == [old])
            #expect(!FileManager.default.fileExists(atPath: files.path(of: old)))
            for hash in [young, named, waiting] {
                #expect(FileManager.default.fileExists(atPath: files.path(of: hash)))
            }
        }
    }

    @Test func `damage and loss are told`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let files = city.platform.files, path = city.folder + "/coming"
            try Data("完好".utf8).write(to: URL(fileURLWithPath: path))
            let sound = try files.keep(fileAt: path).sha256
            try Data("将坏".utf8).write(to: URL(fileURLWithPath: path))
            let damaged = try files.keep(fileAt: path).sha256
            try Data("坏了".utf8).write(to: URL(fileURLWithPath: files.path(of: damaged)))
            let lost = String(repeating: "a", count: 64)
            try await city.database.write { db in
                for hash in [sound, damaged, lost] {
                    _ = try files.record(sha256: hash, size: 6, name: "a.txt", by: "王老师", now: .now, on: db)
                }
            }
            let report = try await city.platform.media.care.verify()
            #expect(report.sound == 1)
            #expect(report.damaged == [damaged])
            #expect(report.missing == [lost])
            let list = city.folder + "/files.txt"
            #expect(try await city.platform.media.care.writeManifest(to: list) == 2)
            #expect(try String(contentsOfFile: list, encoding: .utf8).contains("\(sound)  6\n"))
        }
    }

    /// A store that is away for a while.
    private final class Away: OutboundHTTP {
        let answers: Mutex<[Result<OutboundResponse, OutboundError>]>
        let asked = Mutex(0)

        init(_ answers: [Result<OutboundResponse, OutboundError>]) { self.answers = Mutex(answers) }

        func send(_ request: OutboundRequest) async throws -> OutboundResponse {
            asked.withLock { $0 += 1 }
            return try answers.withLock { $0.isEmpty ? .failure(.unreachable) : $0.removeFirst() }.get()
        }
    }

    private func storage(_ store: Away, _ folder: String) throws -> S3Storage {
        let bucket = try #require(
            S3Bucket(endpoint: "http://s3.example", bucket: "files", accessKey: "a", secretKey: "b"))
        return try S3Storage(bucket, outbound: store, cacheFolder: folder, pause: .milliseconds(1))
    }

    @Test func `a store that comes back within a moment is waited for`() async throws {
        let folder = NSTemporaryDirectory() + "santong-cache-" + Identifiers.next()
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
        let store = Away([
            .failure(.unreachable), .success(OutboundResponse(status: 503)), .failure(.timeout),
            .success(OutboundResponse(status: 200, headers: [("Content-Length", "7")])),
        ])
        #expect(try await storage(store, folder).size(of: String(repeating: "b", count: 64)) == 7)
        let gone = Away([])
        await #expect(throws: DomainError.self) { _ = try await self.storage(gone, folder).size(of: "b") }
        #expect(gone.asked.withLock { $0 } == 4)
        let refused = Away([.success(OutboundResponse(status: 403))])
        await #expect(throws: DomainError.self) { _ = try await self.storage(refused, folder).size(of: "b") }
        #expect(refused.asked.withLock { $0 } == 1)
    }

    @Test func `what a store gives back damaged is not served`() async throws {
        let folder = NSTemporaryDirectory() + "santong-cache-" + Identifiers.next()
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
        let store = Away([
            .success(OutboundResponse(status: 200, headers: [("Content-Length", "3")])),
            .success(OutboundResponse(status: 206, body: [1, 2, 3])),
        ])
        let hash = Hex.encode(SHA256.hash([1, 2, 4]))
        await #expect(throws: DomainError.self) { _ = try await self.storage(store, folder).localPath(of: hash) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
}
