import Testing

@testable import Platform

/// XML of others as a tree.
@Suite("XML as a tree")
struct XMLTreeTests {
    private func tree(_ text: String) throws -> XMLTree { try XMLTree(Array(text.utf8)) }

    @Test("Elements, attributes and text are found by local names")
    func reading() throws {
        let root = try tree(
            #"<?xml version="1.0"?><a:r xmlns:a="x"><b k="1" a:j="二">文<![CDATA[<字>]]></b><b/><c><d>内</d>外</c></a:r>"#)
        #expect(root.name == "r" && root.children.map(\.name) == ["b", "b", "c"])
        #expect(root["b"]?.text == "文<字>" && root["b"]?.attributes == ["k": "1", "j": "二"])
        #expect(root.all("b").count == 2 && root.at("c", "d")?.text == "内" && root["c"]?.wholeText == "外内")
        #expect(root.at("c", "x") == nil)
    }

    @Test(
        "What is no XML, and what is meant to do harm, is refused",
        arguments: [
            ("", XMLTree.Failure.malformed), ("<a>", .malformed), ("<a></b>", .malformed), ("<a>&x;</a>", .malformed),
            ("<a/><b/>", .malformed), ("<!DOCTYPE a><a/>", .doctype),
            (#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"#, .doctype),
            (#"<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>"#, .doctype),
        ])
    func hostile(_ text: String, _ expected: XMLTree.Failure) {
        #expect(throws: expected) { try tree(text) }
    }

    @Test("Depth and length have limits")
    func limits() throws {
        let deep = String(repeating: "<a>", count: 200) + String(repeating: "</a>", count: 200)
        #expect(throws: XMLTree.Failure.unreasonable) { try tree(deep) }
        let many = "<r>" + String(repeating: "<a/>", count: XMLTree.mostElements) + "</r>"
        #expect(throws: XMLTree.Failure.unreasonable) { try tree(many) }
        let fine = String(repeating: "<a>", count: 90) + String(repeating: "</a>", count: 90)
        #expect(try tree(fine).name == "a")
    }

    @Test("A text in UTF-16 or Latin 1 is read as it says")
    func encodings() throws {
        let latin: [UInt8] =
            Array(#"<?xml version="1.0" encoding="ISO-8859-1"?><a>caf"#.utf8) + [0xE9] + Array("</a>".utf8)
        #expect(try XMLTree(latin).text == "café")
        let wide: [UInt8] = [0xFF, 0xFE] + "<a>字</a>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try XMLTree(wide).text == "字")
    }
}
