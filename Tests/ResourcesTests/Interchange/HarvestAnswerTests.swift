import Foundation
import Kernel
import Testing

@testable import Resources

/// Answers of sources, good, broken and hostile.
@Suite("Answers of sources")
struct HarvestAnswerTests {
    private func bytes(_ name: String) throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Fixtures/oai"))
        return [UInt8](try Data(contentsOf: url))
    }

    private func answer(_ name: String) throws -> HarvestAnswer { try HarvestAnswer(bytes(name)) }

    @Test("A good answer is read whole")
    func good() throws {
        let records = OAIText.record("a", "灯塔", more: "<dc:rights>署名 (CC BY 4.0)</dc:rights>") + OAIText.deleted("b")
        let answer = try HarvestAnswer(OAIText.list(records, token: "next"))
        #expect(answer.records.map(\.identifier) == ["a", "b"] && answer.records.map(\.isDeleted) == [false, true])
        let content = try #require(answer.records[0].content)
        #expect(content.title == "灯塔" && content.provider == "示例数字图书馆" && content.licence == "cc-by")
        #expect(content.link == "https://lib.example/items/a" && content.subjects == ["潮汐"])
        #expect(answer.token == "next" && answer.repairs.isEmpty && !answer.isCut && answer.broken.isEmpty)
        #expect(answer.answeredAt.map(OAIDate.text) == "2026-11-30T08:00:00Z")
        #expect(try HarvestAnswer(OAIText.error("noRecordsMatch")).error?.code == "noRecordsMatch")
        #expect(throws: ExternalFault.self, "a note of maintenance is no end of a list") {
            try HarvestAnswer(OAIText.answer("<note>维护中</note>"))
        }
        #expect(try HarvestAnswer(OAIText.identify).granularity == "YYYY-MM-DDThh:mm:ssZ")
        #expect(try HarvestAnswer(OAIText.list(OAIText.record("a", "x"), token: " ")).token == nil)
    }

    @Test(
        "What can be mended is mended and told",
        arguments: [
            ("bare-ampersand.xml", ["潮汐 & 灯塔", "A&B; C&nbsp;D"]), ("control-characters.xml", ["潮汐", "灯塔 &#x1F;"]),
            ("gbk-as-utf8.xml", ["潮汐与灯塔的故事", "海边的清晨"]), ("gbk-declared.xml", ["潮汐与灯塔的故事", "海边的清晨"]),
        ])
    func mended(_ name: String, _ titles: [String]) throws {
        let answer = try answer(name)
        #expect(answer.records.compactMap(\.content?.title) == titles)
        #expect(!answer.repairs.isEmpty && answer.token == "next" && answer.broken.isEmpty && !answer.isCut)
    }

    @Test("Of an answer that is no XML each record that can be read is taken, and where to go on")
    func salvaged() throws {
        let broken = try answer("broken-record.xml")
        #expect(broken.records.map(\.identifier) == ["a", "c"] && broken.token == "next" && !broken.isCut)
        #expect(broken.broken.map(\.kind) == [.record] && broken.repairs.contains("逐条"))
        let cut = try answer("cut.xml")
        #expect(cut.records.map(\.identifier) == ["a", "b"] && cut.isCut && cut.token == nil)
        #expect(cut.answeredAt != nil)
    }

    @Test("Prefixes do not matter")
    func prefixed() throws {
        let answer = try answer("prefixed.xml")
        #expect(answer.records.map(\.identifier) == ["a"] && answer.repairs.isEmpty)
        // Whole or record by record.
        let text = String(decoding: try bytes("prefixed.xml"), as: UTF8.self)
        let records = HarvestText.elements("record", in: Array(text.utf8))
        #expect(records.count == 1 && HarvestText.holdsEnd(of: "OAI-PMH", in: Array((text + "\n ").utf8)))
        #expect(!HarvestText.holdsEnd(of: "OAI-PMH", in: Array((text + "<x").utf8)))
    }

    @Test(
        "What is hostile or something else is refused as a whole",
        arguments: [
            ("entities.xml", "文档类型"), ("external-entity.xml", "文档类型"), ("hidden-doctype.xml", "文档类型"),
            ("page.html", "文档类型"), ("not-oai.xml", "不是 OAI-PMH"),
        ])
    func refused(_ name: String, _ words: String) throws {
        do {
            _ = try answer(name)
            Issue.record("taken: \(name)")
        } catch let fault as ExternalFault { #expect(fault.reason.contains(words), "\(name): \(fault.reason)") }
        for bytes in [[], Array("nothing".utf8), [0xFF, 0x00, 0x01], Array("<record><record><record>".utf8)]
            as [[UInt8]]
        {
            #expect(throws: ExternalFault.self) { try HarvestAnswer(bytes) }
        }
    }

    @Test("A record that lacks something is told with the reason")
    func missing() throws {
        let answer = try answer("missing-parts.xml")
        #expect(answer.records.map(\.identifier) == ["g", "h"])
        #expect(answer.broken.map(\.place) == ["第 1 条", "b", "c", "d", "e", "f"])
        #expect(
            answer.broken.map(\.reason) == [
                "没有标识", "没有元数据", "元数据不是 oai_dc 或 LOM", "没有标题", "没有可以打开的网址", "没有可以打开的网址",
            ])
    }

    @Test(
        "A licence keeps the version that is told",
        arguments: [
            ("https://creativecommons.org/licenses/by/4.0/", "cc-by"),
            ("http://creativecommons.org/licenses/by-sa/4.0/deed.zh", "cc-by-sa"),
            ("https://creativecommons.org/licenses/by/3.0/", "CC BY 3.0"),
            ("https://creativecommons.org/licenses/by-nc-sa/2.5/cn/legalcode", "CC BY-NC-SA 2.5 CN"),
            ("https://creativecommons.org/licenses/by/3.0/deed.zh", "CC BY 3.0"),
            ("https://creativecommons.org/licenses/by-nd", "CC BY-ND"),
            ("https://creativecommons.org/publicdomain/zero/1.0/", "public-domain"), ("CC BY-SA 3.0", "CC BY-SA 3.0"),
        ])
    func licences(_ told: String, _ kept: String) {
        #expect(LicenceWords.code(of: told) == kept)
    }

    @Test("Metadata of learning objects are read as ours are written and as older ones are")
    func learningObjects() throws {
        let metadata = """
            <lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><identifier><catalog>URI</catalog>
            <entry>https://a.example/1</entry></identifier><title><string language="en">Tide</string>
            <string language="zh-CN">潮汐</string></title><description><langstring>说明</langstring></description>
            <keyword><string>海</string></keyword></general>
            <technical><location>ftp://a.example/1</location></technical>
            <rights><description><string>https://creativecommons.org/licenses/by-nc/3.0/cn/；署名</string></description>
            </rights></lom>
            """
        let record = "<record><header><identifier>a</identifier></header><metadata>\(metadata)</metadata></record>"
        let content = try #require(try HarvestAnswer(OAIText.list(record)).records.first?.content)
        #expect(content.title == "潮汐" && content.description == "说明" && content.subjects == ["海"])
        #expect(content.link == "https://a.example/1" && content.licence == "CC BY-NC 3.0 CN")
    }

    @Test(
        "Addresses of the web, and what only looks like one",
        arguments: [
            ("https://a.example/x?y=1&z=中#f", "https://a.example/x?y=1&z=%E4%B8%AD#f"),
            ("HTTP://A.example", "HTTP://A.example"),
            ("http://[::1]:8080/", "http://[::1]:8080/"), ("https://a.example/a b", "https://a.example/a%20b"),
            ("javascript:alert(1)", nil), ("https://", nil), ("https:///x", nil), ("https://u:p@a.example/", nil),
            ("ftp://a.example/", nil), ("https://a.example:port/", nil), ("https://a\nb.example/", nil),
            ("//a.example", nil),
            ("https://中文.example/", nil), ("x", nil), ("", nil),
        ] as [(String, String?)])
    func links(_ raw: String, _ expected: String?) {
        #expect(WebLink(raw)?.text == expected)
    }

    @Test("Answers lead on as addresses do")
    func following() throws {
        let link = try #require(WebLink("https://a.example:8443/x/y?q=1"))
        #expect(link.following("/z")?.text == "https://a.example:8443/z")
        #expect(link.following("z")?.text == "https://a.example:8443/x/z")
        #expect(link.following("http://b.example/")?.text == "http://b.example/")
        #expect(link.following("//b.example/c")?.text == "https://b.example/c")
        #expect(link.following("javascript://x") == nil)
    }
}
