/// How an organisation stands to a target. No data is never good or bad.
package enum TargetStatus: Hashable, Sendable {
    case attained
    case notAttained
    /// Schools are meant, but none of them has told.
    case noData
    /// No school here is meant.
    case notApplicable
    /// No module delivers the figure yet; the module that will.
    case notConnected(feed: String)
    /// The plan's words give no number and the city has not set one.
    case undecided

    package var title: String {
        switch self {
        case .attained: "达标"
        case .notAttained: "未达标"
        case .noData: "无数据"
        case .notApplicable: "不适用"
        case .notConnected(let feed): "待接入：\(feed)"
        case .undecided: "未定标准"
        }
    }

    /// For files and commands.
    package var key: String {
        switch self {
        case .attained: "attained"
        case .notAttained: "not-attained"
        case .noData: "no-data"
        case .notApplicable: "not-applicable"
        case .notConnected: "not-connected"
        case .undecided: "undecided"
        }
    }
}

/// The figure of one organisation, everything below it included, for one reading of a target.
package struct TargetState: Hashable, Sendable {
    package let status: TargetStatus
    /// Sums for a ratio; schools that pass and schools judged for a share of schools.
    package let numerator: Double
    package let denominator: Double
    /// In the unit of the reading's goal; `nil` without data, and where the denominator is zero.
    package let ratio: Double?
    /// Schools behind the figure.
    package let schools: Int
    /// Those whose own figure reaches the threshold.
    package let passing: Int
    /// Schools that are meant and have not told; never counted as good or bad.
    package let noData: Int
    /// Schools that stand outside the figure, by reason (`未接入`, `未分学段`).
    package let outside: [String: Int]
    /// Why there is no ratio although the figure is judged: `无学生机`.
    package let note: String?
}

/// Adds up the schools of one organisation for one reading.
struct TargetSums {
    private var numerator = 0.0
    private var denominator = 0.0
    private var schools = 0
    private var passing = 0
    private var noData = 0
    private var outside: [String: Int] = [:]

    mutating func add(_ result: SchoolResult) {
        switch result.figure {
        case .value(let part, let whole):
            numerator += part
            denominator += whole
            schools += 1
            if result.passes == true { passing += 1 }
        case .outside(let reason): outside[reason, default: 0] += 1
        case .noData: noData += 1
        }
    }

    func state(_ reading: EvaluationReading, missing denominatorName: String) -> TargetState {
        let isShare = reading.measure != .ratioOfSums
        let top = isShare ? Double(passing) : numerator, bottom = isShare ? Double(schools) : denominator
        let ratio = bottom > 0 ? top / bottom : nil
        let isWithout = bottom == 0 && schools > 0 && top > 0
        return TargetState(
            status: status(reading, ratio, isWithout: isWithout), numerator: top, denominator: bottom, ratio: ratio,
            schools: schools, passing: passing, noData: noData, outside: outside,
            note: isWithout ? "无\(denominatorName)" : nil)
    }

    private func status(_ reading: EvaluationReading, _ ratio: Double?, isWithout: Bool) -> TargetStatus {
        if schools == 0 { return noData > 0 ? .noData : .notApplicable }
        guard let goal = reading.goal else { return .undecided }
        if isWithout { return .notAttained }
        guard let ratio else { return .noData }
        return reading.goalComparison.holds(ratio, goal) ? .attained : .notAttained
    }
}
