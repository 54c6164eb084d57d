import Kernel

/// What the pipeline needs from the rest of the product; `App` fills it in.
package struct WebServices: Sendable {
    /// The session behind a token from the cookie or from `Authorization: Bearer`; `nil` when it is not valid (any more).
    package var authenticate: @Sendable (_ token: String) async throws -> SessionInfo?
    package var repeats: any RepeatGuard
    package var site: SiteInfo
    package var navigation: [NavigationItem]
    package var exporter: any TableExporter
    /// Where uploads wait until their handler has taken them.
    package var uploadFolder: String
    /// Set behind TLS: cookies become `Secure` and HSTS is sent.
    package var isSecure: Bool
    /// Take the client's address from `X-Forwarded-For`; only behind a reverse proxy of one's own.
    package var trustsProxy: Bool

    package init(
        authenticate: @escaping @Sendable (String) async throws -> SessionInfo?, repeats: any RepeatGuard,
        site: SiteInfo,
        navigation: [NavigationItem], exporter: any TableExporter, uploadFolder: String, isSecure: Bool,
        trustsProxy: Bool
    ) {
        (self.authenticate, self.repeats, self.site, self.navigation) = (authenticate, repeats, site, navigation)
        (self.exporter, self.uploadFolder) = (exporter, uploadFolder)
        (self.isSecure, self.trustsProxy) = (isSecure, trustsProxy)
    }
}

/// Remembers the keys of submitted forms, so that a double submit is answered and not done twice.
package protocol RepeatGuard: Sendable {
    func claim(_ key: String, scope: String) async throws -> RepeatClaim
    func answer(_ key: String, location: String, flash: String) async throws
    func release(_ key: String) async throws
}

package enum RepeatClaim: Sendable {
    case fresh, inProgress, foreign
    case answered(location: String, flash: String)
}
