import Kernel
import Platform

/// The moment in which the platform asked a person to show who she is, on its way through the sign-in page and back.
/// Sealed, because the way leads through her browser, and only good for what it was made for.
struct SealedMoment: Sendable {
    /// Seconds that a person may take.
    static let life: Int64 = 30 * 60

    let crypto: any CryptoProvider

    /// - Parameter context: what the moment is for.
    func seal(_ now: Timestamp, for context: String) throws -> String {
        Base64URL.encode(try crypto.seal(String(now.milliseconds), context: context))
    }

    /// `nil` for no mark, one of another context, and one that is too old.
    func open(_ mark: String?, for context: String, at now: Timestamp) -> Timestamp? {
        guard let mark, mark.utf8.count <= 400, let sealed = Base64URL.decode(mark) else { return nil }
        // What does not open is not ours.
        let opened = try? crypto.openText(sealed, context: context)
        guard let asked = opened.flatMap(Int64.init).map(Timestamp.init(milliseconds:)) else { return nil }
        return asked <= now && now < asked.adding(seconds: SealedMoment.life) ? asked : nil
    }
}
