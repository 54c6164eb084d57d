import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// One request as it came: decoded address, headers, cookies, and what is derived from them once.
struct Exchange: Sendable {
    /// `nil` for a method that no route has.
    let method: RouteMethod?
    let methodName: String
    let isHead: Bool
    let path: String
    /// Path and query as sent, for the way back after sign-in.
    let target: String
    let query: FormValues
    let headers: WebHeaders
    let cookies: [String: String]
    let requestID: String
    let remoteAddress: String
    let isUndecodable: Bool
    /// For visitors without a session: the double-submit token, and whether it must be set.
    let visitorToken: String
    let isVisitorTokenNew: Bool

    static let sessionCookie = "santong_session"
    static let visitorCookie = "santong_visitor"
    static let flashCookie = "santong_flash"
    static let viewCookie = "santong_view"

    init(_ request: Request, _ context: WebContext, _ services: WebServices) {
        requestID = Identifiers.next()
        methodName = request.method.rawValue
        isHead = request.method == .head
        method = isHead ? .get : RouteMethod(rawValue: methodName)
        target = request.uri.description
        let bytes = target.utf8
        let mark = bytes.firstIndex(of: 0x3F) ?? bytes.endIndex
        let decodedPath = URLCoding.decode(bytes[..<mark], plusIsSpace: false)
        let decodedQuery = mark == bytes.endIndex ? FormValues() : URLCoding.parse(bytes[bytes.index(after: mark)...])
        isUndecodable = decodedPath == nil || decodedQuery == nil
        path = decodedPath ?? "/"
        query = decodedQuery ?? FormValues()
        var fields: [String: String] = [:]
        for field in request.headers {
            let name = field.name.canonicalName
            // Cookies may come in several fields (RFC 9113, section 8.2.3); of any other field the last counts.
            let earlier = name == "cookie" ? fields[name].map { $0 + "; " } : nil
            fields[name] = (earlier ?? "") + field.value
        }
        headers = WebHeaders(fields)
        cookies = Exchange.parseCookies(fields["cookie"] ?? "")
        let forwarded = fields["x-forwarded-for"]?.split(separator: ",").last.map { FormValues.trimmed(String($0)) }
        remoteAddress = services.trustsProxy ? forwarded ?? context.remoteAddress : context.remoteAddress
        let known = cookies[Exchange.visitorCookie].flatMap { $0.utf8.count == 52 ? $0 : nil }
        visitorToken = known ?? Identifiers.next() + Identifiers.next()
        isVisitorTokenNew = known == nil
    }

    func session(_ services: WebServices) async throws -> SessionInfo? {
        if let bearer = headers["authorization"], bearer.lowercased().hasPrefix("bearer ") {
            return try await services.authenticate(String(bearer.dropFirst(7)))
        }
        guard let token = cookies[Exchange.sessionCookie], !token.isEmpty else { return nil }
        return try await services.authenticate(token)
    }

    func isOwn(_ token: String, _ session: SessionInfo?) -> Bool {
        Exchange.equal(token, session?.csrfToken ?? visitorToken) && !(session == nil && isVisitorTokenNew)
    }

    /// In time that does not depend on where the two differ.
    private static func equal(_ a: String, _ b: String) -> Bool {
        let a = Array(a.utf8), b = Array(b.utf8)
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    func page(_ services: WebServices, session: SessionInfo?) -> PageContext {
        let view = cookies[Exchange.viewCookie] ?? ""
        return PageContext(
            path: path, user: session?.user, csrfToken: session?.csrfToken ?? visitorToken,
            flash: cookies[Exchange.flashCookie].flatMap { Flash(coded: $0) },
            preferences: DisplayPreferences(isElder: view.contains("e"), isHighContrast: view.contains("h")),
            navigation: services.navigation, site: services.site, unreadNotices: session?.unreadNotices ?? 0)
    }

    var isAPI: Bool { path.utf8.starts(with: "/api/".utf8) }

    func isUpload(_ route: Route) -> Bool {
        if case .upload = route.body { true } else { false }
    }

    func webRequest(
        _ parameters: [String: String], _ body: RequestBodyContent, _ session: SessionInfo?, _ services: WebServices
    ) -> WebRequest {
        WebRequest(
            method: method ?? .get, path: path, target: target, parameters: parameters, query: query, form: body.form,
            files: body.files,
            body: body.bytes, headers: headers, remoteAddress: remoteAddress, requestID: requestID, session: session,
            page: page(services, session: session), exporter: services.exporter)
    }

    private static func parseCookies(_ header: String) -> [String: String] {
        var cookies: [String: String] = [:]
        for part in header.split(separator: ";") {
            let halves = part.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { continue }
            let name = halves[0].drop { $0 == " " }
            cookies[String(name)] = String(halves[1])
        }
        return cookies
    }
}

extension Flash {
    /// For the cookie: kind and percent-coded text.
    var coded: String { kind.rawValue + "." + URLCoding.encode(text) }

    init?(coded: String) {
        let halves = coded.split(separator: ".", maxSplits: 1)
        guard halves.count == 2, let kind = Kind(rawValue: String(halves[0])),
            let text = URLCoding.decode(halves[1].utf8, plusIsSpace: false)
        else { return nil }
        self.init(kind, text)
    }
}
