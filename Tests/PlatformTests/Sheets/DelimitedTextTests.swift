import Testing

@testable import Platform

private func texts(_ bytes: [UInt8]) throws -> [[String]] {
    try rows(bytes).map { $0.cells.map(\.text) }
}

private func texts(_ text: String) throws -> [[String]] { try texts(Array(text.utf8)) }

/// 学校,宽带 and 光坡,10 in GBK.
private let gbk: [UInt8] =
    [0xD1, 0xA7, 0xD0, 0xA3, 0x2C, 0xBF, 0xED, 0xB4, 0xF8, 0x0D, 0x0A, 0xB9, 0xE2, 0xC6, 0xC2, 0x2C, 0x31, 0x30]

struct DelimitedTextTests {
    @Test func `a table in GBK reads as one in UTF-8`() throws {
        let expected = [["学校", "宽带"], ["光坡", "10"]]
        #expect(try texts(gbk) == expected)
        #expect(try texts("学校,宽带\r\n光坡,10") == expected)
        #expect(try texts([0xEF, 0xBB, 0xBF] + Array("学校,宽带\r\n光坡,10\r\n".utf8)) == expected)
        let wide = "学校,宽带\n光坡,10".utf16
        #expect(try texts([0xFF, 0xFE] + wide.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == expected)
        #expect(try texts([0xFE, 0xFF] + wide.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }) == expected)
    }

    @Test func `characters cut between two pieces of the file survive`() throws {
        for padding in 0..<4 {
            let text = String(repeating: "x", count: padding) + String(repeating: "港", count: 40_000) + ",口"
            #expect(try texts(text) == [text.split(separator: ",").map(String.init)])
            let long =
                [UInt8](repeating: 0x78, count: padding) + (0..<40_000).flatMap { _ in gbk[..<2] } + [0x2C] + gbk[..<2]
            #expect(try texts(long).first?.last == "学")
        }
    }

    @Test func `a short text in GBK that happens to be UTF-8 is Chinese`() throws {
        #expect(try TextDecoding.string(from: [0xC1, 0xAA, 0xCD, 0xA8]) == "联通")
        #expect(try TextDecoding.string(from: [0xD1, 0xA7, 0x2C, 0x31]) == "学,1")
        #expect(try TextDecoding.string(from: Array("5×4 °C".utf8)) == "5×4 °C")
        #expect(try TextDecoding.string(from: Array("Щ 学".utf8)) == "Щ 学")
    }

    @Test func `GB18030 has characters of four bytes`() throws {
        #expect(try TextDecoding.string(from: [0xD1, 0xA7, 0x95, 0x32, 0x82, 0x36]) == "学\u{20000}")
    }

    @Test(arguments: [("a;b,1;c\n1;2;3", 3), ("a\tb\n1\t2,5", 2), ("a,b\n\"x;y;z\",1", 2), ("sep=;\na;b", 2)])
    func `the separator is found out`(text: String, columns: Int) throws {
        #expect(try rows(Array(text.utf8)).allSatisfy { $0.cells.count == columns })
    }

    @Test func `quotation marks hold separators, line breaks and themselves`() throws {
        let found = try rows(Array("a,\"b,\n\"\"c\"\"\"\r\n\r\nd,,=\"00123\"\r".utf8))
        #expect(found.map(\.number) == [1, 3])
        #expect(found[0].cells.map(\.text) == ["a", "b,\n\"c\""])
        #expect(found[1].cells == [SheetCell(column: 0, text: "d"), SheetCell(column: 2, text: "00123")])
    }

    @Test func `a quotation mark that never closes is named`() throws {
        #expect(throws: SheetError.unclosedQuote(row: 2)) { try texts("a,b\n\"c,d\ne,f\n") }
    }

    @Test func `a code that a spreadsheet program shortened is marked`() throws {
        let found = try rows(Array("3.14562E+09,3.145620005E+09".utf8))[0].cells
        #expect(found.map(\.lostPrecision) == [true, false])
        #expect(found[1].text == "3145620005")
    }

    @Test func `random bytes never crash the reader`() throws {
        var state: UInt64 = 42
        for round in 0..<300 {
            var bytes: [UInt8] = round.isMultiple(of: 2) ? Array("PK\u{03}\u{04}".utf8) : []
            for _ in 0..<200 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(truncatingIfNeeded: state >> 33))
            }
            do { _ = try rows(bytes) } catch { #expect(error is SheetError) }
        }
    }
}
