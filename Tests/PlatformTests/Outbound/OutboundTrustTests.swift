import Foundation
import Logging
import Platform
import Testing

@Suite(.enabled(if: CertifiedServer.isAvailable, "needs the command openssl"))
struct `The other side's certificate` {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let policy = OutboundPolicy(allowsPrivate: true)

    @Test func `is refused when nobody vouches for it and taken when the operator's authority does`() async throws {
        let server = try CertifiedServer(name: "IP:127.0.0.1")
        let request = OutboundRequest(url: "https://127.0.0.1:\(server.port)/")
        await #expect(throws: OutboundError.tls) {
            try await OutboundClient(policy: policy, logger: logger).send(request)
        }
        let trusting = OutboundClient(policy: policy, authorities: server.certificate, logger: logger)
        #expect(try await trusting.send(request).status == 200)
    }

    @Test func `is refused when it is another's, whoever vouches for it`() async throws {
        let server = try CertifiedServer(name: "DNS:elsewhere.example")
        let trusting = OutboundClient(policy: policy, authorities: server.certificate, logger: logger)
        await #expect(throws: OutboundError.tls) {
            try await trusting.send(OutboundRequest(url: "https://127.0.0.1:\(server.port)/"))
        }
    }
}

/// `openssl s_server` with a certificate of its own making.
private final class CertifiedServer {
    private static let program = "/usr/bin/openssl"
    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: program) }

    let port: Int
    var certificate: String { folder.path("certificate.pem") }
    private let folder: ScratchFolder
    private let process = Process()

    init(name: String) throws {
        folder = try ScratchFolder()
        let (certificate, key) = (folder.path("certificate.pem"), folder.path("key.pem"))
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: CertifiedServer.program)
        maker.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=test",
            "-addext", "subjectAltName=" + name, "-keyout", key, "-out", certificate,
        ]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: CertifiedServer.program)
        process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = Pipe()
        try process.run()
        var said = ""
        while true {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw POSIXError(.ECHILD) }
            said += String(decoding: more, as: UTF8.self)
            let line = said.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
            if said.hasSuffix("\n"), let port = line?.split(separator: ":").last.flatMap({ Int($0) }) {
                self.port = port
                return
            }
        }
    }

    deinit { process.terminate() }
}
