import Directory
import Kernel
import Platform
import Web

/// The pages of the data exchange.
enum ExchangePages {
    static let home = "/exchange"
    static let receivers = "/exchange/receivers"
    static let owners = "/exchange/owners"
    static func path(_ receiver: ReceiverID) -> String { "\(receivers)/\(receiver)" }

    static let runs = DataTable<ExchangeRun>(
        caption: "交换记录",
        columns: [
            DataColumn("时间", value: { .text($0.at.text) }), DataColumn("系统", value: { .text($0.system) }),
            DataColumn("方式", value: { .text($0.way.title) }),
            DataColumn(
                "数据",
                value: { run in
                    .text(
                        FeedDataset(rawValue: run.dataset)?.title ?? (run.dataset == "oneroster" ? "名册包" : run.dataset))
                }), DataColumn("行数", value: { .integer($0.rows) }), DataColumn("生效", value: { .integer($0.changed) }),
            DataColumn("待核对", value: { .integer($0.flagged) }), DataColumn("未接收", value: { .integer($0.refused) }),
        ], isExportable: false, empty: UI.emptyState("还没有交换记录", "别的系统推送数据或平台下发人员后，这里能看到每一次的结果。"))

    private static let raw = DataTable<RawValue>(
        caption: "待核对的代码",
        columns: [
            DataColumn("姓名", value: { .text($0.name) }), DataColumn("数据", value: { .text($0.dataset.title) }),
            DataColumn("项目", value: { .text($0.field) }), DataColumn("收到的值", value: { .text($0.text ?? "敏感信息，不显示") }),
            DataColumn("时间", value: { .text($0.at.text) }),
        ], isExportable: false, empty: UI.emptyState("没有", "收到的代码都在代码表内。"))

    static func home(
        _ list: Page<ExchangeRun>, _ quality: [QualityScore], _ unknown: [RawValue], mayManage: Bool,
        _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let actions: HTML =
            mayManage
            ? UI.linkButton("交换伙伴", url: PartnerPages.root) + UI.linkButton("收到的名册包", url: BundleImportPages.root)
                + UI.linkButton("接收系统", url: receivers) + UI.linkButton("数据归口", url: owners) : ""
        let scores = quality.map { score in
            UI.statistic(
                "\(score.total)", label: "\(score.dataset.title)数据质量",
                note: "完整 \(score.completeness)，规范 \(score.validity)，一致 \(score.consistency)，及时 \(score.timeliness)")
        }
        let content: HTML = """
            \(UI.heading("数据交换", note: "与其他系统的每一次数据往来", actions: actions))
            \(UI.card("数据质量", UI.statistics(scores)))
            \(UI.card("交换记录", runs.html(list, path: home, query: query)))
            \(UI.card("待核对的代码", raw.html(Page(items: unknown, total: unknown.count, next: nil), path: home, query: query)))
            """
        return UI.layout("数据交换", page, breadcrumbs: [Crumb("数据交换")], wide: true, content)
    }

    static func list(_ all: [Receiver], _ page: PageContext) -> HTML {
        let new = UI.linkButton("新建接收系统", url: receivers + "/new", style: .primary)
        let table = DataTable<Receiver>(
            caption: "接收系统",
            columns: [
                DataColumn("名称", value: { .text($0.name) }) { #"<a href="\#(url: path($0.id))">\#($0.name)</a>"# },
                DataColumn("人员范围", value: { .text($0.organisationName) }),
                DataColumn("接口地址", value: { .text($0.baseURL) }),
                DataColumn("状态", cell: { state($0) }),
            ], isExportable: false,
            empty: UI.emptyState("还没有接收系统", "登记办公、人事、资产等系统后，教职工的入职、调动和离开会自动告诉它们。", action: new))
        let rows = Page(items: all, total: all.count, next: nil)
        let content: HTML = """
            \(UI.heading("接收系统", note: "平台按 SCIM 2.0 把教职工告诉这些系统", actions: new))
            \(UI.card(nil, table.html(rows, path: receivers, query: FormValues())))
            """
        return UI.layout("接收系统", page, breadcrumbs: crumbs("接收系统"), wide: true, content)
    }

    private static func crumbs(_ last: String, _ middle: [Crumb] = []) -> [Crumb] {
        [Crumb("数据交换", home)] + middle + [Crumb(last)]
    }

    private static func state(_ receiver: Receiver) -> HTML {
        if !receiver.isOn { return UI.tag("已停用", .muted) }
        return receiver.failure.isEmpty ? UI.tag("正常", .ok) : UI.tag("未应答", .bad)
    }

    static func new(
        _ places: [SelectOption], _ form: ReceiverForm, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let fields: HTML = """
            \(UI.textField("name", label: "名称", value: form.name, required: true, problems: problems))
            \(UI.select(
                "organisation", label: "人员范围", options: places, selected: form.organisation,
                hint: "这个单位和下属单位的教职工会告诉对方。", problems: problems))
            \(UI.textField(
                "base_url", label: "接口地址", value: form.baseURL, hint: "对方 SCIM 接口的地址，如 https://oa.example.cn/scim/v2",
                required: true, inputmode: "url", problems: problems))
            \(UI.textField(
                "token", label: "令牌", hint: "对方发给的令牌，加密保存，不再显示。", type: "password", autocomplete: "new-password",
                problems: problems))
            """
        let form = UI.form(
            action: receivers + "/new", page: page, submit: "保存", cancel: receivers, problems: problems, fields)
        let content: HTML = """
            \(UI.heading("新建接收系统"))
            \(UI.card(nil, form))
            """
        return UI.layout(
            "新建接收系统", page, breadcrumbs: crumbs("新建", [Crumb("接收系统", receivers)]), isFailed: !problems.isEmpty, content)
    }

    struct ReceiverView: Sendable {
        let receiver: Receiver
        let counts: (due: Int, done: Int, failed: Int)
        let failures: [ReceiverStore.Failed]
        let differences: [DifferenceStore.Line]
    }

    static func show(_ view: ReceiverView, _ page: PageContext) -> HTML {
        let receiver = view.receiver, address = path(receiver.id)
        let actions: HTML = """
            \(UI.postButton("比对", action: address + "/comparison", page: page))
            \(receiver.isOn
                ? UI.postButton("停用", action: address + "/switch", page: page, style: .danger,
                    confirm: "停用后，\(receiver.name)不再收到人员变动。", hidden: [("on", "0")])
                : UI.postButton("启用", action: address + "/switch", page: page, hidden: [("on", "1")]))
            """
        let notice: HTML = receiver.failure.isEmpty ? "" : UI.notice(.bad, "\(receiver.failure)")
        let figures = UI.statistics([
            UI.statistic("\(view.counts.done)", label: "已下发"), UI.statistic("\(view.counts.due)", label: "等待下发"),
            UI.statistic("\(view.counts.failed)", label: "对方不接收", tone: view.counts.failed > 0 ? .warn : nil),
        ])
        let content: HTML = """
            \(UI.heading(receiver.name, note: "\(receiver.organisationName)，\(receiver.baseURL)", actions: actions))
            \(notice)
            \(UI.card("人员", figures))
            \(UI.card("没有下发成功的人", failureTable(view, page)))
            \(UI.card("差异", differenceTable(view, page)))
            """
        return UI.layout(receiver.name, page, breadcrumbs: crumbs(receiver.name, [Crumb("接收系统", receivers)]), content)
    }

    private static func failureTable(_ view: ReceiverView, _ page: PageContext) -> HTML {
        let table = DataTable<ReceiverStore.Failed>(
            caption: "没有下发成功的人",
            columns: [
                DataColumn("姓名", value: { .text($0.name) }), DataColumn("原因", value: { .text($0.failure) }),
                DataColumn("时间", value: { .text($0.at.text) }),
            ], isExportable: false, empty: UI.emptyState("没有", "下发都成功了。"))
        let rows = Page(items: view.failures, total: view.failures.count, next: nil)
        return table.html(rows, path: path(view.receiver.id), query: FormValues())
    }

    private static func differenceTable(_ view: ReceiverView, _ page: PageContext) -> HTML {
        let table = DataTable<DifferenceStore.Line>(
            caption: "差异",
            columns: [
                DataColumn("姓名", value: { $0.name.map(TableValue.text) ?? .empty }),
                DataColumn("对方编号", value: { .text($0.remoteID) }), DataColumn("不同", value: { .text($0.detail) }),
                DataColumn("比对时间", value: { .text($0.at.text) }),
            ], isExportable: false, empty: UI.emptyState("没有差异记录", "按“比对”后，两边不同的地方列在这里。"))
        let rows = Page(items: view.differences, total: view.differences.count, next: nil)
        return table.html(rows, path: path(view.receiver.id), query: FormValues())
    }
}
