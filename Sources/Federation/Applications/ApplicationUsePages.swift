import Kernel
import Web

/// How much an application is used.
extension ApplicationPages {
    /// Days that the page looks back.
    static let useDays = 90

    static func useTable(_ name: String) -> DataTable<ApplicationUseDay> {
        DataTable(
            caption: "\(name)使用情况",
            columns: [
                DataColumn("日期", value: { .date($0.day) }), DataColumn("接入方式", value: { .text($0.way.title) }),
                DataColumn("登录次数", value: { .integer($0.times) }), DataColumn("登录人数", value: { .integer($0.persons) }),
            ], empty: UI.emptyState("还没有人登录", "有人用平台账号登录这个应用以后，每天的次数和人数记在这里。"))
    }

    static func use(
        _ record: ApplicationRecord, _ days: [ApplicationUseDay], _ failures: [ApplicationFailure], today: LocalDate,
        _ request: WebRequest
    ) -> HTML {
        let table = useTable(record.name), path = path(record.id) + "/use"
        let rows = Page(items: days, total: days.count, next: nil)
        let chart = TrendChart(title: "每天登录次数", unit: "次", points: points(days, today: today))
        let content: HTML = """
            \(UI.heading("\(record.name)使用情况", note: "最近 \(useDays) 天，截至 \(today.chinese)"))
            \(if: !days.isEmpty, UI.card("登录", chart.html))
            \(UI.card("每天", table.html(rows, path: path, query: request.query)))
            \(UI.card("最近的错误", failureTable(failures, path)))
            """
        return UI.layout(
            "使用情况", request.page, breadcrumbs: crumbs(Crumb(record.name, self.path(record.id))) + [Crumb("使用情况")],
            content)
    }

    /// From the first day of use on, a day without sign-ins counts as none.
    private static func points(_ days: [ApplicationUseDay], today: LocalDate) -> [(LocalDate, Double?)] {
        guard let first = days.last?.day else { return [] }
        let byDay = Dictionary(grouping: days, by: \.day)
        return (0...max(0, today.daysSince1970 - first.daysSince1970)).map { offset in
            let day = first.adding(days: offset)
            return (day, Double((byDay[day] ?? []).reduce(0) { $0 + $1.times }))
        }
    }

    private static func failureTable(_ failures: [ApplicationFailure], _ path: String) -> HTML {
        let table = DataTable<ApplicationFailure>(
            caption: "最近的错误",
            columns: [
                DataColumn("最近一次", value: { .text($0.lastAt.text) }),
                DataColumn("接入方式", value: { .text($0.way.title) }),
                DataColumn("原因", value: { .text($0.reason) }), DataColumn("次数", value: { .integer($0.times) }),
            ], isExportable: false, empty: UI.emptyState("没有错误", "应用用错地址、密钥或票据时，原因记在这里。"))
        return table.html(Page(items: failures, total: failures.count, next: nil), path: path, query: FormValues())
    }
}
