import Testing

@testable import Exchange

@Suite struct `Reading JSON of strangers` {
    @Test(arguments: [
        #"{"a":[1,-2.5,true,null,"桂\u0041😀"]}"#, #"[]"#, #"{}"#, #""""#, "0", #"{"b":{"a":1e3}}"#,
    ])
    func `what was read is written the same`(_ text: String) throws {
        let value = try JSONReader.read(Array(text.utf8))
        #expect(try JSONReader.read(value.bytes) == value)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,\"a\":2}", "01", "1.", "+1", "nul", "\"\u{1}\"", #""\u0000""#, #""\ud800""#,
        "[1] 2", "{a:1}", #"{"a" 1}"#, "\"open", "1e", "-",
    ])
    func `what is no JSON is refused`(_ text: String) {
        #expect(throws: JSONReader.Malformed.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func `deep nesting and broken UTF-8 are refused`() {
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(throws: JSONReader.Malformed.self) { try JSONReader.read(Array(deep.utf8)) }
        #expect(throws: JSONReader.Malformed.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
    }

    @Test func `escapes become their characters`() throws {
        let value = try JSONReader.read(Array(#""\ud83d\ude00\n\t\"\\\/中""#.utf8))
        #expect(value.text == "😀\n\t\"\\/中")
    }
}
