import Foundation
import Platform

/// clamd over its socket by the command INSTREAM (man clamd): pieces with their length in front, an empty piece at the end,
/// one line as the answer.
package struct ClamScanner: ContentScanner {
    private let address: ScannerAddress
    private let limit: Int
    private let timeout: Int

    private static let piece = 256 << 10

    /// - Parameters:
    ///   - limit: bytes that clamd takes (`StreamMaxLength`).
    ///   - timeout: seconds that clamd may stay silent.
    package init(_ address: ScannerAddress, limit: Int, timeout: Int = 60) {
        (self.address, self.limit, self.timeout) = (address, limit, timeout)
    }

    package func scan(fileAt path: String, size: Int, isMedia: Bool) async -> ScanVerdict {
        guard size <= limit || isMedia else { return .tooLarge(limit) }
        var count = min(size, limit)
        while true {
            // Whatever goes wrong on the way, nothing is known of the file.
            let sent = count
            guard let answer = try? await SheetRowFeed.onThread({ try ask(path, count: sent) }) else {
                return .unavailable
            }
            let verdict = ClamScanner.verdict(answer)
            // clamd takes less than was thought; of a recording a shorter start will do.
            guard verdict == .incomplete, isMedia, count > ClamScanner.piece else { return verdict }
            count /= 2
        }
    }

    /// `stream: OK`, `stream: Eicar-Test-Signature FOUND`, or an error.
    static func verdict(_ answer: String) -> ScanVerdict {
        let text = answer.prefix { $0 != "\0" && $0 != "\n" }
        // Its `StreamMaxLength` is smaller than the setting here: waiting would not help.
        if text.hasPrefix("INSTREAM size limit exceeded") { return .incomplete }
        guard text.hasPrefix("stream: ") else { return .unavailable }
        let said = text.dropFirst(8)
        if said == "OK" { return .clean }
        guard said.hasSuffix(" FOUND") else { return .unavailable }
        // So `AlertExceedsMax` tells that something was not looked at; nothing malicious was found.
        if said.hasPrefix("Heuristics.Limits.Exceeded") { return .incomplete }
        return .infected(String(said.dropLast(6)))
    }

    private struct Silence: Error {}

    private func ask(_ path: String, count: Int) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { throw Silence() }
        let line = try connected()
        defer {
            close(line)
            try? file.close()  // only read
        }
        do {
            try send(Data("zINSTREAM\0".utf8), line)
            var rest = count
            while rest > 0, let piece = try file.read(upToCount: min(rest, ClamScanner.piece)), !piece.isEmpty {
                try send(withUnsafeBytes(of: UInt32(piece.count).bigEndian) { Data($0) } + piece, line)
                rest -= piece.count
            }
            guard rest == 0 else { throw Silence() }
            try send(Data([0, 0, 0, 0]), line)
        } catch is Silence {
            // It may have said why before it hung up; without a word nothing is known.
        }
        return try answer(line)
    }

    private func answer(_ line: Int32) throws -> String {
        var answer: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1024)
        while answer.count < 4096 {
            let count = recv(line, &buffer, buffer.count, 0)
            if count < 0 { throw Silence() }
            answer += buffer.prefix(count)
            if count == 0 || answer.contains(0) { break }
        }
        return String(decoding: answer, as: UTF8.self)
    }

    /// What clamd says of itself and its signatures, `ClamAV 1.4.3/27500/Mon Jan 1 09:00:00 2026`; `nil` when it does not
    /// answer.
    package func version() async -> String? {
        let told = try? await SheetRowFeed.onThread {
            let line = try connected()
            defer { close(line) }
            try send(Data("zVERSION\0".utf8), line)
            return try answer(line)
        }
        let text = String((told ?? "").prefix { $0 != "\0" && $0 != "\n" })
        return text.hasPrefix("ClamAV ") ? text : nil
    }

    private func send(_ data: Data, _ line: Int32) throws {
        try data.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.send(line, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Silence() }
                sent += count
            }
        }
    }

    private func connected() throws -> Int32 {
        switch address {
        case .unix(let path):
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: Array(path.utf8).prefix($0.count - 1)) }
            return try withUnsafePointer(to: &name) {
                try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    try open(AF_UNIX, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        case .tcp(let host, let port):
            var hints = addrinfo(), found: UnsafeMutablePointer<addrinfo>?
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            guard getaddrinfo(host, String(port), &hints, &found) == 0, let first = found else { throw Silence() }
            defer { freeaddrinfo(found) }
            return try open(first.pointee.ai_family, first.pointee.ai_addr, first.pointee.ai_addrlen)
        }
    }

    private func open(_ family: Int32, _ name: UnsafePointer<sockaddr>, _ length: socklen_t) throws -> Int32 {
        let line = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard line >= 0 else { throw Silence() }
        var patience = timeval(tv_sec: timeout, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(line, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        guard connect(line, name, length) == 0 else {
            close(line)
            throw Silence()
        }
        return line
    }
}
