import Foundation
import Kernel
import Platform
import Synchronization
import Testing

@testable import Media

@Suite("tus：文件") struct UploadDeskTests {
    private func withDesk(_ body: (UploadDesk) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "santong-desk-" + Identifiers.next()
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
        try body(try UploadDesk(folder: folder))
    }

    private func write(_ bytes: [UInt8], to file: PartialFile) throws {
        try bytes.withUnsafeBytes { try file.write($0) }
    }

    @Test func `while a hash is made anew everybody else goes on`() throws {
        try withDesk { desk in
            let id = ID<Upload>.new(), other = ID<Upload>.new(), bytes = [UInt8](repeating: 7, count: 1 << 20)
            let file = try desk.open(id)
            try file.begin(at: 0, hash: nil)
            try write(bytes, to: file)
            try file.begin(at: bytes.count, hash: nil)
            #expect(file.needsHash)
            // In the middle of the reading.
            var asked = 0
            #expect(throws: PartialFileError.revoked) {
                try file.remakeHash {
                    asked += 1
                    guard asked == 1 else { return }
                    #expect(desk.progress(of: id) == bytes.count)
                    do {
                        let second = try desk.open(other)
                        try second.begin(at: 0, hash: nil)
                        try write([1, 2, 3], to: second)
                        #expect(second.digest() == Hex.encode(SHA256.hash([1, 2, 3])))
                        desk.close(other, second)
                        // Whoever asks for this one takes it over at once.
                        let next = try desk.open(id)
                        #expect(next.offset == bytes.count)
                        desk.close(id, next)
                    } catch { Issue.record(error) }
                }
            }
            #expect(asked == 1)
            #expect(throws: PartialFileError.revoked) { try write([1], to: file) }
        }
    }

    @Test func `a hash made anew is that of the whole file`() throws {
        try withDesk { desk in
            let id = ID<Upload>.new(), bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 >> 2) }
            let file = try desk.open(id)
            try file.begin(at: 0, hash: nil)
            try write(bytes, to: file)
            try file.begin(at: bytes.count, hash: nil)
            try file.remakeHash()
            try write([9], to: file)
            #expect(file.digest() == Hex.encode(SHA256.hash(bytes + [9])))
        }
    }

    @Test func `what another process writes to is busy`() throws {
        try withDesk { desk in
            let id = ID<Upload>.new(), file = try PartialFile(path: desk.path(of: id))
            #expect(throws: PartialFileError.busy) { _ = try desk.open(id) }
            file.release()
            desk.close(id, try desk.open(id))
        }
    }

    @Test func `a hash rests while nobody writes, and only the latest counts`() throws {
        try withDesk { desk in
            let id = ID<Upload>.new()
            let first = try desk.open(id)
            try first.begin(at: 0, hash: nil)
            try write([1, 2], to: first)
            let second = try desk.open(id)
            try second.begin(at: 2, hash: desk.hash(of: id, at: 2))
            #expect(!second.needsHash)
            try write([3], to: second)
            // The first one ends late.
            desk.close(id, first)
            desk.close(id, second)
            #expect(desk.hash(of: id, at: 2) == nil)
            let third = try desk.open(id)
            #expect(third.offset == 3)
            #expect(throws: PartialFileError.revoked) { try write([4], to: second) }
        }
    }

    @Test func `a slow line is made safe early, a fast one after more bytes`() {
        let point = UploadCheckpoint(bytes: 100, seconds: 4, mostBytes: 1000), start = Timestamp(milliseconds: 0)
        func isDue(_ bytes: Int, _ seconds: Int64) -> Bool {
            point.isDue(bytes, since: start, now: start.adding(seconds: seconds))
        }
        #expect(!isDue(99, 60) && isDue(100, 4) && !isDue(999, 3) && isDue(1000, 0))
    }
}
