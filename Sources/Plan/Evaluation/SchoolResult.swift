import Contracts

/// One school's own figure held against a reading's threshold.
package struct SchoolResult: Equatable, Sendable {
    package let figure: SchoolFigure
    /// Numerator over denominator; `nil` without data, outside, and over zero.
    package let value: Double?
    /// `nil` while it cannot be judged.
    package let passes: Bool?
    /// What is missing, in the indicator's gap unit, whole for things; `nil` unless it falls short.
    package let gap: Double?
    /// The price of the gap in fen; `nil` when it has none.
    package let cost: Int64?
    /// `无学生机`, or why the school stands outside.
    package let note: String?

    /// - Parameter figure: as the source tells it. Over zero, a figure that should be low is judged as falling short,
    ///   one that should be high cannot be judged.
    init(_ figure: SchoolFigure, _ reading: EvaluationReading, _ indicator: Indicator, prices: PriceList) {
        guard case .value(let part, let whole) = figure else {
            self.init(figure: figure, note: SchoolResult.reason(figure))
            return
        }
        if whole > 0 {
            let value = part / whole
            let passes = reading.threshold.map { reading.comparison.holds(value, $0) }
            let gap = passes == false ? SchoolResult.gap(part, whole, reading, indicator) : nil
            self.init(
                figure: figure, value: value, passes: passes, gap: gap,
                cost: gap.flatMap { prices.cost(of: $0, key: indicator.price) })
        } else if indicator.direction == .lowerIsBetter, part > 0 {
            let gap = reading.threshold == nil ? nil : SchoolResult.gap(part, whole, reading, indicator)
            self.init(
                figure: figure, passes: reading.threshold == nil ? nil : false, gap: gap,
                cost: gap.flatMap { prices.cost(of: $0, key: indicator.price) }, note: "无\(indicator.denominator)")
        } else {
            self.init(figure: .noData)
        }
    }

    private init(
        figure: SchoolFigure, value: Double? = nil, passes: Bool? = nil, gap: Double? = nil, cost: Int64? = nil,
        note: String? = nil
    ) {
        (self.figure, self.value, self.passes) = (figure, value, passes)
        (self.gap, self.cost, self.note) = (gap, cost, note)
    }

    private static func reason(_ figure: SchoolFigure) -> String? {
        if case .outside(let reason) = figure { reason } else { nil }
    }

    /// What `part` (more is better) or `whole` (less is better) lacks to reach the threshold.
    static func gap(
        _ part: Double, _ whole: Double, _ reading: EvaluationReading, _ indicator: Indicator
    ) -> Double? {
        guard let threshold = reading.threshold else { return nil }
        switch indicator.direction {
        case .higherIsBetter:
            let gap = rounded(threshold * whole - part, in: indicator)
            return indicator.unit.isEmpty ? min(gap, whole - part) : gap
        case .lowerIsBetter:
            return threshold > 0 ? rounded(part / threshold - whole, in: indicator) : nil
        }
    }

    /// Things come whole; bandwidth may have a fraction.
    static func rounded(_ gap: Double, in indicator: Indicator) -> Double {
        indicator.gapUnit == "Mbit/s" ? max(0, gap) : max(0, (gap - 1e-9).rounded(.up))
    }
}
