import Foundation
import Kernel
import TestKit
import Testing

@testable import Web

@Suite("表单提交") struct FormTests {
    private func counting(_ counter: Counter, answer: @escaping @Sendable () -> WebResponse) throws -> WebPipeline {
        var routes = Routes(module: "test")
        routes.post("/deeds", access: .signedIn) { _ in
            counter.increment()
            return answer()
        }
        routes.post("/others", access: .signedIn) { _ in .redirect("/others") }
        return try Kit.pipeline(routes)
    }

    private func submit(
        _ client: TestClient, _ path: String = "/deeds", csrf: String? = Kit.csrf, key: String
    ) async throws -> TestAnswer {
        let pairs = (csrf.map { [("_csrf", $0)] } ?? []) + [("_key", key)]
        return try await client.send(.post, path, Kit.formType, Kit.form(pairs))
    }

    @Test func `the same form sent twice is done once and answered twice alike`() async throws {
        let counter = Counter()
        let client = TestClient(
            try counting(counter) { .redirect("/list", flash: Flash(.done, "已保存")) }, session: Kit.token)
        let key = Identifiers.next()
        for _ in 1...2 {
            let answer = try await submit(client, key: key)
            #expect(answer.status == 303)
            #expect(answer.location == "/list")
            #expect(answer.headers[values: .setCookie].contains { $0.hasPrefix("santong_flash=done.") })
        }
        #expect(counter.value == 1)
        _ = try await submit(client, key: Identifiers.next())
        #expect(counter.value == 2)
    }

    @Test func `a form that was refused can be sent again with its key`() async throws {
        let counter = Counter()
        let client = TestClient(try counting(counter) { WebResponse(status: 422) }, session: Kit.token)
        let key = Identifiers.next()
        for _ in 1...2 { #expect(try await submit(client, key: key).status == 422) }
        #expect(counter.value == 2)
    }

    @Test func `a page shown once is not made a second time`() async throws {
        let counter = Counter()
        let pipeline = try counting(counter) {
            var answer = WebResponse(status: 200)
            answer.repeated = ("/account", Flash(.warning, "只显示一次"))
            return answer
        }
        let client = TestClient(pipeline, session: Kit.token), key = Identifiers.next()
        #expect(try await submit(client, key: key).status == 200)
        let again = try await submit(client, key: key)
        #expect(again.status == 303)
        #expect(again.location == "/account")
        #expect(counter.value == 1)
    }

    @Test func `a key of one form does not open another`() async throws {
        let counter = Counter()
        let client = TestClient(try counting(counter) { .redirect("/list") }, session: Kit.token)
        let key = Identifiers.next()
        #expect(try await submit(client, key: key).status == 303)
        #expect(try await submit(client, "/others", key: key).status == 403)
    }

    @Test(arguments: [nil, "", "csrf-token-of-another-one", "csrf-token-of-the-sessioN"])
    func `without the page's token nothing happens`(token: String?) async throws {
        let counter = Counter()
        let client = TestClient(try counting(counter) { .redirect("/list") }, session: Kit.token)
        #expect(try await submit(client, csrf: token, key: Identifiers.next()).status == 403)
        #expect(counter.value == 0)
    }

    @Test func `a visitor is sent to sign in and comes back to the front page`() async throws {
        let client = TestClient(try counting(Counter()) { .redirect("/list") })
        let answer = try await submit(client, key: Identifiers.next())
        #expect(answer.location == "/sign-in?return=%2F")
        // She is told that what she typed was not kept.
        #expect(answer.headers[values: .setCookie].contains { $0.hasPrefix("santong_flash=") })
    }

    @Test func `only forms are taken, and only up to their limit`() async throws {
        let counter = Counter()
        let client = TestClient(try counting(counter) { .redirect("/list") }, session: Kit.token)
        let json = try await client.send(.post, "/deeds", ["content-type": "application/json"], Array("{}".utf8))
        #expect(json.status == 415)
        let large = try await client.send(
            .post, "/deeds", Kit.formType, [UInt8](repeating: 0x61, count: Exchange.formLimit + 1))
        #expect(large.status == 413)
        #expect(large.headers[.connection] == "close")
        let announced = try await client.send(
            .post, "/deeds", Kit.formType.merging(["content-length": "99999999"]) { $1 }, Array("a=1".utf8))
        #expect(announced.status == 413)
        let broken = try await client.send(.post, "/deeds", Kit.formType, Array("a=%ZZ".utf8))
        #expect(broken.status == 400)
        #expect(counter.value == 0)
    }

    @Test(arguments: [
        "", "--b", "--b\r\n\r\nx", "--b--", "--c\r\n\r\n--c--\r\n",
        "--b\r\nContent-Disposition: form-data\r\n\r\n\r\n--b--",
    ])
    func `an upload that is no multipart body is refused without a trace`(body: String) async throws {
        var routes = Routes(module: "test")
        routes.upload("/files", access: .signedIn, limit: 4096) { _ in .redirect("/files") }
        let pipeline = try Kit.pipeline(routes)
        let client = TestClient(pipeline, session: Kit.token)
        let answer = try await client.send(
            .post, "/files", ["content-type": "multipart/form-data; boundary=b"], Array(body.utf8))
        #expect([400, 403].contains(answer.status), "\(body) → \(answer.status)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: pipeline.services.uploadFolder) == [])
    }
}
