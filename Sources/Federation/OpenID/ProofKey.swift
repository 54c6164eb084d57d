import Platform

/// PKCE (RFC 7636): the one who began an authorization proves that it is she who ends it. Only S256.
enum ProofKey {
    /// Challenges and verifiers: 43 to 128 unreserved characters.
    static func isWellFormed(_ text: String) -> Bool {
        (43...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
                default: false
                }
            }
    }

    /// Whether the verifier belongs to the challenge. A verifier without a challenge is refused too: somebody took the
    /// challenge out of the request on its way (RFC 9700, section 2.1.1).
    static func fits(verifier: String?, challenge: String?) -> Bool {
        switch (verifier, challenge) {
        case (nil, nil): true
        case (let verifier?, let challenge?):
            isWellFormed(verifier) && ConstantTime.equal(Base64URL.encode(SHA256.hash(verifier)), challenge)
        default: false
        }
    }
}
