import Directory
import Kernel
import Web

/// What the page of a school's roster shows.
struct RosterCompletionModel: Sendable {
    let school: Organisation
    /// The latest first.
    let history: [RosterCompletion]
    let count: RosterCount
    let told: FacilityRecord
    let mayComplete: Bool
    let mayReopen: Bool

    var isComplete: Bool { history.first?.isComplete ?? false }
    /// Whether there is a form, which shows its problems itself.
    var isOpenTo: Bool { (isComplete ? mayReopen : mayComplete) && (isComplete || count.hasPupils) }
}

/// The page on which somebody sees and says whether the roster is whole.
enum RosterCompletionPages {
    static func path(_ id: OrganisationID) -> String { "/register/schools/\(id)/roster" }
    private static let title = "学籍录入"

    static func page(
        _ model: RosterCompletionModel, _ page: PageContext, from: String, reason: String = "",
        problems: [FieldProblem] = []
    ) -> HTML {
        let school = model.school
        let content: HTML = #"""
            \#(UI.heading(school.name + title, note: "花名册录全以前，统计用登记的数字；录全以后用花名册的"))
            \#(UI.errorSummary(model.isOpenTo ? [] : problems))
            \#(UI.card("现在", state(model.history.first) + figures(model)))
            \#(form(model, page, from, reason, problems).map { UI.card(nil, $0) })
            \#(if: !model.history.isEmpty, UI.card("记录", UI.summaryList(model.history.map(line))))
            """#
        let crumbs = [
            Crumb("设施登记", FacilityPages.listPath), Crumb(school.name, FacilityPages.schoolPath(school.id)),
            Crumb(title),
        ]
        return UI.layout(school.name + title, page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    /// The state in one line, with who and when.
    static func state(_ state: RosterCompletion?) -> HTML {
        guard let state else {
            return #"<p>\#(UI.tag(RosterCompletion.incomplete, .muted)) 花名册录全后，由学校或区县标明。</p>"#
        }
        return
            #"<p>\#(UI.tag(state.title, state.isComplete ? .ok : .warn)) 自 \#(state.from.iso) 起，\#(author(state))</p>"#
    }

    private static func author(_ state: RosterCompletion) -> String {
        let note = state.note.isEmpty ? "" : "：\(state.note)"
        let who = state.origin == .platform ? "平台核对" : state.recordedBy
        return "\(who)，\(state.recordedAt.text)\(note)"
    }

    private static func line(_ state: RosterCompletion) -> (String, HTML) {
        (state.from.iso, HTML(text: "\(state.title)，\(author(state))"))
    }

    private static func figures(_ model: RosterCompletionModel) -> HTML {
        let counted: [(FacilityField, Int)] = [
            (.classes, model.count.classes), (.students, model.count.pupils), (.teachers, model.count.teachers),
            (.staff, model.count.staff),
        ]
        return UI.summaryList(
            counted.map { field, count in
                let told = model.told[field].map(field.textWithUnit) ?? "无数据"
                return (field.label, HTML(text: "花名册 \(field.textWithUnit(Double(count)))，登记 \(told)"))
            })
    }

    private static func form(
        _ model: RosterCompletionModel, _ page: PageContext, _ from: String, _ reason: String,
        _ problems: [FieldProblem]
    ) -> HTML? {
        guard model.isOpenTo else {
            return model.mayComplete && !model.isComplete
                ? UI.emptyState("花名册里还没有学生", "先导入花名册，再标明学籍已录全。") : nil
        }
        let since = model.history.first.map { "；\($0.from.iso) 起都不算，就填这一天" } ?? ""
        let hint = model.isComplete ? "从这一天起改用登记的数字\(since)" : "从这一天起用花名册的数字，教职工没有录入的仍用登记的"
        let day = UI.textField(
            "from", label: "起始日期", value: from, hint: hint, type: "date", required: true, problems: problems)
        let why = UI.textArea(
            "reason", label: "收回的原因", value: reason, rows: 2, required: true, problems: problems)
        let fields =
            UI.hidden("complete", model.isComplete ? "0" : "1") + day + (model.isComplete ? why : "")
        return UI.form(
            action: path(model.school.id), page: page, submit: model.isComplete ? "收回" : RosterCompletion.complete,
            cancel: FacilityPages.schoolPath(model.school.id), problems: problems, fields)
    }
}
