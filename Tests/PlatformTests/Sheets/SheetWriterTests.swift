import Foundation
import Kernel
import Testing

@testable import Platform

struct SheetWriterTests {
    private func written(_ format: SheetWriter.Format, _ body: (SheetWriter) throws -> Void) throws -> [UInt8] {
        try withFile(nil) { path in
            let writer = try SheetWriter(path: path, format: format)
            try body(writer)
            try writer.finish()
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
    }

    private let values: [SheetValue] = [
        .text("00123"), .integer(13), .decimal(2.5, places: 2), .percent(0.564218),
        .date(LocalDate(iso: "2015-09-30")!), .empty, .text("=1+1"), .text(" 光坡\n中学 "),
        .integer(4_506_021_987_010_112_34),
    ]

    @Test func `a workbook written is read back with its types`() throws {
        let bytes = try written(.xlsx) {
            try $0.addSheet("学校")
            try $0.header(["代码", "班级数"])
            try $0.row(values)
            try $0.row([.text("坏").marked(.bad, "班级数不能为负"), .empty.marked(.changed)])
        }
        let found = try rows(bytes)
        #expect(found.map(\.number) == [1, 2, 3])
        #expect(found[0].cells.map(\.text) == ["代码", "班级数"])
        let cells = found[1].cells
        #expect(cells.map(\.column) == [0, 1, 2, 3, 4, 6, 7, 8])
        #expect(
            cells.map(\.text) == [
                "00123", "13", "2.5", "0.564218", "2015-09-30", "=1+1", " 光坡\n中学 ", "450602198701011234",
            ])
        let kinds: [SheetCell.Kind] = [.text, .number, .number, .number, .date, .text, .text, .text]
        #expect(cells.map(\.kind) == kinds)
        #expect(cells.allSatisfy { !$0.isFormula })
        try withFile(bytes) { path in
            let archive = try ZipArchive(path: path, limits: ArchiveLimits())
            #expect(try part("xl/comments1.xml", archive).contains("班级数不能为负"))
            let sheet = try part("xl/worksheets/sheet1.xml", archive)
            #expect(sheet.contains("<autoFilter ref=\"A1:I3\"") && sheet.contains("state=\"frozen\""))
            #expect(try part("xl/styles.xml", archive).contains("FFFFC7CE"))
        }
    }

    @Test(arguments: ["_x0041_", "a_x000D_", "\u{1}坏\u{1F}", "a\rb", "_x_", "é_港_x00", "\u{FFFE}"])
    func `odd text survives the round trip`(text: String) throws {
        let found = try rows(try written(.xlsx) { try $0.row([.text("a"), .text(text)]) })
        #expect(found[0].cells.last?.text == (text == "\u{FFFE}" ? "a" : text))
    }

    @Test func `a text too long for a cell is cut`() throws {
        let found = try rows(try written(.xlsx) { try $0.row([.text(String(repeating: "港", count: 40_000))]) })
        #expect(found[0].cells[0].text.utf16.count == 32_767)
    }

    @Test func `comma-separated text is quoted, marked as UTF-8 and safe to open`() throws {
        let bytes = try written(.csv) {
            try $0.addSheet("学校")
            try $0.header(["代码", "a,b"])
            try $0.row(values)
            try $0.row(["=1", "+86", "-5", "-a", "@x", "\tx", "\rx", "+", "a\"b"].map(SheetValue.text))
        }
        #expect(
            String(decoding: bytes, as: UTF8.self) == "\u{FEFF}代码,\"a,b\"\r\n"
                + "00123,13,2.50,56.42%,2015-09-30,,'=1+1,\" 光坡\n中学 \",450602198701011234\r\n"
                + "'=1,+86,-5,'-a,'@x,'\tx,\"'\rx\",'+,\"a\"\"b\"\r\n")
    }

    @Test func `sheet names become acceptable and unique`() throws {
        var names = SheetNames()
        #expect(names.next("港口区 ") == "港口区 ")
        #expect(names.next("a/b:c[1]*?\\") == "a_b_c_1____")
        #expect(names.next("'x'") == "x")
        #expect(names.next("X") == "X(2)")
        #expect(names.next("") == "工作表")
        let long = String(repeating: "校", count: 40)
        #expect(names.next(long).utf16.count == 31)
        #expect(names.next(long) == String(repeating: "校", count: 28) + "(2)")
        let bytes = try written(.xlsx) { writer in
            for name in ["表", "表", "表?"] {
                try writer.addSheet(name)
                try writer.row([.integer(1)])
            }
        }
        try withFile(bytes) { path in
            let sheets = try SheetFile.open(path: path).sheets
            #expect(sheets.map(\.name) == ["表", "表(2)", "表_"])
        }
    }

    @Test(arguments: SheetWriter.Format.allCases)
    func `a table that is not finished leaves no file`(format: SheetWriter.Format) throws {
        try withFile(nil) { path in
            do {
                let writer = try SheetWriter(path: path, format: format)
                try writer.row([.integer(1)])
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(throws: SheetWriteError.cannotWrite) { _ = try SheetWriter(path: path + "/x", format: format) }
        }
    }

    @Test func `refused rows come back in the sender's layout`() throws {
        let head = [
            SheetRow(number: 1, cells: [SheetCell(column: 0, text: "统计表")]),
            SheetRow(number: 3, cells: (0..<3).map { SheetCell(column: $0, text: "列\($0)") }),
            SheetRow(number: 4, cells: [SheetCell(column: 1, text: "班级数"), SheetCell(column: 2, text: "学生数")]),
        ]
        let refused = SheetRow(
            number: 74,
            cells: [
                SheetCell(column: 0, text: "0314"), SheetCell(column: 2, kind: .number, text: "-5", number: -5),
            ])
        let ranges = ["A1:C1", "A3:A4", "A3:B3", "A70:B75"].compactMap { CellRange($0) }
        let sheet = ReturnedWorkbook.Sheet(
            name: "港口区 ", head: head, mergedRanges: ranges,
            rows: [
                .init(
                    row: refused,
                    problems: [
                        .init(column: 2, message: "学生数不能为负"), .init(column: 1, message: "缺班级数"),
                        .init(column: nil, message: "学校重复"),
                    ])
            ])
        try withFile(nil) { path in
            try ReturnedWorkbook.write([sheet], to: path)
            let file = try SheetFile.open(path: path)
            #expect(file.sheets.map(\.name) == ["港口区 "])
            var found: [SheetRow] = []
            let merged = try file.rows(of: 0) { found.append($0) }
            #expect(merged.map(\.description) == ["A1:C1", "A3:A4"])
            #expect(found.map(\.number) == [1, 3, 4, 5])
            #expect(found[2].cells.map(\.text) == ["班级数", "学生数", "退回原因"])
            #expect(found[3].cells.map(\.text) == ["0314", "-5", "原第 74 行：学生数不能为负；缺班级数；学校重复"])
            #expect(found[3].cells[1].number == -5)
            let archive = try ZipArchive(path: path, limits: ArchiveLimits())
            let comments = try part("xl/comments1.xml", archive)
            #expect(comments.contains("ref=\"B5\"") && comments.contains("ref=\"C5\"") && comments.contains("缺班级数"))
        }
    }

    private func part(_ name: String, _ archive: ZipArchive) throws -> String {
        try archive.withPart(name) { read in
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try read($0.baseAddress!, $0.count) }
                if count == 0 { return String(decoding: bytes, as: UTF8.self) }
                bytes += buffer.prefix(count)
            }
        }
    }
}
