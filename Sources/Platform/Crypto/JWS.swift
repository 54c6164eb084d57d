import Foundation

/// JSON Web Signatures in compact form (RFC 7515), by RS256 and nothing else: what a token says of its own algorithm
/// never chooses how it is checked.
package enum JWS {
    /// Longest text that is looked at, in bytes.
    static let longest = 16 << 10

    /// A token that has the right shape and claims RS256; nothing is known of its signature yet.
    package struct Unverified: Sendable {
        /// `typ` of the header.
        package let type: String?
        /// `kid` of the header.
        package let keyID: String
        let payload: [UInt8]
        let signature: [UInt8]
        let signed: [UInt8]
    }

    private struct Header: Decodable {
        let alg: String
        let kid: String
        let typ: String?
        let crit: [String]?
    }

    /// - Parameters:
    ///   - type: `typ` of the header, `JWT` or `logout+jwt`.
    ///   - keyID: letters, digits, `-` and `_`.
    package static func sign(_ payload: [UInt8], type: StaticString, keyID: String, by key: RSAKey) -> String {
        let header = #"{"alg":"RS256","typ":"\#(type)","kid":"\#(keyID)"}"#
        let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(payload)
        return signed + "." + Base64URL.encode(key.sign(Array(signed.utf8)))
    }

    /// `nil` unless it is a compact RS256 token that names its key and asks for no extension.
    package static func read(_ text: String) -> Unverified? {
        guard text.utf8.count <= longest else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]),
            let fields = try? JSONDecoder().decode(Header.self, from: Data(header)),
            fields.alg == "RS256", fields.crit == nil
        else { return nil }
        return Unverified(
            type: fields.typ, keyID: fields.kid, payload: payload, signature: signature,
            signed: Array((parts[0] + "." + parts[1]).utf8))
    }

    /// The payload, when the key signed it; the caller has chosen the key by `keyID` from its own list.
    package static func payload(of token: Unverified, signedBy key: RSAKey) -> [UInt8]? {
        key.isValid(token.signature, for: token.signed) ? token.payload : nil
    }
}
