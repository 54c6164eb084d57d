import Database
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Resources

/// Metadata as files.
@Suite("Export of metadata")
struct MetadataExportTests {
    @Test("LOM of one and of many, and a table, as far as the asker may see", arguments: TestDatabase.allCases)
    func export(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            var content = ResourceCity.content("=HYPERLINK(\"x\")", .public)
            content.tags = ["-1+1", "潮汐"]
            let open = try await made.published(content)
            let closed = try await made.published(ResourceCity.content("本校的", .school))
            let visitor = try await made.city.client(.visitor), wang = try await made.city.client(.wang)
            let one = try await visitor.get("/resources/\(open)/lom"), lom = try XMLTree(one.bytes)
            #expect(lom.name == "lom" && lom.at("general", "title", "string")?.text == "=HYPERLINK(\"x\")")
            #expect(lom.at("general", "identifier", "entry")?.text == "FCG:RES:\(open)")
            #expect(try await visitor.get("/resources/\(closed)/lom").status == 404)
            #expect(try await visitor.get("/resources/metadata").status == 303)
            let table = try await wang.get("/resources/metadata?q=HYPERLINK")
            #expect(table.status == 200 && table.text.contains("'=HYPERLINK") && table.text.contains("FCG:RES:\(open)"))
            #expect(!table.text.contains("本校的"))
            for line in table.text.split(separator: "\n") {
                for cell in line.split(separator: ",") {
                    let text = cell.drop { $0 == "\"" || $0 == "\u{FEFF}" }
                    #expect(!["=", "+", "-", "@"].contains(text.first.map(String.init) ?? ""), "\(cell)")
                }
            }
            let many = try await wang.get("/resources/metadata?kind=lom"), path = made.city.folder + "/lom.zip"
            try Data(many.bytes).write(to: URL(fileURLWithPath: path))
            let files = try TestArchive.files(at: path)
            #expect(Set(files.keys) == ["\(open).xml", "\(closed).xml"])
            #expect(try XMLTree(try #require(files["\(closed).xml"])).name == "lom")
        }
    }

    @Test("Names of people are told as the standard asks, whatever is in them")
    func cards() {
        let card = LearningObject.card("王;老师,\n甲", "实验\\小学")
        #expect(card.contains("FN:王\\;老师\\,甲\r\n") && card.contains("ORG:实验\\\\小学\r\n"))
        #expect(card.hasPrefix("BEGIN:VCARD\r\nVERSION:3.0\r\n") && card.hasSuffix("\r\nEND:VCARD"))
    }

    @Test("XML holds whatever text it is given, and nothing that XML does not have")
    func writer() throws {
        let text = "a<b>&\"'\u{0}\u{8}\u{FFFE}\t\n中\u{1F600}]]>"
        let bytes = XMLWriter.document { writer in
            writer.element("r", [("k", text)]) { $0.element("e", text: text) }
        }
        let tree = try XMLTree(bytes), kept = "a<b>&\"'\t\n中\u{1F600}]]>"
        #expect(tree["e"]?.text == kept && tree.attributes["k"] == kept)
    }
}
