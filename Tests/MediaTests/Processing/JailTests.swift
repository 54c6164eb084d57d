import Foundation
import Kernel
import TestKit
import Testing

@testable import Media

@Suite("处理：牢房") struct JailTests {
    /// Waits for one caller on the loopback.
    private final class Ear: @unchecked Sendable {
        let line: Int32
        let port: Int

        init() throws {
            let line = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            self.line = line
            var name = sockaddr_in(), length = socklen_t(MemoryLayout<sockaddr_in>.size)
            name.sin_family = sa_family_t(AF_INET)
            name.sin_addr.s_addr = inet_addr("127.0.0.1")
            let isBound = withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(line, $0, length) == 0 }
            }
            let isKnown = withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(line, $0, &length) == 0 }
            }
            port = Int(UInt16(bigEndian: name.sin_port))
            try #require(isBound && isKnown && listen(line, 4) == 0)
        }

        deinit { close(line) }

        /// Whether somebody has called.
        var wasCalled: Bool {
            var end = pollfd(fd: line, events: Int16(POLLIN), revents: 0)
            guard poll(&end, 1, 0) > 0 else { return false }
            let caller = accept(line, nil, nil)
            close(caller)
            return caller >= 0
        }
    }

    private func withJail(_ body: (Jail) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "santong-jail-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
        let jail = Jail(programs: Programs(folder: "/usr/bin"), folder: folder)
        try jail.prepare()
        try await body(jail)
    }

    @Test func `a program in the jail reaches no network, outside it does`() async throws {
        let ear = try Ear(), address = "tcp://127.0.0.1:\(ear.port)?timeout=1000000"
        _ = try await ProgramRun.run("/usr/bin/ffprobe", ["-v", "error", address], seconds: 20)
        #expect(ear.wasCalled)
        try await withJail { jail in
            let outcome = try await jail.run(
                .ffprobe, ["-v", "error", address], inputs: [], ProgramLimits(seconds: 20))
            #expect(!outcome.isGood, "\(outcome.complaint)")
            #expect(!ear.wasCalled)
        }
    }

    @Test func `nothing of the machine but the system is there to be read`() async throws {
        try await withJail { jail in
            let secret = jail.folder + "-secret"
            try Data("geheim".utf8).write(to: URL(fileURLWithPath: secret))
            defer { try? FileManager.default.removeItem(atPath: secret) }  // the system clears what is left over
            for path in [secret, "/etc/passwd", "/proc/1/root" + secret] {
                let outcome = try await jail.run(.pdfinfo, [path], inputs: [], ProgramLimits(seconds: 20))
                #expect(
                    !outcome.isGood && outcome.complaint.contains("Couldn't open file"), "\(path): \(outcome.complaint)"
                )
            }
            let seen = try await jail.run(
                .pdfinfo, ["/in/source.pdf"], inputs: [("source.pdf", secret)], ProgramLimits(seconds: 20))
            #expect(!seen.complaint.contains("Couldn't open file"))
        }
    }

    @Test func `time and the size of files are limited`() async throws {
        try await withJail { jail in
            let endless = ["-v", "error", "-f", "lavfi", "-i", "testsrc2", "-f", "null", "-"]
            let late = try await jail.run(.ffmpeg, endless, inputs: [], ProgramLimits(seconds: 0))
            #expect(late.isTimeout && !late.isGood)
            let large = try await jail.run(
                .ffmpeg, ["-v", "error", "-f", "lavfi", "-i", "testsrc2=d=60", "-c:v", "rawvideo", "x.avi"], inputs: [],
                ProgramLimits(seconds: 60, fileBytes: 1 << 20))
            #expect(!large.isGood && !large.isTimeout)
            let size = try FileManager.default.attributesOfItem(atPath: jail.folder + "/x.avi")[.size] as? Int
            #expect(size.map { $0 <= 1 << 20 } == true)
        }
    }

    @Test func `what nobody waits for any more is ended`() async throws {
        try await withJail { jail in
            let task = Task {
                try await jail.run(
                    .ffmpeg, ["-v", "error", "-f", "lavfi", "-i", "testsrc2", "-f", "null", "-"], inputs: [],
                    ProgramLimits(seconds: 600))
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `arguments are handed over as they are, and what is not there is told`() async throws {
        let odd = "a b;$(touch x)\"'\\\n😀"
        let outcome = try await ProgramRun.run("/usr/bin/printf", ["%s", odd], seconds: 20)
        #expect(outcome.isGood && outcome.text == odd)
        await #expect(throws: ProgramRun.NotStarted.self) { try await ProgramRun.run("/nowhere", [], seconds: 1) }
        #expect(try await ProgramRun.run("/usr/bin/false", [], seconds: 20).status == 1)
    }
}
