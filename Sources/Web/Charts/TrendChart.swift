import Kernel

/// A value over time with the way it should go: a broken line where nothing is known, milestones as steps, the target
/// and the projection at the current pace dashed.
package struct TrendChart: Sendable {
    let title: String
    let unit: ChartUnit
    let points: [(date: LocalDate, value: Double?)]
    let milestones: [(date: LocalDate, value: Double)]
    let target: Double?
    let projection: [(date: LocalDate, value: Double)]

    /// Points, milestones and projection in any order; they are sorted by date.
    package init(
        title: String, unit: ChartUnit, points: [(LocalDate, Double?)], milestones: [(LocalDate, Double)] = [],
        target: Double? = nil, projection: [(LocalDate, Double)]? = nil
    ) {
        (self.title, self.unit, self.target) = (title, unit, target)
        self.points = points.map { (date: $0.0, value: $0.1) }.sorted { $0.date < $1.date }
        self.milestones = milestones.map { (date: $0.0, value: $0.1) }.sorted { $0.date < $1.date }
        self.projection = (projection ?? []).map { (date: $0.0, value: $0.1) }.sorted { $0.date < $1.date }
    }

    private static let height = 300.0
    private static let left = 58.0
    private static let right = Drawing.width - 24
    private static let top = 16.0
    private static let bottom = height - 32

    package var html: HTML {
        let known = points.compactMap(\.value) + milestones.map(\.value) + projection.map(\.value)
        let ticks = unit.ticks(for: known + (target.map { [$0] } ?? []))
        let y = ChartScale(ticks: ticks, from: TrendChart.bottom, to: TrendChart.top)
        let dates = (points.map(\.date) + milestones.map(\.date) + projection.map(\.date)).sorted()
        let drawing: HTML
        if let first = dates.first, let last = dates.last {
            let end = max(last, first.adding(days: 1))
            let days = [Double(first.daysSince1970), Double(end.daysSince1970)]
            let x = ChartScale(ticks: days, from: TrendChart.left + 12, to: TrendChart.right - 12)
            let place = { (date: LocalDate) in x(Double(date.daysSince1970)) }
            drawing = axes(ticks, y, first: first, last: end, place) + lines(y, place)
        } else {
            drawing = Drawing.text("无数据", x: Drawing.width / 2, y: 150, class: "label", anchor: .middle)
        }
        return ChartFigure(
            title: title, note: unit.name.isEmpty ? "" : "单位：\(unit.name)", summary: summary,
            height: TrendChart.height, drawing: drawing, hasLinks: false, legend: legend,
            columns: [("日期", false), ("实际", true), ("里程碑", true), ("推算", true)], rows: dataRows
        ).html
    }

    private func axes(
        _ ticks: [Double], _ y: ChartScale, first: LocalDate, last: LocalDate, _ place: (LocalDate) -> Double
    ) -> HTML {
        var markup: HTML = ""
        for tick in ticks {
            let name = tick == ticks.first ? "axis" : "grid"
            markup += Drawing.line(TrendChart.left, y(tick), TrendChart.right, y(tick), class: name)
            markup += Drawing.text(unit.tick(tick), x: TrendChart.left - 8, y: y(tick) + 5, class: "tick", anchor: .end)
        }
        var days = AxisTicks.months(from: first, to: last)
        if days.isEmpty { days = [first] }
        let isYearly = days.allSatisfy { $0.month == 1 && $0.day == 1 } && days.count > 1
        for day in days {
            let text = isYearly ? "\(day.year)年" : days.count > 1 ? String(day.iso.prefix(7)) : day.iso
            let x = min(TrendChart.right - 28, max(TrendChart.left + 28, place(day)))
            markup += Drawing.line(place(day), TrendChart.bottom, place(day), TrendChart.bottom + 5, class: "axis")
            markup += Drawing.text(text, x: x, y: TrendChart.bottom + 22, class: "tick", anchor: .middle)
        }
        return markup
    }

    private func lines(_ y: ChartScale, _ place: (LocalDate) -> Double) -> HTML {
        var markup: HTML = ""
        if let target {
            let line = [(x: TrendChart.left, y: y(target)), (x: TrendChart.right, y: y(target))]
            markup += Drawing.path(line, class: "target-line", dashes: "6 4")
        }
        markup += Drawing.path(steps(y, place), class: "milestone-line")
        for milestone in milestones {
            let title = "里程碑 \(milestone.date.iso)：\(unit.text(milestone.value))"
            let x = place(milestone.date), y = y(milestone.value)
            let diamond: HTML = #"<path class="milestone-point" d="M\#(at: x) \#(at: y - 5)l5 5-5 5-5-5z"/>"#
            markup += Drawing.part(url: nil, title: title, diamond)
        }
        let joined = lastKnown(before: projection.first?.date).map { [$0] } ?? []
        let future = (joined + projection).map { (x: place($0.date), y: y($0.value)) }
        markup += Drawing.path(future, class: "projection-line", dashes: "3 4")
        for run in knownRuns {
            markup += Drawing.path(run.map { (x: place($0.date), y: y($0.value)) }, class: "trend-line")
        }
        for case (let date, let value?) in points {
            let point: HTML = #"<circle class="trend-point" cx="\#(at: place(date))" cy="\#(at: y(value))" r="4"/>"#
            markup += Drawing.part(url: nil, title: "\(date.iso)：\(unit.text(value))", point)
        }
        return markup
    }

    /// The value due at a milestone stays due until the next one.
    private func steps(_ y: ChartScale, _ place: (LocalDate) -> Double) -> [(x: Double, y: Double)] {
        var corners: [(x: Double, y: Double)] = []
        for milestone in milestones {
            let x = place(milestone.date)
            if let before = corners.last { corners.append((x, before.y)) }
            corners.append((x, y(milestone.value)))
        }
        if let last = corners.last { corners.append((TrendChart.right, last.y)) }
        return corners
    }

    /// Stretches of points without a gap between them.
    var knownRuns: [[(date: LocalDate, value: Double)]] {
        var runs: [[(date: LocalDate, value: Double)]] = [[]]
        for point in points {
            if let value = point.value {
                runs[runs.count - 1].append((point.date, value))
            } else if !runs[runs.count - 1].isEmpty {
                runs.append([])
            }
        }
        return runs.filter { !$0.isEmpty }
    }

    private func lastKnown(before date: LocalDate?) -> (date: LocalDate, value: Double)? {
        guard let date else { return nil }
        for case (let day, let value?) in points.reversed() where day < date { return (day, value) }
        return nil
    }

    private var legend: [(swatch: HTML, text: String)] {
        var entries = [(swatch: ChartFigure.swatch(line: "trend-line"), text: "实际")]
        if !milestones.isEmpty { entries.append((ChartFigure.swatch(line: "milestone-line"), "里程碑")) }
        if let target {
            entries.append((ChartFigure.swatch(line: "target-line", dashes: "6 4"), "目标 \(unit.short(target))"))
        }
        if !projection.isEmpty {
            entries.append((ChartFigure.swatch(line: "projection-line", dashes: "3 4"), "按目前进度推算"))
        }
        return entries
    }

    private var dataRows: [[HTML]] {
        let dates = Set(points.map(\.date) + milestones.map(\.date) + projection.map(\.date)).sorted()
        return dates.map { date in
            let actual = points.last { $0.date == date }.map { unit.text($0.value) } ?? "—"
            let milestone = milestones.last { $0.date == date }.map { unit.text($0.value) } ?? "—"
            let projected = projection.last { $0.date == date }.map { unit.text($0.value) } ?? "—"
            return [date.iso, actual, milestone, projected].map { HTML(text: $0) }
        }
    }

    private var summary: String {
        let known = points.compactMap { point in point.value.map { (point.date, $0) } }
        var parts = ["\(title)，共\(points.count)个时点"]
        if let first = known.first { parts.append("\(first.0.iso) 为 \(unit.text(first.1))") }
        if let last = known.last, known.count > 1 { parts.append("\(last.0.iso) 为 \(unit.text(last.1))") }
        if known.count < points.count { parts.append("\(points.count - known.count)个时点无数据") }
        if let target { parts.append("目标 \(unit.short(target))") }
        if let end = projection.last { parts.append("按目前进度 \(end.date.iso) 达到 \(unit.text(end.value))") }
        return parts.joined(separator: "；")
    }
}
