import Kernel
import Web

/// How a figure came to where it is, and where it goes if it goes on so.
struct TargetCourse: Sendable {
    let points: [Forecast.Point]
    let goal: Double?
    let comparison: EvaluationReading.Comparison
    let due: LocalDate?
    let milestones: [EvaluationMilestone]
    let day: LocalDate
    /// `nil` without a goal or any figure.
    let forecast: Forecast?

    /// - Parameters:
    ///   - rows: what was frozen of the organisation; other targets, readings and views are passed over.
    ///   - figure: the figure of the day; it takes the place of one frozen that day.
    init(_ rows: [SnapshotPoint], target: BoardTarget, way: BoardFigures.Way, figure: TargetFigure, day: LocalDate) {
        var points = rows.compactMap { row -> Forecast.Point? in
            guard row.target == target.id, row.reading == way.reading.id, row.view == way.view, row.takenOn < day
            else { return nil }
            return row.value.map { Forecast.Point(date: row.takenOn, value: $0) }
        }
        if let value = figure.value { points.append(Forecast.Point(date: day, value: value)) }
        self.points = points
        (goal, comparison, due) = (figure.goal, figure.comparison, target.evaluation.dueDate)
        (milestones, self.day) = (target.evaluation.milestones, day)
        let known = points
        forecast =
            known.isEmpty ? nil : figure.goal.map { Forecast(points: known, goal: $0, comparison: figure.comparison) }
    }

    /// When the goal will be met, in one sentence.
    var text: String {
        guard let forecast else { return goal == nil ? "本市还没有定标准。" : "没有数据，不能推算。" }
        if forecast.isMet { return "已达标。" }
        if let day = forecast.metOn {
            let late = due.map { (day > $0 ? "，晚于期限" : "，早于期限") + "\($0.year)年\($0.month)月" } ?? ""
            return "按目前进度将于 \(day.year)年\(day.month)月达标\(late)。"
        }
        return forecast.pacePerYear == nil ? "快照不足两次，还不能推算。" : "按目前进度不能达标。"
    }

    /// The same for a cell of a table.
    var shortText: String {
        guard let forecast else { return "—" }
        if forecast.isMet { return "已达标" }
        if let day = forecast.metOn { return "\(day.year)年\(day.month)月" }
        return forecast.pacePerYear == nil ? "—" : "不能达标"
    }

    /// Where the line leads by the deadline, or by the day the goal is met when that comes first.
    func projection(isShare: Bool) -> [(LocalDate, Double)] {
        guard let forecast, !forecast.isMet, let pace = forecast.pacePerYear, let last = points.last else { return [] }
        let horizon = max(due ?? day, day.adding(days: 365))
        if let met = forecast.metOn, let goal, met <= horizon { return [(met, goal)] }
        let value = last.value + pace * Double(horizon.daysSince1970 - last.date.daysSince1970) / 365.25
        return [(horizon, isShare ? min(1, max(0, value)) : max(0, value))]
    }

    /// The last figure known on a day; `nil` before the first, and for days to come.
    func value(on day: LocalDate) -> Double? {
        guard day <= self.day else { return nil }
        return points.last { $0.date <= day }?.value
    }
}
