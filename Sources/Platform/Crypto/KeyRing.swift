/// A secret from which the keys of the algorithms are derived.
package struct MasterKey: Sendable {
    /// The number that stands in every value sealed under this key: 1...255.
    package let id: UInt8
    /// 32 bytes.
    package let secret: SecretBytes

    package init(id: UInt8, secret: SecretBytes) {
        (self.id, self.secret) = (id, secret)
    }
}

/// The keys of one installation: the current one, which seals, and older ones, which still open.
package struct KeyRing: Sendable {
    package static let secretByteCount = 32

    /// At least one, the ids ascending; the last is the current one.
    package let keys: [MasterKey]
    /// The secret of the look-up columns. It stays when the other keys rotate, else nobody would be found any more.
    let lookup: SecretBytes

    package var current: MasterKey { keys[keys.count - 1] }

    /// `nil` unless the ids ascend from 1 and every secret has 32 bytes.
    package init?(keys: [MasterKey], lookup: SecretBytes) {
        guard let first = keys.first, first.id >= 1, lookup.count == Self.secretByteCount else { return nil }
        guard zip(keys, keys.dropFirst()).allSatisfy({ $0.id < $1.id }) else { return nil }
        guard keys.allSatisfy({ $0.secret.count == Self.secretByteCount }) else { return nil }
        (self.keys, self.lookup) = (keys, lookup)
    }

    /// A new ring with one key.
    package static func generate() -> KeyRing {
        KeyRing(keys: [MasterKey(id: 1, secret: newSecret())], lookup: newSecret())!
    }

    /// The same ring with a new current key; `nil` when all 255 numbers are used.
    package func rotated() -> KeyRing? {
        guard current.id < .max else { return nil }
        return KeyRing(keys: keys + [MasterKey(id: current.id + 1, secret: Self.newSecret())], lookup: lookup)
    }

    /// The ring without its older keys.
    package func onlyCurrent() -> KeyRing { KeyRing(keys: [current], lookup: lookup)! }

    /// 16 hexadecimal digits that tell rings apart without giving anything away; they stay when keys rotate.
    /// Kept in the database, they show at start that the key file belongs to it.
    package var fingerprint: String {
        Hex.encode(HMAC<SHA256>(key: lookup).authenticate("santong key ring fingerprint").prefix(8))
    }

    private static func newSecret() -> SecretBytes { SecretBytes(SecureRandom.bytes(secretByteCount)) }
}

extension KeyRing {
    /// The content of a key file: lines `lookup <hex>` and `key <id> <hex>`; `#` begins a remark.
    /// `nil` when anything else is in it.
    init?(fileText text: String) {
        var lookup: SecretBytes?
        var keys: [MasterKey] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            guard let last = words.last, let secret = Hex.decode(last).map(SecretBytes.init) else { return nil }
            switch (words.first, words.count) {
            case ("lookup", 2) where lookup == nil: lookup = secret
            case ("key", 3):
                guard let id = UInt8(words[1]) else { return nil }
                keys.append(MasterKey(id: id, secret: secret))
            default: return nil
            }
        }
        guard let lookup else { return nil }
        self.init(keys: keys, lookup: lookup)
    }

    var fileText: String {
        var lines = [
            "# 三通主密钥。请另存一份备份，不要与数据库备份放在一起；丢失后加密数据无法恢复。",
            "lookup \(lookup.withBytes { Hex.encode($0) })",
        ]
        lines += keys.map { key in "key \(key.id) \(key.secret.withBytes { Hex.encode($0) })" }
        return lines.joined(separator: "\n") + "\n"
    }
}
