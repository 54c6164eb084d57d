/// How many fall into each range: columns side by side, with a line where the threshold lies.
package struct Histogram: Sendable {
    package struct Bin: Sendable {
        package let label: String
        package let count: Int
        package let tone: Tone
        package let url: String?

        package init(_ label: String, count: Int, tone: Tone = .info, url: String? = nil) {
            (self.label, self.count, self.tone, self.url) = (label, count, tone, url)
        }
    }

    let title: String
    let unit: ChartUnit
    let bins: [Bin]
    let threshold: (beforeBin: Int, label: String)?

    /// `unit` is what is counted, `所`. The threshold stands on the left edge of bin number `beforeBin`, counted from
    /// zero; the number of bins puts it at the far right.
    package init(title: String, unit: ChartUnit, bins: [Bin], threshold: (beforeBin: Int, label: String)? = nil) {
        (self.title, self.unit, self.bins, self.threshold) = (title, unit, bins, threshold)
    }

    private static let height = 280.0
    private static let left = 52.0
    private static let right = Drawing.width - 12
    private static let top = 40.0
    private static let bottom = height - 32

    package var html: HTML {
        let ticks = AxisTicks.round(from: 0, to: Double(max(5, bins.map(\.count).max() ?? 0)))
        let scale = ChartScale(ticks: ticks, from: Histogram.bottom, to: Histogram.top)
        var drawing: HTML = ""
        for tick in ticks {
            let y = scale(tick)
            drawing += Drawing.line(Histogram.left, y, Histogram.right, y, class: tick == 0 ? "axis" : "grid")
            let text = NumberText.trimmed(tick, places: 0)
            drawing += Drawing.text(text, x: Histogram.left - 8, y: y + 5, class: "tick", anchor: .end)
        }
        let widest = bins.map { Drawing.width(of: $0.label) + 6 }.max() ?? 0
        let labelEvery = max(1, Int((widest / binWidth).rounded(.up)))
        for (index, bin) in bins.enumerated() {
            let isLabelled = index.isMultiple(of: labelEvery)
            drawing += Drawing.part(
                url: bin.url, title: explanation(bin), column(bin, at: index, isLabelled: isLabelled, scale))
        }
        if let threshold { drawing += thresholdLine(threshold) }
        return ChartFigure(
            title: title, note: unit.name.isEmpty ? "" : "单位：\(unit.name)", summary: summary,
            height: Histogram.height, drawing: drawing, hasLinks: bins.contains { $0.url != nil }, legend: legend,
            columns: [("范围", false), ("数量", true), ("状态", false)], rows: bins.map(dataRow)
        ).html
    }

    private var binWidth: Double { (Histogram.right - Histogram.left) / Double(max(1, bins.count)) }

    private func edge(_ index: Int) -> Double {
        Histogram.left + binWidth * Double(min(bins.count, max(0, index)))
    }

    private func column(_ bin: Bin, at index: Int, isLabelled: Bool, _ scale: ChartScale) -> HTML {
        let gap = min(8, binWidth * 0.15)
        let middle = edge(index) + binWidth / 2
        let y = scale(Double(bin.count))
        var markup = Drawing.rectangle(
            x: edge(index) + gap / 2, y: y, width: binWidth - gap, height: Histogram.bottom - y,
            class: Drawing.barClass(bin.tone))
        let count = String(bin.count)
        if Drawing.width(of: count) <= binWidth {
            markup += Drawing.text(count, x: middle, y: y - 6, class: "label", anchor: .middle)
        }
        if isLabelled {
            markup += Drawing.text(bin.label, x: middle, y: Histogram.bottom + 20, class: "tick", anchor: .middle)
        }
        return markup
    }

    private func thresholdLine(_ threshold: (beforeBin: Int, label: String)) -> HTML {
        let x = edge(threshold.beforeBin)
        let half = Drawing.width(of: threshold.label) / 2
        let center = min(Drawing.width - half - 4, max(half + 4, x))
        return Drawing.path([(x, 20), (x, Histogram.bottom)], class: "target-line", dashes: "6 4")
            + Drawing.text(threshold.label, x: center, y: 14, class: "label", anchor: .middle)
    }

    private func explanation(_ bin: Bin) -> String {
        let state = ChartWords.state(bin.tone)
        return "\(bin.label)：\(unit.text(Double(bin.count)))" + (state.isEmpty ? "" : "，" + state)
    }

    private func dataRow(_ bin: Bin) -> [HTML] {
        [
            ChartFigure.name(bin.label, url: bin.url), HTML(text: String(bin.count)),
            HTML(text: ChartWords.state(bin.tone)),
        ]
    }

    private var legend: [(swatch: HTML, text: String)] {
        var entries: [(swatch: HTML, text: String)] = []
        for tone in [Tone.ok, .warn, .bad, .muted] where bins.contains(where: { $0.tone == tone }) {
            let swatch = Drawing.rectangle(x: 4, y: 1, width: 20, height: 12, class: Drawing.barClass(tone))
            entries.append((swatch, ChartWords.state(tone)))
        }
        if let threshold {
            entries.append((ChartFigure.swatch(line: "target-line", dashes: "6 4"), threshold.label))
        }
        return entries
    }

    private var summary: String {
        let total = bins.reduce(0) { $0 + $1.count }
        var parts = ["\(title)，共\(unit.text(Double(total)))"]
        if let most = bins.max(by: { $0.count < $1.count }), most.count > 0 {
            parts.append("最多在\(most.label)，\(unit.text(Double(most.count)))")
        }
        for tone in [Tone.ok, .warn, .bad, .muted] {
            let count = bins.filter { $0.tone == tone }.reduce(0) { $0 + $1.count }
            if count > 0 { parts.append("\(ChartWords.state(tone))\(unit.text(Double(count)))") }
        }
        if let threshold { parts.append(threshold.label) }
        return parts.joined(separator: "；")
    }
}
