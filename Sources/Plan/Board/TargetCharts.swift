import Contracts
import Directory
import Kernel
import Web

/// The pictures of one target.
struct TargetCharts: Sendable {
    let target: BoardTarget
    let way: BoardFigures.Way
    let question: PlanPages.Question

    private var figures: BoardFigures { question.figures }
    private var title: String { target.definition.title }

    private static func unit(_ unit: FigureUnit) -> ChartUnit {
        if case .number(let name) = unit { ChartUnit(name) } else { .percent }
    }

    /// The parts of the place side by side; `extra` is a figure from outside the viewer's scope, such as the city's.
    func comparison(_ units: [BoardUnit], _ figure: TargetFigure, extra: BarChart.Bar? = nil) -> BarChart {
        let bars = units.map { unit in
            BarChart.Bar(
                unit.title, value: unit.figure.value, tone: unit.figure.status.tone, note: parts(unit.figure),
                url: unit.organisation.map { question.url(RailPages.path(target), [("organisation", $0.id.rawValue)]) })
        }
        let own = BarChart.Bar(figures.place.name, value: figure.value, tone: figure.status.tone, note: parts(figure))
        return BarChart(
            title: title, unit: TargetCharts.unit(figure.unit), bars: [own] + bars + (extra.map { [$0] } ?? []),
            target: figure.goal.map { ($0, "目标 " + figure.goalText) }, betterIsLower: figure.comparison == .atMost)
    }

    private func parts(_ figure: TargetFigure) -> String {
        guard figure.schools > 0 else { return figure.note ?? "" }
        let numbers = FigureText.number(figure.numerator) + "/" + FigureText.number(figure.denominator)
        return way.reading.measure == .ratioOfSums
            ? "\(numbers)（\(way.indicator.numerator)/\(way.indicator.denominator)）" : "\(numbers) 所"
    }

    // MARK: Distribution

    /// Schools by their own value; `nil` where the question is one of yes or no, or nothing is known.
    func distribution(_ results: BoardFigures.Results) -> Histogram? {
        guard let threshold = way.reading.threshold, threshold > 0 else { return nil }
        let values = results.compactMap(\.result.value)
        let isQuestion = results.allSatisfy { item in
            if case .value(_, let whole) = item.result.figure { return whole == 1 && way.indicator.unit.isEmpty }
            return true
        }
        guard !values.isEmpty, !isQuestion else { return nil }
        let isLower = way.reading.comparison == .atMost
        let edges = self.edges(threshold)
        var bins = (0..<edges.count).map { index -> Histogram.Bin in
            let low = edges[index], high = index + 1 < edges.count ? edges[index + 1] : nil
            let count = values.count { value in
                isLower
                    ? (value > low || value == 0 && low == 0) && value <= high ?? .infinity
                    : value >= low && value < high ?? .infinity
            }
            let isGood = isLower ? (high ?? .infinity) <= threshold + 1e-9 : low >= threshold - 1e-9
            return Histogram.Bin(label(low, high), count: count, tone: isGood ? .ok : .bad)
        }
        let without = results.count { $0.result.value == nil && $0.result.passes == false }
        if without > 0 { bins.append(Histogram.Bin("无\(way.indicator.denominator)", count: without, tone: .bad)) }
        let line = edges.firstIndex { $0 >= threshold - 1e-9 } ?? 0
        return Histogram(
            title: "学校按\(way.indicator.name)分布", unit: "所", bins: bins,
            threshold: (line, FigureText.sign(way.reading.comparison) + " " + text(threshold)))
    }

    /// Lower ends of the ranges; one of them is the threshold.
    private func edges(_ threshold: Double) -> [Double] {
        let below = [0, 0.25, 0.5, 0.75, 1].map { $0 * threshold }
        if way.indicator.unit.isEmpty { return threshold < 1 ? below + [(1 + threshold) / 2, 1] : below }
        return below + [1.5, 2, 3].map { $0 * threshold }
    }

    private func label(_ low: Double, _ high: Double?) -> String {
        guard let high else { return way.indicator.unit.isEmpty ? text(low) : text(low) + "以上" }
        return text(low) + "–" + text(high)
    }

    private func text(_ value: Double) -> String {
        way.indicator.unit.isEmpty ? FigureText.number(value * 100) + "%" : FigureText.number(value)
    }

    // MARK: Course

    func trend(_ course: TargetCourse, _ unit: FigureUnit) -> TrendChart {
        let isShare = if case .number = unit { false } else { true }
        return TrendChart(
            title: "\(title)的变化", unit: TargetCharts.unit(unit), points: course.points.map { ($0.date, $0.value) },
            milestones: figures.place.kind.isSchool ? [] : course.milestones.map { ($0.date, $0.value) },
            target: course.goal, projection: course.projection(isShare: isShare))
    }

    // MARK: Bandwidth against classes

    private static let bandwidths: Set<String> = ["access-bandwidth", "egress-per-class", "egress-per-class-all"]

    /// The schools of a bandwidth target with both rules; `nil` for other targets.
    func bandwidth(_ results: BoardFigures.Results) -> ScatterChart? {
        guard TargetCharts.bandwidths.contains(way.indicator.id) else { return nil }
        var points: [ScatterChart.Point] = [], constants: Set<Double> = [], slopes: Set<Double> = []
        for item in results {
            guard let verdict = figures.context.board.bandwidth(of: item.school.id, view: way.view),
                let classes = figures.context.board.classes(of: item.school.id)
            else { continue }
            if let needs = verdict.perSchool?.needs { constants.insert(needs) }
            if let needs = verdict.perClass?.needs, classes > 0 {
                slopes.insert((needs / classes * 100).rounded() / 100)
            }
            let has = verdict.perSchool?.has ?? verdict.perClass?.has
            points.append(
                ScatterChart.Point(
                    x: classes, y: has, label: item.school.name, tone: TargetCharts.tone(verdict),
                    url: "/schools/\(item.school.id)"))
        }
        guard !points.isEmpty else { return nil }
        let rules =
            slopes.sorted().map { ScatterChart.Rule.perX($0, label: "班均 \(FigureText.number($0))M") }
            + constants.sorted().map { ScatterChart.Rule.constant($0, label: "校均 \(FigureText.number($0))M") }
        return ScatterChart(title: "带宽与班级数", xLabel: "班级数", yLabel: "带宽（Mbit/s）", points: points, rules: rules)
    }

    private static func tone(_ verdict: BandwidthVerdict) -> Tone {
        switch verdict.level {
        case 2: .ok
        case 1: .warn
        case 0: verdict.perClass?.passes == true ? .warn : .bad
        default: .muted
        }
    }
}

extension PlanBoard {
    /// Classes of a school as its bandwidth per class counts them; `nil` when not told.
    func classes(of school: OrganisationID) -> Double? {
        for indicator in ["egress-per-class", "egress-per-class-all"] {
            if case .value(_, let classes)? = figures[school]?[indicator] { return classes }
        }
        return nil
    }
}
