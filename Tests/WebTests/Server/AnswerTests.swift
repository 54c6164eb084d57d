import Foundation
import Kernel
import TestKit
import Testing

@testable import Web

@Suite("应答") struct AnswerTests {
    private func client(_ declare: (inout Routes) -> Void, isSecure: Bool = false) throws -> TestClient {
        var routes = Routes(module: "test")
        declare(&routes)
        return TestClient(try Kit.pipeline(routes, isSecure: isSecure), session: Kit.token)
    }

    @Test func `pages carry the headers that protect them, and cookies their flags`() async throws {
        let visitor = TestClient(try secure())
        let answer = try await visitor.get("/page")
        let policy = answer.headers[.contentSecurityPolicy] ?? ""
        #expect(policy.contains("default-src 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.init("x-frame-options")!] == "DENY")
        #expect(answer.headers[.strictTransportSecurity] != nil)
        #expect(answer.headers[.cacheControl] == "no-store")
        let cookies = answer.headers[values: .setCookie]
        #expect(!cookies.isEmpty)
        for cookie in cookies {
            for flag in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] { #expect(cookie.contains(flag), "\(cookie)") }
        }
    }

    private func secure() throws -> WebPipeline {
        var routes = Routes(module: "test")
        routes.get("/page", access: .public) { .html(UI.layout("页", $0.page, "<h1>页</h1>")) }
        return try Kit.pipeline(routes, isSecure: true)
    }

    @Test func `a message is shown on the next page and never again`() async throws {
        let client = try client { routes in
            routes.get("/page", access: .public) { .html(UI.layout("页", $0.page, "<h1>页</h1>")) }
            routes.get("/go", access: .public) { _ in .redirect("/page", flash: Flash(.done, "已保存<b>")) }
        }
        #expect(try await client.get("/go").status == 303)
        #expect(try await client.get("/page").text.contains("已保存&lt;b&gt;"))
        #expect(try await !client.get("/page").text.contains("已保存"))
    }

    @Test func `long texts are compressed for those who ask for it`() async throws {
        let text = String(repeating: "防城港市教育信息化", count: 500)
        let client = try client { routes in
            routes.get("/text", access: .public) { _ in
                WebResponse(headers: [("content-type", "text/plain; charset=utf-8")], body: .bytes(Array(text.utf8)))
            }
        }
        let plain = try await client.get("/text")
        #expect(plain.text == text)
        #expect(plain.headers[.contentEncoding] == nil)
        let packed = try await client.get("/text", headers: ["accept-encoding": "br, gzip"])
        #expect(packed.headers[.contentEncoding] == "gzip")
        #expect(packed.headers[.vary] == "Accept-Encoding")
        #expect(packed.bytes.prefix(2) == [0x1F, 0x8B])
        #expect(packed.bytes.count < 500)
        let refused = try await client.get("/text", headers: ["accept-encoding": "gzip;q=0"])
        #expect(refused.headers[.contentEncoding] == nil)
    }

    @Test func `HEAD tells what GET would, without a body`() async throws {
        let client = try client { routes in
            routes.get("/text", access: .public) { _ in WebResponse(body: .bytes(Array("abc".utf8))) }
            routes.get("/events", access: .public) { _ in WebResponse(body: .events(AsyncStream { _ in })) }
        }
        let answer = try await client.send(.head, "/text", [:], [])
        #expect(answer.status == 200)
        #expect(answer.headers[.contentLength] == "3")
        #expect(answer.bytes.isEmpty)
        // A stream that never ends must not be waited for.
        #expect(try await client.send(.head, "/events", [:], []).bytes.isEmpty)
    }

    @Test func `an unknown method names the known ones, an unknown address of the interface answers as such`()
        async throws
    {
        let client = try client { routes in
            routes.get("/page", access: .public) { _ in WebResponse() }
            routes.post("/page", access: .public) { _ in WebResponse() }
        }
        for method in ["PATCH", "DELETE", "OPTIONS"] {
            let answer = try await client.send(.init(rawValue: method)!, "/page", [:], [])
            #expect(answer.status == 405)
            #expect(answer.headers[.allow] == "GET, POST")
        }
        #expect(try await client.get("/nowhere").headers[.contentType] == "text/html; charset=utf-8")
        let interface = try await client.get("/api/v1/nowhere")
        #expect(interface.status == 404)
        #expect(interface.headers[.contentType]?.hasPrefix("application/problem+json") ?? false)
    }

    @Test(arguments: ["/%ff", "/%zz", "/page?a=%zz", "/%00"])
    func `an address that cannot be read is 400`(path: String) async throws {
        #expect(try await client { _ in }.get(path).status == 400)
    }

    @Test func `a fault shows a number and nothing of its cause`() async throws {
        struct Secret: Error {}
        let client = try client { $0.get("/fault", access: .public) { _ in throw Secret() } }
        let answer = try await client.get("/fault")
        #expect(answer.status == 500)
        #expect(answer.text.contains("编号"))
        #expect(!answer.text.contains("Secret"))
    }
}
