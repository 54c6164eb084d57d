import Testing

@testable import Federation

@Suite("登记的地址")
struct RegisteredAddressTests {
    @Test(arguments: [
        "https://lib.example.cn/cb", "https://lib.example.cn", "https://lib.example.cn:8443/a/b?x=1&y=%E4%B8%AD",
        "http://localhost:3000/cb", "http://127.0.0.1/cb", "http://[::1]:8080/cb", "https://localhost:4443/",
        "https://10.1.2.3/cb", "https://xn--fiq228c.example/cb", "https://lib.example.cn/a?next=https%3A%2F%2Fx",
        "https://lib.example.cn/~li/cb",
    ])
    func `sound addresses are taken`(address: String) {
        #expect(RegisteredAddress.problem(in: address) == nil)
    }

    @Test(arguments: [
        "", "lib.example.cn/cb", "//lib.example.cn/cb", "javascript:alert(1)", "data:text/html,x",
        "ftp://lib.example.cn/",
        "HTTPS://lib.example.cn/", "https:/lib.example.cn/", "https://", "https:///cb", "https://Lib.example.cn/cb",
        "http://lib.example.cn/cb", "http://localhost.evil.cn/cb", "http://127.0.0.1.evil.cn/cb", "http://127.1/cb",
        "https://lib.example.cn@evil.cn/cb", "https://user:pass@lib.example.cn/", "https://lib.example.cn/cb#part",
        "https://*.example.cn/cb", "https://lib.example.cn/*", "https://lib.example.cn/a*b", "https://lib/cb",
        "https://lib.example.cn:0/cb", "https://lib.example.cn:65536/cb", "https://lib.example.cn:/cb",
        "https://lib.example.cn:80:90/cb", "https://lib..example.cn/", "https://-lib.example.cn/",
        "https://2130706433/",
        "https://0x7f.1/", "https://1.2.3/", "https://1.2.3.04/", "https://1.2.3.256/", "https://[fe80::1]/cb",
        "https://lib.example.cn/../cb", "https://lib.example.cn/a/%2e%2E/cb", "https://lib.example.cn/./cb",
        "https://lib.example.cn/a%2fb", "https://lib.example.cn/a%5Cb", "https://lib.example.cn\\@evil.cn/",
        "https://lib.example.cn/a%0d%0aSet-Cookie:x", "https://lib.example.cn/?a=%00", "https://lib.example.cn/%zz",
        "https://lib.example.cn/%4", "https://lib.example.cn/a b", "https://lib.example.cn/\r\nx", "https://图书馆.cn/",
        "https://lib.example.cn/图", " https://lib.example.cn/", "https://lib.example.cn/\"x",
        "https://lib.example.cn/<x>",
        "https://lib。example.cn/", "https://lib.example.cn/\u{202E}",
    ])
    func `hostile and sloppy addresses are refused`(address: String) {
        #expect(RegisteredAddress.problem(in: address) != nil)
        #expect(RegisteredAddress.problem(in: address, pattern: true) != nil || address == "https://lib.example.cn/*")
    }

    @Test func `an address of more than 500 characters is refused`() {
        let long = "https://lib.example.cn/" + String(repeating: "a", count: 477)
        #expect(RegisteredAddress.problem(in: long) == nil)
        #expect(RegisteredAddress.problem(in: long + "a") != nil)
    }

    @Test(arguments: [
        ("https://oa.example.cn/*", true), ("https://oa.example.cn/app/*", true), ("https://oa.example.cn/app", true),
        ("http://localhost:8000/*", true), ("https://oa.example.cn*", false), ("https://oa.example.cn/app*", false),
        ("https://oa.example.cn/*/x", false), ("https://oa.example.cn/**", false),
        ("https://oa.example.cn/?q=/*", false),
        ("https://*/*", false), ("https://oa.example.cn/../*", false), ("http://oa.example.cn/*", false),
    ])
    func `a pattern ends in a slash and a star`(pattern: String, isTaken: Bool) {
        #expect((RegisteredAddress.problem(in: pattern, pattern: true) == nil) == isTaken)
    }
}
