import Kernel
import Platform

/// 激活码: on a slip of paper, good once and for ninety days, with which somebody makes an account her own by choosing a
/// password. Unlike an initial password it costs no slow hash, so a whole school is equipped in a moment.
enum ActivationCode {
    static let days: Int64 = 90
    private static let signs = Array("ABCDEFGHJKMNPQRSTUVWXYZ23456789")

    /// `K7QM-3XRF-8HWA`: about 59 bits, without signs that are taken for one another.
    static func random() -> String {
        let text = SecureRandom.bytes(12).map { signs[Int($0) % signs.count] }
        return stride(from: 0, to: 12, by: 4).map { String(text[$0..<($0 + 4)]) }.joined(separator: "-")
    }

    /// As compared: capitals, without hyphens and blanks.
    static func normalised(_ text: String) -> String {
        PasswordText.folded(text).uppercased().filter { $0.isLetter || $0.isNumber }
    }

    static func key(_ code: String, of account: ID<Account>, _ crypto: any CryptoProvider) -> [UInt8] {
        crypto.lookupKey(normalised(code) + " \(account)", purpose: "activation code")
    }
}

/// 激活条: what a person needs to make her account her own.
struct ActivationSlip: Sendable {
    let name: String
    let login: String
    /// Where she belongs: class or post.
    let place: String
    let code: String
}

/// 登录卡: a card with a QR code that signs a pupil in.
struct SignInCard: Sendable {
    let name: String
    let login: String
    let place: String
    /// The path that the QR code leads to.
    let path: String
}
