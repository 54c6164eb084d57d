import Web

/// An error as OAuth 2.0 and OpenID Connect name it. The description is for the developer of an application, in ASCII.
struct OAuthError: Error, Equatable {
    let code: String
    let description: String
    var status = 400

    init(_ code: String, _ description: String, status: Int = 400) {
        (self.code, self.description, self.status) = (code, description, status)
    }

    static func invalidRequest(_ description: String) -> OAuthError { OAuthError("invalid_request", description) }
    static func invalidClient(_ description: String = "client authentication failed") -> OAuthError {
        OAuthError("invalid_client", description, status: 401)
    }
    static func invalidGrant(_ description: String) -> OAuthError { OAuthError("invalid_grant", description) }
    static let loginRequired = OAuthError("login_required", "the person is not signed in")
    static let consentRequired = OAuthError("consent_required", "the person has not agreed yet")
    static let accessDenied = OAuthError("access_denied", "the person did not agree")

    /// The answer of a door for machines.
    var response: WebResponse {
        .claims(
            .object([("error", .text(code)), ("error_description", .text(description))]), status: status)
    }
}

extension FormValues {
    /// The protocols allow each parameter once (RFC 6749, section 3.1).
    func repeatedName(among names: [String]) -> String? { names.first { all($0).count > 1 } }

    /// As sent; an empty parameter counts as absent (RFC 6749, section 3.1).
    func sent(_ name: String) -> String? { raw(name).flatMap { $0.isEmpty ? nil : $0 } }
}
