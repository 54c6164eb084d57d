import Testing

@testable import Web

@Suite("Markup literals") struct HTMLTests {
    private func element(_ text: String) -> String {
        let markup: HTML = #"<p title="\#(text)">\#(text)</p>"#
        return markup.text
    }

    @Test func `the five special characters become entities`() {
        let text = HTML(text: #"<a href="x" title='y'>&amp;</a>"#).text
        #expect(text == "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;")
    }

    @Test(arguments: ["\"", "'", "<", ">", "&"])
    func `a special character followed by a combining mark is still escaped`(_ special: String) {
        let escaped = HTML(text: special).text
        for mark in ["\u{301}", "\u{20DD}", "\u{FE0F}", "\u{200D}"] {
            #expect(HTML(text: special + mark).text.unicodeScalars.elementsEqual((escaped + mark).unicodeScalars))
        }
    }

    @Test func `control characters become the replacement character, white space stays`() {
        #expect(HTML(text: "a\0b\u{8}c\u{1F}d").text == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d")
        #expect(HTML(text: "a\tb\nc\rd").text.utf8.elementsEqual("a\tb\nc\rd".utf8))
    }

    @Test func `text between markup is escaped, markup is not escaped twice`() {
        let inner: HTML = "<b>\("甲 & 乙")</b>"
        let outer: HTML = "<p>\(inner)\("<i>")\(7)\(Optional<String>.none)\(Optional<HTML>.none)</p>"
        #expect(outer.text == "<p><b>甲 &amp; 乙</b>&lt;i&gt;7</p>")
    }

    @Test(arguments: [
        "/schools/1?a=1&b=2", "?after=x", "#top", "schools", "./a:b", "http://example.cn/", "HTTPS://example.cn/x", "",
        "/a//b", "a/javascript:b",
    ])
    func `relative and http addresses are let through`(_ url: String) {
        let link: HTML = #"<a href="\#(url: url)">"#
        #expect(link.text == #"<a href="\#(HTML(text: url).text)">"#)
    }

    @Test(arguments: [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", " javascript:x",
        "\u{1}javascript:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//evil.example/",
        #"/\evil.example"#,
        #"\\evil.example"#, "jav\u{301}ascript:x", "http\u{0}://x", ":x",
    ])
    func `other schemes and other hosts in disguise are not`(_ url: String) {
        let link: HTML = #"<a href="\#(url: url)">"#
        #expect(link.text == #"<a href="about:invalid">"#)
    }

    @Test func `an attribute is written with its value, or not at all`() {
        let none: String? = nil
        let empty: HTML = #"<input\#(attribute: "value", none)\#(attribute: "checked", if: false)>"#
        #expect(empty.text == "<input>")
        let full: HTML = #"<input\#(attribute: "value", #""><script>"#)\#(attribute: "checked", if: true)>"#
        #expect(full.text == #"<input value="&quot;&gt;&lt;script&gt;" checked>"#)
    }

    @Test func `conditional markup is built only when it is shown`() {
        var built = 0
        func part() -> HTML {
            built += 1
            return "<i></i>"
        }
        let hidden: HTML = "\(if: false, part())\(if: true, "<b></b>", else: part())"
        #expect(hidden.text == "<b></b>")
        #expect(built == 0)
    }

    @Test func `lists keep their order`() {
        let list: HTML = #"<ul>\#(each: ["一", "<二>"], { #"<li>\#($0)</li>"# })</ul>"#
        #expect(list.text == "<ul><li>一</li><li>&lt;二&gt;</li></ul>")
    }

    @Test func `random text cannot leave its place, and nothing of it is lost`() throws {
        var random = TestRandom(seed: 20_150_930)
        for _ in 0..<2000 {
            let text = random.text()
            let markup = element(text)
            let bytes = Array(markup.utf8)
            #expect(bytes.count { $0 == 0x22 } == 2, "\(text.debugDescription)")
            #expect(bytes.count { $0 == 0x3C } == 2 && bytes.count { $0 == 0x3E } == 2, "\(text.debugDescription)")
            #expect(!bytes.contains(0x27) && !bytes.contains(0), "\(text.debugDescription)")
            let escaped = HTML(text: text).text
            #expect(unescaped(escaped).utf8.elementsEqual(withoutControls(text).utf8), "\(text.debugDescription)")
        }
    }

    @Test func `a random address is either itself or refused`() {
        var random = TestRandom(seed: 7)
        for _ in 0..<2000 {
            let url = random.text()
            let link: HTML = #"<a href="\#(url: url)">"#
            // Over Characters the quote would take a combining mark with it.
            let written = unescaped(String(decoding: link.bytes.dropFirst(9).dropLast(2), as: UTF8.self))
            guard written != "about:invalid" else { continue }
            #expect(written.utf8.elementsEqual(url.utf8))
            let head = url.utf8.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
            let scheme = head.contains(0x3A) ? String(decoding: head.prefix { $0 != 0x3A }, as: UTF8.self) : ""
            #expect(
                ["", "http", "https"].contains(scheme.lowercased()) || url.utf8.first == 0x3F || url.utf8.first == 0x23)
        }
    }

    /// What a browser reads back.
    private func unescaped(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        var rest = Substring(text).unicodeScalars
        let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        while let first = rest.first {
            let entity = entities.first { rest.starts(with: $0.0.unicodeScalars) }
            scalars.append(contentsOf: entity.map { Array($0.1.unicodeScalars) } ?? [first])
            rest = rest.dropFirst(entity?.0.unicodeScalars.count ?? 1)
        }
        return String(scalars)
    }

    private func withoutControls(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 && ![0x09, 0x0A, 0x0D].contains(scalar.value)
            scalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(scalars)
    }
}

/// The same numbers in every run.
struct TestRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Short text rich in what breaks markup and addresses.
    mutating func text() -> String {
        let pool: [Unicode.Scalar] = [
            "<", ">", "\"", "'", "&", ";", "#", "\0", "\t", "\n", "\r", "\u{1F}", " ", ":", "/", "\\", "?", "=", "-",
            "h",
            "t", "p", "s", "j", "a", "中", "\u{3000}", "\u{301}", "\u{20DD}", "\u{FE0F}", "\u{200D}", "\u{202E}", "😀",
            "\u{FFFD}",
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &self) { scalars.append(pool.randomElement(using: &self)!) }
        return String(scalars)
    }
}
