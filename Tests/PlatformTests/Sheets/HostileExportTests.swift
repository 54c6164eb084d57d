import Foundation
import Kernel
import Testing

@testable import Platform

/// Names and texts made to harm whoever opens an export.
@Suite struct `Exports of hostile text` {
    static let names = [
        "<script>alert(1)</script>", "'", "''", "History", "HISTORY", "a'b\"c&d", "=HYPERLINK(\"http://x\")", "   ",
        String(repeating: "校", count: 30) + "'s", String(repeating: "'", count: 40) + "x",
        "a" + String(repeating: "\u{301}", count: 400), "\u{202E}xslx", "![CDATA[", "\u{0}\u{1F}", "../../etc",
    ]

    static let texts = [
        "=HYPERLINK(\"http://x\",\"y\")", "+cmd|' /C calc'!A0", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1+1",
        "＋1", "－1", "＠SUM(1)", "<script>alert(1)</script>", "]]>", "&amp;&#x3D;1", "http://example.org/",
        String(repeating: "\u{1}", count: 32_000), "a" + String(repeating: "\u{301}", count: 40_000),
    ]

    @Test func `any sheet name makes a workbook that opens, with the sheet in it`() throws {
        try withFile(nil) { path in
            let writer = try SheetWriter(path: path, format: .xlsx)
            for name in Self.names {
                try writer.addSheet(name)
                try writer.header(["列", "值"])
                try writer.row([.integer(1), .integer(2)])
            }
            try writer.finish()
            let sheets = try SheetFile.open(path: path).sheets.map(\.name)
            #expect(sheets.count == Self.names.count)
            #expect(Set(sheets.map { $0.lowercased() }).count == sheets.count)
            for name in sheets {
                #expect((1...31).contains(name.utf16.count), "\(name)")
                #expect(name.unicodeScalars.first != "'" && name.unicodeScalars.last != "'", "\(name)")
                #expect(!name.contains { "[]:*?/\\".contains($0) } && name.lowercased() != "history", "\(name)")
            }
            #expect(sheets[0] == "<script>alert(1)<_script>")
            // Filters are kept under the sheet's quoted name; an apostrophe in it is doubled.
            let workbook = try part("xl/workbook.xml", path)
            let range = "'a''b\"c&amp;d'!$A$1:$B$2"
            #expect(workbook.contains(range) || workbook.contains(range.replacing("\"", with: "&quot;")))
            #expect(!workbook.contains("<script"))
        }
    }

    @Test func `no text becomes a formula or a link in a workbook`() throws {
        try withFile(nil) { path in
            let writer = try SheetWriter(path: path, format: .xlsx)
            try writer.addSheet("表")
            try writer.header(Self.texts)
            for text in Self.texts { try writer.row([.text(text), .text(text).marked(.bad, text)]) }
            try writer.finish()
            var rows: [SheetRow] = []
            try SheetFile.open(path: path).rows(of: 0) { rows.append($0) }
            #expect(rows.count == Self.texts.count + 1)
            #expect(rows.allSatisfy { $0.cells.allSatisfy { $0.kind == .text && !$0.isFormula } })
            #expect(rows[1].cells[0].text == Self.texts[0])
            let sheet = try part("xl/worksheets/sheet1.xml", path)
            for tag in ["<f>", "<f ", "<hyperlink", "<script"] { #expect(!sheet.contains(tag), "\(tag)") }
            let comments = try part("xl/comments1.xml", path)
            #expect(!comments.contains("<script") && comments.contains("&lt;script&gt;"))
        }
    }

    @Test func `no text is run by a program that opens comma-separated text`() throws {
        try withFile(nil) { path in
            let writer = try SheetWriter(path: path, format: .csv)
            try writer.header(["文"])
            for text in Self.texts.dropLast(2) { try writer.row([.text(text)]) }
            try writer.finish()
            var rows: [String] = []
            try SheetFile.open(path: path).rows(of: 0) { rows.append($0.cells.first?.text ?? "") }
            for (read, text) in zip(rows.dropFirst(), Self.texts) {
                let isSafe = !"=+-@\t\r\n＝＋－＠".contains(read.first ?? " ")
                #expect(isSafe, "\(text) reads \(read)")
            }
        }
    }

    private func part(_ name: String, _ path: String) throws -> String {
        let archive = try ZipArchive(path: path, limits: ArchiveLimits())
        return try archive.withPart(name) { read in
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
