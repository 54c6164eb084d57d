import Foundation
import Testing

@testable import Platform

struct HostileSheetTests {
    private let compoundFile: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
    private let good = WorkbookBytes(rows: "<row r='1'><c r='A1'><v>1</v></c></row>").zip.bytes

    @Test func `a file with a password is told from an old one`() throws {
        let name = "EncryptedPackage".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let padding = [UInt8](repeating: 0, count: 65_530 - compoundFile.count)
        #expect(throws: SheetError.passwordProtected) { try rows(compoundFile + padding + name + padding) }
        #expect(throws: SheetError.damaged) { try rows(compoundFile + padding) }
        #expect(SheetError.passwordProtected.message == "文件设有打开密码，请去掉密码后再上传")
    }

    @Test func `a workbook cut short anywhere is damaged`() throws {
        for length in stride(from: 4, to: good.count, by: 97) {
            #expect(throws: SheetError.damaged) { try rows(Array(good.prefix(length))) }
        }
    }

    @Test func `a flipped byte in a sheet is noticed`() throws {
        var bytes = good
        let mark = Array("<v>1</v>".utf8)
        let position = try #require(bytes.indices.first { bytes[$0...].starts(with: mark) })
        bytes[position + 3] = 0x32
        #expect(throws: SheetError.damaged) { try rows(bytes) }
    }

    @Test func `other files are no tables`() throws {
        var zip = ZipBytes()
        zip.add("readme.txt", "hello")
        #expect(throws: SheetError.notASheet) { try rows(zip.bytes) }
        #expect(throws: SheetError.notASheet) { try rows(Array("<html><table></table></html>".utf8)) }
        #expect(throws: SheetError.notASheet) { try rows(Array("%PDF-1.7".utf8)) }
        #expect(throws: SheetError.notASheet) {
            try rows([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13])
        }
        #expect(throws: SheetError.empty) { try rows([]) }
        #expect(throws: SheetError.unknownEncoding) { try rows([0x61, 0xFF, 0xFF, 0x2C, 0x62]) }
        #expect(throws: SheetError.unreadable) { try rows("no/such/file") }
        #expect(throws: SheetError.unreadable) { try rows(FileManager.default.temporaryDirectory.path) }
    }

    @Test func `a Word document is no workbook`() throws {
        var zip = ZipBytes()
        zip.add(
            "_rels/.rels",
            "<Relationships><Relationship Id='a' Type='x/officeDocument' Target='d.xml'/></Relationships>")
        zip.add("d.xml", "<document/>")
        #expect(throws: SheetError.notASheet) { try rows(zip.bytes) }
    }

    @Test func `a zip bomb is defused whatever size it declares`() throws {
        for declared in [1_000, 100_000_000] {
            var zip = ZipBytes()
            WorkbookBytes().addFrame(to: &zip)
            zip.addBomb(
                "xl/worksheets/sheet1.xml", head: "<worksheet><sheetData>", spaces: 100_000_000,
                tail: "</sheetData></worksheet>", declared: declared)
            var limits = SheetLimits.standard
            limits.archive.inflatedBytes = 32 << 20
            #expect(throws: SheetError.tooLarge(.inflated)) { try rows(zip.bytes, limits: limits) }
            limits = .standard
            limits.archive.ratio = 100
            #expect(throws: SheetError.tooLarge(.inflated)) { try rows(zip.bytes, limits: limits) }
        }
    }

    @Test func `entities are not expanded`() throws {
        var zip = ZipBytes()
        WorkbookBytes().addFrame(to: &zip)
        zip.add(
            "xl/worksheets/sheet1.xml",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><worksheet><sheetData><row><c t='inlineStr'><is>"
                + "<t>&x;</t></is></c></row></sheetData></worksheet>")
        #expect(throws: SheetError.damaged) { try rows(zip.bytes) }
    }

    @Test func `a tag of megabytes and bottomless nesting are refused`() throws {
        let long = String(repeating: "x", count: 3 << 20)
        #expect(throws: SheetError.tooLarge(.inflated)) {
            try rows(WorkbookBytes(rows: "<row a='\(long)'/>").zip.bytes)
        }
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(throws: SheetError.tooLarge(.inflated)) { try rows(WorkbookBytes(rows: deep).zip.bytes) }
    }

    @Test func `limits name what is too much`() throws {
        func error(_ xml: String, strings: String? = nil, _ change: (inout SheetLimits) -> Void) -> SheetError? {
            var limits = SheetLimits.standard
            change(&limits)
            let bytes = WorkbookBytes(rows: xml, sharedStrings: strings).zip.bytes
            return #expect(throws: SheetError.self) { try rows(bytes, limits: limits) }
        }
        #expect(error("<row r='11'><c><v>1</v></c></row>") { $0.rows = 10 } == .tooLarge(.rows))
        #expect(error("<row><c r='Z1'><v>1</v></c></row>") { $0.columns = 25 } == .tooLarge(.columns))
        #expect(error("<row r='3'><c t='str'><v>123456</v></c></row>") { $0.cellBytes = 5 } == .tooLarge(.cell(row: 3)))
        #expect(
            error("", strings: "<sst><si><t>12345</t></si></sst>") { $0.sharedStringBytes = 4 }
                == .tooLarge(.sharedStrings))
        #expect(error("") { $0.archive.fileBytes = 10 } == .tooLarge(.file))
        #expect(error("") { $0.archive.entries = 2 } == .tooLarge(.inflated))
    }

    @Test func `rows that go backwards and strings that do not exist are damage`() throws {
        #expect(throws: SheetError.damaged) {
            try rows(WorkbookBytes(rows: "<row r='2'><c><v>1</v></c></row><row r='2'><c><v>1</v></c></row>").zip.bytes)
        }
        #expect(throws: SheetError.damaged) {
            try rows(WorkbookBytes(rows: "<row><c t='s'><v>5</v></c></row>").zip.bytes)
        }
        #expect(throws: SheetError.damaged) { try rows(WorkbookBytes(rows: "<row></c>").zip.bytes) }
    }
}
