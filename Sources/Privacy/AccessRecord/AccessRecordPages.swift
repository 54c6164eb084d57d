import Directory
import Kernel
import Web

/// The record of looks, and the days that stand out.
enum AccessRecordPages {
    static let path = "/privacy/looks"
    static let unusualPath = "/privacy/looks/unusual"

    static func table(_ roleTitle: @escaping @Sendable (String) -> String) -> DataTable<Look> {
        DataTable(
            caption: "查看记录",
            columns: [
                DataColumn("时间", value: { .text($0.at.text) }),
                DataColumn("查看人", value: { .text($0.looker.name) }),
                DataColumn("角色", value: { .text(roleTitle($0.looker.role)) }),
                DataColumn("方式", value: { .text($0.kind.title) }),
                DataColumn(
                    "被查看人", value: { .text($0.kind == .page ? $0.subjectName : "\($0.subjectName)，\($0.people) 人") }),
                DataColumn("内容", value: { .text($0.dataTitles) }),
                DataColumn("原因", value: { .text(reason($0)) }),
                DataColumn("单位", value: { .text($0.organisationName) }),
                DataColumn("地址", value: { .text($0.looker.address) }),
            ], empty: UI.emptyState("没有查看记录", "有人查看完整号码或导出个人信息时，会记在这里。"))
    }

    private static func reason(_ look: Look) -> String {
        look.note.isEmpty ? look.reasonTitle : "\(look.reasonTitle)：\(look.note)"
    }

    static func list(_ looks: Page<Look>, _ table: DataTable<Look>, _ request: WebRequest) -> HTML {
        let query = request.query
        let reasons = CodeLists.lookReason.leaves.map { SelectOption($0.code, $0.name) }
        let kinds = [SelectOption("", "全部"), SelectOption("page", "页面查看"), SelectOption("export", "导出")]
        let fields: HTML = """
            \(UI.textField("person", label: "被查看人", value: query["person"]))
            \(UI.textField("by", label: "查看人", value: query["by"]))
            \(UI.select("reason", label: "原因", options: [SelectOption("", "全部")] + reasons, selected: query["reason"]))
            \(UI.select("kind", label: "方式", options: kinds, selected: query["kind"]))
            \(UI.dateField("from", label: "从", value: LocalDate(iso: query["from"] ?? "")))
            \(UI.dateField("until", label: "到", value: LocalDate(iso: query["until"] ?? "")))
            """
        let content: HTML = """
            \(UI.heading("查看记录", note: "谁查看或导出了谁的完整号码和敏感信息，为什么"))
            \(PrivacyTabs.html(path, request.page))
            \(UI.filterBar(action: path, query: query, fields))
            \(UI.card(nil, table.html(looks, path: path, query: query)))
            """
        return UI.layout("查看记录", request.page, breadcrumbs: [Crumb("查看记录")], wide: true, content)
    }

    static func unusual(_ days: [UnusualLooks], _ request: WebRequest) -> HTML {
        let table = DataTable<UnusualLooks>(
            caption: "异常查看",
            columns: [
                DataColumn(
                    "查看人", value: { .text($0.lookerName) },
                    cell: { day in #"<a href="\#(url: records(of: day))">\#(day.lookerName)</a>"# }),
                DataColumn("日期", value: { .date($0.day) }),
                DataColumn("查看次数", value: { .integer($0.looks) }),
                DataColumn("被查看人数", value: { .integer($0.people) }),
                DataColumn("夜间次数", value: { .integer($0.atNight) }),
            ], isExportable: false, empty: UI.emptyState("没有异常", "近三个月没有人大量查看或在夜间查看。"))
        let note = "近三个月里一天查看 \(UnusualLooks.manyInADay) 次以上，或在 22 点到 6 点查看"
        let rows = Page(items: days, total: days.count, next: nil)
        let content: HTML = """
            \(UI.heading("异常查看", note: note))
            \(PrivacyTabs.html(unusualPath, request.page))
            \(UI.card(nil, table.html(rows, path: unusualPath, query: FormValues())))
            """
        return UI.layout("异常查看", request.page, breadcrumbs: [Crumb("查看记录", path), Crumb("异常查看")], content)
    }

    private static func records(of day: UnusualLooks) -> String {
        let query = FormValues([("by", day.lookerName), ("from", day.day.iso), ("until", day.day.iso)])
        return path + "?" + query.encoded
    }
}

/// The faces of the protection of personal data that a user may open.
enum PrivacyTabs {
    private static let all: [(title: String, path: String, permission: Permission)] = [
        ("查看记录", AccessRecordPages.path, .lookReview), ("异常查看", AccessRecordPages.unusualPath, .lookReview),
        ("未成年人报告", MinorsReportPages.path, .lookReview), ("权利请求", RightsRequestPages.path, .requestHandle),
        ("同意情况", ConsentCountPages.path, .consentManage), ("征求事项", ConsentPurposePages.path, .purposeEdit),
        ("保存期限", RetentionPages.path, .retentionRun),
    ]

    static func html(_ current: String, _ page: PageContext) -> HTML {
        let open = all.filter { page.user?.may($0.permission) ?? false }
        return UI.tabs(open.map { (title: $0.title, url: $0.path, isCurrent: $0.path == current) }, label: "个人信息保护")
    }
}
