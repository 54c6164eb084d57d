import Kernel
import Platform
import Web

/// 动态验证码: time-based one-time passwords (RFC 6238) as every authenticator app makes them: HMAC-SHA1, 6 digits, a new
/// one every 30 seconds.
enum OneTimePassword {
    static let digits = 6
    static let period: Int64 = 30
    /// Steps by which the clock of a phone may be off either way.
    static let tolerance: Int64 = 1
    static let seedByteCount = 20

    static func step(at time: Timestamp) -> Int64 { time.milliseconds / 1000 / period }

    /// The code of a step, RFC 4226 section 5.3.
    static func code(_ seed: [UInt8], step: Int64) -> String {
        let counter = (0..<8).reversed().map { UInt8(truncatingIfNeeded: step >> ($0 * 8)) }
        let digest = HMAC<SHA1>(key: seed).authenticate(counter)
        let offset = Int(digest[19] & 15)
        let number = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(digest[offset + $1]) } & 0x7FFF_FFFF
        let text = String(number % 1_000_000)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The step whose code was given, when it is one of now and later than the last one used; `nil` otherwise. All
    /// candidates are compared in full.
    static func matchingStep(_ code: String, _ seed: [UInt8], after last: Int64, at now: Timestamp) -> Int64? {
        let given = Array(code.utf8), present = step(at: now)
        var found: Int64?
        for candidate in (present - tolerance)...(present + tolerance) {
            let isEqual = ConstantTime.equal(given, Array(OneTimePassword.code(seed, step: candidate).utf8))
            if isEqual, candidate > last { found = candidate }
        }
        return found
    }

    /// The address an authenticator app reads from the QR code.
    static func address(_ seed: [UInt8], account: String, issuer: String) -> String {
        let issuer = URLCoding.encode(issuer)
        return "otpauth://totp/\(issuer):\(URLCoding.encode(account))?secret=\(Base32.encode(seed))&issuer=\(issuer)"
    }
}

/// Base32 (RFC 4648), as secrets are typed into authenticator apps.
enum Base32 {
    private static let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = [], buffer: UInt32 = 0, bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                out.append(signs[Int(buffer >> (bits - 5)) & 31])
                bits -= 5
            }
        }
        if bits > 0 { out.append(signs[Int(buffer << (5 - bits)) & 31]) }
        return String(decoding: out, as: UTF8.self)
    }
}

/// 恢复码: ten codes for the day the phone is lost, each good once.
enum RecoveryCode {
    static let count = 10
    /// No signs that are taken for one another.
    private static let signs = Array("abcdefghjkmnpqrstuvwxyz23456789")

    static func random() -> String {
        let bytes = SecureRandom.bytes(10)
        // 31 signs: the small bias of the remainder takes nothing that matters from 49 bits.
        let text = String(bytes.map { signs[Int($0) % signs.count] })
        return text.prefix(5) + "-" + text.suffix(5)
    }

    /// As compared: lower case, without hyphen and blanks.
    static func normalised(_ text: String) -> String {
        PasswordText.folded(text).filter { $0.isLetter || $0.isNumber }
    }
}
