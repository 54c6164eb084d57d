import Kernel
import Platform

/// Remembers on the way through the sign-in page when the platform asked a person to show who she is, so that a ticket
/// can tell whether she did. Sealed, because the way leads through her browser.
struct SignInRequestTime: Sendable {
    /// Seconds that a person may take.
    static let life: Int64 = 30 * 60

    let crypto: any CryptoProvider

    func mark(_ now: Timestamp, for service: ServiceAddress) throws -> String {
        Base64URL.encode(try crypto.seal(String(now.milliseconds), context: SignInRequestTime.context(service)))
    }

    /// When she was asked; `nil` when she was not, too long ago, or for another service.
    func read(_ mark: String?, for service: ServiceAddress, at now: Timestamp) -> Timestamp? {
        guard let mark, mark.utf8.count <= 400, let sealed = Base64URL.decode(mark) else { return nil }
        // What does not open is not ours.
        let opened = try? crypto.openText(sealed, context: SignInRequestTime.context(service))
        guard let asked = opened.flatMap(Int64.init).map(Timestamp.init(milliseconds:)) else { return nil }
        return asked <= now && now < asked.adding(seconds: SignInRequestTime.life) ? asked : nil
    }

    private static func context(_ service: ServiceAddress) -> String { "cas.asked/" + service.text }
}
