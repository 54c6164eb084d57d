import Directory
import Kernel
import Web

/// Exports by template: the record of what went out, and the form.
enum ExportPages {
    static let root = "/rosters/exports"

    static let table = DataTable<RosterExport>(
        caption: "导出记录",
        columns: [
            DataColumn("时间", value: { .text($0.at.text) }), DataColumn("导出人", value: { .text($0.by) }),
            DataColumn("模板", value: { .text($0.template) }), DataColumn("单位", value: { .text($0.place) }),
            DataColumn("名册日期", value: { .date($0.day) }), DataColumn("行数", value: { .integer($0.rows) }),
            DataColumn(
                "号码", value: { .text($0.isFull ? "完整" : "遮盖") },
                cell: { $0.isFull ? UI.tag("完整", .warn) : UI.tag("遮盖", .muted) }),
            DataColumn("用途", value: { .text($0.reason) }),
        ], isExportable: false, empty: UI.emptyState("还没有导出过花名册", "按官方模板导出，可直接交给国家系统。"))

    private static let orders = DataTable<ExportOrder>(
        caption: "大批导出的文件",
        columns: [
            DataColumn("时间", value: { .text($0.at.text) }), DataColumn("模板", value: { .text($0.asked.template) }),
            DataColumn("单位", value: { .text($0.placeName) }),
            DataColumn("状态", value: { .text($0.title) }) { order in
                switch order.state {
                case .waiting:
                    order.job.map { #"<a href="\#(url: "/jobs/" + $0)">正在准备</a>"# } ?? HTML(text: order.title)
                case .ready: #"<a href="\#(url: "\(root)/\(order.id)/file")">下载</a>"#
                case .failed: HTML(text: order.title)
                }
            },
        ], isExportable: false, empty: "")

    static func list(_ slice: Page<RosterExport>, _ own: [ExportOrder], _ request: WebRequest) -> HTML {
        let page = request.page
        let new = UI.linkButton("导出花名册", url: root + "/new", style: .primary)
        let templates = UI.linkButton("导出模板", url: TemplatePages.root)
        let mayEdit = page.user?.may(.templateEdit) ?? false
        let differences = UI.linkButton("差异报告", url: DifferencePages.root)
        let ownership = UI.linkButton("数据归口", url: OwnershipPages.root)
        let mayMap = page.user?.may(.classAll) ?? false
        let actions: HTML = "\(differences)\(if: mayMap, ownership)\(if: mayEdit, templates)\(new)"
        let content: HTML = """
            \(UI.heading("导出记录", note: "谁在什么时候导出了什么，作什么用", actions: actions))
            \(if: !own.isEmpty, UI.card(
                "大批导出的文件，保留 \(ExportOrderStore.life) 天",
                orders.html(Page(items: own, total: own.count, next: nil), path: root, query: FormValues())))
            \(UI.card(nil, table.html(slice, path: root, query: request.query)))
            """
        return UI.layout("导出记录", page, breadcrumbs: [Crumb("导出记录")], content)
    }

    /// The form with template and place filled in.
    static func path(_ template: String, of place: OrganisationID) -> String {
        root + "/new?" + FormValues([("template", template), ("place", place.rawValue)]).encoded
    }

    struct Choices: Sendable {
        let places: [Organisation]
        /// Names, of shipped and loaded templates.
        let templates: [String]
    }

    static func new(
        _ choices: Choices, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let places = [SelectOption("", "选择单位")] + choices.places.map { SelectOption($0.id.rawValue, $0.name) }
        let templates = [SelectOption("", "选择模板")] + choices.templates.map { SelectOption($0, $0) }
        let reasons = CodeLists.lookReason.leaves.map { SelectOption($0.code, $0.name) }
        let fields: HTML = """
            \(UI.select("template", label: "模板", options: templates, selected: values["template"], required: true, 
                problems: problems))
            \(UI.select("place", label: "单位", options: places, selected: values["place"], required: true, 
                problems: problems))
            \(UI.textField("day", label: "名册日期", value: values["day"], hint: "可以是以前的任何一天。", type: "date", 
                required: true, problems: problems))
            \(UI.checkbox("full", label: "含完整证件号码和敏感信息", isOn: values["full"] == "1", 
                hint: "不选则号码只显示头尾，住址、健康等留空。", problems: problems))
            \(UI.select("why", label: "导出原因", options: reasons, selected: values["why"] ?? ExportForm.usualReason, 
                hint: "含完整号码时记入查看记录，数据安全员可以看到。", problems: problems))
            \(UI.textField("reason", label: "用途", value: values["reason"], hint: "写给谁、做什么。会记录在案，并印在文件里。", 
                required: true, problems: problems))
            """
        let form = UI.form(
            action: root, page: page, submit: "导出", cancel: root, problems: problems, fields)
        let content: HTML = """
            \(UI.heading("导出花名册", note: "超过 \(ExportReader.limit) 行时按学校分开，打成一个压缩包"))
            \(UI.card(nil, form))
            """
        return UI.layout(
            "导出花名册", page, breadcrumbs: [Crumb("导出记录", root), Crumb("导出花名册")], isFailed: !problems.isEmpty, content)
    }
}
