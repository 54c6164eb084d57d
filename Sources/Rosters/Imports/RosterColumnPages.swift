import Kernel
import Platform
import Web

/// Checking the recognised columns of a roster.
enum RosterColumnPages {
    static func page(
        _ batch: RosterBatch, _ page: PageContext, values: FormValues? = nil, problems: [FieldProblem] = []
    ) -> HTML {
        let choices = RosterColumnForm.choices(of: batch.layout)
        let options = RosterTarget.all(of: batch.layout.roster).map { SelectOption($0.id, $0.title) }
        let selects: HTML = "\(each: choices, { select($0, options, values, problems) })"
        let fields: HTML = """
            \(UI.fieldGroup("各列登记为", hint: "写法相同的表头只列一次，对所有工作表有效。", UI.fieldRow(selects)))
            \(UI.checkbox(
                "remember", label: "记住这些列名", isOn: values.map { $0.has("remember") } ?? true,
                hint: "下次遇到同样的表头，按这里的选择识别。"))
            """
        let path = RosterImportPages.path(batch.id)
        let form = UI.form(
            action: path + "/columns", page: page, submit: "查看变更集",
            cancel: batch.state == .mapped ? RosterImportPages.root : path, problems: problems, fields)
        let note = "\(batch.fileName)，\(batch.layout.roster.title)花名册"
        let content: HTML = """
            \(UI.heading("识别列", note: note, actions: RosterImportPages.discardButton(batch, page)))
            \(UI.notice(.info, "<p>\(HeaderChoice.summary(choices))</p>"))
            \(UI.card(nil, form))
            """
        let trail = RosterImportPages.crumbs + [Crumb(batch.fileName, path), Crumb("识别列")]
        return UI.layout("识别列", page, breadcrumbs: trail, wide: true, isFailed: !problems.isEmpty, content)
    }

    /// The sample is the sender's own cell, shown to the sender.
    private static func select(
        _ choice: HeaderChoice<RosterTarget>, _ options: [SelectOption], _ values: FormValues?,
        _ problems: [FieldProblem]
    ) -> HTML {
        UI.select(
            choice.name, label: choice.header, options: options, selected: values?[choice.name] ?? choice.target.id,
            hint: choice.hint, problems: problems)
    }
}
