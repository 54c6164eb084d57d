/// Horizontal bars that compare organisations. Who has no value gets a hatched band and 无数据, never a bar of zero.
package struct BarChart: Sendable {
    package struct Bar: Sendable {
        package let label: String
        /// In the chart's unit; `nil` is 无数据.
        package let value: Double?
        package let tone: Tone
        /// What the value was computed from, `31/32 间`; empty for nothing.
        package let note: String
        package let url: String?

        package init(_ label: String, value: Double?, tone: Tone = .info, note: String = "", url: String? = nil) {
            (self.label, self.value, self.tone, self.note, self.url) = (label, value, tone, note, url)
        }

        /// No data is neither good nor bad, whatever the caller thinks.
        var shownTone: Tone { value == nil ? .muted : tone }
    }

    let title: String
    let unit: ChartUnit
    let bars: [Bar]
    let target: (value: Double, label: String)?
    let betterIsLower: Bool

    package init(
        title: String, unit: ChartUnit, bars: [Bar], target: (value: Double, label: String)? = nil,
        betterIsLower: Bool = false
    ) {
        (self.title, self.unit, self.bars, self.target) = (title, unit, bars, target)
        self.betterIsLower = betterIsLower
    }

    private static let rowHeight = 32.0
    private static let top = 26.0
    private static let valueColumn = 96.0
    private static let widestLabel = 230.0

    package var html: HTML {
        let bottom = BarChart.top + Double(bars.count) * BarChart.rowHeight
        let ticks = unit.ticks(for: bars.compactMap(\.value) + (target.map { [$0.value] } ?? []))
        let left = min(BarChart.widestLabel, max(60, bars.map { Drawing.width(of: $0.label) }.max() ?? 0)) + 12
        let scale = ChartScale(ticks: ticks, from: left, to: Drawing.width - BarChart.valueColumn)
        var drawing = axis(ticks, scale, bottom: bottom)
        for (index, bar) in bars.enumerated() {
            let y = BarChart.top + Double(index) * BarChart.rowHeight
            drawing += Drawing.part(url: bar.url, title: explanation(bar), row(bar, y: y, left: left, scale))
        }
        if let target { drawing += targetLine(target, scale, left: left, bottom: bottom) }
        let direction = betterIsLower ? "，越低越好" : ""
        return ChartFigure(
            title: title, note: (unit.name.isEmpty ? "" : "单位：\(unit.name)") + direction, summary: summary,
            height: bottom + 28, drawing: drawing, hasLinks: bars.contains { $0.url != nil }, legend: legend,
            columns: [("名称", false), ("数值", true), ("状态", false), ("说明", false)], rows: bars.map(dataRow)
        ).html
    }

    private func axis(_ ticks: [Double], _ scale: ChartScale, bottom: Double) -> HTML {
        var markup: HTML = ""
        for tick in ticks {
            let x = scale(tick)
            markup += Drawing.line(x, BarChart.top, x, bottom, class: tick == 0 ? "axis" : "grid")
            markup += Drawing.text(unit.tick(tick), x: x, y: bottom + 19, class: "tick", anchor: .middle)
        }
        return markup
    }

    private func row(_ bar: Bar, y: Double, left: Double, _ scale: ChartScale) -> HTML {
        let middle = y + BarChart.rowHeight / 2
        let right = Drawing.width - BarChart.valueColumn
        let label = Drawing.shortened(bar.label, to: BarChart.widestLabel)
        var markup = Drawing.text(label, x: left - 10, y: middle + 5, class: "label", anchor: .end)
        if let value = bar.value {
            let start = scale(0), end = scale(value)
            markup += Drawing.rectangle(
                x: min(start, end), y: y + 6, width: abs(end - start), height: 20, class: Drawing.barClass(bar.tone))
            if bar.tone != .info { markup += Drawing.mark(bar.tone, x: right + 14, y: middle) }
        } else {
            markup += Drawing.rectangle(x: left, y: y + 6, width: right - left, height: 20, class: "bar-none")
            markup += Drawing.hatch(x: left, y: y + 6, width: right - left, height: 20)
        }
        return markup
            + Drawing.text(unit.text(bar.value), x: Drawing.width - 4, y: middle + 5, class: "label", anchor: .end)
    }

    private func targetLine(
        _ target: (value: Double, label: String), _ scale: ChartScale, left: Double, bottom: Double
    ) -> HTML {
        let x = scale(target.value)
        let half = Drawing.width(of: target.label) / 2
        let center = min(Drawing.width - half - 4, max(half + 4, x))
        return Drawing.path([(x, BarChart.top - 6), (x, bottom)], class: "target-line", dashes: "6 4")
            + Drawing.text(target.label, x: center, y: 14, class: "label", anchor: .middle)
    }

    private func explanation(_ bar: Bar) -> String {
        let state = ChartWords.state(bar.shownTone)
        let parts = ["\(bar.label)：\(unit.text(bar.value))", bar.value == nil ? "" : state, bar.note]
        return parts.filter { !$0.isEmpty }.joined(separator: "，")
    }

    private func dataRow(_ bar: Bar) -> [HTML] {
        [
            ChartFigure.name(bar.label, url: bar.url), HTML(text: unit.text(bar.value)),
            HTML(text: ChartWords.state(bar.shownTone)), HTML(text: bar.note),
        ]
    }

    private var legend: [(swatch: HTML, text: String)] {
        var entries: [(swatch: HTML, text: String)] = []
        for tone in [Tone.ok, .warn, .bad] where bars.contains(where: { $0.shownTone == tone }) {
            entries.append((Drawing.mark(tone, x: 14, y: 7), ChartWords.state(tone)))
        }
        if bars.contains(where: { $0.value == nil }) {
            entries.append((Drawing.hatch(x: 0, y: 0, width: 28, height: 14), "无数据"))
        }
        if let target { entries.append((ChartFigure.swatch(line: "target-line", dashes: "6 4"), target.label)) }
        return entries
    }

    private var summary: String {
        let known = bars.compactMap { bar in bar.value.map { (bar.label, $0) } }
        var parts = ["\(title)，共\(bars.count)项"]
        if let target { parts.append(target.label) }
        for tone in [Tone.ok, .warn, .bad] {
            let count = bars.count { $0.shownTone == tone }
            if count > 0 { parts.append("\(ChartWords.state(tone))\(count)项") }
        }
        if known.count < bars.count { parts.append("无数据\(bars.count - known.count)项") }
        if let high = known.max(by: { $0.1 < $1.1 }), let low = known.min(by: { $0.1 < $1.1 }), known.count > 1 {
            parts.append("最高\(high.0) \(unit.text(high.1))")
            parts.append("最低\(low.0) \(unit.text(low.1))")
        }
        return parts.joined(separator: "；")
    }
}
