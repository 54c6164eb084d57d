import Database
import Identity
import Kernel
import Platform

/// 应用授权: what came of one person's visit to one application, from the code to the last refresh token. All that was
/// issued from it lives and dies with it.
struct Authorization: Sendable {
    let id: ID<Authorization>
    let application: ApplicationID
    let clientID: String
    let account: ID<Account>
    let subject: String
    /// Of the session in which it was given.
    let lineage: String
    /// `sid`, the name of that session for the application.
    let sid: String
    let scopes: [String]
    let nonce: String?
    /// How the person proved who she is, see `AuthenticationContext`.
    let context: String
    let authenticatedAt: Timestamp
    let redirect: String
    /// PKCE; `nil` when a confidential application did not use it.
    let challenge: String?
    let codeUntil: Timestamp
    let isCodeUsed: Bool
    /// Outlives the session: the application may read on until the person withdraws it, changes her password, or either
    /// of the two is suspended.
    let isOffline: Bool
    /// Whether the application, the account and, unless it is offline, the session are still there.
    let isAlive: Bool

    /// Seconds in which a code must be exchanged.
    static let codeLife: Int64 = 60
    static let accessLife: Int64 = 3600
    static let idTokenLife: Int64 = 600
    /// Seconds for which one refresh token is good.
    static let refreshLife: Int64 = 30 * 86_400
    /// Seconds after which the person must come herself again.
    static let longestLife: Int64 = 180 * 86_400

    static let columns: SQL =
        """
        g.id, g.application_id, p.client_id, g.account_id, g.subject, g.lineage, g.sid, g.scopes, g.nonce, g.acr,
        g.authenticated_at, g.redirect_uri, g.challenge, g.code_until, g.code_used_at, g.is_offline,
        CASE WHEN g.ended_at IS NULL AND a.state = 'active' AND p.state = 'active'
            AND ' ' || p.protocols || ' ' LIKE '% openid %'
            AND ((g.is_offline = 1 AND a.password_changed_at <= g.authenticated_at)
                OR EXISTS (SELECT 1 FROM identity_session s WHERE s.lineage = g.lineage)) THEN 1 ELSE 0 END
        """
    /// How many columns there are; more may follow in a statement.
    static let columnCount = 17

    static let tables: SQL =
        """
        federation_openid_authorization g JOIN federation_application p ON p.id = g.application_id
        JOIN identity_account a ON a.id = g.account_id
        """

    init(_ row: borrowing Row) throws {
        (id, application, clientID, account) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (subject, lineage, sid) = (try row.get(4), try row.get(5), try row.get(6))
        scopes = try row.text(7).split(separator: " ").map(String.init)
        (nonce, context, authenticatedAt, redirect) = (try row.get(8), try row.get(9), try row.get(10), try row.get(11))
        (challenge, codeUntil) = (try row.get(12), try row.get(13))
        isCodeUsed = !row.isNull(14)
        (isOffline, isAlive) = (try row.get(15), try row.get(16))
    }
}

/// How sure the platform is that it is she: the values of `acr`.
enum AuthenticationContext {
    static let oneFactor = "urn:santong:acr:one-factor"
    static let twoFactors = "urn:santong:acr:two-factors"
}

/// Codes and tokens as their holders know them.
enum OpenIDToken {
    enum Kind: String, Column, Sendable { case access, refresh }

    static func code() -> String { SecureRandom.token() }

    /// The beginning tells people and scanners what they found; it also keeps these apart from the platform's own tokens.
    static func random(_ kind: Kind) -> String { (kind == .access ? "sta_" : "str_") + SecureRandom.token() }

    /// `nil` when the text cannot be one, so that no query is asked for it.
    static func hash(_ text: String, _ kind: Kind? = nil) -> [UInt8]? {
        guard text.utf8.count <= 64, !text.isEmpty else { return nil }
        if let kind, !text.hasPrefix(kind == .access ? "sta_" : "str_") { return nil }
        return SHA256.hash(text)
    }
}
