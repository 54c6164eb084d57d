import App
import Database
import Foundation
import Glibc
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Media

@Suite("安全检查") struct ScanningTests {
    @Test(arguments: [
        ("stream: OK\0", ScanVerdict.clean),
        ("stream: Eicar-Test-Signature FOUND\0", .infected("Eicar-Test-Signature")),
        ("INSTREAM size limit exceeded. ERROR\0", .incomplete), ("stream: Access denied ERROR\0", .unavailable),
        ("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", .incomplete),
        ("stream: Heuristics.Broken.Executable FOUND\0", .infected("Heuristics.Broken.Executable")),
        ("", .unavailable), ("stream: OKAY\0", .unavailable),
    ])
    func `answers of clamd are read`(_ answer: String, _ verdict: ScanVerdict) {
        #expect(ClamScanner.verdict(answer) == verdict)
    }

    @Test func `addresses are read`() {
        #expect(ScannerAddress("unix:/run/clamav/clamd.ctl") == .unix(path: "/run/clamav/clamd.ctl"))
        #expect(ScannerAddress("tcp:127.0.0.1:3310") == .tcp(host: "127.0.0.1", port: 3310))
        for text in ["", "unix:clamd", "tcp:host", "tcp:host:0", "http://x"] { #expect(ScannerAddress(text) == nil) }
    }

    @Test func `a scanner that is not there knows nothing`() async throws {
        let path = NSTemporaryDirectory() + "santong-scan-" + Identifiers.next()
        try Data([1]).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }  // the system clears what is left over
        let scanner = ClamScanner(.unix(path: path + ".none"), limit: 10, timeout: 1)
        #expect(await scanner.scan(fileAt: path, size: 1, isMedia: false) == .unavailable)
        #expect(await scanner.scan(fileAt: path, size: 11, isMedia: false) == .tooLarge(10))
        #expect(await scanner.version() == nil)
    }

    /// Answers one caller with a line, whatever she asks.
    private func listen(at path: String, answering line: String) throws {
        let door = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: Array(path.utf8).prefix($0.count - 1)) }
        let bound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(door, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(door >= 0 && bound == 0 && Glibc.listen(door, 1) == 0)
        Thread.detachNewThread {
            let caller = accept(door, nil, nil)
            var asked = [UInt8](repeating: 0, count: 64)
            _ = recv(caller, &asked, asked.count, 0)
            let answer = Array(line.utf8)
            _ = send(caller, answer, answer.count, Int32(MSG_NOSIGNAL))
            close(caller)
            close(door)
        }
    }

    @Test(arguments: [
        ("ClamAV 1.4.3/27500/Mon Jan  5 09:00:00 2026\0", "ClamAV 1.4.3/27500/Mon Jan  5 09:00:00 2026"),
        ("220 smtp.example.cn ready\0", nil),
    ])
    func `a scanner says which signatures it has`(_ line: String, _ version: String?) async throws {
        let path = "/tmp/santong-clam-" + Identifiers.next()
        try listen(at: path, answering: line)
        defer { unlink(path) }
        #expect(await ClamScanner(.unix(path: path), limit: 10, timeout: 5).version() == version)
    }

    @Test(arguments: [true, false])
    func `what doctor says of a scanner that is silent, and of none`(_ isSet: Bool) async throws {
        try await withTestCity(
            .sqlite,
            configured: { configuration, _ in
                if isSet { configuration.media.scanner = .unix(path: "/tmp/santong-clam-none") }
            }
        ) { city in
            let state = await city.platform.media.scannerState()
            #expect(state.isSound == !isSet && state.words.contains(isSet ? "does not answer" : "not scanned"))
        }
    }

    /// Says one thing after the other, and the last for ever.
    private final class Told: ContentScanner {
        let verdicts: Mutex<[ScanVerdict]>
        init(_ verdicts: [ScanVerdict]) { self.verdicts = Mutex(verdicts) }
        func scan(fileAt path: String, size: Int, isMedia: Bool) async -> ScanVerdict {
            verdicts.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    private func settled(
        _ city: TestCity, _ verdicts: [ScanVerdict], _ look: (Upload) async throws -> Void
    ) async throws {
        let clock = Mutex(Timestamp.now)
        let now: @Sendable () -> Timestamp = { clock.withLock { $0 } }
        let desk = try UploadDesk(folder: city.folder + "/partial")
        let service = UploadService(database: city.database, desk: desk, settings: MediaSettings(), now: now)
        let settling = UploadSettling(
            database: city.database, desk: desk, storage: FolderStorage(city.platform.files), scanner: Told(verdicts),
            logger: TestDatabase.logger, now: now)
        let path = city.folder + "/sent"
        try Data("内容".utf8).write(to: URL(fileURLWithPath: path))
        let upload = try await service.create(name: "a.txt", length: 6, by: try await city.user(.wang))
        try await service.fill(upload, from: path)
        for _ in verdicts {
            guard try await settling.settleDue() == 1 else { break }
            try await look(try await service.find(upload.id, of: try await city.user(.wang)))
            clock.withLock { $0 = $0.adding(seconds: 3600) }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what could not be scanned waits and is scanned later`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            var states: [Upload.State] = []
            try await settled(city, [.unavailable, .unavailable, .clean]) { states.append($0.state) }
            #expect(states == [.quarantined, .quarantined, .ready])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what cannot be scanned for a week ends with a word`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            var last: Upload?
            // An hour goes by with each.
            try await settled(city, Array(repeating: .unavailable, count: 24 * 7 + 2)) { last = $0 }
            let upload = try #require(last)
            #expect(upload.state == .refused && upload.remark.contains("没有检查完"))
            let noted: Int? = try await city.database.read { db in
                try db.value("SELECT COUNT(*) FROM platform_audit_entry WHERE action = 'upload.unchecked'")
            }
            #expect(noted == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an upload whose bytes another server has waits`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let clock = Mutex(Timestamp.now), now: @Sendable () -> Timestamp = { clock.withLock { $0 } }
            let desk = try UploadDesk(folder: city.folder + "/partial")
            let other = try UploadDesk(folder: city.folder + "/elsewhere")
            let service = UploadService(database: city.database, desk: desk, settings: MediaSettings(), now: now)
            func settling(_ desk: UploadDesk) -> UploadSettling {
                UploadSettling(
                    database: city.database, desk: desk, storage: FolderStorage(city.platform.files), scanner: nil,
                    logger: TestDatabase.logger, now: now)
            }
            let path = city.folder + "/sent", user = try await city.user(.wang)
            try Data("内容".utf8).write(to: URL(fileURLWithPath: path))
            let upload = try await service.create(name: "a.txt", length: 6, by: user)
            try await service.fill(upload, from: path)
            try await settling(other).settle(upload.id)
            #expect(try await service.find(upload.id, of: user).state == .checking)
            clock.withLock { $0 = $0.adding(seconds: 3600) }
            try await settling(desk).settle(upload.id)
            #expect(try await service.find(upload.id, of: user).state == .ready)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what cannot be scanned in full is refused, and not as a virus`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            var last: Upload?
            try await settled(city, [.incomplete]) { last = $0 }
            let upload = try #require(last)
            #expect(upload.state == .refused)
            #expect(upload.remark.contains("查不完") && !upload.remark.contains("病毒"))
            #expect(!FileManager.default.fileExists(atPath: city.platform.files.path(of: upload.sha256)))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what is infected is refused, told and removed`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            var last: Upload?
            try await settled(city, [.infected("Eicar")]) { last = $0 }
            let upload = try #require(last)
            #expect(upload.state == .refused)
            #expect(upload.remark.contains("病毒"))
            #expect(!FileManager.default.fileExists(atPath: city.folder + "/partial/" + upload.id.rawValue))
            #expect(!FileManager.default.fileExists(atPath: city.platform.files.path(of: upload.sha256)))
            let noted: Int? = try await city.database.read { db in
                try db.value("SELECT COUNT(*) FROM platform_audit_entry WHERE action = 'upload.infected'")
            }
            #expect(noted == 1)
        }
    }
}
