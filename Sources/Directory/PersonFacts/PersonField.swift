import Foundation
import Kernel
import Platform

/// One datum that is kept of a person besides her numbers. The list is data: `Data/person-fields.csv`, after the
/// collection forms of the national systems.
package struct PersonField: Sendable, Hashable {
    package enum Group: String, Sendable, CaseIterable {
        /// of everybody
        case common
        /// of pupils (学籍)
        case student
        /// of teachers and other staff
        case staff
    }

    package enum Kind: String, Sendable {
        case text, code
        /// `yyyy-MM-dd`
        case date
        /// `yyyy-MM`
        case month
        /// `1` or `0`
        case flag
        case number
    }

    /// Whose word counts for the datum (数据归口).
    package enum Owner: String, Sendable {
        /// 全国中小学生学籍信息管理系统
        case roll
        /// 全国教师管理信息系统
        case teacher
        /// the school
        case school
        /// the person herself
        case own = "self"

        package var title: String {
            switch self {
            case .roll: "全国学籍系统"
            case .teacher: "全国教师系统"
            case .school: "学校"
            case .own: "本人"
            }
        }
    }

    /// Fixed for ever: stored with each value.
    package let id: String
    /// Chinese, as on forms and in workbooks.
    package let label: String
    /// Field name of the ministry's exchange files, pinyin initials: `XBM`.
    package let moe: String
    package let group: Group
    package let kind: Kind
    /// File name of the code list of a `.code` field.
    package let listName: String?
    /// Sealed at rest, masked on lists, seen in full with permission and reason only.
    package let isSensitive: Bool
    /// 关键字段: once told, changes only by an approved change.
    package let isKey: Bool
    package let owner: Owner
    /// Kept for the person's own sake: goes when she asks for it. All others the law has the schools keep.
    package let isOptional: Bool
    /// Other usual header words in workbooks.
    package let aliases: [String]

    package var list: CodeList? { listName.flatMap(CodeLists.named) }

    package static func == (a: PersonField, b: PersonField) -> Bool { a.id == b.id }
    package func hash(into hasher: inout Hasher) { hasher.combine(id) }

    /// All fields in the order of the forms.
    package static let all: [PersonField] = load()
    package static func named(_ id: String) -> PersonField? { byID[id] }
    /// Those that are kept as they are; every other value is sealed, also that of an unknown field.
    static let plainIDs = Set(all.lazy.filter { !$0.isSensitive }.map(\.id))
    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    /// Brings what a clerk wrote into the one spelling that is kept: code for word, ISO for dates, `1`/`0` for 是/否.
    /// Empty text stays empty. Throws `DomainError.invalid` at the field's id; the message does not repeat a sensitive
    /// value.
    package func canonical(_ typed: String) throws -> String {
        let text = String(
            String.UnicodeScalarView(
                ChineseText.normalised(typed).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
        if text.isEmpty { return "" }
        switch kind {
        case .text:
            guard text.unicodeScalars.count <= 200 else { throw invalid("不能超过 200 个字") }
            return text
        case .number:
            guard let value = Double(text), value.isFinite else { throw invalid("应为数字") }
            return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
        case .flag:
            if PersonField.yes.contains(text) { return "1" }
            if PersonField.no.contains(text) { return "0" }
            throw invalid("填写是或否")
        case .code:
            guard let code = list?.code(matching: text) else {
                throw invalid(isSensitive ? "不在代码表内" : "“\(text)”不在代码表内")
            }
            return code.code
        case .date:
            guard let day = PersonField.day(text) else { throw invalid("填写日期，如 2015-09-01") }
            return day.iso
        case .month:
            let digits = text.filter(\.isNumber)
            if let day = PersonField.day(text) { return String(day.iso.prefix(7)) }
            guard digits.count == 6, let day = PersonField.day(digits + "01") else {
                throw invalid("填写年月，如 2015-09")
            }
            return String(day.iso.prefix(7))
        }
    }

    /// As a person reads the kept value.
    package func text(_ value: String) -> String {
        switch kind {
        case .code: list?.name(of: value) ?? value
        case .flag: value == "1" ? "是" : value == "0" ? "否" : value
        case .text, .date, .month, .number: value
        }
    }

    private func invalid(_ message: String) -> DomainError { .invalid(id, "\(label)\(message)") }

    private static let yes: Set<String> = ["是", "有", "1", "1-是", "√", "Y", "y", "true", "在编"]
    private static let no: Set<String> = ["否", "无", "0", "0-否", "×", "N", "n", "false", "非在编", "不是"]

    /// A day written as 2015-09-01, 2015/9/1, 2015.9.1, 2015年9月1日 or 20150901.
    package static func day(_ text: String) -> LocalDate? {
        let parts = text.split { !$0.isNumber }.map(String.init)
        if parts.count == 1, parts[0].utf8.count == 8, let number = Int(parts[0]) {
            return plausible(LocalDate(year: number / 10_000, month: number / 100 % 100, day: number % 100))
        }
        guard parts.count == 3, parts[0].utf8.count == 4, let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2])
        else { return nil }
        return plausible(LocalDate(year: year, month: month, day: day))
    }

    private static func plausible(_ day: LocalDate?) -> LocalDate? {
        day.flatMap { (1900...2100).contains($0.year) ? $0 : nil }
    }

    private static func load() -> [PersonField] {
        guard let url = Bundle.module.url(forResource: "person-fields", withExtension: "csv"),
            let data = try? Data(contentsOf: url)
        else { fatalError("the list of person fields is missing from the build") }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
            .map { line in
                let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                guard cells.count == 9, let group = Group(rawValue: cells[3]), let kind = Kind(rawValue: cells[4]),
                    let owner = Owner(rawValue: cells[7])
                else { fatalError("person field: \(line)") }
                return PersonField(
                    id: cells[0], label: cells[1], moe: cells[2], group: group, kind: kind,
                    listName: cells[5].isEmpty ? nil : cells[5], isSensitive: cells[6].contains("s"),
                    isKey: cells[6].contains("k"), owner: owner, isOptional: cells[6].contains("o"),
                    aliases: cells[8].split(separator: "|").map(String.init))
            }
    }
}
