import Kernel

/// Where a figure goes if it goes on as it did: a straight line through its snapshots.
package struct Forecast: Hashable, Sendable {
    /// A figure on a day, in the unit of the reading's goal.
    package struct Point: Hashable, Sendable {
        package let date: LocalDate
        package let value: Double

        package init(date: LocalDate, value: Double) { (self.date, self.value) = (date, value) }
    }

    /// Change of the figure in a year; `nil` with fewer than two days.
    package let pacePerYear: Double?
    package let isMet: Bool
    /// The first day on which the goal is met at this pace; `nil` when it is met already, when there is no pace or it
    /// leads away, and when it would take more than a hundred years.
    package let metOn: LocalDate?

    /// - Parameter points: in any order; of several on one day the last counts.
    package init(points: [Point], goal: Double, comparison: EvaluationReading.Comparison) {
        let byDay = Dictionary(points.map { ($0.date, $0.value) }) { $1 }
        let days = byDay.map { (day: Double($0.key.daysSince1970), value: $0.value) }.sorted { $0.day < $1.day }
        let slope = Forecast.slope(days)
        pacePerYear = slope.map { $0 * 365.25 }
        guard let last = days.last else {
            (isMet, metOn) = (false, nil)
            return
        }
        isMet = comparison.holds(last.value, goal)
        let distance = goal - last.value
        guard !isMet, let slope, slope != 0, (distance > 0) == (slope > 0) else {
            metOn = nil
            return
        }
        let wait = (distance / slope - 1e-6).rounded(.up)
        metOn = wait <= 36_525 ? LocalDate(daysSince1970: Int(last.day)).adding(days: Int(wait)) : nil
    }

    /// Least squares, per day.
    private static func slope(_ days: [(day: Double, value: Double)]) -> Double? {
        guard days.count >= 2 else { return nil }
        let count = Double(days.count)
        let middle = days.reduce(0) { $0 + $1.day } / count, mean = days.reduce(0) { $0 + $1.value } / count
        let spread = days.reduce(0) { $0 + ($1.day - middle) * ($1.day - middle) }
        return days.reduce(0) { $0 + ($1.day - middle) * ($1.value - mean) } / spread
    }
}

/// Where a target stands on its milestone path.
package struct MilestonePosition: Hashable, Sendable {
    /// The last milestone whose day has come; `nil` before the first.
    package let due: EvaluationMilestone?
    /// The next one to come; `nil` after the last.
    package let next: EvaluationMilestone?
    /// Whether the due milestone is kept; `nil` when none is due or there is no figure.
    package let isKept: Bool?

    package init(
        _ milestones: [EvaluationMilestone], on day: LocalDate, value: Double?, comparison: EvaluationReading.Comparison
    ) {
        let ordered = milestones.sorted { $0.date < $1.date }
        let due = ordered.last { $0.date <= day }
        self.due = due
        next = ordered.first { $0.date > day }
        isKept = due.flatMap { due in value.map { comparison.holds($0, due.value) } }
    }
}
