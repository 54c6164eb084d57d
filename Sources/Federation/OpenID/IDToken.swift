import Database
import Foundation
import Kernel
import Platform

/// What the application is told of the sign-in itself (OpenID Connect Core, section 2).
enum IDToken {
    static func text(
        of authorization: Authorization, accessToken: String, isFirst: Bool, issuer: String, at now: Timestamp,
        by signer: SigningKeys.Opened
    ) -> String {
        let seconds = now.milliseconds / 1000
        var claims: [(name: String, value: ClaimValue)] = [
            ("iss", .text(issuer)), ("sub", .text(authorization.subject)), ("aud", .text(authorization.clientID)),
            ("azp", .text(authorization.clientID)), ("iat", .number(seconds)),
            ("exp", .number(seconds + Authorization.idTokenLife)),
            ("auth_time", .number(authorization.authenticatedAt.milliseconds / 1000)),
            ("acr", .text(authorization.context)), ("sid", .text(authorization.sid)),
            ("at_hash", .text(Base64URL.encode(Array(SHA256.hash(accessToken).prefix(16))))),
        ]
        // Only the token that answers the request carries its nonce (section 12.2).
        if isFirst, let nonce = authorization.nonce { claims.append(("nonce", .text(nonce))) }
        return JWS.sign(ClaimValue.object(claims).bytes, type: "JWT", keyID: signer.id, by: signer.key)
    }
}

/// An ID token that an application sends back to say whom it means. It may have run out long ago.
struct IDTokenHint: Sendable {
    let clientID: String
    let subject: String
    let sid: String?

    private struct Claims: Decodable {
        let iss: String
        let aud: String
        let sub: String
        let sid: String?
    }

    /// `nil` unless this provider signed it as an ID token.
    static func read(_ text: String?, _ provider: OpenIDProvider) async throws -> IDTokenHint? {
        guard let text, let token = JWS.read(text), token.type == "JWT",
            let key = try await provider.keys.find(token.keyID),
            let payload = JWS.payload(of: token, signedBy: key),
            let claims = try? JSONDecoder().decode(Claims.self, from: Data(payload)),
            claims.iss == provider.issuer
        else { return nil }
        return IDTokenHint(clientID: claims.aud, subject: claims.sub, sid: claims.sid)
    }
}

/// How an application is told that a session is over (OpenID Connect Back-Channel Logout 1.0).
enum LogoutToken {
    /// Seconds that the application may take.
    static let life: Int64 = 120

    static func message(_ provider: OpenIDProvider) -> LogoutMessage {
        { ended, now in
            let text = try await text(of: ended, provider, at: now)
            let form = "logout_token=" + text
            return OutboundRequest(
                method: .post, url: ended.address, headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array(form.utf8))
        }
    }

    static func text(of ended: Participation, _ provider: OpenIDProvider, at now: Timestamp) async throws -> String {
        let (application, subject) = try await provider.database.read { db in
            (
                try ApplicationStore(db).find(ended.application),
                try SubjectIdentifier.find(ended.account, for: ended.application, on: db)
            )
        }
        guard let application, let subject else { throw DomainError.notFound }
        let signer = try await provider.keys.current(), seconds = now.milliseconds / 1000
        let event = ClaimValue.object([("http://schemas.openid.net/event/backchannel-logout", .object([]))])
        let claims = ClaimValue.object([
            ("iss", .text(provider.issuer)), ("sub", .text(subject)), ("aud", .text(application.clientID)),
            ("iat", .number(seconds)), ("exp", .number(seconds + life)), ("jti", .text(SecureRandom.token())),
            ("sid", .text(ended.reference)), ("events", event),
        ])
        return JWS.sign(claims.bytes, type: "logout+jwt", keyID: signer.id, by: signer.key)
    }
}
