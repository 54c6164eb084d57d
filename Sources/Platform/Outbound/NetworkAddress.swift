import Glibc

/// An IPv4 (4 bytes) or IPv6 (16 bytes) address. An IPv4 address written inside an IPv6 one is the IPv4 address.
struct NetworkAddress: Sendable, Equatable {
    let bytes: [UInt8]

    /// `nil` when the text is no address.
    init?(_ text: String) {
        var four = in_addr(), six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = NetworkAddress.unwrapped(withUnsafeBytes(of: &six) { Array($0) })
        } else {
            return nil
        }
    }

    /// - Parameter bytes: a `sockaddr_in` or `sockaddr_in6`; `nil` for another family, or when it is cut.
    init?(socketAddress bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= MemoryLayout<sa_family_t>.size else { return nil }
        let family = Int32(bytes.loadUnaligned(as: sa_family_t.self))
        if family == AF_INET, bytes.count >= MemoryLayout<sockaddr_in>.size {
            var address = bytes.loadUnaligned(as: sockaddr_in.self).sin_addr
            self.bytes = withUnsafeBytes(of: &address) { Array($0) }
        } else if family == AF_INET6, bytes.count >= MemoryLayout<sockaddr_in6>.size {
            var address = bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            self.bytes = NetworkAddress.unwrapped(withUnsafeBytes(of: &address) { Array($0) })
        } else {
            return nil
        }
    }

    /// IPv4-mapped (RFC 4291), NAT64 (RFC 6052) and 6to4 (RFC 3056) addresses lead to the IPv4 address they hold.
    private static func unwrapped(_ six: [UInt8]) -> [UInt8] {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        let translated: [UInt8] = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
        if six.starts(with: mapped) || six.starts(with: translated) { return Array(six[12...]) }
        if six[0] == 0x20, six[1] == 0x02 { return Array(six[2..<6]) }
        return six
    }

    /// Whom an address leads to.
    enum Reach: Sendable, Equatable {
        /// Anybody on the Internet.
        case everybody
        /// This machine or a private network.
        case inHouse
        /// No service at all, or one no request may reach: the metadata of a cloud, a neighbour on the link, many at once.
        case special
    }

    var reach: Reach {
        if NetworkAddress.metadata.contains(where: { $0.contains(self) }) { return .special }
        if NetworkAddress.inHouse.contains(where: { $0.contains(self) }) { return .inHouse }
        if NetworkAddress.special.contains(where: { $0.contains(self) }) { return .special }
        return bytes.count == 4 || bytes[0] & 0xe0 == 0x20 ? .everybody : .special
    }

    /// Addresses of cloud metadata inside otherwise private ranges.
    private static let metadata = ranges("100.100.100.200/32 fd00:ec2::254/128")
    private static let inHouse = ranges(
        "10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7")
    /// IANA's special-purpose registries, besides the above. Of IPv6 only 2000::/3 is in use on the Internet.
    private static let special = ranges(
        """
        0.0.0.0/8 169.254.0.0/16 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 \
        224.0.0.0/4 240.0.0.0/4 2001::/23 2001:db8::/32 3fff::/20
        """)

    private static func ranges(_ text: String) -> [AddressRange] {
        text.split(separator: " ").map { AddressRange(String($0))! }
    }
}

/// A block of addresses, `10.20.0.0/16`.
struct AddressRange: Sendable, Equatable {
    private let first: NetworkAddress
    private let bits: Int

    /// One address, or an address and the number of bits that count. `nil` when the text is neither, or when bits
    /// beyond that number are set.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = NetworkAddress(String(parts[0])) else { return nil }
        let width = address.bytes.count * 8
        first = address
        if parts.count == 1 {
            bits = width
        } else {
            guard let count = Int(parts[1]), (0...width).contains(count) else { return nil }
            bits = count
        }
        let rest = (bits..<width).contains { address.bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) != 0 }
        if rest { return nil }
    }

    func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        let whole = bits / 8, left = bits % 8
        guard address.bytes.prefix(whole) == first.bytes.prefix(whole) else { return false }
        return left == 0 || (address.bytes[whole] ^ first.bytes[whole]) >> UInt8(8 - left) == 0
    }
}
