import Kernel
import Platform
import Web

/// Bundles that came in, the upload, and one of them.
enum BundleImportPages {
    static let root = "/exchange/bundles"
    static func path(_ bundle: BundleImportID) -> String { "\(root)/\(bundle)" }

    private static var crumbs: [Crumb] { [Crumb("数据交换", ExchangePages.home)] }

    private static func tone(_ state: BundleImport.State) -> Tone {
        switch state {
        case .reading: .info
        case .compared: .warn
        case .accepted: .ok
        case .unchanged, .discarded, .undone: .muted
        case .refused: .bad
        }
    }

    static let history = DataTable<BundleImport>(
        caption: "收到的名册包",
        columns: [
            DataColumn("时间", value: { .text($0.createdAt.text) }),
            DataColumn("文件", value: { .text($0.fileName) }) {
                #"<a href="\#(url: path($0.id))">\#($0.fileName)</a>"#
            },
            DataColumn("交换伙伴", value: { .text($0.partnerName) }),
            DataColumn("状态", value: { .text($0.state.title) }) { UI.tag($0.state.title, tone($0.state)) },
            DataColumn("学生", value: { .integer($0.pupils) }), DataColumn("教职工", value: { .integer($0.staff) }),
            DataColumn("新增", value: { .integer($0.outcome.new) }),
            DataColumn("变更", value: { .integer($0.outcome.changed) }),
            DataColumn("退回", value: { .integer($0.outcome.refused) }),
        ], isExportable: false,
        empty: UI.emptyState("还没有收到名册包", "上传别的系统按 OneRoster 1.2 CSV 格式导出的名册包，核对后接受。"))

    static func list(_ slice: Page<BundleImport>, _ page: PageContext, _ query: FormValues) -> HTML {
        let new = UI.linkButton("接收名册包", url: root + "/new", style: .primary)
        let content: HTML = """
            \(UI.heading("收到的名册包", note: "OneRoster 1.2 的 CSV 名册包，接受之前不会写入", actions: new))
            \(UI.card(nil, history.html(slice, path: root, query: query)))
            """
        return UI.layout("收到的名册包", page, breadcrumbs: crumbs + [Crumb("收到的名册包")], wide: true, content)
    }

    static func upload(
        _ partners: [Partner], _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let options = [SelectOption("", "选择交换伙伴")] + partners.map { SelectOption($0.id.rawValue, $0.name) }
        let fields: HTML = """
            \(UI.select(
                "partner", label: "交换伙伴", options: options, selected: values["partner"],
                hint: "名册包来自哪个系统。它负责的数据才会更新。", required: true, problems: problems))
            \(UI.fileField(
                "file", label: "名册包", accept: ".zip", hint: "OneRoster 1.2 的 CSV 文件，打成一个 .zip，不超过 32 MB。",
                required: true, problems: problems))
            """
        let form = UI.form(
            action: root, page: page, submit: "上传", cancel: root, multipart: true, problems: problems, fields)
        let none: HTML =
            partners.isEmpty
            ? UI.notice(
                .info, #"<p>还没有交换伙伴，请先<a href="\#(url: PartnerPages.root + "/new")">登记</a>。</p>"#) : ""
        return UI.layout(
            "接收名册包", page, breadcrumbs: crumbs + [Crumb("收到的名册包", root), Crumb("接收名册包")],
            isFailed: !problems.isEmpty, UI.heading("接收名册包", note: "上传后先检查和核对，接受之前不会写入"), none,
            UI.card(nil, form))
    }

    // MARK: One bundle

    struct View: Sendable {
        let bundle: BundleImport
        let differences: [(way: String, difference: BundleDifference)]
        /// Each roster of the bundle with the page of all its rows and what is not taken of it.
        let rosters: [(title: String, rows: String, problems: [String])]
        let job: String?
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let bundle = view.bundle
        let hasRows = bundle.state != .reading && bundle.state != .refused
        let rosters = view.rosters.map { roster in
            UI.card(
                "没有接收的\(roster.title)", actions: UI.linkButton("查看各行", url: roster.rows),
                roster.problems.isEmpty
                    ? UI.emptyState("没有", "每一行都可以接收。") : DropPages.list(roster.problems))
        }
        let content: HTML = """
            \(UI.heading(bundle.fileName, note: bundle.partnerName, actions: buttons(bundle, page)))
            \(notice(bundle, view.job))
            \(if: !bundle.problems.isEmpty, UI.card("不符合标准的地方", DropPages.list(bundle.problems)))
            \(if: hasRows, figures(bundle))
            \(if: hasRows, UI.card("各文件的差异", files(view)))
            \(each: rosters, { $0 })
            \(UI.card("台账", UI.summaryList(facts(bundle))))
            """
        return UI.layout(
            bundle.fileName, page, breadcrumbs: crumbs + [Crumb("收到的名册包", root), Crumb(bundle.fileName)],
            refreshSeconds: bundle.state == .reading ? 3 : nil, content)
    }

    private static func buttons(_ bundle: BundleImport, _ page: PageContext) -> HTML {
        let path = path(bundle.id), outcome = bundle.outcome
        switch bundle.state {
        case .compared:
            return UI.postButton(
                "接受", action: path + "/acceptance", page: page, style: .primary,
                confirm: "接受后将新增 \(outcome.new) 人、变更 \(outcome.changed) 人。", hidden: [("digest", outcome.digest)])
                + UI.postButton("放弃", action: path + "/discard", page: page, confirm: "放弃这个名册包？没有写入的内容会作废。")
        case .accepted:
            return UI.postButton(
                "撤销", action: path + "/undo", page: page, style: .danger, confirm: "撤销后名册恢复到接受之前，确定撤销？")
        case .reading:
            return UI.postButton("放弃", action: path + "/discard", page: page, confirm: "放弃这个名册包？没有写入的内容会作废。")
        case .unchanged, .refused, .discarded, .undone: return ""
        }
    }

    private static func notice(_ bundle: BundleImport, _ job: String?) -> HTML {
        let progress: HTML = job.map { #" <a href="\#(url: "/jobs/" + $0)">查看进度</a>"# } ?? ""
        let words: HTML
        switch bundle.state {
        case .reading: words = "正在检查和核对。\(progress)"
        case .compared:
            words = bundle.message.isEmpty ? "还没有写入名册。核对后请点“接受”；退回和疑似重复的人不会写入。" : "\(bundle.message)。"
        case .unchanged: words = bundle.message.isEmpty ? "没有可以写入的人。" : "\(bundle.message)。"
        case .accepted: words = "已写入名册。"
        case .refused: words = "没有接收：\(bundle.message)。"
        case .discarded: words = "已放弃，没有写入名册。"
        case .undone: words = "已撤销，名册恢复到接受之前。"
        }
        return UI.notice(tone(bundle.state), "<p>\(words)</p>")
    }

    private static func figures(_ bundle: BundleImport) -> HTML {
        let outcome = bundle.outcome
        return UI.statistics([
            UI.statistic(String(outcome.new), label: "新增"), UI.statistic(String(outcome.changed), label: "变更"),
            UI.statistic(String(outcome.unchanged), label: "不变"),
            UI.statistic(String(outcome.doubtful), label: "疑似重复", tone: outcome.doubtful > 0 ? .warn : nil),
            UI.statistic(String(outcome.refused), label: "退回", tone: outcome.refused > 0 ? .bad : nil),
            UI.statistic(
                String(bundle.ended), label: "对方已删除", note: "离校、离职请办理学籍异动或人事手续，名册包不改"),
            UI.statistic(String(bundle.skipped), label: "家长等", note: "不是学生和教职工，没有接收"),
        ])
    }

    private static func files(_ view: View) -> HTML {
        let table = DataTable<Row>(
            caption: "各文件的差异",
            columns: [
                DataColumn("文件", value: { .text($0.difference.file + ".csv") }),
                DataColumn("方式", value: { .text($0.way == "bulk" ? "全量" : "增量") }),
                DataColumn("仅对方有", value: { .integer($0.difference.new) }),
                DataColumn("双方都有", value: { .integer($0.difference.known) }),
                DataColumn("仅本平台有", value: { .integer($0.difference.missing) }),
                DataColumn("对方已删除", value: { .integer($0.difference.ended) }),
            ], isExportable: false, empty: UI.emptyState("没有文件", "名册包里没有平台使用的文件。"))
        let rows = view.differences.map { Row(way: $0.way, difference: $0.difference) }
        return table.html(
            Page(items: rows, total: rows.count, next: nil), path: path(view.bundle.id), query: FormValues())
    }

    private struct Row: Sendable {
        let way: String
        let difference: BundleDifference
    }

    private static func facts(_ bundle: BundleImport) -> [(String, HTML)] {
        let rows: [(String, HTML)] = [
            ("上传", HTML(text: "\(bundle.createdBy)，\(bundle.createdAt.text)")), ("SM3", HTML(text: bundle.sm3)),
        ]
        return rows + bundle.decided.facts
    }
}
