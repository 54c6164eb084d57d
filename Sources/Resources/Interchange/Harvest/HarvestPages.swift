import Kernel
import Platform
import Web

/// 采集源: the list, the page of one with its harvests, and the report of a harvest.
enum HarvestPages {
    static let root = "/resources/sources"
    static func path(_ id: ID<HarvestSource>) -> String { "\(root)/\(id)" }
    static func path(_ harvest: ID<Harvest>, of source: ID<HarvestSource>) -> String {
        "\(path(source))/harvests/\(harvest)"
    }

    struct Line: Sendable {
        let source: HarvestSource
        /// The last harvest; `nil` before the first.
        let last: Harvest?
    }

    static func tone(_ state: Harvest.State) -> Tone {
        switch state {
        case .running: .info
        case .done: .ok
        case .partial: .warn
        case .failed: .bad
        }
    }

    static let table = DataTable<Line>(
        caption: "采集源",
        columns: [
            DataColumn(
                "名称", value: { .text($0.source.content.name) },
                cell: { #"<a href="\#(url: path($0.source.id))">\#($0.source.content.name)</a>"# }),
            DataColumn("采集地址", value: { .text($0.source.content.baseURL) }),
            DataColumn("启用", value: { .text($0.source.content.isActive ? "是" : "否") }),
            DataColumn(
                "上次采集", value: { .text($0.last.map { "\($0.startedAt.text) \($0.state.title)" } ?? "还没有采集") }),
            DataColumn("结果", value: { .text($0.last?.message ?? "") }),
        ], empty: UI.emptyState("还没有采集源", "登记别的平台的 OAI-PMH 地址，它公开的资源就能在“找资源”里找到。"))

    static let harvests = DataTable<Harvest>(
        caption: "采集记录",
        columns: [
            DataColumn(
                "开始", value: { .text($0.startedAt.text) },
                cell: { #"<a href="\#(url: path($0.id, of: $0.source))">\#($0.startedAt.text)</a>"# }),
            DataColumn(
                "状态", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
            DataColumn("新增", value: { .integer($0.counts.added) }),
            DataColumn("变更", value: { .integer($0.counts.changed) }),
            DataColumn("不变", value: { .integer($0.counts.unchanged) }),
            DataColumn("删除", value: { .integer($0.counts.removed) }),
            DataColumn("有问题的应答", value: { .integer($0.counts.brokenAnswers) }),
            DataColumn("退回的记录", value: { .integer($0.counts.brokenRecords) }),
            DataColumn("发起", value: { .text($0.startedBy) }),
        ], empty: UI.emptyState("还没有采集过", "点“立即采集”，或等到下一次。"))

    static let faults = DataTable<HarvestFault>(
        caption: "有问题的应答和记录",
        columns: [
            DataColumn("类别", value: { .text($0.kind.title) }),
            DataColumn("请求或标识", value: { .text($0.place) }), DataColumn("原因", value: { .text($0.reason) }),
        ], empty: UI.emptyState("没有问题", "所有应答和记录都能读。"))

    private static let crumb = Crumb("外部资源", ExternalPages.root)

    static func list(_ lines: [Line], _ request: WebRequest) -> HTML {
        let rows = table.html(
            Page(items: lines, total: lines.count, next: nil), path: root, query: request.query)
        let content: HTML = """
            \(UI.heading(
                "采集源", note: "只收目录，不收文件；打开资源时到对方的平台",
                actions: UI.linkButton("登记采集源", url: root + "/new", style: .primary)))
            \(UI.card(nil, rows))
            """
        return UI.layout("采集源", request.page, breadcrumbs: [crumb, Crumb("采集源")], wide: true, content)
    }

    static func new(_ values: FormValues, _ problems: [FieldProblem], _ page: PageContext) -> HTML {
        let content: HTML = """
            \(UI.heading("登记采集源", note: "对方要支持 OAI-PMH 2.0"))
            \(UI.card(nil, form(action: root, values, problems, page)))
            """
        return UI.layout(
            "登记采集源", page, breadcrumbs: [crumb, Crumb("采集源", root), Crumb("登记采集源")], isFailed: !problems.isEmpty,
            content)
    }

    private static func form(
        action: String, _ values: FormValues, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let formats = [SelectOption("oai_dc", "Dublin Core (oai_dc)"), SelectOption("lom", "学习对象元数据 (lom)")]
        let licences = [SelectOption("", "对方没有写明的不填")] + ResourceLists.licences.map { SelectOption($0.code, $0.name) }
        let hours = HarvestSource.Content.hourChoices.map {
            SelectOption(String($0), $0 < 24 ? "\($0) 小时" : "\($0 / 24) 天")
        }
        let audiences = ExternalAudience.allCases.map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = """
            \(UI.hidden("revision", values["revision"] ?? "0"))
            \(UI.textField("name", label: "名称", value: values["name"], required: true, problems: problems))
            \(UI.textField(
                "base", label: "采集地址", value: values["base"], hint: "对方的 OAI-PMH 地址，如 https://lib.example.cn/oai",
                type: "url", required: true, problems: problems))
            \(UI.select("format", label: "格式", options: formats, selected: values["format"], problems: problems))
            \(UI.textField("set", label: "集合", value: values["set"], hint: "对方的 setSpec；空着采集全部", problems: problems))
            \(UI.select(
                "licence", label: "授权方式", options: licences, selected: values["licence"], hint: "记录里没有写明时按这一项",
                problems: problems))
            \(UI.select("audience", label: "谁能找到", options: audiences, selected: values["audience"], problems: problems))
            \(UI.select("hours", label: "采集间隔", options: hours, selected: values["hours"], problems: problems))
            \(UI.textField(
                "most", label: "记录上限", value: values["most"], hint: "一次采集收到这么多条就停；1 到 2000000", required: true,
                inputmode: "numeric", problems: problems))
            \(UI.checkbox("active", label: "按间隔自动采集", isOn: values.has("active")))
            """
        return UI.form(action: action, page: page, submit: "保存", cancel: root, problems: problems, fields)
    }

    struct View: Sendable {
        let source: HarvestSource
        let entries: Int
        /// `nil` when none runs.
        let running: ID<Harvest>?
        /// Who asked the running one to stop.
        let stopper: String?
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
        /// The form shows what was typed.
        let isTyped: Bool

        var notice: String? {
            if let stopper { return "\(stopper)已要求停止，收完这一个应答就停。" }
            return running == nil ? nil : "正在采集，过一会儿再看结果。"
        }
    }

    static func show(_ view: View, _ slice: Page<Harvest>, _ request: WebRequest) -> HTML {
        let source = view.source, page = request.page, here = path(source.id)
        var actions: HTML = ""
        if let running = view.running {
            if view.stopper == nil {
                actions += UI.postButton(
                    "停止采集", action: path(running, of: source.id) + "/stop", page: page, style: .danger)
            }
        } else {
            actions += UI.postButton("立即采集", action: here + "/harvests", page: page, style: .primary)
            actions += UI.postButton(
                "重新采集全部", action: here + "/harvests", page: page, confirm: "重新采集全部？对方已删除的也会从目录里去掉。",
                hidden: [("full", "1")])
        }
        let facts: [(String, HTML)] = [
            ("采集地址", HTML(text: source.content.baseURL)), ("集合", HTML(text: source.content.set)),
            ("格式", HTML(text: source.content.format.rawValue)),
            ("谁能找到", HTML(text: source.content.audience.title)), ("目录条目", HTML(text: "\(view.entries) 条")),
            ("记录上限", HTML(text: "一次 \(source.content.mostRecords) 条")),
            ("已采集到", HTML(text: source.harvestedTo?.text ?? "还没有完整采集过")),
            ("下次采集", HTML(text: source.content.isActive ? source.nextDue.text : "不自动采集")),
        ]
        let list = harvests.html(slice, path: here, query: request.query)
        let edit = form(action: here, view.values, view.problems, page)
        let content: HTML = """
            \(UI.heading(source.content.name, note: "采集源", actions: actions))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(view.notice.map { UI.notice(.info, HTML(text: $0)) })
            \(UI.card("采集源", UI.summaryList(facts.filter { !$0.1.isEmpty })))
            \(UI.card("采集记录", id: "harvests", list))
            \(UI.card(nil, UI.details("修改采集源", edit, isOpen: view.isTyped)))
            """
        return UI.layout(
            source.content.name, page, breadcrumbs: [crumb, Crumb("采集源", root), Crumb(source.content.name)], wide: true,
            isFailed: !view.problems.isEmpty || view.warning != nil, content)
    }

    static func report(
        _ harvest: Harvest, _ source: HarvestSource, _ slice: Page<HarvestFault>, _ request: WebRequest
    ) -> HTML {
        let counts = harvest.counts, title = "采集报告", here = path(harvest.id, of: source.id)
        let facts: [(String, HTML)] = [
            ("状态", UI.tag(harvest.state.title, tone(harvest.state))),
            ("开始", HTML(text: "\(harvest.startedAt.text)，\(harvest.startedBy)")),
            ("结束", HTML(text: harvest.endedAt?.text ?? "")),
            ("范围", HTML(text: harvest.from.map { "\($0.text) 以后的变化" } ?? "全部")),
            ("应答", HTML(text: "\(counts.pages) 个")), ("记录", HTML(text: "\(counts.records) 条")),
            ("结果", HTML(text: counts.words)), ("说明", HTML(text: harvest.message)),
        ]
        let content: HTML = """
            \(UI.heading(title, note: source.content.name))
            \(UI.card("结果", UI.summaryList(facts.filter { !$0.1.isEmpty })))
            \(UI.card("有问题的应答和记录", id: "faults", faults.html(slice, path: here, query: request.query)))
            """
        return UI.layout(
            title, request.page,
            breadcrumbs: [Crumb("采集源", root), Crumb(source.content.name, path(source.id)), Crumb(title)], wide: true,
            refreshSeconds: harvest.state == .running ? 5 : nil, content)
    }
}
