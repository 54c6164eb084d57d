import Testing

@testable import Federation

@Suite("CAS 服务地址") struct ServiceAddressTests {
    @Test(arguments: [
        ("https://good.example/", "https://good.example/*"),
        ("https://good.example", "https://good.example/*"),
        ("https://good.example/a/b?c=d&e=%E4%B8%AD", "https://good.example/*"),
        ("HTTPS://Good.Example:443/a", "https://good.example/*"),
        ("https://good.example/app", "https://good.example/app/*"),
        ("https://good.example/app/", "https://good.example/app/*"),
        ("https://good.example/%61pp/x", "https://good.example/app/*"),
        ("https://good.example/login?next=%2Fa%3Fb%3Dc", "https://good.example/login"),
        ("https://good.example/login?id=1", "https://good.example/login?id=1"),
        ("https://good.example/#/home", "https://good.example/*"),
        ("https://good.example/图书馆/首页 1", "https://good.example/%E5%9B%BE%E4%B9%A6%E9%A6%86/*"),
        ("http://localhost:8080/x", "http://localhost:8080/*"),
        ("http://[::1]:8080/x", "http://[::1]:8080/*"),
    ])
    func `lies at the registered one`(_ text: String, _ pattern: String) throws {
        #expect(try #require(ServiceAddress(text)).matches(pattern))
    }

    @Test(arguments: [
        ("https://good.example.evil/", "https://good.example/*"),
        ("https://evil.example/https://good.example/", "https://good.example/*"),
        ("https://evil.example/?https://good.example/", "https://good.example/*"),
        ("https://evil.example#https://good.example/", "https://good.example/*"),
        ("http://good.example/", "https://good.example/*"),
        ("https://good.example:8443/", "https://good.example/*"),
        ("https://good.example./", "https://good.example/*"),
        ("https://sub.good.example/", "https://good.example/*"),
        ("https://good.example/application", "https://good.example/app/*"),
        ("https://good.example/APP/x", "https://good.example/app/*"),
        ("https://good.example/login/more", "https://good.example/login"),
        ("https://good.example/login/", "https://good.example/login"),
        ("https://good.example/login?id=2", "https://good.example/login?id=1"),
    ])
    func `lies elsewhere`(_ text: String, _ pattern: String) throws {
        #expect(!(try #require(ServiceAddress(text)).matches(pattern)))
    }

    @Test(arguments: [
        "", "good.example", "//good.example/", "/\\good.example", "javascript:alert(1)", "ftp://good.example/",
        "https://", "https:///a", "https://good.example@evil.example/", "https://a:b@good.example/",
        "https://good.example%40evil.example/", "https://good.example\\@evil.example/",
        "https://good.example/\r\nSet-Cookie: a=b",
        "https://good.example/%0d%0aSet-Cookie", "https://good.example/%00", "https://good.example/%zz",
        "https://good.example/%4",
        "https://good.example/app/../admin", "https://good.example/app/%2e%2e/admin",
        "https://good.example/app/..;/admin",
        "https://good.example/./x", "https://good.example/a%2fb", "https://good.example/a%5cb",
        "https://good.example /",
        "https://图书馆.example/", "https://good.example/\t", "https://good.example/\u{7F}", "https://good.example:0443/",
        "https://good.example:99999/", "https://good.example:/",
        "https://good.example:80a/", "https://[::1/", "https://good_example/", "https://good.example/<script>",
        "https://good.example/?ticket=ST-1", "https://good.example/?a=b&Ticket=ST-1",
        "https://good.example/?%74icket=ST-1",
        "https://good.example/" + String(repeating: "a", count: 2000),
    ])
    func `is not taken`(_ text: String) { #expect(ServiceAddress(text) == nil) }

    @Test(arguments: [
        ("https://good.example", "https://good.example?ticket=ST-1"),
        ("https://good.example/", "https://good.example/?ticket=ST-1"),
        ("https://good.example/?", "https://good.example/?ticket=ST-1"),
        ("https://good.example/?a=b+c&d=%e4%b8%ad", "https://good.example/?a=b+c&d=%e4%b8%ad&ticket=ST-1"),
        ("https://good.example/?a=b&", "https://good.example/?a=b&ticket=ST-1"),
        ("https://good.example/#/home", "https://good.example/?ticket=ST-1#/home"),
        (
            "https://good.example/?next=%2Fa%3Fticket%3Dx#!",
            "https://good.example/?next=%2Fa%3Fticket%3Dx&ticket=ST-1#!"
        ),
        ("https://good.example/书 1?q=%E4%B9%A6", "https://good.example/%E4%B9%A6%201?q=%E4%B9%A6&ticket=ST-1"),
        ("HTTPS://Good.Example:443/%61", "HTTPS://Good.Example:443/%61?ticket=ST-1"),
    ])
    func `keeps every byte when the ticket is added`(_ text: String, _ expected: String) throws {
        #expect(try #require(ServiceAddress(text)).with(ticket: "ST-1") == expected)
    }
}
