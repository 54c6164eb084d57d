import Kernel

extension EvaluationTarget {
    /// The switch between code and customary view; the engine computes both views by itself.
    private static let areaSwitch = "I8"

    /// A target as the set defines it, made ready for the engine: percent become fractions, 有无 becomes at least one.
    /// - Parameters:
    ///   - id: under which the board knows it, where several sets meet.
    ///   - within: a county's own set speaks only of schools here.
    package convenience init(_ definition: TargetDefinition, id: String? = nil, within: OrganisationPath? = nil) {
        let whole = definition.unit == "%" ? 100.0 : 1
        let milestoneWhole = definition.basis == .schools ? 100 : whole
        let alternatives = definition.readings.filter { $0.switch != EvaluationTarget.areaSwitch }
        let readings =
            alternatives.isEmpty
            ? [EvaluationReading(definition, nil, whole)]
            : alternatives.map { EvaluationReading(definition, $0, whole) }
        self.init(
            id: id ?? definition.id, title: definition.title, population: definition.population,
            readings: definition.source == .pending ? [] : readings,
            milestones: definition.milestones.map {
                EvaluationMilestone(date: $0.date, value: $0.value / milestoneWhole, isProvisional: $0.provisional)
            },
            dueDate: definition.dueDate, qualifier: definition.qualifier,
            feed: definition.source == .pending ? definition.feed : nil, within: within)
    }
}

extension EvaluationReading {
    fileprivate init(_ definition: TargetDefinition, _ reading: TargetDefinition.Reading?, _ whole: Double) {
        let threshold = reading?.threshold ?? definition.threshold
        let share = reading?.share ?? definition.share ?? 100
        let isByShare = (reading?.basis ?? definition.basis) == .schools
        self.init(
            id: reading?.id ?? EvaluationReading.only, switch: reading?.switch ?? "", title: reading?.title ?? "",
            indicator: reading?.indicator ?? definition.indicator,
            measure: isByShare ? .shareOfSchools(required: share / 100) : .ratioOfSums,
            comparison: Comparison(definition.comparison),
            threshold: definition.comparison == .exists ? 1 : threshold.map { $0 / whole })
    }
}

extension EvaluationReading.Comparison {
    fileprivate init(_ comparison: TargetDefinition.Comparison) {
        switch comparison {
        case .atLeast, .exists: self = .atLeast
        case .atMost: self = .atMost
        case .equal: self = .equal
        }
    }
}
