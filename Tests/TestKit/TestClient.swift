import App
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Web

/// An answer as a test looks at it.
package struct TestAnswer: Sendable {
    package let status: Int
    package let headers: HTTPFields
    package let bytes: [UInt8]

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var location: String? { headers[.location] }

    /// The value of a hidden field of the first form that has it.
    package func hidden(_ name: String) -> String? {
        guard let start = text.range(of: "name=\"\(name)\" value=\"") else { return nil }
        return text[start.upperBound...].split(separator: "\"", maxSplits: 1, omittingEmptySubsequences: false).first
            .map(String.init)
    }
}

/// A browser without a network: keeps cookies and calls the pipeline in the same process.
package final class TestClient: Sendable {
    let pipeline: WebPipeline
    private let cookies: Mutex<[String: String]>

    package init(_ pipeline: WebPipeline, session: String? = nil) {
        self.pipeline = pipeline
        cookies = Mutex(session.map { ["santong_session": $0] } ?? [:])
    }

    package func get(_ path: String, headers: [String: String] = [:]) async throws -> TestAnswer {
        try await send(.get, path, headers, [])
    }

    /// Submits a form as the page at `page` would: with its token and a fresh key.
    package func post(
        _ path: String, from page: String? = nil, key: String? = nil, _ values: [(String, String)] = []
    ) async throws -> TestAnswer {
        let token = try await get(page ?? "/").hidden("_csrf") ?? ""
        let pairs = [("_csrf", token), ("_key", key ?? Identifiers.next())] + values
        let body = FormValues(pairs.map { (name: $0.0, value: $0.1) }).encoded
        return try await send(.post, path, ["content-type": "application/x-www-form-urlencoded"], Array(body.utf8))
    }

    /// Submits a form with one file.
    package func upload(
        _ path: String, from page: String, field: String, fileName: String, _ content: [UInt8],
        _ values: [(String, String)] = []
    ) async throws -> TestAnswer {
        let token = try await get(page).hidden("_csrf") ?? ""
        let boundary = "test-boundary-" + Identifiers.next()
        var body: [UInt8] = []
        for (name, value) in [("_csrf", token), ("_key", Identifiers.next())] + values {
            body += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        let disposition = "Content-Disposition: form-data; name=\"\(field)\"; filename=\"\(fileName)\""
        body += Array("--\(boundary)\r\n\(disposition)\r\nContent-Type: application/octet-stream\r\n\r\n".utf8)
        body += content + Array("\r\n--\(boundary)--\r\n".utf8)
        return try await send(.post, path, ["content-type": "multipart/form-data; boundary=\(boundary)"], body)
    }

    package func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: [String: String], _ body: [UInt8]
    ) async throws -> TestAnswer {
        var fields = HTTPFields()
        for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
        let jar = cookies.withLock { $0 }
        if !jar.isEmpty { fields[.cookie] = jar.map { "\($0)=\($1)" }.sorted().joined(separator: "; ") }
        let head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path, headerFields: fields)
        let request = Request(head: head, body: .init(buffer: ByteBuffer(bytes: body)))
        let context = WebContext(source: .init(channel: EmbeddedChannel(), logger: TestDatabase.logger))
        let response = try await pipeline.respond(to: request, context: context)
        let collector = Collector()
        try await response.body.write(collector)
        keep(response.headers[values: .setCookie])
        return TestAnswer(status: response.status.code, headers: response.headers, bytes: collector.bytes)
    }

    private func keep(_ lines: [String]) {
        cookies.withLock { jar in
            for line in lines {
                let halves = line.split(separator: ";")[0].split(separator: "=", maxSplits: 1)
                if line.contains("Max-Age=0") {
                    jar[String(halves[0])] = nil
                } else if halves.count == 2 {
                    jar[String(halves[0])] = String(halves[1])
                }
            }
        }
    }
}

private final class Collector: ResponseBodyWriter, @unchecked Sendable {
    var bytes: [UInt8] = []
    func write(_ buffer: ByteBuffer) async throws { bytes += Array(buffer.readableBytesView) }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
