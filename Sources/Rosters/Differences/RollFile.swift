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

/// Reads rows of an export of the national system by its header. Only data that are told are compared.
struct RollFile: Sendable {
    /// What the columns of the file hold, and where its rows begin.
    struct Sources: Sendable {
        let columns: [ColumnSource]
        let sheet: Int
        /// The last row of the header.
        let headEnd: Int
    }

    private let sources: Sources
    /// Schools of the place, by code and by name.
    private let schools: [String: OrganisationID]
    /// Where the rows belong when they do not tell a school.
    private let home: OrganisationID?

    init(_ sources: Sources, _ schools: [Organisation], at place: OrganisationPath) {
        self.sources = sources
        var known: [String: OrganisationID] = [:]
        for school in schools {
            known[school.name] = school.id
            if let code = school.code { known[code] = school.id }
        }
        self.schools = known
        home = schools.first { $0.path == place }?.id
    }

    /// Reads the header. Blocks. Throws `DomainError.invalid` for `file`.
    static func sources(of path: String, _ subject: ExportTemplate.Subject) throws -> Sources {
        do {
            let template = try TemplateRecognition.template(of: path, name: "roll", subject: subject, kept: nil)
            let columns = template.columns.map(\.source)
            guard columns.contains(.fact(RollFile.name)) else { throw DomainError.invalid("file", "没有找到“姓名”列") }
            guard let sheet = try SheetFile.open(path: path).sheets.first(where: { !$0.isHidden }) else {
                throw DomainError.invalid("file", "工作簿里没有工作表")
            }
            return Sources(
                columns: columns, sheet: sheet.index, headEnd: try template.cells().map(\.range.lastRow).max() ?? 0)
        } catch let error as SheetError {
            throw DomainError.invalid("file", error.message)
        }
    }

    private static let name = PersonField.named("name")!

    /// `nil` for what is nobody.
    func line(_ row: SheetRow) -> RollLine? {
        guard row.number > sources.headEnd else { return nil }
        var texts: [ColumnSource: String] = [:]
        for (column, source) in sources.columns.enumerated() where source != .blank {
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
