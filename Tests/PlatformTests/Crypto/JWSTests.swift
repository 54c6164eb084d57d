import Testing

@testable import Platform

@Suite("JWS") struct JWSTests {
    private static let key = RSAKey.generate()
    private let payload = Array(#"{"sub":"王"}"#.utf8)

    @Test func `what a key signed it takes, and nothing else`() throws {
        let text = JWS.sign(payload, type: "JWT", keyID: "k1", by: Self.key)
        let token = try #require(JWS.read(text))
        #expect(token.keyID == "k1" && token.type == "JWT")
        #expect(JWS.payload(of: token, signedBy: Self.key) == payload)
        #expect(JWS.payload(of: token, signedBy: RSAKey.generate()) == nil)
        let parts = text.split(separator: ".").map(String.init)
        let other = JWS.sign(Array(#"{"sub":"李"}"#.utf8), type: "JWT", keyID: "k1", by: Self.key).split(separator: ".")
        let mixed = try #require(JWS.read([parts[0], String(other[1]), parts[2]].joined(separator: ".")))
        #expect(JWS.payload(of: mixed, signedBy: Self.key) == nil)
    }

    @Test(arguments: [
        #"{"alg":"none","kid":"k1"}"#, #"{"alg":"HS256","kid":"k1"}"#, #"{"alg":"RS512","kid":"k1"}"#,
        #"{"alg":"PS256","kid":"k1"}"#, #"{"alg":"rs256","kid":"k1"}"#, #"{"alg":"RS256"}"#, #"{"kid":"k1"}"#,
        #"{"alg":"RS256","kid":"k1","crit":["b64"],"b64":false}"#, #"{"alg":["RS256"],"kid":"k1"}"#, "[]", "x", "",
    ])
    func `a token cannot choose how it is checked`(_ header: String) throws {
        // The attack on libraries that take the public key for an HMAC secret: correctly made, still refused.
        let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(payload)
        let code = HMAC<SHA256>(key: Self.key.modulus).authenticate(signed)
        for signature in [Base64URL.encode(code), Base64URL.encode(Self.key.sign(Array(signed.utf8))), ""] {
            #expect(JWS.read(signed + "." + signature) == nil)
        }
    }

    @Test func `one token has one spelling`() throws {
        let text = JWS.sign(payload, type: "JWT", keyID: "k1", by: Self.key)
        for changed in [text + "=", text + ".", "." + text, text + "\n", String(text.dropLast()), text + "A", ""] {
            let token = JWS.read(changed)
            #expect(token.flatMap { JWS.payload(of: $0, signedBy: Self.key) } == nil, "\(changed.suffix(4))")
        }
        #expect(JWS.read(String(repeating: "A", count: 20_000)) == nil)
    }

    @Test func `a key is read back as it was written, and nothing else is a key`() throws {
        let again = try RSAKey(privateBytes: Self.key.privateBytes)
        #expect(again.modulus == Self.key.modulus && again.exponent == [1, 0, 1] && again.modulus.count == 256)
        #expect(again.isValid(Self.key.sign(payload), for: payload))
        #expect(throws: CryptoError.notAuthentic) { try RSAKey(privateBytes: []) }
        #expect(throws: CryptoError.notAuthentic) { try RSAKey(privateBytes: Array(repeating: 7, count: 1200)) }
        #expect(throws: CryptoError.notAuthentic) { try RSAKey(privateBytes: Array(Self.key.privateBytes.dropLast(9))) }
    }
}
