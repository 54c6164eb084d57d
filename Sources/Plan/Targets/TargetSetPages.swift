import Kernel
import Web

enum TargetSetPages {
    static let path = "/plan/target-sets"
    static func path(_ set: ID<PlanTargetSet>) -> String { "\(path)/\(set)" }
    /// The history of one target; `/edit` below it is its form.
    static func path(_ set: ID<PlanTargetSet>, _ code: String) -> String {
        "\(path(set))/targets/\(URLCoding.encode(code))"
    }
    static let crumb = Crumb("目标集", path)
    /// What to do after somebody else has saved first.
    static let contested = "下面是你填的内容，核对后再保存一次，就以你的为准。"

    static func tone(_ state: PlanTargetSet.State) -> Tone {
        switch state {
        case .draft: .info
        case .published: .ok
        case .archived: .muted
        }
    }

    // MARK: List

    struct Row: Sendable {
        let set: PlanTargetSet
        let targets: Int
    }

    static let sets = DataTable<Row>(
        caption: "目标集",
        columns: [
            DataColumn(
                "目标集", value: { .text($0.set.title) },
                cell: { #"<a href="\#(url: path($0.set.id))">\#($0.set.title)</a>"# }),
            DataColumn("层级", value: { .text($0.set.layer.title) }),
            DataColumn("范围", value: { .text($0.set.owner.name) }),
            DataColumn("版本", value: { .text($0.set.edition) }),
            DataColumn("开始", value: { .date($0.set.from) }),
            DataColumn("结束", value: { .date($0.set.to) }),
            DataColumn("目标数", value: { .integer($0.targets) }),
            DataColumn(
                "状态", value: { .text($0.set.state.title) }, cell: { UI.tag($0.set.state.title, tone($0.set.state)) }),
        ], empty: UI.emptyState("还没有目标集", "目标集把一个计划的量化要求列成可以计算的目标。"))

    static func list(_ rows: [Row], mayCreate: Bool, _ request: WebRequest) -> HTML {
        let table = sets.html(Page(items: rows, total: rows.count, next: nil), path: path, query: request.query)
        let actions = mayCreate ? UI.linkButton("新建目标集", url: "\(path)/new", style: .primary) : ""
        let content: HTML = """
            \(UI.heading("目标集", note: "国家、自治区、市、县各层的目标并列；已发布的参与计算。", actions: actions))
            \(UI.card(nil, table))
            """
        return UI.layout(
            "目标集", request.page, breadcrumbs: [PlanDocumentPages.planCrumb, Crumb("目标集")], wide: true, content)
    }

    // MARK: Form

    static func form(
        _ set: PlanTargetSet?, _ choices: TargetSetForm.Choices, _ values: FormValues, _ problems: [FieldProblem],
        _ page: PageContext
    ) -> HTML {
        let title = set == nil ? "新建目标集" : "编辑目标集"
        let action = set.map { path($0.id) } ?? path
        let form = UI.form(
            action: action, page: page, submit: "保存", cancel: action, problems: problems,
            fields(isNew: set == nil, choices, values, problems))
        let crumbs = [PlanDocumentPages.planCrumb, crumb, Crumb(title)]
        return UI.layout(
            title, page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, "\(UI.heading(title))\(UI.card(nil, form))")
    }

    private static func fields(
        isNew: Bool, _ choices: TargetSetForm.Choices, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let owners = choices.owners.map { SelectOption($0.formValue, $0.name) }
        let layers = TargetSetFile.Layer.allCases.map { SelectOption($0.rawValue, $0.title) }
        let plans = [SelectOption("", "不属于已导入的计划")] + choices.plans.map { SelectOption($0.id.rawValue, $0.title) }
        let owner = UI.select("owner", label: "由谁制定", options: owners, selected: values["owner"], problems: problems)
        let layer = UI.select(
            "layer", label: "层级", options: layers, selected: values["layer"], hint: "县(市、区)制定的一律为县级", problems: problems
        )
        func day(_ name: String, _ label: String) -> HTML {
            UI.textField(name, label: label, value: values[name], type: "date", required: true, problems: problems)
        }
        let days = day("from", "开始日期") + day("to", "结束日期")
        let plan = UI.select(
            "plan", label: "所属计划", options: plans, selected: values["plan"], hint: "目标挂在这个计划的条款上",
            problems: problems)
        return """
            \(UI.hidden("stamp", values["stamp"] ?? ""))\(if: isNew, owner)\(if: isNew, layer)
            \(UI.textField("title", label: "名称", value: values["title"], required: true, problems: problems))
            \(UI.textField("edition", label: "版本", value: values["edition"], required: true, problems: problems))
            \(UI.fieldRow(days))
            \(plan)
            \(UI.textArea("note", label: "依据和说明", value: values["note"], rows: 3, problems: problems))
            """
    }

    // MARK: One set

    struct Content: Sendable {
        let set: PlanTargetSet
        let plan: ActionPlan?
        let targets: [PlanTarget]
        let mayEdit: Bool
        /// Indicators that modules deliver by now.
        let offered: Set<String>
    }

    static func targets(_ content: Content) -> DataTable<PlanTarget> {
        let set = content.set.id, mayEdit = content.mayEdit, offered = content.offered
        var columns: [DataColumn<PlanTarget>] = [
            DataColumn(
                "代号", value: { .text($0.code) }, cell: { #"<a href="\#(url: path(set, $0.code))">\#($0.code)</a>"# }),
            DataColumn("目标", value: { .text($0.definition.title) }),
            DataColumn("条款", value: { .text($0.clause ?? "") }),
            DataColumn("范围", value: { .text($0.definition.population.note) }),
            DataColumn("要求", value: { .text($0.definition.aim) }),
            DataColumn("期限", value: { $0.definition.dueDate.map { .date($0) } ?? .empty }),
            DataColumn(
                "数据", value: { .text($0.definition.connected(to: offered).feedText) },
                cell: { target in
                    let definition = target.definition.connected(to: offered)
                    return UI.tag(definition.feedText, definition.source == .pending ? .muted : .ok)
                }),
            DataColumn("更新", value: { .text("\($0.changedBy) \($0.changedAt.day.iso)") }),
        ]
        if mayEdit {
            columns.append(
                DataColumn(
                    "操作",
                    cell: { #"<a href="\#(url: path(set, $0.code) + "/edit")" aria-label="编辑 \#($0.code)">编辑</a>"# }))
        }
        return DataTable(
            caption: content.set.title, columns: columns, empty: UI.emptyState("这个目标集还没有目标", "新建目标后发布，才参与计算。"))
    }

    static func show(_ content: Content, _ request: WebRequest) -> HTML {
        let set = content.set
        let table = targets(content).html(
            Page(items: content.targets, total: content.targets.count, next: nil), path: path(set.id),
            query: request.query)
        let plan: HTML =
            content.plan.map { #"<a href="\#(url: PlanDocumentPages.path($0.id))">\#($0.title)</a>"# }
            ?? "不属于已导入的计划"
        let summary = UI.summaryList([
            ("层级和范围", HTML(text: "\(set.layer.title)，\(set.owner.name)")), ("所属计划", plan),
            ("版本", HTML(text: set.edition)), ("状态", UI.tag(set.state.title, tone(set.state))),
            ("依据和说明", HTML(text: set.note)), ("最近修改", HTML(text: "\(set.changedBy) \(set.changedAt.text)")),
        ])
        let note = "\(set.from.chinese)至\(set.to.chinese)"
        let body: HTML = """
            \(UI.heading(set.title, note: note, actions: content.mayEdit ? actions(set, request.page) : ""))
            \(UI.card(nil, summary))
            \(UI.card("目标", actions: exchange(set.id, mayEdit: content.mayEdit), table))
            """
        let crumbs = [PlanDocumentPages.planCrumb, crumb, Crumb(set.title)]
        return UI.layout(set.title, request.page, breadcrumbs: crumbs, wide: true, body)
    }

    private static func exchange(_ set: ID<PlanTargetSet>, mayEdit: Bool) -> HTML {
        let upload = UI.linkButton("上传目标", url: TargetSetExchangePages.importPath(set))
        return "\(UI.linkButton("下载目标", url: TargetSetExchangePages.filePath(set)))\(if: mayEdit, upload)"
    }

    private static func actions(_ set: PlanTargetSet, _ page: PageContext) -> HTML {
        let state = set.state == .published ? PlanTargetSet.State.archived : .published
        let label = set.state == .published ? "归档" : "发布"
        let question = set.state == .published ? "归档后这些目标不再参与计算，可以重新发布。" : nil
        let move = UI.postButton(
            label, action: "\(path(set.id))/state", page: page, confirm: question, hidden: [("state", state.rawValue)])
        return """
            \(UI.linkButton("新建目标", url: "\(path(set.id))/targets/new"))\
            \(UI.linkButton("编辑目标集", url: "\(path(set.id))/edit"))\(move)
            """
    }
}

extension TargetDefinition {
    /// Where the figure comes from, in a word: `待接入：教学资源` or `已接入`.
    package var feedText: String { source == .pending ? "待接入：\(feed ?? "")" : "已接入" }
}
