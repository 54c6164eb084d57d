import Foundation
import Testing

@testable import Platform

private func document(_ body: String, numbering: String = "", styles: String = "") -> [UInt8] {
    var zip = ZipBytes()
    zip.add(
        "_rels/.rels",
        "<Relationships><Relationship Id='a' Type='x/officeDocument' Target='word/document.xml'/></Relationships>")
    zip.add(
        "word/_rels/document.xml.rels",
        "<Relationships><Relationship Id='a' Type='x/numbering' Target='numbering.xml'/>"
            + "<Relationship Id='b' Type='x/styles' Target='styles.xml'/></Relationships>")
    zip.add("word/numbering.xml", "<w:numbering xmlns:w='w'>\(numbering)</w:numbering>")
    zip.add("word/styles.xml", "<w:styles xmlns:w='w'>\(styles)</w:styles>")
    zip.add("word/document.xml", "<w:document xmlns:w='w' xmlns:mc='m'><w:body>\(body)</w:body></w:document>")
    return zip.bytes
}

private func paragraph(_ text: String, list: Int? = nil, level: Int = 0, style: String? = nil) -> String {
    let numbering = list.map { "<w:numPr><w:ilvl w:val='\(level)'/><w:numId w:val='\($0)'/></w:numPr>" } ?? ""
    let style = style.map { "<w:pStyle w:val='\($0)'/>" } ?? ""
    return "<w:p><w:pPr>\(style)\(numbering)</w:pPr><w:r><w:t>\(text)</w:t></w:r></w:p>"
}

private func level(_ index: Int, _ format: String, _ text: String, _ more: String = "") -> String {
    "<w:lvl w:ilvl='\(index)'><w:start w:val='1'/><w:numFmt w:val='\(format)'/><w:lvlText w:val='\(text)'/>"
        + "\(more)</w:lvl>"
}

struct WordDocumentTests {
    private func texts(_ bytes: [UInt8]) throws -> [String] { try DocumentFile.paragraphs(bytes: bytes).map(\.text) }

    @Test func `automatic numbers come out as text`() throws {
        let numbering =
            "<w:abstractNum w:abstractNumId='7'>" + level(0, "chineseCounting", "%1、")
            + level(1, "chineseCounting", "（%2）") + level(2, "decimal", "%3.")
            + level(3, "decimal", "%1.%4", "<w:isLgl/>")
            + "</w:abstractNum><w:num w:numId='2'><w:abstractNumId w:val='7'/></w:num><w:num w:numId='3'>"
            + "<w:abstractNumId w:val='7'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride>"
            + "</w:num>"
        let body =
            paragraph("总体要求", list: 2) + paragraph("指导思想", list: 2, level: 1) + paragraph("目标", list: 2, level: 1)
            + paragraph("宽带", list: 2, level: 2) + paragraph("主要任务", list: 2) + paragraph("资源", list: 2, level: 1)
            + paragraph("细目", list: 2, level: 3) + paragraph("保障", list: 3) + paragraph("正文", list: 0)
        #expect(
            try texts(document(body, numbering: numbering)) == [
                "一、总体要求", "（一）指导思想", "（二）目标", "1.宽带", "二、主要任务", "（一）资源", "2.1 细目", "五、保障", "正文",
            ])
    }

    @Test func `a style brings its number and outline level along`() throws {
        let styles =
            "<w:style w:styleId='H'><w:name w:val='heading 1'/><w:pPr><w:outlineLvl w:val='0'/><w:numPr>"
            + "<w:numId w:val='1'/>"
            + "</w:numPr></w:pPr></w:style><w:style w:styleId='C'><w:name w:val='条'/><w:basedOn w:val='H'/></w:style>"
        let numbering =
            "<w:abstractNum w:abstractNumId='0'>" + level(0, "chineseCountingThousand", "第%1条", "<w:pStyle w:val='H'/>")
            + "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>"
        let found = try DocumentFile.paragraphs(
            bytes: document(
                paragraph("总则", style: "H") + paragraph("细则", style: "C"), numbering: numbering, styles: styles))
        #expect(found.map(\.text) == ["第一条 总则", "第二条 细则"])
        #expect(found.map(\.style) == ["heading 1", "条"])
        #expect(found.map(\.outlineLevel) == [0, 0])
        #expect(found[0].number == "第一条")
    }

    @Test func `deleted, hidden and doubled text is left out, inserted text counts`() throws {
        let body =
            "<w:p><w:r><w:t>到</w:t></w:r><w:del><w:r><w:delText>2016</w:delText><w:t>旧</w:t></w:r></w:del>"
            + "<w:ins><w:r><w:t>2017</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>走</w:t></w:r></w:moveFrom>"
            + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r><w:r><w:t>年</w:t><w:tab/>"
            + "<w:t>底</w:t><w:br/><w:t>前</w:t></w:r>"
            + "<w:r><mc:AlternateContent><mc:Choice><w:t>全</w:t></mc:Choice><mc:Fallback><w:t>全</w:t></mc:Fallback>"
            + "</mc:AlternateContent><w:instrText>PAGE</w:instrText></w:r></w:p>"
        #expect(try texts(document(body)) == ["到2017年\t底\n前全"])
    }

    @Test func `a paragraph whose end is deleted runs on`() throws {
        let body = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>上</w:t></w:r></w:p>" + paragraph("下")
        #expect(try texts(document(body)) == ["上下"])
    }

    @Test func `cells of tables are paragraphs`() throws {
        let body =
            "<w:tbl><w:tr><w:tc>\(paragraph("甲"))</w:tc><w:tc>\(paragraph("乙"))</w:tc></w:tr></w:tbl>" + paragraph("丙")
        let found = try DocumentFile.paragraphs(bytes: document(body))
        #expect(found.map(\.text) == ["甲", "乙", "丙"])
        #expect(found.map(\.isInTable) == [true, true, false])
    }

    @Test func `the action plan reads as plain text, in GB18030 too`() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../PlanTests/Fixtures/action-plan.txt").path
        let found = try DocumentFile.paragraphs(path: path)
        #expect(found.count > 20)
        #expect(found.allSatisfy { !$0.text.isEmpty && $0.style == nil })
        #expect(
            try PlainTextDocument.paragraphs([0xD2, 0xBB, 0xA1, 0xA2, 0x0D, 0x0A, 0x20, 0x0D, 0x0A, 0xB6, 0xFE]).map(
                \.text) == ["一、", "二"])
    }

    @Test func `other files are refused in plain words`() throws {
        let cases: [([UInt8], DocumentError)] = [
            ([], .empty), ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .legacyFormat),
            (Array("%PDF-1".utf8), .notADocument),
            ([0x61, 0, 0x62], .notADocument), ([0x61, 0xFF, 0xFF], .unknownEncoding),
            (Array(document("").dropLast(9)), .damaged),
            (document(""), .empty), (WorkbookBytes().zip.bytes, .notADocument),
        ]
        for (bytes, error) in cases {
            #expect(throws: error) { try DocumentFile.paragraphs(bytes: bytes) }
            #expect(!error.message.isEmpty)
        }
        var limits = DocumentLimits.standard
        limits.textBytes = 3
        #expect(throws: DocumentError.tooLarge) {
            try DocumentFile.paragraphs(bytes: document(paragraph("四个字了")), limits: limits)
        }
    }

    @Test(arguments: [
        ("chineseCounting", 10, "十"), ("chineseCounting", 12, "十二"), ("chineseCounting", 105, "一百零五"),
        ("chineseLegalSimplified", 12, "壹拾贰"), ("upperRoman", 14, "XIV"), ("lowerLetter", 28, "bb"),
        ("decimalEnclosedCircle", 3, "③"), ("decimalZero", 7, "07"), ("ideographTraditional", 4, "丁"),
        ("decimalFullWidth", 12, "１２"), ("ideographDigital", 20, "二〇"),
    ])
    func `numbers are written as Word writes them`(format: String, value: Int, text: String) {
        #expect(WordNumberFormat(name: format).text(value) == text)
    }
}
