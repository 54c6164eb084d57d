import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Web

/// Serves the national platform's stand-in on a port: the calls of the gateway, and a page from which people open the
/// city's portal.
package struct StandInServer: Sendable {
    let platform: NationalPlatform

    package init(_ platform: NationalPlatform) { self.platform = platform }

    /// Serves on the loopback interface until SIGTERM or SIGINT. Tells the address it listens on.
    package func serve(port: Int, logger: Logger, listening: @escaping @Sendable (String) -> Void) async throws {
        let platform = platform
        let responder = CallbackResponder<BasicRequestContext> { request, _ in
            try await StandInServer.respond(to: request, platform)
        }
        let application = Application(
            responder: responder,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in listening("http://127.0.0.1:\(channel.localAddress?.port ?? 0)") },
            logger: logger)
        try await application.runService(gracefulShutdownSignals: [.sigterm, .sigint])
    }

    private static func respond(to request: Request, _ platform: NationalPlatform) async throws -> Response {
        let path = request.uri.path, query = query(request.uri.query ?? "")
        switch path {
        case "/": return respond(200, "text/html; charset=utf-8", page(platform).text)
        case "/enter": return redirect(platform.way(for: query["person"] ?? ""))
        case "/fault":
            platform.misbehave(NationalPlatform.Fault(rawValue: query["kind"] ?? ""))
            return redirect("/")
        default:
            if platform.settings.fault == .timeout { try await Task.sleep(for: .seconds(8)) }
            let body = try await request.body.collect(upTo: 1 << 20)
            guard let answer = platform.answer(path, query: query, body: Array(body.readableBytesView)) else {
                return respond(404, "text/plain; charset=utf-8", "not found")
            }
            return respond(answer.status, answer.type, answer.text)
        }
    }

    private static func respond(_ status: Int, _ type: String, _ text: String) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: type, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static func redirect(_ address: String) -> Response {
        Response(status: .seeOther, headers: [.location: address])
    }

    static func query(_ text: String) -> [String: String] {
        let pairs = URLCoding.parse(Array(text.utf8))?.pairs ?? []
        return Dictionary(pairs.map { ($0.name, $0.value) }) { $1 }
    }

    private static func page(_ platform: NationalPlatform) -> HTML {
        let settings = platform.settings
        let faults: [(String, String)] =
            [("", "一切正常")] + NationalPlatform.Fault.allCases.map { ($0.rawValue, $0.title) }
        let present = settings.fault?.title ?? "一切正常"
        return #"""
            <!doctype html>
            <html lang="zh-CN"><head><meta charset="utf-8"><title>国家平台替身</title>
            <meta name="viewport" content="width=device-width, initial-scale=1"></head>
            <body>
            <h1>国家平台替身</h1>
            <p>接口版本 \#(settings.flavour.rawValue)，平台代码 \#(settings.systemCode)，appId \#(settings.appID)</p>
            <h2>打开防城港市平台</h2>
            <ul>\#(each: settings.people, personLine)</ul>
            <h2>模拟故障</h2>
            <p>现在：\#(present)</p>
            <ul>\#(each: faults, faultLine)</ul>
            </body></html>
            """#
    }

    private static func personLine(_ person: NationalPlatform.Person) -> HTML {
        #"<li><a href="\#(url: "/enter?person=" + person.key)">\#(person.name)</a>，\#(person.school)</li>"#
    }

    private static func faultLine(_ fault: (String, String)) -> HTML {
        #"<li><a href="\#(url: "/fault?kind=" + fault.0)">\#(fault.1)</a></li>"#
    }
}
