import Kernel
import Web

/// What an application asks for when it sends a person here (OpenID Connect Core, 3.1.2.1), checked as far as it can be
/// without looking at the person.
struct AuthorizationRequest: Sendable {
    enum Prompt: String, Sendable { case none, login, consent, selectAccount = "select_account" }
    enum ResponseMode: String, Sendable { case query, formPost = "form_post" }

    let application: Application
    let redirect: String
    let mode: ResponseMode
    let state: String?
    /// Those of the request that the application may have, in its order.
    let scopes: [String]
    let nonce: String?
    let challenge: String?
    let prompts: Set<Prompt>
    /// Seconds since the person last proved who she is.
    let maximumAge: Int64?
    let loginHint: String?
    let idTokenHint: String?

    /// Why a request goes no further.
    enum Refusal: Error {
        /// Nobody can tell who asks: the person gets a page, in Chinese, and is sent nowhere.
        case page(String)
        /// The application is known; it is told at its registered address.
        case answer(OAuthError, AuthorizationAnswer)
    }

    /// The parameters that are looked at; whatever else is sent is ignored (RFC 6749, section 3.1).
    static let names = [
        "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "prompt", "max_age",
        "login_hint", "id_token_hint", "acr_values", "code_challenge", "code_challenge_method", "request",
        "request_uri", "registration", "display", "ui_locales",
    ]
    private static let longestText = 2048

    /// - Parameters:
    ///   - application: the one that `client_id` names, in whatever state.
    ///   - redirects: its registered addresses.
    /// - Throws: `Refusal`.
    init(_ values: FormValues, _ application: Application?, redirects: [String]) throws {
        guard values.repeatedName(among: ["client_id", "redirect_uri"]) == nil else {
            throw Refusal.page("链接里的应用信息重复。")
        }
        guard let application, application.speaks(.openID) else { throw Refusal.page("这个应用没有接入平台，或已暂停。") }
        // Byte for byte: two spellings of one address are two addresses (RFC 9700, section 2.1).
        guard let redirect = values.raw("redirect_uri"),
            redirects.contains(where: { $0.utf8.elementsEqual(redirect.utf8) })
        else { throw Refusal.page("应用要求返回的地址没有登记。") }
        self.application = application
        self.redirect = redirect
        let mode = ResponseMode(rawValue: values.sent("response_mode") ?? "query")
        let states = values.all("state"), state = states.count == 1 && !states[0].isEmpty ? states[0] : nil
        let answer = AuthorizationAnswer(redirect: redirect, mode: mode ?? .query, state: state)
        (self.mode, self.state) = (mode ?? .query, state)
        do throws(OAuthError) {
            guard mode != nil else { throw .invalidRequest("response_mode is not supported") }
            try Self.checkShape(values)
            scopes = try Self.scopes(values, application)
            challenge = try Self.challenge(values, application)
            prompts = try Self.prompts(values)
            maximumAge = try Self.maximumAge(values)
        } catch { throw Refusal.answer(error, answer) }
        nonce = values.sent("nonce")
        loginHint = values.sent("login_hint")
        idTokenHint = values.sent("id_token_hint")
    }

    private static func checkShape(_ values: FormValues) throws(OAuthError) {
        if let name = values.repeatedName(among: names) { throw .invalidRequest("\(name) is given twice") }
        if values.sent("request") != nil { throw OAuthError("request_not_supported", "request objects are not read") }
        if values.sent("request_uri") != nil {
            throw OAuthError("request_uri_not_supported", "request objects are not fetched")
        }
        if values.sent("registration") != nil {
            throw OAuthError("registration_not_supported", "applications are registered by people")
        }
        guard let type = values.sent("response_type") else { throw .invalidRequest("response_type is missing") }
        guard type == "code" else { throw OAuthError("unsupported_response_type", "only code is supported") }
        for name in ["state", "nonce", "login_hint"] {
            guard (values.raw(name)?.utf8.count ?? 0) <= longestText else {
                throw .invalidRequest("\(name) is longer than \(longestText) bytes")
            }
        }
    }

    private static func scopes(_ values: FormValues, _ application: Application) throws(OAuthError) -> [String] {
        let asked = (values.raw("scope") ?? "").split(separator: " ").map(String.init)
        guard asked.contains(ApplicationScope.openID.rawValue) else {
            throw OAuthError("invalid_scope", "scope must contain openid")
        }
        var scopes: [String] = []
        for scope in asked where Discovery.scopes.contains(scope) && !scopes.contains(scope) {
            if scope == ApplicationScope.openID.rawValue || application.scopes.contains(scope) { scopes.append(scope) }
        }
        return scopes
    }

    private static func challenge(_ values: FormValues, _ application: Application) throws(OAuthError) -> String? {
        guard let challenge = values.sent("code_challenge") else {
            if application.isPublic { throw .invalidRequest("code_challenge is missing") }
            if values.sent("code_challenge_method") != nil { throw .invalidRequest("code_challenge is missing") }
            return nil
        }
        // Without a method RFC 7636 means plain, which protects nobody.
        guard values.sent("code_challenge_method") == "S256" else {
            throw .invalidRequest("code_challenge_method must be S256")
        }
        guard challenge.utf8.count == 43, ProofKey.isWellFormed(challenge) else {
            throw .invalidRequest("code_challenge is malformed")
        }
        return challenge
    }

    private static func prompts(_ values: FormValues) throws(OAuthError) -> Set<Prompt> {
        var prompts: Set<Prompt> = []
        for word in (values.raw("prompt") ?? "").split(separator: " ") {
            guard let prompt = Prompt(rawValue: String(word)) else { throw .invalidRequest("prompt is not known") }
            prompts.insert(prompt)
        }
        if prompts.contains(.none) && prompts.count > 1 { throw .invalidRequest("prompt none stands alone") }
        return prompts
    }

    private static func maximumAge(_ values: FormValues) throws(OAuthError) -> Int64? {
        guard let text = values.sent("max_age") else { return nil }
        guard text.utf8.count <= 10, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let age = Int64(text) else {
            throw .invalidRequest("max_age is no number of seconds")
        }
        return age
    }
}

/// Where and how an application is answered once it is known.
struct AuthorizationAnswer: Sendable {
    let redirect: String
    let mode: AuthorizationRequest.ResponseMode
    let state: String?

    /// The pairs of an answer: what is said, `state` as it came, and who says it (RFC 9207).
    func pairs(_ pairs: [(name: String, value: String)], issuer: String) -> [(name: String, value: String)] {
        pairs + (state.map { [("state", $0)] } ?? []) + [("iss", issuer)]
    }

    /// The address with the pairs in its query.
    static func address(_ redirect: String, _ pairs: [(name: String, value: String)]) -> String {
        if pairs.isEmpty { return redirect }
        return redirect + (redirect.utf8.contains(0x3F) ? "&" : "?") + FormValues(pairs).encoded
    }

    /// `https://host:port` of the address, for the policy that lets a form go there.
    static func origin(_ address: String) -> String {
        let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let host = parts.count > 2 ? parts[2].prefix { $0 != "?" } : ""
        return parts.count > 2 ? "\(parts[0])//\(host)" : "'none'"
    }
}
