/// The first two bytes of a sealed value: which algorithm, which key.
struct SealHeader: Hashable, Sendable {
    enum Algorithm: UInt8, Sendable, CaseIterable { case aes256GCM = 1, sm4CTRWithHMACSM3 = 2 }

    static let byteCount = 2
    let algorithm: Algorithm
    let keyID: UInt8

    init(_ algorithm: Algorithm, keyID: UInt8) {
        (self.algorithm, self.keyID) = (algorithm, keyID)
    }

    /// `nil` when the bytes begin with no known algorithm.
    init?(_ sealed: [UInt8]) {
        guard sealed.count >= Self.byteCount, let algorithm = Algorithm(rawValue: sealed[0]) else { return nil }
        self.init(algorithm, keyID: sealed[1])
    }

    var bytes: [UInt8] { [algorithm.rawValue, keyID] }
}

/// Seals by one algorithm under the current key of a ring; opens by every algorithm under every key.
struct Sealer: Sendable {
    static let byteLimit = 16 * 1024 * 1024

    private enum Cipher: Sendable {
        case aes(AES256GCM)
        case sm4(SM4Sealed)
    }

    private let current: SealHeader
    private let ciphers: [SealHeader: Cipher]

    init(_ ring: KeyRing, algorithm: SealHeader.Algorithm) {
        var ciphers: [SealHeader: Cipher] = [:]
        for key in ring.keys {
            for algorithm in SealHeader.Algorithm.allCases {
                ciphers[SealHeader(algorithm, keyID: key.id)] = Self.cipher(algorithm, key.secret)
            }
        }
        self.ciphers = ciphers
        current = SealHeader(algorithm, keyID: ring.current.id)
    }

    /// No key serves two algorithms or two ends: each is derived from the master key under a name of its own.
    private static func cipher(_ algorithm: SealHeader.Algorithm, _ secret: SecretBytes) -> Cipher {
        switch algorithm {
        case .aes256GCM:
            return .aes(AES256GCM(key: SecretBytes(HMAC<SHA256>(key: secret).authenticate("santong aes-256-gcm"))))
        case .sm4CTRWithHMACSM3:
            let derive = HMAC<SM3>(key: secret)
            let key = derive.authenticate("santong sm4-ctr").prefix(SM4.byteCount)
            return .sm4(
                SM4Sealed(
                    key: SecretBytes(Array(key)), codeKey: SecretBytes(derive.authenticate("santong hmac-sm3"))))
        }
    }

    func seal(_ plain: [UInt8], _ context: String) throws -> [UInt8] {
        guard plain.count <= Self.byteLimit else { throw CryptoError.tooLong(limit: Self.byteLimit) }
        let aad = current.bytes + Array(context.utf8)
        switch ciphers[current]! {
        case .aes(let cipher): return current.bytes + cipher.seal(plain, authenticating: aad)
        case .sm4(let cipher): return current.bytes + cipher.seal(plain, authenticating: aad)
        }
    }

    func open(_ sealed: [UInt8], _ context: String) throws -> [UInt8] {
        guard let header = SealHeader(sealed), sealed.count <= Self.byteLimit + 1024 else {
            throw CryptoError.notAuthentic
        }
        let aad = header.bytes + Array(context.utf8)
        let body = sealed.dropFirst(SealHeader.byteCount)
        switch ciphers[header] {
        case .aes(let cipher)?: return try cipher.open(body, authenticating: aad)
        case .sm4(let cipher)?: return try cipher.open(body, authenticating: aad)
        case nil: throw CryptoError.unknownKey(header.keyID)
        }
    }

    func needsResealing(_ sealed: [UInt8]) -> Bool { SealHeader(sealed) != current }
}
