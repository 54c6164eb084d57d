import Synchronization

/// Hides sensitive fields and makes them findable. Behind this seam stand the international algorithms, the national
/// ones, and one day a certified device.
package protocol CryptoProvider: Sendable {
    /// Encrypts and authenticates.
    /// - Parameter context: where the value belongs, for example `directory_person.id_number/<id>`. It is not stored;
    ///   opening needs the same, so a value copied to another row or column does not open there.
    /// - Throws: `CryptoError.tooLong` above 16 MiB.
    func seal(_ plain: [UInt8], context: String) throws -> [UInt8]

    /// Opens what this or another provider of the same key ring has sealed, under the current or an older key.
    /// - Throws: `CryptoError.notAuthentic` or `CryptoError.unknownKey`.
    func open(_ sealed: [UInt8], context: String) throws -> [UInt8]

    /// 32 bytes by which a hidden text can be found: equal texts of one purpose give equal keys. The caller brings
    /// the text into one spelling first. Keys of the two suites differ, so a change of suite means computing anew.
    func lookupKey(_ text: String, purpose: String) -> [UInt8]

    /// Whether the value is sealed under an older key or by another suite, so sealing it anew is due.
    func needsResealing(_ sealed: [UInt8]) -> Bool

    /// The same algorithms under other keys.
    func under(_ ring: KeyRing) -> any CryptoProvider
}

extension CryptoProvider {
    /// Seals the text's UTF-8 bytes.
    package func seal(_ text: String, context: String) throws -> [UInt8] {
        try seal(Array(text.utf8), context: context)
    }

    /// Opens to text; `CryptoError.notAuthentic` also when the bytes are no UTF-8.
    package func openText(_ sealed: [UInt8], context: String) throws -> String {
        guard let text = String(validating: try open(sealed, context: context), as: UTF8.self) else {
            throw CryptoError.notAuthentic
        }
        return text
    }
}

/// The choice of algorithms in the configuration.
package enum CryptoSuite: String, Sendable, CaseIterable {
    /// AES-256-GCM and HMAC-SHA256.
    case international
    /// SM4-CTR and HMAC-SM3, where the rules for commercial cryptography (商用密码) ask for it.
    case commercial

    package func provider(_ ring: KeyRing) -> any CryptoProvider {
        switch self {
        case .international: InternationalCrypto(ring)
        case .commercial: CommercialCrypto(ring)
        }
    }
}

/// AES-256-GCM and HMAC-SHA256.
package struct InternationalCrypto: CryptoProvider {
    private let sealer: Sealer
    private let lookup: LookupKeys<SHA256>

    package init(_ ring: KeyRing) {
        sealer = Sealer(ring, algorithm: .aes256GCM)
        lookup = LookupKeys(ring.lookup)
    }

    package func seal(_ plain: [UInt8], context: String) throws -> [UInt8] { try sealer.seal(plain, context) }
    package func open(_ sealed: [UInt8], context: String) throws -> [UInt8] { try sealer.open(sealed, context) }
    package func needsResealing(_ sealed: [UInt8]) -> Bool { sealer.needsResealing(sealed) }

    package func under(_ ring: KeyRing) -> any CryptoProvider { InternationalCrypto(ring) }

    package func lookupKey(_ text: String, purpose: String) -> [UInt8] {
        lookup[purpose].authenticate(text)
    }
}

/// SM4-CTR with HMAC-SM3, both through the system's libcrypto. Software alone does not pass an assessment of
/// commercial cryptography; that takes a certified device behind the same seam.
package struct CommercialCrypto: CryptoProvider {
    private let sealer: Sealer
    private let lookup: LookupKeys<SM3>

    package init(_ ring: KeyRing) {
        sealer = Sealer(ring, algorithm: .sm4CTRWithHMACSM3)
        lookup = LookupKeys(ring.lookup)
    }

    package func seal(_ plain: [UInt8], context: String) throws -> [UInt8] { try sealer.seal(plain, context) }
    package func open(_ sealed: [UInt8], context: String) throws -> [UInt8] { try sealer.open(sealed, context) }
    package func needsResealing(_ sealed: [UInt8]) -> Bool { sealer.needsResealing(sealed) }

    package func under(_ ring: KeyRing) -> any CryptoProvider { CommercialCrypto(ring) }

    package func lookupKey(_ text: String, purpose: String) -> [UInt8] {
        lookup[purpose].authenticate(text)
    }
}

/// The keyed hash of each purpose, prepared once: preparing takes longer than hashing a number. There are as many as the
/// code names purposes.
private final class LookupKeys<Function: HashFunction>: Sendable {
    private let root: HMAC<Function>
    private let known = Mutex<[String: HMAC<Function>]>([:])

    init(_ secret: SecretBytes) { root = HMAC(key: secret) }

    subscript(purpose: String) -> HMAC<Function> {
        known.withLock { known in
            if let found = known[purpose] { return found }
            let made = HMAC<Function>(key: root.authenticate("santong look-up " + purpose))
            known[purpose] = made
            return made
        }
    }
}
