#if canImport(Glibc)
    import Glibc
#endif

/// Schools as points of two quantities, the vertical one on a logarithmic axis, with the rules they are measured by.
/// Points without a positive second quantity stand on a strip of their own below the axis.
package struct ScatterChart: Sendable {
    package struct Point: Sendable {
        package let x: Double
        /// `nil` or zero: on the strip.
        package let y: Double?
        package let label: String
        package let tone: Tone
        package let url: String?

        package init(x: Double, y: Double?, label: String, tone: Tone, url: String? = nil) {
            (self.x, self.y, self.label, self.tone, self.url) = (x, y, label, tone, url)
        }

        var height: Double? { y.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } }
    }

    /// A straight rule, y = slope · x + intercept.
    package struct Rule: Sendable {
        let label: String
        let slope: Double
        let intercept: Double

        /// So much for each of x: `班均4M`.
        package static func perX(_ slope: Double, label: String) -> Rule {
            Rule(label: label, slope: slope, intercept: 0)
        }
        /// The same for everybody: `校均30M`.
        package static func constant(_ value: Double, label: String) -> Rule {
            Rule(label: label, slope: 0, intercept: value)
        }

        func value(at x: Double) -> Double { slope * x + intercept }
        var lineClass: String { slope == 0 ? "rule-line-b" : "rule-line-a" }
        var dashes: String? { slope == 0 ? "6 4" : nil }
    }

    /// What the marks mean: met in every rule, in some, in none.
    package struct ToneNames: Sendable {
        let ok: String, half: String, bad: String
        package init(ok: String = "两项都达标", half: String = "一项达标", bad: String = "都未达标") {
            (self.ok, self.half, self.bad) = (ok, half, bad)
        }
    }

    /// More points than this are neither drawn nor listed; the caption says so.
    package static let limit = 500

    let title: String
    let xLabel: String
    let yLabel: String
    let points: [Point]
    let leftOut: Int
    let rules: [Rule]
    let toneNames: ToneNames
    let missingLabel: String

    /// `missingLabel` names the strip of points without a second quantity.
    package init(
        title: String, xLabel: String, yLabel: String, points: [Point], rules: [Rule] = [],
        toneNames: ToneNames = ToneNames(), missingLabel: String = "未接入"
    ) {
        (self.title, self.xLabel, self.yLabel, self.rules) = (title, xLabel, yLabel, rules)
        (self.toneNames, self.missingLabel) = (toneNames, missingLabel)
        self.points = Array(points.prefix(ScatterChart.limit))
        leftOut = max(0, points.count - ScatterChart.limit)
    }

    private static let height = 430.0
    private static let left = 62.0
    private static let widestRule = 180.0
    private static let top = 34.0
    private static let bottom = 330.0
    private static let strip = 362.0
    /// Beyond so many links the keyboard takes the table's.
    private static let mostTabStops = 40

    package var html: HTML {
        let xTicks = AxisTicks.round(from: 0, to: max(1, points.map(\.x).filter(\.isFinite).max() ?? 1), count: 8)
        let yTicks = heightTicks
        let x = ChartScale(ticks: xTicks, from: ScatterChart.left, to: right)
        let y = ChartScale(ticks: yTicks, from: ScatterChart.bottom, to: ScatterChart.top, isLogarithmic: true)
        let isTabStop = points.count <= ScatterChart.mostTabStops
        var drawing = axes(xTicks, x, yTicks, y) + ruleLines(end: xTicks.last ?? 1, x, y, lowest: yTicks.first ?? 1)
        for point in points {
            let height = point.height.map { y($0) } ?? ScatterChart.strip
            drawing += Drawing.part(
                url: point.url, title: explanation(point), isTabStop: isTabStop,
                Drawing.mark(point.tone, x: x(point.x), y: height))
        }
        return ChartFigure(
            title: title, note: leftOut > 0 ? "只画出前\(points.count)个，另有\(leftOut)个未画" : "", summary: summary,
            height: ScatterChart.height, drawing: drawing, hasLinks: points.contains { $0.url != nil }, legend: legend,
            columns: [("名称", false), (xLabel, true), (yLabel, true), ("状态", false)], rows: points.map(dataRow)
        ).html
    }

    /// The plot ends where the labels of the rules begin.
    private var right: Double {
        let widest = rules.map { Drawing.width(of: $0.label) }.max() ?? 0
        return Drawing.width - max(24, min(ScatterChart.widestRule, widest) + 10)
    }

    private var heightTicks: [Double] {
        let end = points.map(\.x).filter(\.isFinite).max() ?? 1
        let ruled = rules.flatMap { [$0.value(at: 1), $0.value(at: max(1, end))] }
        let positive = (points.compactMap(\.height) + ruled).filter { $0.isFinite && $0 > 0 }
        return AxisTicks.logarithmic(from: positive.min() ?? 1, to: positive.max() ?? 10)
    }

    private func axes(_ xTicks: [Double], _ x: ChartScale, _ yTicks: [Double], _ y: ChartScale) -> HTML {
        let (left, bottom, strip) = (ScatterChart.left, ScatterChart.bottom, ScatterChart.strip)
        var markup = Drawing.text(yLabel, x: 4, y: 14, class: "label")
        for tick in yTicks {
            markup += Drawing.line(left, y(tick), right, y(tick), class: tick == yTicks.first ? "axis" : "grid")
            let text = NumberText.trimmed(tick, places: 6)
            markup += Drawing.text(text, x: left - 8, y: y(tick) + 5, class: "tick", anchor: .end)
        }
        markup += Drawing.line(left, strip, right, strip, class: "grid")
        markup += Drawing.text(missingLabel, x: left - 8, y: strip + 5, class: "tick", anchor: .end)
        for tick in xTicks {
            markup += Drawing.line(x(tick), ScatterChart.top, x(tick), bottom, class: tick == 0 ? "axis" : "grid")
            let text = NumberText.trimmed(tick, places: 6)
            markup += Drawing.text(text, x: x(tick), y: strip + 28, class: "tick", anchor: .middle)
        }
        return markup
            + Drawing.text(xLabel, x: (left + right) / 2, y: ScatterChart.height - 14, class: "label", anchor: .middle)
    }

    /// A straight rule is a curve on a logarithmic axis: it is drawn through samples, from where it enters the picture.
    private func ruleLines(end: Double, _ x: ChartScale, _ y: ChartScale, lowest: Double) -> HTML {
        var markup: HTML = ""
        for rule in rules {
            let start = rule.slope > 0 ? max(0, (lowest - rule.intercept) / rule.slope) : 0
            let steps = rule.slope == 0 ? 1 : 60
            let samples = (0...steps).map { start + (end - start) * pow(Double($0) / Double(steps), 2) }
            let line = samples.compactMap { sample -> (x: Double, y: Double)? in
                let value = rule.value(at: sample)
                return value > 0 ? (x(sample), y(max(lowest, value))) : nil
            }
            markup += Drawing.path(line, class: rule.lineClass, dashes: rule.dashes)
        }
        for (rule, place) in labelPlaces(end: end, y) {
            let label = Drawing.shortened(rule.label, to: ScatterChart.widestRule)
            markup += Drawing.text(label, x: right + 6, y: place + 5, class: "label")
        }
        return markup
    }

    /// Labels stand at the right end of their lines, moved apart where they would overlap.
    private func labelPlaces(end: Double, _ y: ChartScale) -> [(rule: Rule, place: Double)] {
        let shown = rules.filter { $0.value(at: end) > 0 }
        var places = shown.map { (rule: $0, place: y($0.value(at: end))) }.sorted { $0.place < $1.place }
        for index in places.indices.dropFirst() {
            places[index].place = max(places[index].place, places[index - 1].place + 17)
        }
        return places
    }

    private func name(_ tone: Tone) -> String {
        switch tone {
        case .ok: toneNames.ok
        case .warn: toneNames.half
        case .bad: toneNames.bad
        case .muted: "无数据"
        case .info: ""
        }
    }

    private func height(_ point: Point) -> String {
        point.height.map { NumberText.trimmed($0, places: 2) } ?? missingLabel
    }

    private func explanation(_ point: Point) -> String {
        let parts = [
            point.label, "\(xLabel) \(NumberText.trimmed(point.x, places: 2))", "\(yLabel) \(height(point))",
            name(point.tone),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "，")
    }

    private func dataRow(_ point: Point) -> [HTML] {
        [
            ChartFigure.name(point.label, url: point.url), HTML(text: NumberText.trimmed(point.x, places: 2)),
            HTML(text: height(point)), HTML(text: name(point.tone)),
        ]
    }

    private var legend: [(swatch: HTML, text: String)] {
        var entries: [(swatch: HTML, text: String)] = []
        for tone in [Tone.ok, .warn, .bad, .muted] where points.contains(where: { $0.tone == tone }) {
            entries.append((Drawing.mark(tone, x: 14, y: 7), name(tone)))
        }
        for rule in rules {
            entries.append((ChartFigure.swatch(line: rule.lineClass, dashes: rule.dashes), rule.label))
        }
        return entries
    }

    private var summary: String {
        var parts = ["\(title)，横轴\(xLabel)，纵轴\(yLabel)（对数刻度），共\(points.count)个点"]
        for tone in [Tone.ok, .warn, .bad] {
            let count = points.count { $0.tone == tone }
            if count > 0 { parts.append("\(name(tone))\(count)个") }
        }
        let missing = points.count { $0.height == nil }
        if missing > 0 { parts.append("\(missingLabel)\(missing)个") }
        if !rules.isEmpty { parts.append("规则线：" + rules.map(\.label).joined(separator: "、")) }
        return parts.joined(separator: "；")
    }
}
