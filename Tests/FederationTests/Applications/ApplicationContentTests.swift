import Testing

@testable import Federation

@Suite("接入申请内容")
struct ApplicationContentTests {
    private func fields(_ change: (inout ApplicationContent) -> Void) -> Set<String> {
        var content = ApplicationContent.sample
        change(&content)
        return Set(content.problems.map(\.field))
    }

    @Test func `a complete content has no problems`() { #expect(fields { _ in }.isEmpty) }

    @Test func `each rule is told at its field`() {
        #expect(fields { $0.name = "图" } == ["name"])
        #expect(fields { $0.name = String(repeating: "图", count: 21) } == ["name"])
        #expect(fields { $0.name = "图书\u{202E}馆" } == ["name"])
        #expect(fields { $0.name = "图书\n馆" } == ["name"])
        #expect(fields { $0.contact = "" } == ["contact"])
        #expect(fields { $0.contactPhone = "电话" } == ["contact_phone"])
        #expect(fields { $0.protocols = [] } == ["protocols"])
        #expect(fields { $0.redirects = [] } == ["redirects"])
        #expect(fields { $0.redirects = ["https://a.example.cn/#x"] } == ["redirects"])
        #expect(fields { $0.redirects = (0...20).map { "https://a.example.cn/\($0)" } } == ["redirects"])
        #expect(fields { $0.protocols = [.cas] } == ["services"])
        #expect(fields { ($0.protocols, $0.launchURL) = ([.gateway], "") } == ["launch_url"])
        #expect(fields { $0.audience = [] } == ["audience"])
        #expect(fields { $0.logoutURL = "http://evil.cn/" } == ["logout_url"])
    }

    @Test func `only words about it change without approval`() {
        let content = ApplicationContent.sample
        func isLight(_ change: (inout ApplicationContent) -> Void) -> Bool {
            var other = content
            change(&other)
            return content.differsLightly(from: other)
        }
        #expect(isLight { $0.summary = "另一句" })
        #expect(isLight { ($0.contact, $0.contactPhone) = ("黄老师", "07701234567") })
        #expect(!isLight { $0.redirects.append("https://lib.example.cn/other") })
        #expect(!isLight { $0.scopes.append("phone") })
        #expect(!isLight { $0.name = "另一个" })
        #expect(!isLight { $0.logoutURL = "https://lib.example.cn/out" })
        #expect(!isLight { $0.logo = String(repeating: "a", count: 64) })
    }

    @Test func `lists are brought into one order without what no protocol uses`() {
        var content = ApplicationContent.sample
        content.protocols = [.cas]
        content.services = ["https://b.example.cn/*", "https://a.example.cn/*", "https://b.example.cn/*"]
        content.scopes = ["edu", "openid", "profile", "root"]
        content.audience = ["nobody", "teacher"]
        let plain = content.canonical
        #expect(plain.redirects.isEmpty)
        #expect(plain.services == ["https://a.example.cn/*", "https://b.example.cn/*"])
        #expect(plain.scopes == ["openid", "profile", "edu"])
        #expect(plain.audience == ["teacher"])
    }

    @Test(
        arguments: [
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00], "image/png"),
            ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"),
            (Array("RIFF0000WEBPVP8 ".utf8), "image/webp"),
            (Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), nil),
            (Array("<html><script>".utf8), nil), (Array("GIF89a".utf8), nil), ([], nil),
            (Array("RIFF0000WAVE".utf8), nil),
        ] as [([UInt8], String?)])
    func `a logo is what its first bytes say`(bytes: [UInt8], type: String?) {
        #expect((try? ApplicationLogo(bytes))?.kind.contentType == type)
    }

    @Test func `a logo above 200 KB is refused`() throws {
        let head: [UInt8] = [0xFF, 0xD8, 0xFF]
        _ = try ApplicationLogo(head + [UInt8](repeating: 0, count: ApplicationLogo.largest - 3))
        #expect(throws: (any Error).self) {
            try ApplicationLogo(head + [UInt8](repeating: 0, count: ApplicationLogo.largest - 2))
        }
    }
}

extension ApplicationContent {
    /// A library by OpenID Connect for teachers.
    static var sample: ApplicationContent {
        var content = ApplicationContent()
        (content.name, content.summary) = ("图书馆", "借阅和在线阅读")
        (content.contact, content.contactPhone) = ("李老师", "0770-1234567")
        (content.launchURL, content.logoutURL) = ("https://lib.example.cn/", "https://lib.example.cn/signed-out")
        content.protocols = [.openID]
        content.redirects = ["https://lib.example.cn/callback"]
        content.scopes = ["openid", "profile"]
        content.audience = ["teacher"]
        return content
    }
}
