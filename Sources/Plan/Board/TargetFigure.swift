import Contracts
import Directory
import Kernel

/// The figure of one organisation for one target, ready to be shown. For a school it is its own value held against what
/// is asked of each school; for all others the figure of everything below.
struct TargetFigure: Sendable {
    let status: TargetStatus
    let numerator: Double
    let denominator: Double
    /// In `unit`; `nil` without data and over zero.
    let value: Double?
    /// What `value` must reach; `nil` while nobody has set it.
    let goal: Double?
    let comparison: EvaluationReading.Comparison
    let unit: FigureUnit
    let schools: Int
    let passing: Int
    let noData: Int
    let outside: [String: Int]
    /// `无学生机`, `未接入` …
    let note: String?
    /// A school's own gap, in the indicator's gap unit.
    let gap: Double?
    /// The price of the gap, in fen.
    let cost: Int64?

    /// Schools that were judged and fall short.
    var short: Int { schools - passing }
}

/// How a figure is written.
enum FigureUnit: Equatable, Sendable {
    case percent
    /// There or not: a school's own answer to a question of yes or no.
    case presence
    case number(String)
}

extension TargetFigure {
    /// The figure of everything below an organisation.
    init(_ state: TargetState, _ reading: EvaluationReading, _ indicator: Indicator?) {
        let isShare = reading.measure != .ratioOfSums
        self.init(
            status: state.status, numerator: state.numerator, denominator: state.denominator, value: state.ratio,
            goal: reading.goal, comparison: reading.goalComparison,
            unit: isShare || indicator?.unit.isEmpty != false ? .percent : .number(indicator?.unit ?? ""),
            schools: state.schools, passing: state.passing, noData: state.noData, outside: state.outside,
            note: state.note, gap: nil, cost: nil)
    }

    /// A school's own figure; `nil` when the target does not mean it.
    init(own result: SchoolResult?, _ reading: EvaluationReading, _ indicator: Indicator?) {
        var parts = (part: 0.0, whole: 0.0), outside: [String: Int] = [:]
        let status: TargetStatus
        switch (result?.figure, result?.passes) {
        case (nil, _): status = .notApplicable
        case (.noData, _): status = .noData
        case (.outside(let reason), _): (status, outside) = (.notApplicable, [reason: 1])
        case (.value(let part, let whole), let passes):
            parts = (part, whole)
            status = passes.map { $0 ? .attained : .notAttained } ?? .undecided
        }
        let isPresence = indicator?.unit.isEmpty != false && parts.whole <= 1
        self.init(
            status: status, numerator: parts.part, denominator: parts.whole, value: result?.value,
            goal: reading.threshold, comparison: reading.comparison,
            unit: indicator?.unit.isEmpty == false ? .number(indicator?.unit ?? "") : isPresence ? .presence : .percent,
            schools: result?.passes == nil ? 0 : 1, passing: result?.passes == true ? 1 : 0,
            noData: status == .noData ? 1 : 0, outside: outside, note: result?.note, gap: result?.gap,
            cost: result?.cost)
    }

    /// A target that no module delivers yet.
    static func unconnected(_ target: BoardTarget) -> TargetFigure {
        let unit = target.definition.unit, isPresence = target.definition.comparison == .exists
        let scale = unit == "%" ? 0.01 : 1
        return TargetFigure(
            status: .notConnected(feed: target.definition.feed ?? "指标来源"), numerator: 0, denominator: 0, value: nil,
            goal: isPresence ? 1 : target.definition.threshold.map { $0 * scale },
            comparison: target.definition.comparison == .atMost ? .atMost : .atLeast,
            unit: isPresence ? .presence : unit == "%" ? .percent : .number(unit), schools: 0, passing: 0, noData: 0,
            outside: [:], note: nil, gap: nil, cost: nil)
    }

    /// `86.47%`, `13.55 人/台`; the word of the state where there is no number.
    var valueText: String {
        switch status {
        case .notConnected: return "待接入"
        case .notApplicable: return note ?? "不适用"
        default: break
        }
        if let value { return FigureText.value(value, unit) }
        return note ?? "无数据"
    }

    /// `≥ 95%`, `≤ 10 人/台`; 待定 while nobody has set it.
    var goalText: String { FigureText.goal(goal, comparison, unit) }
}
