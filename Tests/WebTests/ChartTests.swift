import Kernel
import Testing

@testable import Web

@Suite("Numbers as text") struct NumberTextTests {
    @Test(arguments: [
        (0.0, 2, "0.00"), (1.005, 2, "1.01"), (0.125, 2, "0.13"), (-0.004, 2, "0.00"), (-1.5, 0, "-2"), (2.5, 0, "3"),
        (999.999, 2, "1000.00"), (0.05, 0, "0"), (1e21, 0, "1000000000000000000000"),
        (.leastNonzeroMagnitude, 3, "0.000"), (0.1, 20, "0.10000000000000000000"), (.infinity, 2, "—"), (.nan, 2, "—"),
        (12.0, 1, "12.0"), (0.005, 2, "0.01"),
    ])
    func `a fixed number of places`(_ value: Double, places: Int, text: String) {
        #expect(NumberText.fixed(value, places: places) == text)
    }

    @Test(arguments: [
        (TableValue.percent(0.8647), "86.47%"), (.percent(0.57), "57.00%"), (.percent(1), "100.00%"),
        (.percent(0), "0.00%"), (.percent(.nan), "—"), (.decimal(3.14159, places: 3), "3.142"), (.integer(-7), "-7"),
        (.empty, "—"), (.text("甲"), "甲"),
    ])
    func `values of tables`(_ value: TableValue, text: String) {
        #expect(value.text == text)
    }

    @Test func `zeros at the end go, other zeros stay`() {
        #expect(NumberText.trimmed(100, places: 2) == "100")
        #expect(NumberText.trimmed(12.50, places: 2) == "12.5")
        #expect(NumberText.trimmed(0, places: 2) == "0")
        #expect(NumberText.trimmed(0.85, places: 2, shift: 2) == "85")
    }

    @Test func `random numbers read back to within half of the last place`() throws {
        var random = TestRandom(seed: 3)
        for _ in 0..<2000 {
            let value = Double.random(in: -1e6...1e6, using: &random)
            let text = NumberText.fixed(value, places: 3)
            let read = try #require(Double(text))
            #expect(abs(read - value) <= 0.000_500_01, "\(value) \(text)")
            #expect(text.split(separator: ".").last?.utf8.count == 3)
        }
    }
}

@Suite("Axes") struct AxisTicksTests {
    @Test(arguments: [
        (0.0, 1.0, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0, 101, [0, 50, 100, 150]), (0, 7, [0, 2, 4, 6, 8]),
        (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]), (-3, 4, [-4, -2, 0, 2, 4]), (0, 0.03, [0, 0.01, 0.02, 0.03]),
        (0, .infinity, [0, 1]),
    ])
    func `round values enclose the range`(_ low: Double, high: Double, ticks: [Double]) {
        #expect(AxisTicks.round(from: low, to: high) == ticks)
    }

    @Test func `for any range the ticks rise, enclose it and stay few`() {
        var random = TestRandom(seed: 9)
        for _ in 0..<2000 {
            let low = Double.random(in: -1e4...1e4, using: &random)
            let high = low + Double.random(in: 1e-3...1e5, using: &random)
            let ticks = AxisTicks.round(from: low, to: high)
            #expect(ticks.first! <= low + 1e-6 && ticks.last! >= high - 1e-4, "\(low) \(high) \(ticks)")
            #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 } && ticks.count <= 8, "\(ticks)")
        }
    }

    @Test func `logarithmic ticks are 1, 2 and 5, and only powers of ten over many decades`() {
        #expect(AxisTicks.logarithmic(from: 3, to: 40) == [2, 5, 10, 20, 50])
        #expect(AxisTicks.logarithmic(from: 10, to: 10) == [10, 20])
        #expect(AxisTicks.logarithmic(from: 0.2, to: 900) == [0.2, 1, 10, 100, 1000])
        #expect(AxisTicks.logarithmic(from: 0, to: 5) == [1, 10])
    }

    @Test func `months are spaced so that few enough remain`() throws {
        func months(_ start: String, _ end: String) throws -> [String] {
            let (start, end) = (try #require(LocalDate(iso: start)), try #require(LocalDate(iso: end)))
            return AxisTicks.months(from: start, to: end).map(\.iso)
        }
        #expect(try months("2015-01-15", "2015-03-02") == ["2015-02-01", "2015-03-01"])
        #expect(try months("2015-03-31", "2018-06-30").first == "2015-07-01")
        #expect(try months("1990-01-01", "2020-01-01").count <= 8)
        #expect(try months("2015-03-02", "2015-03-20").isEmpty)
    }

    @Test func `a scale keeps values inside the picture`() {
        let line = ChartScale(ticks: [0, 100], from: 50, to: 150)
        #expect(line(0) == 50 && line(50) == 100 && line(1000) == 150 && line(-1) == 50)
        let log = ChartScale(ticks: [1, 10, 100], from: 0, to: 200, isLogarithmic: true)
        #expect(log(10) == 100 && log(1) == 0)
    }
}

@Suite("Charts") struct ChartTests {
    private func date(_ text: String) -> LocalDate { LocalDate(iso: text)! }

    private func bars(_ bars: [BarChart.Bar]) -> String {
        BarChart(title: "多媒体教室比例", unit: .percent, bars: bars, target: (0.85, "目标 85%")).html.text
    }

    private func count(_ part: String, in text: String) -> Int {
        text.split(separator: part, omittingEmptySubsequences: false).count - 1
    }

    @Test func `a bar without value is hatched, never a bar of zero and never bad`() {
        let text = bars([.init("东兴市", value: nil, tone: .bad), .init("市直", value: 0.9, tone: .ok)])
        #expect(text.contains("无数据") && text.contains(#"class="hatch""#) && text.contains(#"class="bar-none""#))
        #expect(!text.contains("bar-bad") && !text.contains("未达标"))
        #expect(text.contains("<tr><td>东兴市</td><td class=\"num\">无数据</td><td>无数据</td><td></td></tr>"))
        #expect(!bars([.init("上思县", value: 0, tone: .bad)]).contains("hatch"))
    }

    @Test func `bars are drawn in shares of the width, so that a phone shows them without scrolling`() {
        let text = bars([.init("港口区", value: 0.4, tone: .ok), .init("东兴市", value: nil)])
        #expect(text.contains(#"<svg role="img""#) && text.contains(#"class="chart-fluid" height="150""#))
        #expect(text.contains(#"<rect class="bar-ok" x="0%" y="52" width="40%" height="14"/>"#))
        #expect(text.contains(#"x1="85%" y1="20" x2="85%" y2="122"/>"#))
        #expect(text.contains(#"<text class="tick" x="0%" y="141">0%</text>"#))
        #expect(text.contains(#"<text class="tick" x="100%" y="141" text-anchor="end">100%</text>"#))
        // Nothing stands at a place of its own beyond the narrowest phone.
        let places = text.split(separator: #" x=""#).dropFirst().map { $0.prefix { $0 != "\"" } }
        for place in places where !place.hasSuffix("%") { #expect(Double(place).map { $0 <= 20 } == true, "\(place)") }
    }

    @Test func `the picture is described in a sentence and repeated as a table`() {
        let text = bars([
            .init("港口区", value: 0.9688, tone: .ok, note: "31/32 间"), .init("上思县", value: 0.412, tone: .bad),
            .init("东兴市", value: nil),
        ])
        let summary = "多媒体教室比例，共3项；目标 85%；达标1项；未达标1项；无数据1项；最高港口区 96.88%；最低上思县 41.20%"
        #expect(text.contains(#"<svg role="img" aria-label="\#(summary)""#))
        #expect(text.contains("<tr><td>港口区</td><td class=\"num\">96.88%</td><td>达标</td><td>31/32 间</td></tr>"))
        #expect(count("<figcaption>", in: text) == 1 && text.contains("<summary>查看数据"))
    }

    @Test func `bars with an address are links in the picture and in the table`() {
        let text = bars([.init("<港口区>", value: 0.9, tone: .ok, url: "/a?b=1&c=2")])
        #expect(count(#"<a href="/a?b=1&amp;c=2""#, in: text) == 2)
        #expect(text.contains("<title>&lt;港口区&gt;：90.00%，达标</title>"))
        #expect(text.contains(#"<svg role="group""#), "an image may hold no links")
        #expect(bars([.init("甲", value: 1, url: "javascript:x")]).contains(#"href="about:invalid""#))
    }

    @Test func `no chart carries a style, a script or a colour of its own`() {
        let charts = [
            bars([.init("甲", value: nil), .init("乙", value: 1, tone: .warn)]), trend.html.text, histogram.html.text,
            scatter(count: 3).html.text,
        ]
        for text in charts {
            #expect(!text.contains("style=") && !text.contains("<script") && !text.contains("rgb("))
            #expect(!text.contains("fill=\"#") && !text.contains("nan") && !text.contains("inf\""))
            #expect(count("<g>", in: text) == count("</g>", in: text))
            #expect(count("<a ", in: text) == count("</a>", in: text))
        }
    }

    private var trend: TrendChart {
        TrendChart(
            title: "达标率", unit: .percent,
            points: [
                (date("2016-09-30"), 0.5), (date("2015-03-31"), 0.2), (date("2015-09-30"), 0.3),
                (date("2016-03-31"), nil),
            ], milestones: [(date("2016-12-31"), 0.7), (date("2015-12-31"), 0.4)], target: 0.85,
            projection: [(date("2017-12-31"), 0.8)])
    }

    @Test func `the line of a trend breaks where nothing is known`() {
        #expect(trend.knownRuns.map { $0.map(\.value) } == [[0.2, 0.3], [0.5]])
        let text = trend.html.text
        #expect(count(#"<path class="trend-line""#, in: text) == 2, "one stretch in the picture, one in the legend")
        #expect(count(#"<circle class="trend-point""#, in: text) == 3)
        #expect(text.contains("<tr><td>2016-03-31</td><td class=\"num\">无数据</td><td class=\"num\">—</td>"))
    }

    @Test func `target and projection are dashed and named`() {
        let text = trend.html.text
        #expect(text.contains(#"class="target-line" fill="none" stroke="currentColor" stroke-dasharray="6 4""#))
        #expect(text.contains(#"class="projection-line" fill="none" stroke="currentColor" stroke-dasharray="3 4""#))
        #expect(text.contains("目标 85%") && text.contains("按目前进度 2017-12-31 达到 80.00%"))
    }

    @Test func `a trend without any point, or with one day, is still a picture`() {
        let empty = TrendChart(title: "空", unit: "所", points: []).html.text
        #expect(empty.contains("无数据") && empty.contains("共0个时点"))
        let single = TrendChart(title: "一天", unit: "所", points: [(date("2015-09-30"), 12)]).html.text
        #expect(single.contains("2015-09-30：12所") && !single.contains("nan"))
    }

    private var histogram: Histogram {
        Histogram(
            title: "班均带宽", unit: "所",
            bins: [.init("0–4", count: 12, tone: .bad, url: "/x"), .init("4–10", count: 30, tone: .ok)],
            threshold: (1, "班均 4M"))
    }

    @Test func `a histogram counts and marks its threshold between the bins`() {
        let text = histogram.html.text
        #expect(text.contains("班均带宽，共42所；最多在4–10，30所；达标30所；未达标12所；班均 4M"))
        #expect(text.contains(#"class="bar-bad""#) && text.contains("M380 20L380 248"))
        #expect(Histogram(title: "空", unit: "所", bins: []).html.text.contains("共0所"))
    }

    private func scatter(count: Int) -> ScatterChart {
        let points = (0..<count).map { number in
            ScatterChart.Point(
                x: Double(number % 40 + 1), y: number.isMultiple(of: 3) ? nil : 20, label: "学校\(number)",
                tone: number.isMultiple(of: 3) ? .bad : .warn, url: "/schools/\(number)")
        }
        let rules: [ScatterChart.Rule] = [.perX(4, label: "班均 4M"), .constant(30, label: "中学 30M")]
        return ScatterChart(title: "带宽", xLabel: "班级数", yLabel: "带宽", points: points, rules: rules)
    }

    @Test func `schools without line stand on their own strip`() {
        let text = scatter(count: 4).html.text
        #expect(count(#"y="358" width="8" height="8""#, in: text) == 2)
        #expect(text.contains("<title>学校0，班级数 1，带宽 未接入，都未达标</title>"))
        #expect(text.contains("未接入2个") && text.contains("规则线：班均 4M、中学 30M"))
    }

    @Test func `both rules are drawn, each in its own way`() {
        let text = scatter(count: 4).html.text
        #expect(count(#"class="rule-line-a""#, in: text) == 2 && count(#"class="rule-line-b""#, in: text) == 2)
    }

    @Test func `hundreds of points do not trap the keyboard, and the table has their links`() {
        let many = scatter(count: 412).html.text
        #expect(count(#"tabindex="-1""#, in: many) == 412)
        #expect(count(#"<td><a href="/schools/"#, in: many) == 412)
        #expect(!scatter(count: 4).html.text.contains(#"tabindex="-1""#))
    }

    @Test func `more points than the limit are counted, not drawn`() {
        let text = scatter(count: 512).html.text
        #expect(text.contains("只画出前500个，另有12个未画"))
        #expect(!text.contains("学校505"))
    }
}
