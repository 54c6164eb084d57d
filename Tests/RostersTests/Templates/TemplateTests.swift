import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

/// Templates as data: how cells are spelled and how a workbook becomes a template.
@Suite("Templates")
struct TemplateTests {
    @Test("A code is written as word, code or both, a day in five ways")
    func spelling() throws {
        let sex = ColumnSource.fact(try #require(PersonField.named("sex")))
        #expect(CellSpelling.text("1", in: .init(sex)) == "男")
        #expect(CellSpelling.text("1", in: .init(sex, code: .code)) == "1")
        #expect(CellSpelling.text("1", in: .init(sex, code: .codeWord)) == "1-男")
        #expect(CellSpelling.text("", in: .init(sex, code: .codeWord)) == "")
        // A code the list has no more is written as it is kept.
        #expect(CellSpelling.text("7", in: .init(sex, code: .codeWord)) == "7")
        let flag = ColumnSource.fact(try #require(PersonField.named("orphan")))
        #expect(CellSpelling.text("0", in: .init(flag)) == "否")
        #expect(CellSpelling.text("0", in: .init(flag, code: .codeWord)) == "0-否")
        let born = ColumnSource.fact(try #require(PersonField.named("birthDate")))
        let written = ExportTemplate.DateForm.allCases.map {
            CellSpelling.text("2008-09-01", in: .init(born, date: $0))
        }
        #expect(written == ["2008-09-01", "20080901", "2008/09/01", "2008-09", "200809"])
        let month = ColumnSource.fact(try #require(PersonField.named("entryMonth")))
        #expect(CellSpelling.text("2026-09", in: .init(month, date: .compact)) == "202609")
    }

    @Test("Every source has an id of its own and comes back by it")
    func sources() {
        for source in ColumnSource.all { #expect(ColumnSource.named(source.id) == source, "\(source.id)") }
        #expect(ColumnSource.named("fact.unknown") == nil)
    }

    @Test(
        "The workbook of a shipped template is recognised as that template", arguments: ShippedTemplates.all.map(\.name)
    )
    func recognition(_ name: String) throws {
        let shipped = try #require(ShippedTemplates.named(name))
        #expect(try ExportTemplate.decode(Array(shipped.json.utf8)) == shipped)
        let path = FileManager.default.temporaryDirectory.path + "/\(Identifiers.next()).xlsx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try LaidOutWriter(path: path)
        try writer.addSheet(shipped.sheet, head: try shipped.cells())
        try writer.row(Array(repeating: .text("某某"), count: shipped.columns.count))
        try writer.finish()
        let read = try TemplateRecognition.template(of: path, name: name, subject: shipped.subject, kept: shipped)
        #expect(read.columns.map(\.source.id) == shipped.columns.map(\.source.id))
        #expect(read.columns.map(\.date) == shipped.columns.map(\.date))
        #expect(Set(read.head.map(\.range)) == Set(shipped.head.map(\.range)))
        #expect(
            read.head.filter { $0.isTitle == true }.map(\.range)
                == shipped.head.filter { $0.isTitle == true }.map(\.range))
    }

    @Test("What is no template is refused with a reason")
    func faults() {
        for text in [
            "", "[]", "{}",
            #"{"name":"x","subject":"pupils","sheet":"x","head":[],"columns":[{"source":"fact.nothing"}]}"#,
            #"{"name":"x","subject":"pupils","sheet":"x","head":[],"columns":[]}"#,
            #"{"name":"x","subject":"pupils","sheet":"x","head":[{"range":"A1:B2","text":"a"},{"range":"B2","text":"b"}],"columns":[{"source":"fact.name"}]}"#,
            #"{"name":"x","subject":"pupils","sheet":"x","head":[{"range":"?","text":"a"}],"columns":[{"source":"fact.name"}]}"#,
        ] {
            #expect(throws: DomainError.self, "\(text)") { try ExportTemplate.decode(Array(text.utf8)) }
        }
    }
}
