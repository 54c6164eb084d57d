import Kernel

/// The tokens that counterparts gave us, until their time is over. Several visitors who need the same one at once cause
/// one call.
actor TokenCache {
    struct Key: Hashable, Sendable {
        let counterpart: ID<Counterpart>
        /// Another key or address of the counterpart makes its old tokens useless.
        let revision: Int
        let systemCode: String
    }

    struct Token: Sendable {
        let text: String
        let until: Timestamp
    }

    private var kept: [Key: Token] = [:]
    private var pending: [Key: Task<Token, any Error>] = [:]
    private static let capacity = 256

    /// The token, and whether it was there already.
    func token(
        for key: Key, at now: Timestamp, _ fetch: @escaping @Sendable () async throws -> Token
    ) async throws -> (text: String, isKept: Bool) {
        if let token = kept[key], token.until > now { return (token.text, true) }
        if let task = pending[key] { return (try await task.value.text, false) }
        let task = Task { try await fetch() }
        pending[key] = task
        defer { pending[key] = nil }
        let token = try await task.value
        if kept.count >= TokenCache.capacity { kept = kept.filter { $0.value.until > now } }
        if kept.count < TokenCache.capacity { kept[key] = token }
        return (token.text, false)
    }

    /// The counterpart does not take the token any more.
    func forget(_ key: Key, _ token: String) {
        if kept[key]?.text == token { kept[key] = nil }
    }

    /// When a token ends: the answer gives seconds from now, or a moment in seconds or milliseconds.
    static func end(_ text: String?, at now: Timestamp) -> Timestamp {
        let latest = now.adding(days: 1), number = text.flatMap { Double($0) } ?? standard
        let end: Timestamp
        switch number {
        case ..<0: end = now
        case ..<1e9: end = now.adding(seconds: Int64(number))
        case ..<1e11: end = Timestamp(milliseconds: Int64(number) * 1000)
        case ..<1e15: end = Timestamp(milliseconds: Int64(number))
        default: end = latest
        }
        return min(latest, end.adding(seconds: -margin))
    }

    /// Seconds of a token whose answer does not say how long it is good.
    private static let standard = 600.0
    /// Seconds before its end at which a token is not used any more.
    private static let margin: Int64 = 60
}
