import Directory
import Kernel
import Platform
import Web

/// 疑似重复: the queue, and two records side by side.
enum DuplicatePages {
    static let root = "/rosters/duplicates"
    static func path(_ id: ID<Duplicate>) -> String { "\(root)/\(id)" }

    static func tone(_ state: Duplicate.State) -> Tone {
        switch state {
        case .open: .warn
        case .same: .ok
        case .different: .muted
        }
    }

    // MARK: List

    static let table = DataTable<Duplicate>(
        caption: "疑似重复",
        columns: [
            DataColumn(
                "姓名", value: { .text($0.name) }, cell: { #"<a href="\#(url: path($0.id))">\#($0.name)</a>"# }),
            DataColumn("可能是", value: { .text($0.otherName) }),
            DataColumn("原因", value: { .text($0.reason.title) }),
            DataColumn("来源", value: { .text($0.person == nil ? "导入的一行" : "在册人员") }),
            DataColumn("发现时间", value: { .text($0.foundAt.text) }),
            DataColumn("结论", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
            DataColumn("核对人", value: { .text($0.decidedBy ?? "") }),
        ], isExportable: false,
        empty: UI.emptyState("没有疑似重复", "导入花名册遇到分不清的人会列在这里，也可以查找在册人员。"))

    static func list(_ slice: Page<Duplicate>, isOpen: Bool, _ request: WebRequest) -> HTML {
        let page = request.page
        let search = UI.postButton("查找在册重复人员", action: root + "/search", page: page, style: .primary)
        let tabs = UI.tabs([
            (title: "待核对", url: root, isCurrent: isOpen),
            (title: "已核对", url: root + "?state=decided", isCurrent: !isOpen),
        ])
        let content: HTML = """
            \(UI.heading("疑似重复", note: "是不是同一个人，由人核对；核对过的不再问", actions: search))
            \(tabs)
            \(UI.card(nil, table.html(slice, path: root, query: request.query)))
            """
        return UI.layout("疑似重复", page, breadcrumbs: [Crumb("疑似重复")], content)
    }

    // MARK: Side by side

    static func show(
        _ model: DuplicateComparison, _ page: PageContext, values: FormValues = FormValues(),
        problems: [FieldProblem] = []
    ) -> HTML {
        let duplicate = model.duplicate
        let title = "\(duplicate.name) 与 \(duplicate.otherName)"
        let content: HTML = """
            \(UI.heading(title, note: duplicate.reason.title))
            \(if: duplicate.state != .open, decided(model, page))
            \(UI.card("对照", comparison(model)))
            \(if: duplicate.state == .open, decisionCards(model, page, values, problems))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("疑似重复", root), Crumb(title)], isFailed: !problems.isEmpty, content)
    }

    private static func comparison(_ model: DuplicateComparison) -> HTML {
        let first = model.hasTwoRecords ? "记录一" : "导入的一行"
        let second = model.hasTwoRecords ? "记录二" : "在册人员"
        let table = DataTable<DuplicateComparison.Line>(
            caption: "对照",
            columns: [
                DataColumn("项目", value: { .text($0.title) }), DataColumn(first, value: { value($0.first) }),
                DataColumn(second, value: { value($0.second) }),
                DataColumn("比较", cell: { $0.differs ? UI.tag("不同", .warn) : "" }),
            ], isExportable: false, empty: "")
        let page = Page(items: model.lines, total: model.lines.count, next: nil)
        return table.html(page, path: path(model.duplicate.id), query: FormValues())
    }

    private static func value(_ text: String) -> TableValue { text.isEmpty ? .empty : .text(text) }

    private static func decided(_ model: DuplicateComparison, _ page: PageContext) -> HTML {
        let duplicate = model.duplicate
        let words = "\(duplicate.state.title)。核对人：\(duplicate.decidedBy ?? "")，\(duplicate.decidedAt?.text ?? "")"
        let question =
            duplicate.merge == nil ? "这一对回到待核对。" : "合并过来的记录全部回到原处，这一对回到待核对。"
        let undo = UI.postButton("撤销", action: path(duplicate.id) + "/undo", page: page, confirm: question)
        return UI.notice(tone(duplicate.state), "<p>\(words)</p>\(undo)")
    }

    private static func decisionCards(
        _ model: DuplicateComparison, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let action = path(model.duplicate.id)
        let different = UI.postButton(
            "不是同一人", action: action + "/different", page: page, confirm: "记住这是两个人，以后不再提示。")
        guard model.hasTwoRecords else {
            let same = UI.postButton(
                "是同一人", action: action + "/same", page: page, style: .primary,
                hidden: [("keep", DuplicateForm.other)])
            return UI.card("结论", "<p>确认后，重新核对那次导入即可生效。</p><div class=\"actions\">\(same) \(different)</div>")
        }
        return """
            \(UI.card("是同一人", form(model, page, values, problems)))
            \(UI.card("不是同一人", different))
            """
    }

    private static func form(
        _ model: DuplicateComparison, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let keep = UI.radios(
            "keep", label: "保留哪一条记录",
            options: [SelectOption(DuplicateForm.first, "记录一"), SelectOption(DuplicateForm.other, "记录二")],
            selected: values["keep"] ?? DuplicateForm.first, hint: "另一条的经历、任职、家长和账号都并过来，两条都有第一监护人的以保留的为准，随时可以撤销。",
            required: true, problems: problems)
        let choices = model.lines.compactMap { line in line.choice.map { (name: $0, line: line) } }
        let selects: HTML = "\(each: choices, { select($0.name, $0.line, values) })"
        let group: HTML =
            choices.isEmpty
            ? "" : UI.fieldGroup("不同的项目用哪一个", hint: "不选的按保留的记录。", UI.fieldRow(selects))
        return UI.form(
            action: path(model.duplicate.id) + "/same", page: page, submit: "合并为一人", cancel: root,
            problems: problems, "\(keep)\(group)")
    }

    private static func select(_ name: String, _ line: DuplicateComparison.Line, _ values: FormValues) -> HTML {
        UI.select(
            name, label: line.title,
            options: [
                SelectOption("", "按保留的记录"), SelectOption(DuplicateForm.first, "记录一：\(line.first)"),
                SelectOption(DuplicateForm.other, "记录二：\(line.second)"),
            ], selected: values[name])
    }
}
