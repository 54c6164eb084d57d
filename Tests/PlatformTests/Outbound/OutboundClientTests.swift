import Foundation
import Logging
import Platform
import Testing

@Suite struct `Requests to other systems` {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let client = OutboundClient(policy: OutboundPolicy(allowsPrivate: true), logger: logger)

    private static func answer(_ body: String, status: String = "200 OK", headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    }

    @Test func `a get brings status, headers and body`() async throws {
        let server = try ScriptedServer(
            .answer(Self.answer("港口区", headers: "X-Trace: 7 \r\nSet-Cookie: a=b\r\n")))
        let response = try await client.send(
            OutboundRequest(url: server.url("/path?q=1"), headers: [("Accept", "text/plain"), ("X-Empty", "")]))
        #expect(response.status == 200)
        #expect(response.text == "港口区")
        #expect(response.header("x-trace") == "7")
        let sent = try #require(server.received.first)
        #expect(sent.hasPrefix("GET /path?q=1 HTTP/1.1\r\n"))
        #expect(sent.contains("\r\nAccept: text/plain\r\n"))
        #expect(sent.contains("\r\nX-Empty:\r\n"))
        #expect(sent.contains("\r\nUser-Agent: Santong\r\n"))
    }

    @Test func `a post sends its bytes and nothing of the one before`() async throws {
        let server = try ScriptedServer(.answer(Self.answer("{}", status: "201 Created")))
        let one = OutboundClient(policy: OutboundPolicy(allowsPrivate: true), threads: 1, logger: Self.logger)
        let first = OutboundRequest(
            method: .post, url: server.url("/token"),
            headers: [("Content-Type", "application/json"), ("Authorization", "Bearer x")],
            body: Array("{\"a\":\"桂\"}".utf8)
        )
        #expect(try await one.send(first).status == 201)
        _ = try await one.send(OutboundRequest(method: .post, url: server.url("/empty")))
        let sent = server.received
        #expect(sent[0].hasSuffix("\r\n\r\n{\"a\":\"桂\"}"))
        #expect(sent[0].contains("\r\nContent-Type: application/json\r\n"))
        #expect(sent[1].contains("\r\nContent-Length: 0\r\n"))
        #expect(!sent[1].contains("Authorization"))
    }

    @Test(arguments: [("404 Not Found", 404), ("500 Oops", 500), ("302 Found", 302)])
    func `any status is an answer, and no redirect is followed`(_ line: String, _ status: Int) async throws {
        let server = try ScriptedServer(.answer(Self.answer("", status: line, headers: "Location: /elsewhere\r\n")))
        let response = try await client.send(OutboundRequest(url: server.url()))
        #expect(response.status == status)
        #expect(server.received.count == 1)
    }

    @Test func `headers of an interim answer are not those of the answer`() async throws {
        let server = try ScriptedServer(.answer("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n" + Self.answer("x")))
        let response = try await client.send(OutboundRequest(url: server.url()))
        #expect(response.header("X-Early") == nil)
        #expect(response.text == "x")
    }

    @Test func `an answer that does not come is a timeout`() async throws {
        let server = try ScriptedServer(.silence)
        await #expect(throws: OutboundError.timeout) {
            try await client.send(OutboundRequest(url: server.url(), timeout: 1))
        }
    }

    @Test(arguments: ["length told", "length not told", "endless headers"])
    func `an answer longer than its limit is given up`(_ kind: String) async throws {
        let long = String(repeating: "x", count: 101), endless = String(repeating: "y", count: 70_000)
        let answers = [
            "length told": Self.answer(long), "length not told": "HTTP/1.1 200 OK\r\n\r\n" + long,
            "endless headers": "HTTP/1.1 200 OK\r\nX-Long: \(endless)\r\n\r\n",
        ]
        let server = try ScriptedServer(.answer(try #require(answers[kind])))
        await #expect(throws: OutboundError.tooLarge) {
            try await client.send(OutboundRequest(url: server.url(), byteLimit: 100))
        }
    }

    @Test func `an answer of exactly the limit is taken`() async throws {
        let server = try ScriptedServer(.answer(Self.answer(String(repeating: "x", count: 100))))
        #expect(try await client.send(OutboundRequest(url: server.url(), byteLimit: 100)).body.count == 100)
    }

    @Test(arguments: ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"])
    func `an address inside the house is refused, however it is written`(_ host: String) async throws {
        let server = try ScriptedServer(.answer(Self.answer("secret")))
        let strict = OutboundClient(logger: Self.logger)
        await #expect(throws: OutboundError.refusedAddress) {
            try await strict.send(OutboundRequest(url: server.url(host: host)))
        }
        #expect(server.received.isEmpty)
    }

    @Test(arguments: ["localhost", "127.0.0.0/8"])
    func `an address of the operator's list is open`(_ entry: String) async throws {
        let server = try ScriptedServer(.answer(Self.answer("ok")))
        let policy = try #require(OutboundPolicy(allowed: "10.9.0.0/16, " + entry))
        let listed = OutboundClient(policy: policy, logger: Self.logger)
        #expect(try await listed.send(OutboundRequest(url: server.url(host: "localhost"))).text == "ok")
    }

    @Test(arguments: [
        "file:///etc/hostname", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "127.0.0.1/", "http://", "/path", "",
        "http://a@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y", "http://127.0.0.1/桂",
    ])
    func `what is no web address is not tried`(_ url: String) async throws {
        await #expect(throws: OutboundError.invalidRequest) { try await client.send(OutboundRequest(url: url)) }
    }

    @Test(arguments: [
        ("X-Name", "a\r\nInjected: b"), ("X-Name", "a\nInjected: b"), ("X-Name", "a\u{0}"), ("X Name", "a"),
        ("X-Name:", "a"), ("X\r\nInjected", "a"), ("", "a"), ("Host", "elsewhere"), ("content-length", "0"),
        ("Transfer-Encoding", "chunked"),
    ])
    func `a header that could be read as two is refused`(_ name: String, _ value: String) async throws {
        let server = try ScriptedServer(.answer(Self.answer("")))
        await #expect(throws: OutboundError.invalidRequest) {
            try await client.send(OutboundRequest(url: server.url(), headers: [(name, value)]))
        }
        #expect(server.received.isEmpty)
    }

    @Test func `a cancelled task ends its transfer`() async throws {
        let server = try ScriptedServer(.silence)
        let task = Task { [client] in try await client.send(OutboundRequest(url: server.url(), timeout: 3_600)) }
        await server.request()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await server.departure()
    }

    @Test func `what waits longer than its timeout is told so and not sent any more`() async throws {
        let slow = try ScriptedServer(.silence), late = try ScriptedServer(.answer(Self.answer("")))
        let one = OutboundClient(policy: OutboundPolicy(allowsPrivate: true), threads: 1, logger: Self.logger)
        let first = Task { try await one.send(OutboundRequest(url: slow.url(), timeout: 600)) }
        await slow.request()
        await #expect(throws: OutboundError.timeout) {
            try await one.send(OutboundRequest(url: late.url("/late"), timeout: 1))
        }
        first.cancel()
        _ = try await one.send(OutboundRequest(url: late.url("/next"), timeout: 600))
        #expect(late.received.map { $0.prefix(9) } == ["GET /next"])
    }

    @Test func `more than may wait is refused at once, and everything after the end`() async throws {
        let server = try ScriptedServer(.silence)
        let one = OutboundClient(
            policy: OutboundPolicy(allowsPrivate: true), threads: 1, queueLimit: 1, logger: Self.logger)
        let running = Task { try await one.send(OutboundRequest(url: server.url(), timeout: 600)) }
        await server.request()
        let request = OutboundRequest(url: server.url(), timeout: 600)
        let first = await withTaskGroup(of: OutboundError?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do { _ = try await one.send(request) } catch { return error as? OutboundError }
                    return nil
                }
            }
            let first = await group.next()
            group.cancelAll()
            return first
        }
        #expect(first == .unreachable)
        one.close()
        await #expect(throws: OutboundError.unreachable) { try await one.send(OutboundRequest(url: server.url())) }
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
    }

    @Test func `nobody listening, or something that is no web server, is unreachable`() async throws {
        let server = try ScriptedServer(.answer("SSH-2.0-x\r\n"))
        await #expect(throws: OutboundError.unreachable) { try await client.send(OutboundRequest(url: server.url())) }
        await #expect(throws: OutboundError.unreachable) {
            try await client.send(OutboundRequest(url: "http://127.0.0.1:1/"))
        }
    }
}
