import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// Turns a handler's answer into what goes over the wire: cookies, security headers, compression, ranges, events.
enum ResponseWriting {
    private static func policy(_ answer: WebResponse) -> String {
        if answer.mayBeFramed {
            let framed = policy.replacing("frame-ancestors 'none'", with: "frame-ancestors *")
                .replacing("script-src 'self'", with: "script-src 'none'")
                .replacing("form-action 'self'", with: "form-action 'none'")
            return answer.playsMedia ? framed + "; media-src 'self'" : framed
        }
        if answer.playsMedia { return policy + "; media-src 'self'" }
        guard let target = answer.formTarget else { return policy }
        return policy.replacing("form-action 'self'", with: "form-action 'self' " + target)
    }
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"

    private static let referrerPolicy = HTTPField.Name("referrer-policy")!
    private static let frameOptions = HTTPField.Name("x-frame-options")!
    private static let permissionsPolicy = HTTPField.Name("permissions-policy")!

    static func response(_ answer: WebResponse, _ exchange: Exchange, _ services: WebServices) -> Response {
        let isPage = isUsualPage(answer)
        var headers =
            isPage
            ? (services.isSecure ? securePageHeaders : pageHeaders) : headers(answer, isSecure: services.isSecure)
        let isHTML = isPage || headers[.contentType]?.hasPrefix("text/html") ?? false
        // A frame in another site's page keeps nothing in the browser.
        if !answer.mayBeFramed { addCookies(&headers, answer, exchange, services, isHTML: isHTML) }
        let status = HTTPResponse.Status(code: answer.status)
        switch answer.body {
        case .bytes(let bytes):
            return buffered(bytes, status, headers, exchange)
        case .file(let path, let isTemporary):
            return FileServing.response(path: path, isTemporary: isTemporary, headers, exchange)
        case .events(let events):
            headers[.contentType] = "text/event-stream"
            if exchange.isHead { return Response(status: status, headers: headers, body: .init()) }
            return Response(status: status, headers: headers, body: eventBody(events))
        }
    }

    /// Most answers are pages without anything of their own in the headers; those are made once.
    private static func isUsualPage(_ answer: WebResponse) -> Bool {
        answer.headers.count == 1 && answer.headers[0].value == WebResponse.htmlType
            && answer.headers[0].name == "content-type" && !answer.playsMedia && !answer.mayBeFramed
            && answer.formTarget == nil
    }
    private static let pageHeaders = headers(.html(""), isSecure: false)
    private static let securePageHeaders = headers(.html(""), isSecure: true)

    private static func headers(_ answer: WebResponse, isSecure: Bool) -> HTTPFields {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            guard let field = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: field, value: value))
        }
        addSecurity(
            &headers, answer, isHTML: headers[.contentType]?.hasPrefix("text/html") ?? false, isSecure: isSecure)
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        return headers
    }

    private static func buffered(
        _ bytes: [UInt8], _ status: HTTPResponse.Status, _ headers: HTTPFields, _ exchange: Exchange
    ) -> Response {
        var headers = headers
        var bytes = bytes
        let type = headers[.contentType] ?? ""
        if headers[.contentEncoding] == nil, bytes.count > 1024, Gzip.isWorthwhile(type) {
            headers.append(HTTPField(name: .vary, value: "Accept-Encoding"))
            if exchange.acceptsGzip {
                bytes = Gzip.compress(bytes, level: 5)
                headers[.contentEncoding] = "gzip"
            }
        }
        if exchange.isHead {
            headers[.contentLength] = String(bytes.count)
            return Response(status: status, headers: headers, body: .init())
        }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func addSecurity(
        _ headers: inout HTTPFields, _ answer: WebResponse, isHTML: Bool, isSecure: Bool
    ) {
        headers[.xContentTypeOptions] = "nosniff"
        if isHTML {
            headers[.contentSecurityPolicy] = policy(answer)
            headers[referrerPolicy] = "same-origin"
            if !answer.mayBeFramed { headers[frameOptions] = "DENY" }
            headers[permissionsPolicy] = "camera=(), microphone=(), geolocation=()"
        }
        if isSecure { headers[.strictTransportSecurity] = "max-age=31536000" }
    }

    private static func addCookies(
        _ headers: inout HTTPFields, _ answer: WebResponse, _ exchange: Exchange, _ services: WebServices, isHTML: Bool
    ) {
        func set(_ name: String, _ value: String, _ more: String) {
            let secure = services.isSecure ? "; Secure" : ""
            headers.append(
                HTTPField(name: .setCookie, value: "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax\(secure)\(more)"))
        }
        if let flash = answer.flash {
            set(Exchange.flashCookie, flash.coded, "; Max-Age=60")
        } else if isHTML && exchange.cookies[Exchange.flashCookie] != nil {
            set(Exchange.flashCookie, "", "; Max-Age=0")
        }
        if isHTML && exchange.isVisitorTokenNew { set(Exchange.visitorCookie, exchange.visitorToken, "") }
        switch answer.sessionChange {
        case .start(let token): set(Exchange.sessionCookie, token, "")
        case .end: set(Exchange.sessionCookie, "", "; Max-Age=0")
        case nil: break
        }
        if let view = answer.viewChange {
            set(
                Exchange.viewCookie, (view.isElder ? "e" : "") + (view.isHighContrast ? "h" : "") + "_",
                "; Max-Age=31536000")
        }
    }

    private static func eventBody(_ events: AsyncStream<ServerEvent>) -> ResponseBody {
        ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
            for await event in events {
                guard event != .keepAlive else {
                    try await writer.write(ByteBuffer(string: ":\n\n"))
                    continue
                }
                let data = event.data.split(separator: "\n", omittingEmptySubsequences: false).map { "data: \($0)\n" }
                    .joined()
                try await writer.write(ByteBuffer(string: "event: \(event.name)\n\(data)\n"))
            }
            try await writer.finish(nil)
        }
    }
}

extension Exchange {
    var acceptsGzip: Bool {
        (headers["accept-encoding"] ?? "").split(separator: ",").contains { part in
            let text = part.drop { $0 == " " }
            return text.hasPrefix("gzip") && !text.hasSuffix("q=0")
        }
    }
}
