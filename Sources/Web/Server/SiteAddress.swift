import Synchronization

/// The absolute address by which others reach the platform: issuer of tokens, target of links that leave the site.
/// It comes from the configuration, or, where none is configured, is the loopback address the server listens on. It
/// never comes from a request, whose `Host` anybody may forge.
package final class SiteAddress: Sendable {
    private let text: Mutex<String>

    /// - Parameter base: `https://edu.example.gov.cn`, without a slash at the end.
    package init(_ base: String) {
        text = Mutex(SiteAddress.trimmed(base))
    }

    package var base: String { text.withLock { $0 } }

    /// Notes where a server without a configured address listens.
    package func listening(on address: String) { text.withLock { $0 = SiteAddress.trimmed(address) } }

    /// The address of one of the site's own paths.
    package func absolute(_ path: String) -> String { base + path }

    private static func trimmed(_ base: String) -> String { base.hasSuffix("/") ? String(base.dropLast()) : base }
}
