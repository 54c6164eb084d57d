import Foundation
import Glibc
import Synchronization

/// A way to PostgreSQL that breaks in the moment of a commit, once: of the transaction in which `word` was sent.
package final class LosingProxy: Sendable {
    package enum Loss: Sendable, CaseIterable {
        /// The commit never reaches the server.
        case commit
        /// The server commits and its answer is lost.
        case answer
    }

    package let port: Int
    private let listener: Int32
    private let target: Int
    private let loss: Loss
    private let word: [UInt8]
    private let isUsed = Mutex(false)

    /// Whether the loss has happened.
    package var hasLost: Bool { isUsed.withLock { $0 } }

    /// - Parameter target: the port of a server on the loopback interface.
    package init(to target: Int, losing loss: Loss, after word: String) throws {
        (self.target, self.loss, self.word) = (target, loss, Array(word.utf8))
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = LosingProxy.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(descriptor, raw, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, raw, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    /// Takes no further connections.
    package func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private func serve(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = LosingProxy.loopback(target)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { pass(client, server) }
        Glibc.close(client)
        Glibc.close(server)
    }

    /// Hands bytes on both ways until one side ends. The client waits for each answer, so a chunk is a whole message.
    private func pass(_ client: Int32, _ server: Int32) {
        var isArmed = false
        var ends = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while poll(&ends, 2, -1) > 0 {
            for end in ends where end.revents != 0 {
                guard let bytes = LosingProxy.read(end.fd) else { return }
                if end.fd == client {
                    if !hasLost, bytes.contains(word) { isArmed = true }
                    if isArmed, bytes.contains(Array("COMMIT".utf8)) { return lose(bytes, server) }
                }
                guard LosingProxy.write(bytes, to: end.fd == client ? server : client) else { return }
            }
        }
    }

    private func lose(_ commit: [UInt8], _ server: Int32) {
        if loss == .answer, LosingProxy.write(commit, to: server) { _ = LosingProxy.read(server) }
        isUsed.withLock { $0 = true }
    }

    private static func read(_ end: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(end, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    private static func write(_ bytes: [UInt8], to end: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(end, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
