import Directory
import Foundation
import Kernel
import Testing

/// The lists of `domain.md` 2.2 to 2.7: each value is read as word, code and both, and an old one is read still.
@Suite("Codes of people and schools")
struct PersonCodeTests {
    static let names = [
        "sex", "ethnicity", "school-type", "urban-rural", "school-run-by", "class-kind", "id-document",
        "political-status",
        "education", "degree", "overseas", "health", "marital-status", "household-kind", "blood-type", "entry-way",
        "attendance", "left-behind", "student-category", "enrolment-change", "staff-kind", "post", "teacher-title",
        "backbone", "subject", "stage", "nationality", "disability", "guardian-relation",
    ]

    @Test("Word, code, code-word, word-code and full width find the same value", arguments: names)
    func forms(_ name: String) throws {
        let list = try #require(CodeLists.named(name))
        // Where a group is only a heading its code means nothing.
        let isHeading = { (code: Code) in ["school-type", "urban-rural"].contains(name) && list.isGroup(code.code) }
        let twice = Dictionary(grouping: list.codes, by: \.name).filter { $0.value.count > 1 }
        for code in list.codes where !isHeading(code) {
            var forms = [code.code, "\(code.code)-\(code.name)"]
            // Letters and brackets of the word itself would be taken for those of the code.
            let isPlain = code.name.unicodeScalars.allSatisfy { $0.value > 0x7F }
            if isPlain { forms += ["\(code.code) \(code.name)", "\(code.name)(\(code.code))"] }
            if twice[code.name] == nil { forms.append(code.name) }
            let wide = code.code.applyingTransform(.fullwidthToHalfwidth, reverse: true)
            if let wide { forms.append(wide) }
            for form in forms { #expect(list.code(matching: form) == code, "\(name): \(form)") }
        }
    }

    @Test("A value out of use is read, named and known to be old")
    func old() throws {
        let list = try CodeList(
            csv: """
                # GB/T 0000-2026
                code,name,parent,valid_from,valid_to,note,alias
                12,思想品德,,2012-01-01,2016-08-31,,
                15,道德与法治,,2016-09-01,,12 的后继,
                """)
        let old = try #require(list.code(matching: "12-思想品德"))
        let day = try #require(LocalDate(iso: "2026-09-01")), then = try #require(LocalDate(iso: "2014-09-01"))
        #expect(!old.isValid(on: day) && old.isValid(on: then))
        #expect(list.name(of: "12") == "思想品德")
        #expect(list.code(matching: "道德与法治")?.isValid(on: then) == false)
    }
}
