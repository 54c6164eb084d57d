import Directory
import Kernel
import Web

/// What the pages of all applications share.
enum CasePages {
    /// Stands on every page: the legal act is done in the national system.
    static let legalNote: HTML = UI.notice(.info, "<p>业务办理以全国学籍系统为准，这里记录办理过程和结果。</p>")

    static let home = Crumb("学籍", AffairsDeskPages.path)

    static func layout(
        _ title: String, _ page: PageContext, note: String? = nil, crumbs: [Crumb] = [], actions: HTML = "",
        isFailed: Bool = false, _ content: HTML
    ) -> HTML {
        let whole: HTML = """
            \(UI.heading(title, note: note, actions: actions))
            \(legalNote)
            \(content)
            """
        let trail = title == home.title ? [Crumb(title)] : [home] + crumbs + [Crumb(title)]
        return UI.layout(title, page, breadcrumbs: trail, isFailed: isFailed, whole)
    }

    static func timeline(_ steps: [CaseStep]) -> HTML {
        let table = DataTable<CaseStep>(
            caption: "办理过程",
            columns: [
                DataColumn("时间", value: { .text($0.at.text) }),
                DataColumn("环节", value: { $0.place.isEmpty ? .empty : .text($0.place) }),
                DataColumn("办理", value: { .text($0.action.title) }),
                DataColumn("办理人", value: { .text($0.actorName) }),
                DataColumn("意见", value: { $0.note.isEmpty ? .empty : .text($0.note) }),
            ], hasRowHeader: false, isExportable: false, empty: "")
        return table.html(whole(steps), path: "", query: FormValues())
    }

    static func whole<Row>(_ rows: [Row]) -> Page<Row> { Page(items: rows, total: rows.count, next: nil) }

    /// The form of whoever must decide; refusing needs a reason.
    static func decision(
        _ action: String, _ page: PageContext, revision: Int, pass: String = "通过", values: FormValues,
        problems: [FieldProblem]
    ) -> HTML {
        let choice = UI.radios(
            "decision", label: "意见", options: [SelectOption("pass", pass), SelectOption("refuse", "退回")],
            selected: values["decision"] ?? "pass", required: true, problems: problems)
        let note = UI.textArea(
            "note", label: "说明", value: values.raw("note"), hint: "退回时必须填写，申请学校会看到。", rows: 3,
            problems: problems)
        return UI.form(
            action: action, page: page, submit: "提交", UI.hidden("revision", String(revision)) + choice + note)
    }

    /// The due day, with a mark when it is past.
    static func due(_ day: LocalDate?, today: LocalDate) -> HTML {
        guard let day else { return "无" }
        return day < today ? UI.tag("已超期，应在 \(day.iso) 前办理", .bad) : HTML(text: "\(day.iso) 前")
    }
}

/// What the form of a decision sends.
struct CaseDecision: Sendable {
    let isPassed: Bool
    let note: String
    let revision: Int

    /// Throws `DomainError.invalid` for `decision` and `note`.
    init(_ values: FormValues) throws {
        guard let choice = values["decision"], ["pass", "refuse"].contains(choice) else {
            throw DomainError.invalid("decision", "选择通过或退回")
        }
        (isPassed, note) = (choice == "pass", values["note"] ?? "")
        revision = Int(values["revision"] ?? "") ?? 0
        if !isPassed, note.isEmpty { throw DomainError.invalid("note", "填写退回的原因") }
        if note.unicodeScalars.count > 500 { throw DomainError.invalid("note", "说明不能超过 500 个字") }
    }
}
