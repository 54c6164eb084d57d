import Directory
import Kernel
import Platform

/// One row of another system's export, as far as it can be compared.
struct RollLine: Sendable {
    /// As Excel numbers it.
    let number: Int
    let candidate: PersonCandidate
    /// By field id, in the spelling that is kept; empty cells are left out.
    let facts: [String: String]
    /// What the row calls the class; empty when it does not tell.
    let className: String
    /// What cannot be read, in Chinese.
    let problems: [String]
}

/// Reads an export of the national system by its header. Only data that are told are compared.
struct RollFile {
    static let limit = 20_000

    let subject: ExportTemplate.Subject
    /// Schools of the place, by code and by name.
    let schools: [String: OrganisationID]
    /// Where the rows belong when they do not tell a school.
    let home: OrganisationID?

    /// Throws `DomainError.invalid` for `file`.
    func lines(of path: String) throws -> [RollLine] {
        do {
            return try read(path)
        } catch let error as SheetError {
            throw DomainError.invalid("file", error.message)
        }
    }

    private func read(_ path: String) throws -> [RollLine] {
        let template = try TemplateRecognition.template(of: path, name: "roll", subject: subject, kept: nil)
        let sources = template.columns.map(\.source)
        guard sources.contains(.fact(RollFile.name)) else { throw DomainError.invalid("file", "没有找到“姓名”列") }
        let headEnd = try template.cells().map(\.range.lastRow).max() ?? 0
        let file = try SheetFile.open(path: path)
        guard let sheet = file.sheets.first(where: { !$0.isHidden }) else { return [] }
        var lines: [RollLine] = []
        try file.rows(of: sheet.index) { row in
            guard row.number > headEnd, let line = line(row, sources) else { return }
            guard lines.count < RollFile.limit else {
                throw DomainError.invalid("file", "一次最多核对 \(RollFile.limit) 行，请按学校分开")
            }
            lines.append(line)
        }
        return lines
    }

    private static let name = PersonField.named("name")!

    private func line(_ row: SheetRow, _ sources: [ColumnSource]) -> RollLine? {
        var texts: [ColumnSource: String] = [:]
        for (column, source) in sources.enumerated() where source != .blank {
            let text = ChineseText.normalised(row[column: column]?.text ?? "")
            if !text.isEmpty { texts[source] = text }
        }
        guard let name = texts[.fact(RollFile.name)] else { return nil }
        var facts: [String: String] = [:], problems: [String] = []
        for (source, text) in texts {
            guard case .fact(let field) = source else { continue }
            do {
                facts[field.id] = try field.canonical(text)
            } catch DomainError.invalid(let found) {
                problems += found.map(\.message)
            } catch { problems.append("\(field.label)有误") }
        }
        var candidate = PersonCandidate(
            name: facts["name"] ?? name, sex: facts["sex"],
            birthDate: facts["birthDate"].flatMap { LocalDate(iso: $0) },
            school: home)
        candidate.identifiers = numbers(texts, &problems)
        for told in [texts[.school(.code)], texts[.school(.name)]].compactMap({ $0 }) {
            if let school = schools[told] { candidate.school = school }
        }
        return RollLine(
            number: row.number, candidate: candidate, facts: facts, className: texts[.classGroup(.name)] ?? "",
            problems: problems.sorted())
    }

    private func numbers(_ texts: [ColumnSource: String], _ problems: inout [String]) -> [PersonIdentifier] {
        var numbers: [PersonIdentifier] = []
        func add(_ kind: PersonIdentifierKind, _ text: String?, _ type: String = "") {
            guard let text, !numbers.contains(where: { $0.kind == kind }) else { return }
            do {
                numbers.append(try PersonIdentifier(kind, text, documentType: type))
            } catch DomainError.invalid(let found) {
                problems += found.map(\.message)
            } catch { problems.append("\(kind.title)有误") }
        }
        for kind in PersonIdentifierKind.allCases { add(kind, texts[.number(kind)]) }
        let type = texts[.documentType].flatMap { CodeLists.idDocument.code(matching: $0)?.code } ?? "1"
        add(type == "1" ? .citizenNumber : .document, texts[.documentNumber], type == "1" ? "" : type)
        return numbers
    }
}
