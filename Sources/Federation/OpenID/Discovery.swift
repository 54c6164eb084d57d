import Kernel
import Web

/// What the provider says of itself (OpenID Connect Discovery 1.0, RFC 8414). Only what is there is announced: clients use
/// all that they are told of.
enum Discovery {
    static let scopes = [ApplicationScope.openID, .profile, .edu, .offlineAccess].map(\.rawValue)

    static func document(_ address: SiteAddress) -> ClaimValue {
        func path(_ text: String) -> ClaimValue { .text(address.absolute(text)) }
        let basicOrPost = ["client_secret_basic", "client_secret_post"]
        return .object([
            ("issuer", .text(address.base)),
            ("authorization_endpoint", path(OpenIDPaths.authorize)), ("token_endpoint", path(OpenIDPaths.token)),
            ("userinfo_endpoint", path(OpenIDPaths.userInfo)), ("jwks_uri", path(OpenIDPaths.keys)),
            ("end_session_endpoint", path(OpenIDPaths.logout)),
            ("revocation_endpoint", path(OpenIDPaths.revoke)),
            ("introspection_endpoint", path(OpenIDPaths.introspect)),
            ("scopes_supported", .texts(scopes)), ("response_types_supported", .texts(["code"])),
            ("response_modes_supported", .texts(["query", "form_post"])),
            ("grant_types_supported", .texts(["authorization_code", "refresh_token", "client_credentials"])),
            ("subject_types_supported", .texts(["pairwise"])),
            ("id_token_signing_alg_values_supported", .texts(["RS256"])),
            ("token_endpoint_auth_methods_supported", .texts(basicOrPost + ["none"])),
            ("revocation_endpoint_auth_methods_supported", .texts(basicOrPost + ["none"])),
            ("introspection_endpoint_auth_methods_supported", .texts(basicOrPost)),
            ("code_challenge_methods_supported", .texts(["S256"])),
            ("prompt_values_supported", .texts(["none", "login", "consent", "select_account"])),
            ("acr_values_supported", .texts([AuthenticationContext.oneFactor, AuthenticationContext.twoFactors])),
            ("claims_supported", .texts(claims)), ("claim_types_supported", .texts(["normal"])),
            ("ui_locales_supported", .texts(["zh-CN"])), ("claims_parameter_supported", .flag(false)),
            ("request_parameter_supported", .flag(false)), ("request_uri_parameter_supported", .flag(false)),
            ("authorization_response_iss_parameter_supported", .flag(true)),
            ("backchannel_logout_supported", .flag(true)), ("backchannel_logout_session_supported", .flag(true)),
        ])
    }

    private static let claims = [
        "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "at_hash", "sid", "azp", "name",
        "preferred_username", "edu",
    ]
}

/// The addresses of the provider.
enum OpenIDPaths {
    static let authorize = "/openid/authorize"
    static let consent = "/openid/consent"
    static let token = "/openid/token"
    static let userInfo = "/openid/userinfo"
    static let keys = "/openid/jwks"
    static let logout = "/openid/logout"
    static let confirmLogout = "/openid/logout/confirm"
    static let revoke = "/openid/revoke"
    static let introspect = "/openid/introspect"
    /// What applications a person lets read her data, and how she ends that.
    static let own = "/account/applications"
}
