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

    /// Keeps a text as if it had come so many days ago; its hash.
    private func keep(_ text: String, days: Int, in city: TestCity) throws -> String {
        let files = city.platform.files, path = city.folder + "/coming"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let hash = try files.keep(fileAt: path).sha256
        let date = Date().addingTimeInterval(Double(-days) * 86_400)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: files.path(of: hash))
        return hash
    }

    @Test(arguments: TestDatabase.allCases)
    func `sealed contents that only a column of their own names are not swept`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let ready = try keep("导出", days: 3, in: city), compared = try keep("比对", days: 3, in: city)
            let bundle = try keep("名册包", days: 3, in: city), done = try keep("处理完的名册包", days: 3, in: city)
            try await city.database.write { db in
                try db.execute(
                    """
                    INSERT INTO rosters_export_order (id, place_id, place, template, day, is_full, reason, why, account_id,
                        author, role, address, state, message, sha256, created_at)
                    SELECT '1', MIN(id), '县', 't', '2026-11-30', 0, '', '', '1', '', '', '', 'ready', '', \(ready), 1
                        FROM directory_organisation
                    """)
                try db.execute(
                    """
                    INSERT INTO rosters_difference (id, place, path, subject, file_name, compared_rows, found, sealed,
                        created_at, created_by, is_lined, state, sha256, file_key)
                    VALUES ('1', '', '0001/', 'pupils', '', 0, 0, \(DatabaseValue.blob([1])), 1, '', 1, 'waiting',
                        \(compared), \(DatabaseValue.blob([1])))
                    """)
                try db.execute(
                    """
                    INSERT INTO exchange_partner (id, name, code, organisation_id, owners, accepts_alone, format,
                        is_sensitive, reason, is_on, busy_until, failure, created_at, created_by, revision)
                    SELECT '1', '', '1', MIN(id), '', 0, 'csv', 0, '', 1, 0, '', 1, '', 1 FROM directory_organisation
                    """)
                for (id, hash, key) in [("1", bundle, DatabaseValue.blob([1])), ("2", done, .null)] {
                    try db.execute(
                        """
                        INSERT INTO exchange_bundle (id, partner_id, file_name, sha256, file_key, sm3, state, pupils_batch,
                            staff_batch, count_new, count_changed, count_unchanged, count_doubtful, count_refused,
                            count_cells, digest, pupils, staff, ended, skipped, problems, message, created_at, created_by,
                            decided_by, undone_by)
                        VALUES (\(id), '1', '', \(hash), \(key), '', 'reading', '', '', 0, 0, 0, 0, 0, 0, '', 0, 0, 0, 0,
                            '', '', 1, '', '', '')
                        """)
                }
            }
            #expect(try await city.platform.media.care.sweep().map(\.sha256) == [done])
            #expect(try await city.platform.media.care.verify().isClean)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the record of a file that nothing keeps goes, and its content with it`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let files = city.platform.files, care = city.platform.media.care
            let old = try keep("旧附件", days: 3, in: city), young = try keep("新附件", days: 3, in: city)
            let twoDays = Timestamp.now.adding(days: -2)
            try await city.database.write { db in
                for (hash, now) in [(old, twoDays), (young, .now)] {
                    _ = try files.record(sha256: hash, size: 9, name: "a.txt", by: "王老师", now: now, on: db)
                }
            }
            #expect(try await care.sweep().map(\.sha256) == [old])
            let left: [String] = try await city.database.read { db in
                try db.column("SELECT sha256 FROM platform_file WHERE name = 'a.txt'")
            }
            #expect(left == [young])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what is given up counts until it is swept`(on database: TestDatabase) async throws {
        let later = Mutex(Int64(0))
        let clock: @Sendable () -> Timestamp = { Timestamp.now.adding(days: later.withLock { $0 }) }
        try await withTestCity(
            database,
            configured: { configuration, options in
                configuration.media.accountBytes = 100
                options.now = clock
            }
        ) { (city: TestCity) async throws in
            let sender = Sender(client: try await city.client(.wang)), text = [UInt8](repeating: 0x61, count: 60)
            let place = try await sender.send("a.txt", text), hash = Hex.encode(SHA256.hash(text))
            let stored = city.platform.files.path(of: hash)
            #expect(try await sender.client.send(.delete, place, Sender.version, []).status == 204)
            // It still lies there: sending and giving up again and again fills the disk no further.
            #expect(FileManager.default.fileExists(atPath: stored))
            #expect(try await sender.create(60).status == 413)
            later.withLock { $0 = 2 }
            #expect(try await city.platform.media.care.sweep().map(\.sha256) == [hash])
            #expect(!FileManager.default.fileExists(atPath: stored))
            #expect(try await sender.create(60).status == 201)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an upload of a content that is leaving waits for it to be gone`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let id = ID<Upload>.new(), hash = String(repeating: "c", count: 64), now = Timestamp.now
            try await city.database.write { db in
                let store = UploadStore(db)
                #expect(try store.beginSweep([hash], now: now) == [hash])
                #expect(try store.beginSweep([hash], now: now).isEmpty)
                try store.add(id, of: .new(), name: "b.txt", length: 12, now: now)
                try store.finish(id, sha256: hash, now: now)
                #expect(try store.take(id, until: now.adding(seconds: 60), now: now) == nil)
                try store.endSweep([hash])
                #expect(try store.take(id, until: now.adding(seconds: 60), now: now) != nil)
            }
        }
    }

    @Test func `a content that is kept again while it goes stays`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let files = city.platform.files, hash = try keep("又用上了", days: 9, in: city)
            let day = Timestamp.now.adding(days: -1)
            // Kept again: the same content from another form.
            _ = try files.keep(fileAt: city.folder + "/coming")
            #expect(try files.remove(hash, storedBefore: day) == false)
            #expect(FileManager.default.fileExists(atPath: files.path(of: hash)))
            // A process that died between putting aside and removing.
            let aside = city.folder + "/files/incoming/leaving-" + hash
            try FileManager.default.moveItem(atPath: files.path(of: hash), toPath: aside)
            try files.restoreAside()
            #expect(FileManager.default.fileExists(atPath: files.path(of: hash)))
            _ = try keep("又用上了", days: 9, in: city)
            #expect(try files.remove(hash, storedBefore: day))
            #expect(!FileManager.default.fileExists(atPath: files.path(of: hash)))
        }
    }

    @Test func `a damaged content is healed by the right one`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let files = city.platform.files, path = city.folder + "/coming", hash = try keep("正文", days: 0, in: city)
            for adopts in [false, true] {
                try Data("坏文".utf8).write(to: URL(fileURLWithPath: files.path(of: hash)))
                try Data("正文".utf8).write(to: URL(fileURLWithPath: path))
                if adopts { try files.adopt(fileAt: path, sha256: hash) } else { _ = try files.keep(fileAt: path) }
                #expect(FileManager.default.contents(atPath: files.path(of: hash)) == Data("正文".utf8))
            }
        }
    }

    @Test func `what cannot be read is told and ends nothing`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let sound = try keep("完好", days: 0, in: city), torn = String(repeating: "d", count: 64)
            // A folder in the place of a content cannot be read by anybody.
            try FileManager.default.createDirectory(
                atPath: city.platform.files.path(of: torn), withIntermediateDirectories: true)
            let report = try await city.platform.media.care.verify()
            #expect(report.damaged == [torn])
            #expect(report.sound >= 1 && FileManager.default.fileExists(atPath: city.platform.files.path(of: sound)))
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
            // A backup of that takes what is sound, whatever else lies about.
            try Data([1]).write(to: URL(fileURLWithPath: city.folder + "/files/incoming/coming"))
            let list = city.folder + "/files.txt", copy = city.folder + "/backup/files"
            let done = try await city.platform.media.care.copy(to: copy, list: list)
            #expect(done.count == 1 && done.damaged == [damaged])
            #expect(
                try String(contentsOfFile: list, encoding: .utf8) == "\(sound)  files/\(sound.prefix(2))/\(sound)\n")
            #expect(
                FileManager.default.contents(atPath: "\(copy)/\(sound.prefix(2))/\(sound)") == Data("完好".utf8))
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
