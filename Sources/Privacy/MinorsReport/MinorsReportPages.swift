import Kernel
import Web

/// The yearly report on a page, in a file and on paper.
enum MinorsReportPages {
    static let path = "/privacy/minors"

    static let table = DataTable<MinorsReport.Line>(
        caption: "未成年人个人信息保护报告",
        columns: [
            DataColumn("类别", value: { .text($0.section) }), DataColumn("项目", value: { .text($0.item) }),
            DataColumn("数量", value: { .integer($0.count) }), DataColumn("单位", value: { .text($0.unit) }),
        ], empty: "")

    static func show(
        _ report: MinorsReport, _ years: ClosedRange<Int>, _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let options = years.reversed().map { SelectOption("\($0)", "\($0)年") }
        let incidents = UI.linkButton("安全事件登记", url: IncidentPages.path)
        let rows = Page(items: report.lines, total: report.lines.count, next: nil)
        let content: HTML = """
            \(UI.heading("未成年人报告", note: "\(report.year)年，截至\(report.day.chinese)", actions: UI.printButton("打印")))
            \(PrivacyTabs.html(path, page))
            \(UI.filterBar(action: path, query: query,
                UI.select("year", label: "年度", options: options, selected: "\(report.year)")))
            \(UI.card(nil, table.html(rows, path: path, query: query)))
            \(UI.card("安全事件", "<p>发生泄露、篡改、丢失等事件，由数据安全员登记，计入这份报告。</p>\(incidents)"))
            """
        return UI.layout("未成年人报告", page, breadcrumbs: [Crumb("未成年人报告")], content)
    }
}
