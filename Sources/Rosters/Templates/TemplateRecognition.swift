import Directory
import Kernel
import Platform

/// Makes a template of a workbook somebody was sent, by its header: what stands above the first empty or data row is the
/// head, and the words of each column say what belongs there. What is not recognised stays an empty column for a person
/// to settle.
enum TemplateRecognition {
    static let headRows = 20

    /// - Parameter kept: an earlier version of the template, whose spellings are kept.
    /// Throws `DomainError.invalid` for `file`.
    static func template(
        of path: String, name: String, subject: ExportTemplate.Subject, kept: ExportTemplate?
    ) throws -> ExportTemplate {
        let file = try SheetFile.open(path: path)
        guard let sheet = file.sheets.first(where: { !$0.isHidden }) else {
            throw DomainError.invalid("file", "工作簿里没有工作表")
        }
        var rows: [SheetRow] = []
        let merged = try file.mergedRanges(of: sheet.index)
        try file.rows(of: sheet.index, first: headRows) { rows.append($0) }
        let head = try TemplateHead(rows, merged)
        var template = ExportTemplate(
            name: name, subject: subject, sheet: sheet.name.isEmpty ? name : sheet.name, head: head.cells, columns: [])
        template.columns = (0..<head.columnCount).map { column in
            let words = head.words(of: column)
            let source = source(of: words, subject)
            let before = kept?.columns.first { $0.source == source }
            return before ?? ExportTemplate.Column(source, date: usualDate(source))
        }
        try template.check()
        return template
    }

    /// What a column means by its own header and those above it, the nearest first.
    static func source(of words: [String], _ subject: ExportTemplate.Subject) -> ColumnSource {
        let keys = words.map(key).filter { !$0.isEmpty }
        guard let leaf = keys.first else { return .blank }
        if let guardian = guardian(keys) { return guardian }
        let known = dictionary(of: subject)
        for group in keys.dropFirst() {
            if let found = known[group + leaf] ?? known[leaf + group] { return found }
        }
        return known[leaf] ?? .blank
    }

    private static func guardian(_ keys: [String]) -> ColumnSource? {
        let whole = keys.reversed().joined()
        guard ["监护人", "家庭成员", "家长"].contains(where: whole.contains) else { return nil }
        let number = whole.contains("2") || whole.contains("二") ? 2 : 1
        if whole.contains("是否") || whole.contains("证件") || whole.contains("说明") { return .blank }
        if whole.contains("电话") || whole.contains("手机") { return .guardian(number, .phone) }
        if whole.contains("关系") { return .guardian(number, .relation) }
        return whole.contains("姓名") ? .guardian(number, .name) : .blank
    }

    /// Header words without white space, brackets, stars and notes.
    static func key(_ text: String) -> String {
        var out = "", depth = 0
        for character in ChineseText.matchingKey(text) {
            if "([【（".contains(character) { depth += 1 }
            if depth == 0, !"*:：/、.-_".contains(character) { out.append(character) }
            if ")]】）".contains(character) { depth = max(0, depth - 1) }
        }
        return out
    }

    private static func usualDate(_ source: ColumnSource) -> ExportTemplate.DateForm? {
        guard source.isDated else { return nil }
        if case .fact(let field) = source, field.kind == .month { return .compactMonth }
        return .compact
    }

    private static func dictionary(of subject: ExportTemplate.Subject) -> [String: ColumnSource] {
        subject == .pupils || subject == .classes ? pupilWords : staffWords
    }

    private static let pupilWords = words(.student)
    private static let staffWords = words(.staff)

    private static func words(_ group: PersonField.Group) -> [String: ColumnSource] {
        var words: [String: ColumnSource] = [:]
        func add(_ texts: [String], _ source: ColumnSource) {
            for text in texts where words[key(text)] == nil && !key(text).isEmpty { words[key(text)] = source }
        }
        for field in PersonField.all where field.group == .common || field.group == group {
            add([field.label], .fact(field))
        }
        for (source, texts) in others { add(texts, source) }
        for source in ColumnSource.all where source != .blank {
            if case .fact = source { continue }
            add([source.title], source)
        }
        for field in PersonField.all where field.group == .common || field.group == group {
            add([field.moe] + field.aliases, .fact(field))
        }
        return words
    }

    private static let others: [(ColumnSource, [String])] = [
        (.number(.studentNumber), ["全国学籍号", "学籍主号", "XJH"]),
        (.documentNumber, ["身份证件号码", "证件号", "证件号码", "身份证号码", "身份证", "SFZJH"]),
        (.documentType, ["证件类型", "SFZJLXM"]), (.number(.phone), ["手机", "手机号码", "联系手机", "SJH"]),
        (.number(.staffNumber), ["教职工号", "职工号", "GH"]), (.school(.name), ["学校", "所在学校", "单位名称", "XXMC"]),
        (.school(.code), ["学校代码", "学校机构标识码", "XXBSM"]), (.classGroup(.grade), ["年级名称", "所在年级", "NJ"]),
        (.classGroup(.name), ["班级名称", "所在班级", "BJ"]), (.classGroup(.teacher), ["班主任姓名"]),
        (.count(.pupils), ["学生人数", "在校生数", "人数", "学生数合计", "在校生数合计"]), (.count(.girls), ["其中女生", "女生人数"]),
        (.count(.classes), ["班级数"]), (.count(.boarders), ["其中寄宿生", "寄宿生"]), (.count(.staff), ["教职工人数"]),
        (.post, ["岗位", "职务", "GWZYM"]),
        (.postFrom, ["任职时间"]), (.classGroup(.openedOn), ["建班时间"]),
    ]
}
