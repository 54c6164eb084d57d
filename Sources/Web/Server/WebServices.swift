import Kernel

/// What the pipeline needs from the rest of the product; `App` fills it in.
package struct WebServices: Sendable {
    /// The session behind a token from the cookie or from `Authorization: Bearer`; `nil` when it is not valid (any more).
    package var authenticate: @Sendable (_ token: String) async throws -> SessionInfo?
    package var repeats: any RepeatGuard
    package var site: SiteInfo
    package var navigation: NavigationMenu
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
        navigation: NavigationMenu, exporter: any TableExporter, uploadFolder: String, isSecure: Bool,
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
    /// Does the deed of a fresh claim. Throws `RepeatedDeed` when an earlier request with the key turns out to have done
    /// it, and what the deed throws.
    func perform(_ key: String, _ deed: @Sendable () async throws -> WebResponse) async throws -> WebResponse
    func answer(_ key: String, location: String, flash: String) async throws
    /// Nothing was done; the key may be used again.
    func release(_ key: String) async throws
    /// Nobody knows whether it was done; the same form sent again finds out.
    func leaveOpen(_ key: String) async
}

/// The deed was done before, by a request whose answer got lost.
package struct RepeatedDeed: Error {
    package init() {}
}

package enum RepeatClaim: Sendable {
    case fresh, inProgress, foreign
    case answered(location: String, flash: String)
    /// Done, but its answer got lost.
    case done
}
