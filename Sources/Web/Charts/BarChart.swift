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

    /// A row is a line of text above its bar, so that both have the whole width, on a phone too.
    private static let rowHeight = 48.0
    private static let top = 26.0
    private static let widestLabel = 230.0
    private static let markColumn = 16.0

    package var html: HTML {
        let bottom = BarChart.top + Double(bars.count) * BarChart.rowHeight
        let ticks = unit.ticks(for: bars.compactMap(\.value) + (target.map { [$0.value] } ?? []))
        let scale = ChartScale(ticks: ticks, from: 0, to: 100)
        var drawing = axis(ticks, scale, bottom: bottom)
        for (index, bar) in bars.enumerated() {
            let y = BarChart.top + Double(index) * BarChart.rowHeight
            drawing += Drawing.part(url: bar.url, title: explanation(bar), row(bar, y: y, scale))
        }
        if let target { drawing += targetLine(target, scale, bottom: bottom) }
        let direction = betterIsLower ? "，越低越好" : ""
        return ChartFigure(
            title: title, note: (unit.name.isEmpty ? "" : "单位：\(unit.name)") + direction, summary: summary,
            height: bottom + 28, isFluid: true, drawing: drawing, hasLinks: bars.contains { $0.url != nil },
            legend: legend, columns: [("名称", false), ("数值", true), ("状态", false), ("说明", false)],
            rows: bars.map(dataRow)
        ).html
    }

    private func axis(_ ticks: [Double], _ scale: ChartScale, bottom: Double) -> HTML {
        var markup: HTML = ""
        for tick in ticks {
            let share = scale(tick)
            let name = tick == 0 ? "axis" : "grid"
            markup += Drawing.upright(share, BarChart.top, bottom, class: name)
            markup += Drawing.text(
                unit.tick(tick), share: share, y: bottom + 19, class: "tick", anchor: Drawing.anchor(at: share))
        }
        return markup
    }

    private func row(_ bar: Bar, y: Double, _ scale: ChartScale) -> HTML {
        let hasMark = bar.value != nil && bar.tone != .info
        let label = Drawing.shortened(bar.label, to: BarChart.widestLabel)
        var markup = Drawing.text(label, x: hasMark ? BarChart.markColumn : 0, y: y + 19, class: "label")
        if hasMark { markup += Drawing.mark(bar.tone, x: 6, y: y + 14) }
        if let value = bar.value {
            let start = scale(0), end = scale(value)
            markup += Drawing.rectangle(
                share: min(start, end), y: y + 26, width: abs(end - start), height: 14,
                class: Drawing.barClass(bar.tone))
        } else {
            markup += Drawing.rectangle(share: 0, y: y + 26, width: 100, height: 14, class: "bar-none")
            markup += Drawing.fluidHatch(y: y + 26, height: 14)
        }
        return markup + Drawing.text(unit.text(bar.value), share: 100, y: y + 19, class: "label", anchor: .end)
    }

    private func targetLine(
        _ target: (value: Double, label: String), _ scale: ChartScale, bottom: Double
    ) -> HTML {
        let share = scale(target.value)
        let anchor: Drawing.Anchor = share < 50 ? .start : .end
        return Drawing.upright(share, BarChart.top - 6, bottom, class: "target-line", dashes: "6 4")
            + Drawing.text(target.label, share: share, y: 14, class: "label", anchor: anchor)
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
