import Kernel
import Platform

/// When a service asked a person to show who she is, so that a ticket can tell whether she did.
struct SignInRequestTime: Sendable {
    let crypto: any CryptoProvider

    func mark(_ now: Timestamp, for service: ServiceAddress) throws -> String {
        try SealedMoment(crypto: crypto).seal(now, for: SignInRequestTime.context(service))
    }

    /// `nil` when she was not asked, too long ago, or for another service.
    func read(_ mark: String?, for service: ServiceAddress, at now: Timestamp) -> Timestamp? {
        SealedMoment(crypto: crypto).open(mark, for: SignInRequestTime.context(service), at: now)
    }

    private static func context(_ service: ServiceAddress) -> String { "cas.asked/" + service.text }
}
