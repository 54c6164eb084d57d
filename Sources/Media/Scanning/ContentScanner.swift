/// What a scanner says of a file.
package enum ScanVerdict: Sendable, Equatable {
    case clean
    /// With the name that the scanner has for it.
    case infected(String)
    /// Too large to be scanned; with the limit in bytes.
    case tooLarge(Int)
    /// Limits of the scanner's own, of size, depth, number or time, kept it from looking at the whole.
    case incomplete
    /// No answer: nothing is known.
    case unavailable
}

/// Looks for malicious content. An unreachable scanner is never the same as a clean file.
package protocol ContentScanner: Sendable {
    /// - Parameter isMedia: sound or pictures, of which the first part is enough: what follows is only ever decoded.
    func scan(fileAt path: String, size: Int, isMedia: Bool) async -> ScanVerdict
}

/// Where a scanner listens.
package enum ScannerAddress: Sendable, Equatable {
    case unix(path: String)
    /// IPv4 address or host name.
    case tcp(host: String, port: Int)

    /// `unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`; `nil` for anything else.
    package init?(_ text: String) {
        if text.hasPrefix("unix:/"), text.utf8.count < 100 {
            self = .unix(path: String(text.dropFirst(5)))
            return
        }
        let parts = text.split(separator: ":")
        guard parts.count == 3, parts[0] == "tcp", let port = Int(parts[2]), (1...65_535).contains(port) else {
            return nil
        }
        self = .tcp(host: String(parts[1]), port: port)
    }
}
