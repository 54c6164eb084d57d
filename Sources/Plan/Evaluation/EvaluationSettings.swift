import Directory

/// The city's choices among the readings of the plan, as the engine asks them. All readings are always computed; these
/// say which one counts.
package struct EvaluationSettings: Hashable, Sendable {
    /// Switch (`I1`, `I10`, `I11`) → reading id. A switch not named keeps each target's first reading.
    package var readings: [String: String]
    /// I8: which view of 城镇 and 农村 counts.
    package var areaView: AreaView
    /// I7: Mbit/s per school for tiers that the plan leaves out.
    package var tierBandwidth: [PlanTier: Double]
    /// I2: the level of bandwidth at which a school counts as 校校通: 1 per school, 2 also per class.
    package var bandwidthLevel: Int
    package var prices: PriceList

    package init(
        readings: [String: String] = [:], areaView: AreaView = .code,
        tierBandwidth: [PlanTier: Double] = [.urbanPrimary: 30], bandwidthLevel: Int = 1, prices: PriceList = .standard
    ) {
        (self.readings, self.areaView, self.tierBandwidth) = (readings, areaView, tierBandwidth)
        (self.bandwidthLevel, self.prices) = (bandwidthLevel, prices)
    }

    /// The settings of the city.
    package init(_ settings: PlanSettings) {
        let switches = [MultimediaReading.switch, ComputerReading.switch, TeacherBase.switch]
        var readings: [String: String] = [:]
        for name in switches { readings[name] = settings.reading(of: name) }
        if settings.countsLectern, settings.teacherBase == .fullTime { readings[TeacherBase.switch] = "lectern" }
        var tiers: [PlanTier: Double] = [:]
        for tier in PlanTier.allCases where !tier.isRuledByPlan { tiers[tier] = Double(settings.defaultTierBandwidth) }
        self.init(
            readings: readings, areaView: settings.areaView, tierBandwidth: tiers,
            bandwidthLevel: settings.levelRule == .both ? 2 : 1, prices: settings.prices)
    }
}

extension AreaView {
    /// The same choice in the words of the code list.
    var reading: UrbanRural.Reading { self == .code ? .code : .customary }
}

extension PriceList {
    /// The cost of a gap in fen, rounded up; `nil` when it has no price.
    func cost(of gap: Double, key: String?) -> Int64? {
        guard let key, let fen = self[key] else { return nil }
        return Int64(exactly: max(0, (gap * Double(fen) - 1e-6).rounded(.up)))
    }
}
