import Kernel
import Web

/// What publishing a draft needs besides its text.
enum PlanPublication: Sendable {
    case newPlan(title: String, layer: TargetSetFile.Layer, from: LocalDate, to: LocalDate, note: String)
    case newVersion(note: String)

    /// Throws `DomainError.invalid` with every broken rule.
    init(_ values: FormValues, of draft: PlanDocumentDraft) throws {
        var problems: [FieldProblem] = []
        func add(_ field: String, _ message: String) { problems.append(FieldProblem(field: field, message: message)) }
        let note = values["note"] ?? ""
        if note.count > 200 { add("note", "说明不超过200个字") }
        if draft.plan != nil {
            guard problems.isEmpty else { throw DomainError.invalid(problems) }
            self = .newVersion(note: note)
            return
        }
        let title = values["title"] ?? ""
        if !(1...80).contains(title.count) { add("title", "填写计划名称，不超过80个字") }
        let chosen = values["layer"].flatMap(TargetSetFile.Layer.init(rawValue:))
        let layer = draft.owner.organisation == nil ? chosen : .county
        if layer == nil { add("layer", "选择层级") }
        if draft.owner.organisation == nil, layer == .county { add("layer", "县级计划由县(市、区)上传，这里选国家、自治区或市") }
        let from = values["from"].flatMap { LocalDate(iso: $0) }, to = values["to"].flatMap { LocalDate(iso: $0) }
        if from == nil { add("from", "填写开始日期，如 2015-01-01") }
        if to == nil { add("to", "填写结束日期，如 2017-12-31") }
        if let from, let to, to < from { add("to", "结束日期不能早于开始日期") }
        guard problems.isEmpty, let layer, let from, let to else { throw DomainError.invalid(problems) }
        self = .newPlan(title: title, layer: layer, from: from, to: to, note: note)
    }

    /// The form of a new plan before anything is typed: what the title says of its years, else the years given.
    static func values(of draft: PlanDocumentDraft, years: (LocalDate, LocalDate)?) -> FormValues {
        let period = period(in: draft.title) ?? years
        return FormValues([
            ("title", draft.title), ("layer", TargetSetFile.Layer.municipal.rawValue), ("from", period?.0.iso ?? ""),
            ("to", period?.1.iso ?? ""), ("note", ""),
        ])
    }

    /// The years a title names: `（2015—2017年）` is 2015-01-01 to 2017-12-31.
    static func period(in title: String) -> (LocalDate, LocalDate)? {
        let years = title.split { !$0.isNumber || !$0.isASCII }
            .filter { $0.count == 4 }.compactMap { Int($0) }.filter { (1990...2100).contains($0) }
        guard let first = years.first, let last = years.last, first <= last,
            let from = LocalDate(year: first, month: 1, day: 1), let to = LocalDate(year: last, month: 12, day: 31)
        else { return nil }
        return (from, to)
    }
}

/// What came of reading a plan document at the command line.
package struct PlanImportOutcome: Encodable, Sendable {
    package struct Clause: Encodable, Sendable {
        package let path: String
        package let heading: String?
        package let text: String
        /// The first 16 characters of the numbered line without its number; `nil` for a chapter that is only a title.
        package let begins: String?
        /// Characters of the numbered line with its number; 0 for a chapter that is only a title.
        package let chars: Int
        /// Paragraphs after the numbered line; `nil` for none.
        package let paragraphs: Int?
    }

    package struct Finding: Encodable, Sendable {
        package let kind: String
        package let path: String?
        package let message: String
    }

    package let title: String
    package let clauses: [Clause]
    package let findings: [Finding]
    package let dropped: [DroppedText]
    /// The draft that waits for a look; `nil` when it was published, or when nothing has changed.
    package let draft: String?
    /// The plan's key and the number of its current version; `nil` when the draft was not published.
    package let plan: String?
    package let version: Int?
    /// The plan already has exactly these clauses, so no version was made.
    package let isUnchanged: Bool

    init(
        title: String, content: PlanDraft, draft: String? = nil, plan: String? = nil, version: Int? = nil,
        isUnchanged: Bool = false
    ) {
        self.title = title
        clauses = zip(content.clauses, content.outline).map { clause, outline in
            Clause(
                path: clause.path, heading: clause.heading, text: clause.text, begins: outline.begins,
                chars: outline.chars, paragraphs: outline.paragraphs)
        }
        findings = content.findings.map { Finding(kind: $0.kind.rawValue, path: $0.path, message: $0.message) }
        dropped = content.dropped
        (self.draft, self.plan, self.version, self.isUnchanged) = (draft, plan, version, isUnchanged)
    }
}
