import Testing

@testable import Platform

@Suite struct `Addresses other systems may have` {
    @Test(arguments: [
        "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.8.8.8", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "::1", "fc00::1", "fdff::1", "::ffff:10.0.0.1", "::ffff:7f00:1", "64:ff9b::a00:1",
        "2002:a00:1::1", "2002:7f00:1::",
    ])
    func `private ones are open by the operator's word only`(_ text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(!OutboundPolicy().permits(address, host: text))
        #expect(OutboundPolicy(allowsPrivate: true).permits(address, host: text))
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "100.100.100.200", "fd00:ec2::254", "192.0.0.1",
        "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "fe80::1",
        "febf::1", "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "::127.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "4000::1", "100::1",
    ])
    func `metadata, neighbours on the link and reserved ones are open by their own name only`(_ text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(!OutboundPolicy(allowsPrivate: true).permits(address, host: text))
        let listed = try #require(OutboundPolicy(allowed: text))
        #expect(listed.permits(address, host: "x.example"))
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
        "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255", "2400:3200::1",
        "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1",
    ])
    func `public ones are open`(_ text: String) throws {
        #expect(OutboundPolicy().permits(try #require(NetworkAddress(text)), host: text))
    }

    @Test func `a host or network of the list is open, its neighbours are not`() throws {
        let policy = try #require(OutboundPolicy(allowed: "Cas.Edu.local, 10.20.0.0/15,fd12::/16 192.168.7.9"))
        let inside = try #require(NetworkAddress("10.1.1.1"))
        #expect(policy.permits(inside, host: "cas.edu.local"))
        #expect(policy.permits(inside, host: "CAS.edu.LOCAL"))
        #expect(!policy.permits(inside, host: "x.cas.edu.local"))
        for (text, isOpen) in [
            ("10.20.0.0", true), ("10.21.255.255", true), ("10.22.0.0", false), ("10.19.255.255", false),
            ("fd12:0:1::", true), ("fd13::", false), ("192.168.7.9", true), ("192.168.7.8", false),
        ] {
            #expect(policy.permits(try #require(NetworkAddress(text)), host: "x.example") == isOpen, "\(text)")
        }
    }

    @Test(arguments: [
        "10.0.0.0/33", "10.0.0.1/8", "10.0.0", "10.0.0.0/", "a b/8", "http://host", "host:80", "-/-", "a..b",
    ])
    func `a list that cannot be understood is refused`(_ text: String) {
        #expect(OutboundPolicy(allowed: text) == nil)
    }
}
