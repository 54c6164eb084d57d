import Directory
import Kernel

/// A target as the engine sees it: whom it is about and how it may be read. A class, so that it is passed on without
/// copying its many parts.
package final class EvaluationTarget: Sendable {
    /// `T12`; one board never holds the same twice.
    package let id: String
    package let title: String
    package let population: TargetPopulation
    /// All ways to read it, the default first; empty while no module delivers the figure.
    package let readings: [EvaluationReading]
    package let milestones: [EvaluationMilestone]
    package let dueDate: LocalDate?
    /// 基本, 全部, 逐步 …
    package let qualifier: String?
    /// The module that delivers the figure or will; `nil` for the register of facilities.
    package let feed: String?
    /// A county's own target speaks only of schools here; `nil` for the whole tree.
    package let within: OrganisationPath?

    package init(
        id: String, title: String, population: TargetPopulation, readings: [EvaluationReading],
        milestones: [EvaluationMilestone] = [], dueDate: LocalDate? = nil, qualifier: String? = nil,
        feed: String? = nil, within: OrganisationPath? = nil
    ) {
        (self.id, self.title, self.population, self.readings) = (id, title, population, readings)
        (self.milestones, self.dueDate, self.qualifier) = (milestones, dueDate, qualifier)
        (self.feed, self.within) = (feed, within)
    }

    /// Whether code and customary view may choose different schools.
    package var dependsOnArea: Bool {
        population.area != .all
            || population.tiers.contains { $0 == PlanTier.completePrimary.title || $0 == PlanTier.urbanPrimary.title }
    }

    /// The reading by which the target is officially judged.
    package func official(_ settings: EvaluationSettings) -> EvaluationReading? {
        readings.first { settings.readings[$0.switch] == $0.id } ?? readings.first
    }
}

/// One way to read a target.
package struct EvaluationReading: Hashable, Sendable {
    /// The reading of a target that has no other.
    package static let only = "default"

    package let id: String
    /// `I1`, `I10` …: the setting that chooses; empty for the only reading.
    package let `switch`: String
    package let title: String
    package let indicator: String
    package let measure: Measure
    package let comparison: Comparison
    /// In the indicator's own unit, shares as fractions: the group's figure for sums, each school's for shares of
    /// schools. `nil` while the city has not set it.
    package let threshold: Double?

    /// What is held against the goal.
    package enum Measure: Hashable, Sendable {
        /// The ratio of the schools' sums.
        case ratioOfSums
        /// The share of schools whose own figure reaches the threshold; `required` from 0 to 1.
        case shareOfSchools(required: Double)
    }

    package enum Comparison: Hashable, Sendable {
        case atLeast, atMost, equal

        /// Figures are sums of decimals, so the last bits are forgiven.
        package func holds(_ value: Double, _ threshold: Double) -> Bool {
            let slack = 1e-9 * max(1, abs(threshold))
            return switch self {
            case .atLeast: value >= threshold - slack
            case .atMost: value <= threshold + slack
            case .equal: abs(value - threshold) <= slack
            }
        }
    }

    package init(
        id: String = EvaluationReading.only, switch: String = "", title: String = "", indicator: String,
        measure: Measure, comparison: Comparison = .atLeast, threshold: Double?
    ) {
        (self.id, self.switch, self.title, self.indicator) = (id, `switch`, title, indicator)
        (self.measure, self.comparison, self.threshold) = (measure, comparison, threshold)
    }

    /// What a group's figure must reach; its trend and milestones are told in the same unit.
    package var goal: Double? {
        switch measure {
        case .ratioOfSums: threshold
        case .shareOfSchools(let required): threshold == nil ? nil : required
        }
    }

    /// How a group's figure is held against its goal: shares of schools always grow.
    package var goalComparison: Comparison {
        if case .ratioOfSums = measure { comparison } else { .atLeast }
    }
}

/// What should be reached on the way, in the unit of the reading's goal.
package struct EvaluationMilestone: Hashable, Sendable {
    package let date: LocalDate
    package let value: Double
    /// 本市暂定
    package let isProvisional: Bool

    package init(date: LocalDate, value: Double, isProvisional: Bool = false) {
        (self.date, self.value, self.isProvisional) = (date, value, isProvisional)
    }
}
