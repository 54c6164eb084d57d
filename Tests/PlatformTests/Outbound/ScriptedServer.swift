import Foundation
import Glibc
import Synchronization

/// A server on the loopback that answers each connection with what the test says and keeps what it was sent.
final class ScriptedServer: Sendable {
    enum Script: Sendable {
        /// Answers once the request is there, and closes.
        case answer(String)
        /// Reads on and says nothing until the other side goes.
        case silence
    }

    private struct State {
        var received: [String] = []
        var hasGone: [CheckedContinuation<Void, Never>] = []
        var hasCome: [CheckedContinuation<Void, Never>] = []
        var goneCount = 0
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    init(_ script: Script) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) + listen(descriptor, 8) + getsockname(descriptor, $0, &length)
            }
        }
        guard code == 0 else { throw POSIXError(.EADDRINUSE) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                self?.serve(connection, script)
            }
        }.start()
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// What was sent so far, one text for each connection.
    var received: [String] { state.withLock { $0.received } }

    func url(_ path: String = "/", host: String = "127.0.0.1") -> String {
        "http://\(host):\(port)\(path)"
    }

    /// Returns when a request has come.
    func request() async { await wait(\.hasCome) { !$0.received.isEmpty } }

    /// Returns when a client has closed its connection before it was answered.
    func departure() async { await wait(\.hasGone) { $0.goneCount > 0 } }

    private func wait(
        _ list: WritableKeyPath<State, [CheckedContinuation<Void, Never>]>, _ isDone: (State) -> Bool
    ) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if isDone(state) { return true }
                state[keyPath: list].append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func serve(_ connection: Int32, _ script: Script) {
        defer { close(connection) }
        var bytes: [UInt8] = []
        while !ScriptedServer.isWhole(bytes), let more = ScriptedServer.read(connection) { bytes += more }
        let text = String(decoding: bytes, as: UTF8.self)
        let comers = state.withLock { state in
            state.received.append(text)
            defer { state.hasCome = [] }
            return state.hasCome
        }
        for comer in comers { comer.resume() }
        switch script {
        case .answer(let answer):
            let answer = Array(answer.utf8)
            _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
        case .silence:
            while ScriptedServer.read(connection) != nil {}
            let waiters = state.withLock { state in
                state.goneCount += 1
                defer { state.hasGone = [] }
                return state.hasGone
            }
            for waiter in waiters { waiter.resume() }
        }
    }

    private static func read(_ connection: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(connection, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return false }
        let lines = text[..<end.lowerBound].lowercased().split(separator: "\r\n")
        let length = lines.first { $0.hasPrefix("content-length:") }.flatMap {
            Int($0.dropFirst(15).drop { $0 == " " })
        }
        return text[end.upperBound...].utf8.count >= length ?? 0
    }
}
