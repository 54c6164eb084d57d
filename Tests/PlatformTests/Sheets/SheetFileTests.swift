import Foundation
import Testing

@testable import Platform

/// All rows of a sheet.
func rows(_ path: String, sheet: Int = 0, limits: SheetLimits = .standard) throws -> [SheetRow] {
    var rows: [SheetRow] = []
    try SheetFile.open(path: path, limits: limits).rows(of: sheet) { rows.append($0) }
    return rows
}

func rows(_ bytes: [UInt8], limits: SheetLimits = .standard) throws -> [SheetRow] {
    try withFile(bytes) { try rows($0, limits: limits) }
}

/// The cells of a one-row workbook.
private func cells(_ row: String, _ change: (inout WorkbookBytes) -> Void = { _ in }) throws -> [SheetCell] {
    var workbook = WorkbookBytes(rows: "<row r='1'>\(row)</row>")
    change(&workbook)
    return try rows(workbook.zip.bytes)[0].cells
}

private func cell(_ row: String, _ change: (inout WorkbookBytes) -> Void = { _ in }) throws -> SheetCell {
    try #require(try cells(row, change).first)
}

struct SheetFileTests {
    private let register = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../ConnectivityTests/Fixtures/facility-register-2015.xlsx").path

    @Test func `the counties' workbook reads as it lies on the clerk's desk`() throws {
        let file = try SheetFile.open(path: register)
        #expect(file.isWorkbook)
        #expect(file.sheets.map(\.name) == ["港口区 ", "防城区(定稿)", "上思县(定稿)", "东兴市 "])
        var rows: [SheetRow] = []
        let merged = try file.rows(of: 0) { rows.append($0) }
        #expect(rows[0].number == 1 && rows[0].cells[0].text == "港口区中小学(含幼儿园、教学点)信息化基础设施情况统计表")
        let first = try #require(rows.first { $0.number == 5 })
        #expect(first[column: 1] == SheetCell(column: 1, text: "3145620005"))
        #expect(first[column: 2]?.text == "光坡中学 ")
        #expect(first[column: 7] == SheetCell(column: 7, kind: .number, text: "13", number: 13))
        #expect(first[column: 6] == nil)
        #expect(rows.last?.number == 79)
        #expect(try merged == file.mergedRanges(of: 0))
        #expect(merged.contains { $0.description == "H3:J3" })
    }

    @Test func `a preview stops after the rows it wants`() throws {
        var numbers: [Int] = []
        try SheetFile.open(path: register).rows(of: 1, first: 3) { numbers.append($0.number) }
        #expect(numbers == [1, 2, 3])
    }

    @Test func `what the reader of rows throws comes out as it is`() throws {
        struct Halt: Error {}
        let file = try SheetFile.open(path: register)
        #expect(throws: Halt.self) { try file.rows(of: 0) { _ in throw Halt() } }
        #expect(throws: SheetError.noSuchSheet) { try file.rows(of: 9) { _ in } }
    }

    @Test func `shared strings join their runs and leave out the reading aid`() throws {
        let found = try cell("<c r='B1' t='s'><v>1</v></c>") {
            $0.sharedStrings =
                "<sst><si><t>a</t></si><si><r><t>防城</t></r><r><t xml:space='preserve'>港 </t></r>"
                + "<rPh sb='0' eb='1'><t>ぼうじょう</t></rPh></si></sst>"
        }
        #expect(found == SheetCell(column: 1, text: "防城港 "))
    }

    @Test func `inline strings resolve escapes and entities`() throws {
        let found = try cell("<c t='inlineStr'><is><t>a_x000A_b&amp;&#x4E2D;_x005F_x0041_</t></is></c>")
        #expect(found.text == "a\nb&中_x0041_")
    }

    @Test(arguments: [
        ("13", "13", false), ("13.0", "13", false), ("007", "7", false), ("-2.50", "-2.50", false),
        ("3.145620005E9", "3145620005", false), ("1.5E-2", "0.015", false), ("0.10000000000000001", "0.1", false),
        ("0.30000000000000004", "0.3", false), ("1E3", "1000", false),
        ("1.2345678901234567E+19", "12345678901234567000", true), ("4.5060219870101E17", "450602198701010000", true),
        ("450602198701011000", "450602198701011000", true), ("450602198701011234", "450602198701011234", false),
    ])
    func `a number reads as its author sees it`(raw: String, text: String, isLost: Bool) throws {
        let found = try cell("<c r='A1'><v>\(raw)</v></c>")
        #expect(found.kind == .number)
        #expect(found.text == text)
        #expect(found.lostPrecision == isLost)
        #expect(found.number == Double(raw))
    }

    @Test(arguments: [
        ("3.145620005E+09", "3145620005", false), ("3.14562E+09", "3.14562E+09", true),
        ("1.23457E+19", "1.23457E+19", true), ("1E10", "1E10", false), ("5.1班", "5.1班", false),
    ])
    func `a code stored as text in scientific notation is written out or marked`(
        raw: String, text: String, isLost: Bool
    ) throws {
        let found = try cell("<c t='inlineStr'><is><t>\(raw)</t></is></c>")
        #expect(found == SheetCell(column: 0, text: text, lostPrecision: isLost))
    }

    @Test(arguments: [
        (0, 42277.0, "2015-09-30", ""), (1, 42277.0, "2015-09-30", ""), (2, 42277.5, "2015-09-30T12:00:00", ""),
        (3, 0.354166666666667, "08:30:00", ""), (0, 59.0, "1900-02-28", ""), (0, 61.0, "1900-03-01", ""),
        (4, 1.5, "36:00:00", ""), (0, 40815.0, "2015-09-30", "<workbookPr date1904='1'/>"),
    ])
    func `a number shown as a date is a date`(style: Int, serial: Double, text: String, properties: String) throws {
        let found = try cell("<c r='A1' s='\(style)'><v>\(serial)</v></c>") {
            $0.properties = properties
            $0.styles = """
                <styleSheet><numFmts><numFmt numFmtId='176' formatCode='yyyy"年"m"月"d"日";@'/>
                <numFmt numFmtId='177' formatCode='[h]:mm:ss'/></numFmts><cellStyleXfs><xf numFmtId='9'/></cellStyleXfs>
                <cellXfs><xf numFmtId='14'/><xf numFmtId='176'/><xf numFmtId='22'/><xf numFmtId='20'/>
                <xf numFmtId='177'/></cellXfs></styleSheet>
                """
        }
        #expect(found.kind == .date)
        #expect(found.text == text)
        #expect(found.number == serial)
    }

    @Test(arguments: ["0.00", "General", "#,##0\"元\"", "[Red]0.0", "0.00E+00", "@", "0\"day\"", "\\d0"])
    func `a format that shows no date leaves a number`(code: String) {
        #expect(DateFormat(code: code) == nil)
    }

    @Test func `formulas give their result, and say so when there is none`() throws {
        let found = try cells(
            "<c r='A1'><f>1+2</f><v>3</v></c><c r='B1' t='str'><f>A1</f><v>是</v></c><c r='C1'><f>1</f><v></v></c>"
                + "<c r='D1' t='str'><f>x</f><v></v></c><c r='E1' t='e'><f>1/0</f><v>#DIV/0!</v></c>")
        #expect(found.map(\.text) == ["3", "是", "", "#DIV/0!"])
        let kinds: [SheetCell.Kind] = [.number, .text, .text, .error]
        #expect(found.map(\.kind) == kinds)
        #expect(found.map(\.isUncalculated) == [false, false, true, false])
        #expect(found.allSatisfy { $0.isFormula })
    }

    @Test func `cells without references count on, and come in column order`() throws {
        let found = try cells("<c r='C1'><v>3</v></c><c><v>4</v></c><c r='A1' t='b'><v>1</v></c>")
        #expect(found.map(\.column) == [0, 2, 3])
        #expect(found[0].kind == .boolean && found[0].text == "TRUE")
    }

    @Test func `a hundred thousand blank rows are passed over`() throws {
        let blank = (1...100_000).map { "<row r='\($0)'><c r='A\($0)' s='1'/></row>" }.joined()
        let workbook = WorkbookBytes(rows: blank + "<row r='100001'><c r='A100001'><v>7</v></c></row>")
        let found = try rows(workbook.zip.bytes)
        #expect(found.map(\.number) == [100_001])
    }

    @Test(arguments: [("A1", 0, 1), ("AA10", 26, 10), ("XFD1048576", 16_383, 1_048_576), ("$B$2", 1, 2)])
    func `cell references are read`(reference: String, column: Int, row: Int) {
        let cell = ColumnLetters.cell(reference.utf8)
        #expect(cell?.column == column && cell?.row == row)
    }

    @Test func `columns are named as Excel names them`() {
        #expect(
            [0, 25, 26, 51, 701, 702, 16_383].map(ColumnLetters.letters) == ["A", "Z", "AA", "AZ", "ZZ", "AAA", "XFD"])
        #expect((0..<20_000).allSatisfy { $0 > 18_277 || ColumnLetters.column(ColumnLetters.letters($0)) == $0 })
        #expect(ColumnLetters.column("A1") == nil && ColumnLetters.column("") == nil)
        #expect(CellRange("B2:A1") == nil && CellRange("A1:B2")?.contains(row: 2, column: 1) == true)
    }
}
