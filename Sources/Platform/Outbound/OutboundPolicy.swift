/// Which addresses requests to other systems may reach. Public ones always; what answers inside the house is opened by
/// the operator only, so that nobody can make the platform ask its own neighbours.
package struct OutboundPolicy: Sendable {
    /// Opens this machine and the private networks. Cloud metadata, link-local and reserved addresses stay closed.
    package var allowsPrivate: Bool
    private let hosts: Set<String>
    private let networks: [AddressRange]

    /// - Parameter allowed: hosts and networks that are open although they are not public, separated by commas:
    ///   `cas.edu.local, 10.20.0.0/16`. A host as it is written in addresses. `nil` when a part is neither.
    package init?(allowsPrivate: Bool = false, allowed: String) {
        var hosts: Set<String> = [], networks: [AddressRange] = []
        for part in allowed.split(whereSeparator: { $0 == "," || $0 == " " }) {
            let text = part.lowercased()
            if let network = AddressRange(text) {
                networks.append(network)
            } else if OutboundPolicy.isHostName(text) {
                hosts.insert(text)
            } else {
                return nil
            }
        }
        (self.allowsPrivate, self.hosts, self.networks) = (allowsPrivate, hosts, networks)
    }

    package init(allowsPrivate: Bool = false) {
        (self.allowsPrivate, hosts, networks) = (allowsPrivate, [], [])
    }

    /// Whether a connection to `address`, found under the name `host`, may be opened.
    func permits(_ address: NetworkAddress, host: String) -> Bool {
        if hosts.contains(host.lowercased()) || networks.contains(where: { $0.contains(address) }) { return true }
        return switch address.reach {
        case .everybody: true
        case .inHouse: allowsPrivate
        case .special: false
        }
    }

    /// Letters, digits and hyphens between dots, with a letter in the last part: anything else would be a mistyped network.
    private static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isPlain = labels.allSatisfy { label in
            !label.isEmpty && label.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
        }
        return isPlain && labels.last?.utf8.contains(where: isLetter) == true
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
