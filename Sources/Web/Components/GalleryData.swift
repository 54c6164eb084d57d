import Kernel

/// The part of the gallery that shows tables and charts.
enum GalleryData {
    private struct School: Sendable {
        let name: String, county: String, classes: Int, bandwidth: Int?
        let tone: Tone
        var state: String { ChartWords.state(tone) }
    }

    private static let schools = [
        School(name: "防城港市实验小学", county: "港口区", classes: 36, bandwidth: 200, tone: .ok),
        School(
            name: "防城港市防城区那良镇高林村民族中心小学附属里火教学点", county: "防城区", classes: 4, bandwidth: 10,
            tone: .bad),
        School(name: "上思县思阳镇中心小学", county: "上思县", classes: 24, bandwidth: 50, tone: .warn),
        School(name: "东兴市江平镇巫头教学点", county: "东兴市", classes: 3, bandwidth: nil, tone: .muted),
    ]

    static var examples: HTML {
        let page = Page(items: schools, total: 412, next: "gallery")
        let nothing = Page<School>(items: [], total: 0, next: nil)
        return #"""
            \#(UI.card("列表", table("学校").html(page, path: "/", query: FormValues())))
            \#(UI.card("空列表", table("没有学校").html(nothing, path: "/", query: FormValues())))
            <div class="columns" id="charts">
            \#(UI.card(nil, bars.html))
            \#(UI.card(nil, trend.html))
            \#(UI.card(nil, histogram.html))
            \#(UI.card(nil, scatter.html))
            </div>
            """#
    }

    private static func table(_ caption: String) -> DataTable<School> {
        DataTable(
            caption: caption,
            columns: [
                DataColumn("学校", sort: "name", value: { .text($0.name) }, cell: { #"<a href="/">\#($0.name)</a>"# }),
                DataColumn("县区", value: { .text($0.county) }),
                DataColumn("班级数", sort: "classes", value: { .integer($0.classes) }),
                DataColumn("带宽（Mbps）", sort: "bandwidth", value: { $0.bandwidth.map { .integer($0) } ?? .empty }),
                DataColumn("状态", value: { .text($0.state) }, cell: { UI.light($0.tone, $0.state) }),
            ], defaultSort: TableSort("name"), empty: UI.emptyState("没有符合条件的学校", "放宽筛选条件，或先导入登记表。"))
    }

    private static let bars = BarChart(
        title: "各县区宽带接入率", unit: .percent,
        bars: [
            .init("港口区", value: 1, tone: .ok, note: "42/42 所"), .init("防城区", value: 0.864, tone: .bad, url: "/"),
            .init("上思县", value: 0.91, tone: .warn), .init("东兴市", value: nil),
        ], target: (1, "目标 100%"))

    private static var trend: TrendChart {
        let days = ["2014-09-30", "2015-03-31", "2015-09-30", "2016-03-31"].compactMap { LocalDate(iso: $0) }
        let ends = ["2015-12-31", "2016-12-31", "2017-12-31"].compactMap { LocalDate(iso: $0) }
        return TrendChart(
            title: "多媒体教室比例", unit: .percent,
            points: [(days[0], 0.31), (days[1], nil), (days[2], 0.52), (days[3], 0.61)],
            milestones: [(ends[0], 0.6), (ends[1], 0.8), (ends[2], 0.95)], target: 0.95,
            projection: [(ends[1], 0.75), (ends[2], 0.92)])
    }

    private static let histogram = Histogram(
        title: "学校按班均带宽分布", unit: "所",
        bins: [
            .init("0–1", count: 38, tone: .bad), .init("1–2", count: 71, tone: .bad),
            .init("2–4", count: 96, tone: .bad),
            .init("4–8", count: 120, tone: .ok), .init("8以上", count: 64, tone: .ok),
        ], threshold: (3, "班均 4M"))

    private static let scatter = ScatterChart(
        title: "带宽与班级数", xLabel: "班级数", yLabel: "带宽（Mbps）",
        points: [
            .init(x: 36, y: 200, label: "实验小学", tone: .ok), .init(x: 24, y: 50, label: "思阳镇中心小学", tone: .warn),
            .init(x: 4, y: 10, label: "里火教学点", tone: .bad), .init(x: 3, y: nil, label: "巫头教学点", tone: .muted),
        ], rules: [.perX(4, label: "班均 4M"), .constant(30, label: "校均 30M")])
}
