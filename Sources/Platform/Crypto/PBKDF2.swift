import CCrypto

/// PBKDF2 (RFC 8018) over HMAC-SM3, for keys made from passphrases where a rule asks for the national algorithms.
/// Passwords of accounts are hashed with Argon2id instead.
package enum PBKDF2 {
    /// Slow on purpose: not for event loops.
    /// - Parameter iterations: 100,000 or more in production.
    package static func derive(
        password: [UInt8], salt: [UInt8], iterations: Int, byteCount: Int
    ) -> [UInt8] {
        precondition(iterations > 0 && iterations <= Int(Int32.max) && byteCount > 0)
        var key = [UInt8](repeating: 0, count: byteCount)
        let code = password.withUnsafeBytes { password in
            PKCS5_PBKDF2_HMAC(
                password.bindMemory(to: CChar.self).baseAddress, Int32(password.count), salt, Int32(salt.count),
                Int32(iterations), SM3.method.pointer, Int32(byteCount), &key)
        }
        mustSucceed(code)
        return key
    }
}
