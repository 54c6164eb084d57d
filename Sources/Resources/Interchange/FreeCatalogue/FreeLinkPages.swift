import Directory
import Kernel
import Platform
import Web

/// 公共免费资源目录 as its curators see it: the entries with the state of their links, the form, and the workbook.
enum FreeLinkPages {
    static let root = "/resources/free-links"
    static let sheets = "/resources/link-sheets"
    static func path(_ id: ID<ExternalEntry>) -> String { "\(root)/\(id)" }
    static func path(_ id: ID<LinkSheet>) -> String { "\(sheets)/\(id)" }

    static func tone(_ state: LinkState) -> Tone {
        switch state {
        case .ok: .ok
        case .unchecked: .muted
        case .moved: .warn
        case .gone, .failing, .timeout: .bad
        }
    }

    static let table = DataTable<ExternalEntry>(
        caption: "免费资源目录",
        columns: [
            DataColumn(
                "标题", value: { .text($0.content.title) },
                cell: { #"<a href="\#(url: path($0.id))">\#($0.content.title)</a>"# }),
            DataColumn("学科", value: { .text($0.area) }), DataColumn("提供者", value: { .text($0.content.provider) }),
            DataColumn("授权方式", value: { .text($0.content.licenceTitle) }),
            DataColumn("谁能找到", value: { .text($0.audience.title) }),
            DataColumn(
                "网址", value: { .text($0.content.link) }, cell: { HTML(text: ExternalPages.host($0.content.link)) }),
            DataColumn(
                "链接", value: { .text(words(of: $0.link)) },
                cell: { UI.tag(words(of: $0.link), tone($0.link.state)) }),
            DataColumn("检查时间", value: { .text($0.link.checkedAt?.text ?? "") }),
        ], empty: UI.emptyState("没有这一类条目", "点“添加”，或导入一张表。"))

    private static func words(of link: ExternalEntry.LinkCheck) -> String {
        link.isHidden ? "\(link.state.title)，已隐藏" : link.state.title
    }

    static func list(
        _ slice: Page<ExternalEntry>, counts: [LinkState: Int], _ request: WebRequest
    ) -> HTML {
        let query = request.query, page = request.page
        let states =
            [SelectOption("", "全部"), SelectOption("bad", "打不开的")]
            + LinkState.allCases.map { SelectOption($0.rawValue, "\($0.title)（\(counts[$0] ?? 0)）") }
        let actions: HTML = """
            \(UI.linkButton("添加", url: root + "/new", style: .primary))
            \(UI.linkButton("导入表格", url: sheets + "/new"))
            \(UI.postButton("检查全部链接", action: root + "/checks", page: page))
            """
        let field = UI.select("state", label: "链接", options: states, selected: query["state"])
        let content: HTML = """
            \(UI.heading("免费资源目录", note: "公共免费资源；链接定期检查，连续 \(LinkChecking.mostFailures) 次打不开的隐藏", actions: actions))
            \(UI.card(nil, UI.filterBar(action: root, query: query, field)))
            \(UI.card(nil, table.html(slice, path: root, query: query)))
            """
        return UI.layout(
            "免费资源目录", page, breadcrumbs: [Crumb("外部资源", ExternalPages.root), Crumb("免费资源目录")], wide: true, content)
    }

    struct View: Sendable {
        /// `nil` for a new one.
        let entry: ExternalEntry?
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func form(_ view: View, _ page: PageContext) -> HTML {
        let values = view.values, problems = view.problems, title = view.entry?.content.title ?? "添加免费资源"
        let stages = [SelectOption("", "不限")] + ClassStage.allCases.map { SelectOption($0.rawValue, $0.title) }
        let subjects = [SelectOption("", "不限")] + CodeLists.subject.leaves.map { SelectOption($0.code, $0.name) }
        let licences = [SelectOption("", "没有写明")] + ResourceLists.licences.map { SelectOption($0.code, $0.name) }
        let isOther = ResourceLists.licence(values["licence"] ?? "") == nil && !(values["licence"] ?? "").isEmpty
        let other = isOther ? [SelectOption(values["licence"] ?? "", values["licence"] ?? "")] : []
        let fields: HTML = """
            \(UI.hidden("revision", values["revision"] ?? "0"))
            \(UI.textField("title", label: "标题", value: values["title"], required: true, problems: problems))
            \(UI.textField(
                "link", label: "网址", value: values["link"], type: "url", required: true, problems: problems))
            \(UI.textArea("description", label: "简介", value: values["description"], rows: 3, problems: problems))
            \(UI.textField("provider", label: "提供者", value: values["provider"], problems: problems))
            \(UI.select(
                "licence", label: "授权方式", options: licences + other, selected: values["licence"], problems: problems))
            \(UI.select("stage", label: "学段", options: stages, selected: values["stage"], problems: problems))
            \(UI.select("subject", label: "学科", options: subjects, selected: values["subject"], problems: problems))
            \(UI.textField(
                "nodes", label: "节点代码", value: values["nodes"], hint: "教材目录里课的代码，几个用顿号分开；可以不写", problems: problems))
            \(UI.textField("keywords", label: "关键词", value: values["keywords"], hint: "用顿号分开", problems: problems))
            \(UI.select(
                "audience", label: "谁能找到",
                options: ExternalAudience.allCases.map { SelectOption($0.rawValue, $0.title) },
                selected: values["audience"], problems: problems))
            """
        let action = view.entry.map { path($0.id) } ?? root
        let form = UI.form(action: action, page: page, submit: "保存", cancel: root, problems: problems, fields)
        let remove: HTML =
            view.entry.map {
                UI.postButton(
                    "删除", action: path($0.id) + "/removal", page: page, style: .danger,
                    confirm: "从目录里删除“\($0.content.title)”？")
            } ?? ""
        let content: HTML = """
            \(UI.heading(title, actions: remove))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(view.entry.map { state(of: $0) })
            \(UI.card(nil, form))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("免费资源目录", root), Crumb(title)],
            isFailed: !problems.isEmpty || view.warning != nil, content)
    }

    private static func state(of entry: ExternalEntry) -> HTML {
        let link = entry.link
        var facts: [(String, HTML)] = [
            ("链接", UI.tag(words(of: link), tone(link.state))), ("网址", ExternalPages.link(entry)),
            ("检查时间", HTML(text: link.checkedAt?.text ?? "还没有检查")),
        ]
        if link.failures > 0 { facts.append(("打不开", HTML(text: "连续 \(link.failures) 次"))) }
        if !link.target.isEmpty { facts.append(("已迁移到", HTML(text: link.target))) }
        return UI.card("链接", UI.summaryList(facts))
    }

    // The workbook

    static func newSheet(_ problems: [FieldProblem], _ page: PageContext) -> HTML {
        let columns = FreeLinkColumn.allCases.filter { $0 != .ignored }.map(\.title).joined(separator: "、")
        let form = UI.form(
            action: sheets, page: page, submit: "查看变更集", cancel: root, multipart: true, problems: problems,
            UI.fileField(
                "file", label: "表格", accept: ".xlsx,.xls,.csv", hint: "列：\(columns)；至少要有标题和网址。", required: true,
                problems: problems))
        let content: HTML = """
            \(UI.heading("导入免费资源", note: "先看变更集，接受后才写入"))
            \(UI.card(nil, form))
            """
        return UI.layout(
            "导入免费资源", page, breadcrumbs: [Crumb("免费资源目录", root), Crumb("导入免费资源")], isFailed: !problems.isEmpty,
            content)
    }

    static let lines = DataTable<LinkSheetPlan.Line>(
        caption: "变更集",
        columns: [
            DataColumn("行", value: { .integer($0.number) }),
            DataColumn(
                "结果", value: { .text($0.kind.title) },
                cell: { UI.tag($0.kind.title, $0.kind == .refused ? .bad : $0.kind == .same ? .muted : .ok) }),
            DataColumn("标题", value: { .text($0.title) }),
            DataColumn("网址", value: { .text($0.link?.content.link ?? "") }),
            DataColumn("原因", value: { .text($0.reasons.joined(separator: "；")) }),
        ], empty: UI.emptyState("表里没有数据行", "检查后重新上传。"))

    static func sheet(_ sheet: LinkSheet, _ plan: LinkSheetPlan, _ request: WebRequest) -> HTML {
        let page = request.page, here = path(sheet.id), title = "变更集"
        let writes = plan.count(.new) + plan.count(.changed)
        var actions: HTML = ""
        if sheet.state == .open {
            if writes > 0 {
                actions += UI.postButton("接受", action: here + "/acceptance", page: page, style: .primary)
            }
            actions += UI.postButton("放弃", action: here + "/discard", page: page)
        }
        let ended = sheet.endedAt.map { "\(sheet.state.title)，\($0.text) \(sheet.endedBy)" }
        let order = plan.lines.sorted {
            ($0.kind == .refused ? 0 : 1, $0.number) < ($1.kind == .refused ? 0 : 1, $1.number)
        }
        let rows = lines.html(
            Page(items: order, total: order.count, next: nil), path: here, query: request.query)
        let content: HTML = """
            \(UI.heading(title, note: "\(sheet.name)，\(sheet.sentAt.text) \(sheet.sentBy)", actions: actions))
            \(ended.map { UI.notice(.info, HTML(text: $0)) })
            \(UI.card(plan.words, id: "lines", rows))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("免费资源目录", root), Crumb(title)], wide: true, content)
    }
}
