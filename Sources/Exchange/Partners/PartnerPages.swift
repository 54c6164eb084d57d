import Directory
import Kernel
import Platform
import Web

/// The pages of partners and of what is exchanged with each.
enum PartnerPages {
    static let root = "/exchange/partners"
    static func path(_ partner: PartnerID) -> String { "\(root)/\(partner)" }

    private static var crumbs: [Crumb] { [Crumb("数据交换", ExchangePages.home)] }

    static func list(_ all: [Partner], _ page: PageContext) -> HTML {
        let new = UI.linkButton("新建交换伙伴", url: root + "/new", style: .primary)
        let table = DataTable<Partner>(
            caption: "交换伙伴",
            columns: [
                DataColumn("名称", value: { .text($0.name) }) { #"<a href="\#(url: path($0.id))">\#($0.name)</a>"# },
                DataColumn("单位范围", value: { .text($0.organisationName) }),
                DataColumn("文件夹", value: { .text($0.code) }),
                DataColumn("负责的数据", value: { .text(owners($0.settings)) }),
                DataColumn("状态", cell: { state($0) }),
            ], isExportable: false,
            empty: UI.emptyState("还没有交换伙伴", "没有接口的系统，可以通过文件夹收发文件。先登记对方。", action: new))
        let bundles = UI.linkButton("接收名册包", url: BundleImportPages.root)
        let rows = Page(items: all, total: all.count, next: nil)
        let content: HTML = """
            \(UI.heading("交换伙伴", note: "通过文件夹或名册包与没有接口的系统交换数据", actions: bundles + new))
            \(UI.card(nil, table.html(rows, path: root, query: FormValues())))
            """
        return UI.layout("交换伙伴", page, breadcrumbs: crumbs + [Crumb("交换伙伴")], wide: true, content)
    }

    private static func owners(_ settings: PartnerSettings) -> String {
        settings.owners.map(\.title).sorted().joined(separator: "、")
    }

    private static func state(_ partner: Partner) -> HTML {
        if !partner.isOn { return UI.tag("已停用", .muted) }
        return partner.failure.isEmpty ? UI.tag("正常", .ok) : UI.tag("文件夹有问题", .bad)
    }

    // MARK: Form

    static func form(
        _ places: [SelectOption], _ form: PartnerForm, _ problems: [FieldProblem], of partner: Partner?,
        revision: Int = 0, meanwhile: Bool = false, _ page: PageContext
    ) -> HTML {
        let title = partner == nil ? "新建交换伙伴" : "修改设置"
        let action = partner.map { path($0.id) + "/settings" } ?? root + "/new"
        let fields: HTML = """
            \(UI.textField("name", label: "名称", value: form.name, required: true, problems: problems))
            \(partner == nil ? newFields(places, form, problems) : fixed(form, revision))
            \(inFields(form, problems))
            \(outFields(form, problems))
            """
        let body = UI.form(
            action: action, page: page, submit: "保存", cancel: partner.map { path($0.id) } ?? root, problems: problems,
            fields)
        return UI.layout(
            title, page, breadcrumbs: crumbs + [Crumb("交换伙伴", root), Crumb(title)],
            isFailed: meanwhile || !problems.isEmpty, UI.heading(title, note: partner?.name),
            meanwhile ? partner.map(conflict) ?? "" : "", UI.card(nil, body))
    }

    private static func fixed(_ form: PartnerForm, _ revision: Int) -> HTML {
        UI.hidden("code", form.code) + UI.hidden("revision", String(revision))
    }

    /// What somebody else has saved since, above what was typed.
    private static func conflict(_ partner: Partner) -> HTML {
        UI.notice(.warn, "<p>\(partner.name)的设置刚被他人修改，你的还没有保存。下面是你填的内容，核对后再保存。</p>")
            + UI.card("现在的设置", UI.summaryList([("名称", HTML(text: partner.name))] + facts(partner.settings)))
    }

    private static func newFields(
        _ places: [SelectOption], _ form: PartnerForm, _ problems: [FieldProblem]
    ) -> HTML {
        """
        \(UI.select(
            "organisation", label: "单位范围", options: places, selected: form.organisation,
            hint: "收发这个单位和下属单位的数据。", problems: problems))
        \(UI.textField(
            "code", label: "文件夹名", value: form.code, hint: "小写字母、数字或减号，如 dorm-system。保存后不能改。",
            required: true, autocomplete: "off", problems: problems))
        """
    }

    private static func inFields(_ form: PartnerForm, _ problems: [FieldProblem]) -> HTML {
        let owners = [PersonField.Owner.roll, .teacher, .school, .own].map { SelectOption($0.rawValue, $0.title) }
        return UI.fieldGroup(
            "收到的数据", hint: nil,
            """
            \(UI.checkboxes(
                "owners", label: "对方负责的数据", options: owners, selected: Set(form.values.all("owners")),
                hint: "不归对方负责的项目，文件里有也不会更新。", problems: problems))
            \(UI.checkbox(
                "accepts_alone", label: "没有问题的文件自动接受", isOn: form.values.has("accepts_alone"),
                hint: "有一行退回或疑似重复，就等人来核对。", problems: problems))
            """)
    }

    private static func outFields(_ form: PartnerForm, _ problems: [FieldProblem]) -> HTML {
        let reasons =
            [SelectOption("", "选择原因")]
            + CodeLists.lookReason.leaves.filter { (try? LookReason($0.code)) != nil }.map {
                SelectOption($0.code, $0.name)
            }
        let formats = DropFormat.allCases.map { SelectOption($0.rawValue, "." + $0.rawValue) }
        let rhythms = DropRhythm.allCases.map { SelectOption($0.rawValue, $0.title) }
        let datasets = FeedDataset.allCases.map { dataset in
            let name = "rhythm." + dataset.rawValue
            return UI.select(
                name, label: "写出\(dataset.title)", options: rhythms, selected: form.values[name] ?? "never",
                problems: problems)
        }
        return UI.fieldGroup(
            "发出的数据", hint: nil,
            """
            \(each: datasets, { $0 })
            \(UI.radios(
                "format", label: "文件格式", options: formats, selected: form.values["format"] ?? "csv",
                problems: problems))
            \(UI.textField(
                "kept_days", label: "文件保存天数", value: form.values["kept_days"] ?? String(PartnerSettings().keptDays),
                hint: "对方没有取走的文件，到期从文件夹删除。1 到 365 天。", problems: problems))
            \(UI.checkbox(
                "sensitive", label: "含证件号码和敏感信息", isOn: form.values.has("sensitive"),
                hint: "每次写出都会记入查看记录。", problems: problems))
            \(UI.select(
                "reason", label: "提供数据的原因", options: reasons,
                selected: form.values["reason"] ?? PartnerSettings.usualReason, problems: problems))
            """)
    }

    // MARK: One partner

    struct View: Sendable {
        let partner: Partner
        let datasets: [PartnerDataset]
        let folder: String
    }

    static func show(_ view: View, _ files: Page<DropFile>, _ page: PageContext, _ query: FormValues) -> HTML {
        let partner = view.partner, address = path(partner.id)
        let actions: HTML = """
            \(UI.linkButton("修改设置", url: address + "/settings"))
            \(partner.isOn
                ? UI.postButton("停用", action: address + "/switch", page: page, style: .danger,
                    confirm: "停用后不再收发\(partner.name)的文件。", hidden: [("on", "0")])
                : UI.postButton("启用", action: address + "/switch", page: page, hidden: [("on", "1")]))
            """
        let failure: HTML = partner.failure.isEmpty ? "" : UI.notice(.bad, "<p>\(partner.failure)</p>")
        let content: HTML = """
            \(UI.heading(partner.name, note: partner.organisationName, actions: actions))
            \(failure)
            \(UI.card("交换文件", DropPages.files.html(files, path: address, query: query)))
            \(UI.card("写出文件", datasets(view, page)))
            \(UI.card("设置", UI.summaryList(facts(view))))
            """
        return UI.layout(
            partner.name, page, breadcrumbs: crumbs + [Crumb("交换伙伴", root), Crumb(partner.name)], wide: true, content)
    }

    private static func facts(_ view: View) -> [(String, HTML)] {
        [("对方放入", HTML(text: view.folder + "/in")), ("对方取走", HTML(text: view.folder + "/out"))]
            + facts(view.partner.settings)
    }

    private static func facts(_ settings: PartnerSettings) -> [(String, HTML)] {
        [
            ("对方负责的数据", HTML(text: owners(settings))),
            ("接受", HTML(text: settings.acceptsAlone ? "没有问题的文件自动接受" : "由人核对后接受")),
            ("文件格式", HTML(text: "." + settings.format.rawValue)),
            ("文件保存", HTML(text: "\(settings.keptDays) 天，到期无人取走即删除")),
            (
                "敏感信息",
                HTML(
                    text: settings.isSensitive
                        ? "包含，原因：\(CodeLists.lookReason.name(of: settings.reason))" : "不包含")
            ),
        ]
    }

    private static func datasets(_ view: View, _ page: PageContext) -> HTML {
        let action = path(view.partner.id) + "/orders", isOn = view.partner.isOn
        let table = DataTable<PartnerDataset>(
            caption: "写出文件",
            columns: [
                DataColumn("数据", value: { .text($0.dataset.title) }),
                DataColumn("节奏", value: { .text($0.rhythm.title) }),
                DataColumn("上次写出", value: { $0.writtenAt.map { .text($0.text) } ?? .empty }),
                DataColumn("下次写出", value: { $0.due.map { .text($0.text) } ?? .empty }),
                DataColumn(
                    "操作",
                    cell: { row in
                        guard isOn else { return "" }
                        let dataset = ("dataset", row.dataset.rawValue)
                        return UI.postButton("写出变化", action: action, page: page, hidden: [dataset])
                            + UI.postButton("写出全部", action: action, page: page, hidden: [dataset, ("full", "1")])
                    }),
            ], isExportable: false, empty: "")
        let rows = Page(items: view.datasets, total: view.datasets.count, next: nil)
        return table.html(rows, path: path(view.partner.id), query: FormValues())
    }
}
