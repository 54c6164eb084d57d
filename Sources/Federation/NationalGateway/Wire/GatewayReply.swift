import Web

/// `retCode`: how a call ended. Replies are always HTTP 200.
enum GatewayCode: String, Sendable {
    case done = "000000"
    case missing = "200001"
    case wrong = "200002"
    /// The ticket or the session is used, expired or was never there.
    case dead = "300006"
    case notRealName = "300027"
    /// Not of the protocol: too many calls.
    case tooMany = "900001"
    /// Not of the protocol: nothing wrong with the call.
    case unavailable = "900002"
}

/// Why a call is refused; the text goes to the caller's programmer.
struct GatewayRefusal: Error, Equatable {
    let code: GatewayCode
    let text: String
    var more: GatewayValue?

    init(_ code: GatewayCode, _ text: String, _ more: GatewayValue? = nil) {
        (self.code, self.text, self.more) = (code, text, more)
    }
}

/// What a call is answered. Callers look for the same content at different places, so it stands at all of them.
enum GatewayReply {
    /// - Parameter content: top-level fields besides `retCode` and `retDesc`.
    static func done(_ content: [String: GatewayValue]) -> WebResponse {
        respond(.done, "成功", content)
    }

    static func refused(_ refusal: GatewayRefusal) -> WebResponse {
        respond(refusal.code, refusal.text, refusal.more.map { ["data": $0] } ?? [:])
    }

    private static func respond(_ code: GatewayCode, _ text: String, _ content: [String: GatewayValue]) -> WebResponse {
        var fields = content
        (fields["retCode"], fields["retDesc"]) = (.text(code.rawValue), .text(text))
        return .json(Array(GatewayValue.object(fields).json.utf8))
    }

    static func token(_ token: String, seconds: Int64) -> WebResponse {
        let time = GatewayValue.number(String(seconds))
        return done([
            "data": ["accessToken": .text(token), "validTime": time],
            "tokenInfo": ["token": .text(token), "accessToken": .text(token), "validTime": time],
        ])
    }

    static func person(_ fields: [String: GatewayValue]) -> WebResponse {
        done(["data": .object(fields), "userInfo": .object(fields)])
    }

    /// The first flavour spells every name in small letters.
    static func personInSmallLetters(_ fields: [String: GatewayValue]) -> WebResponse {
        let small = Dictionary(fields.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        return done(["userinfo": .object(small), "userInfo": .object(fields), "data": .object(fields)])
    }

    /// - Parameter name: the list's name at the top, `orgList`.
    static func list(_ name: String, _ items: [[String: GatewayValue]], total: Int? = nil) -> WebResponse {
        let list = GatewayValue.list(items.map(GatewayValue.object))
        var data: [String: GatewayValue] = [name: list]
        if let total { data["total"] = .number(String(total)) }
        return done(["data": .object(data), name: list])
    }

    /// The first flavour checks tickets by an XML answer of CAS, whose user is the session.
    static func casSession(_ session: String) -> WebResponse {
        cas("<cas:authenticationSuccess><cas:user>\(session)</cas:user></cas:authenticationSuccess>")
    }

    static func casFailure(_ refusal: GatewayRefusal) -> WebResponse {
        let text = XMLText.escape(refusal.text)
        return cas(
            "<cas:authenticationFailure code=\"\(refusal.code.rawValue)\">\(text)</cas:authenticationFailure>")
    }

    private static func cas(_ content: String) -> WebResponse {
        let text = "<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\">\(content)</cas:serviceResponse>\n"
        return WebResponse(
            headers: [("content-type", "application/xml; charset=utf-8")], body: .bytes(Array(text.utf8)))
    }
}
