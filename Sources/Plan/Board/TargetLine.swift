import Directory
import Kernel
import Web

/// The state of one reading of one target for one organisation, as scripts and other programs get it.
package struct TargetLine: Encodable, Sendable {
    /// `T12`
    package let code: String
    /// `二/(一)`; `nil` when the target hangs on no clause.
    package let clause: String?
    package let title: String
    /// `default` for the only reading, otherwise `M1`, `student` …
    package let reading: String
    /// `code` or `customary`; `nil` when both choose the same schools.
    package let areaView: String?
    /// Whether this reading and view are the ones that count.
    package let isOfficial: Bool
    /// Sums for a ratio; schools that pass and schools judged for a share of schools. `nil` without data.
    package let numerator: Double?
    package let denominator: Double?
    package let ratio: Double?
    /// Schools behind the figure, those that reach the threshold themselves, and those that told nothing.
    package let schools: Int
    package let passing: Int
    package let noData: Int
    /// Schools that stand outside, by reason.
    package let outside: [String: Int]
    /// `attained`, `notAttained`, `noData`, `notApplicable`, `notConnected` or `undecided`.
    package let state: String
    /// The module that a target not connected waits for.
    package let feed: String?
    /// In the indicator's unit, shares as fractions: what each school must reach for a share of schools, otherwise the
    /// organisation itself.
    package let threshold: Double?
    /// What `ratio` must reach.
    package let goal: Double?

    private enum CodingKeys: String, CodingKey {
        case code, clause, title, reading, areaView, isOfficial, numerator, denominator, ratio, schools, passing, noData
        case outside, state, feed, threshold, goal
    }

    /// What is not known is written as `null`, so that every line has every field.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        try container.encode(clause, forKey: .clause)
        try container.encode(title, forKey: .title)
        try container.encode(reading, forKey: .reading)
        try container.encode(areaView, forKey: .areaView)
        try container.encode(isOfficial, forKey: .isOfficial)
        try container.encode(numerator, forKey: .numerator)
        try container.encode(denominator, forKey: .denominator)
        try container.encode(ratio, forKey: .ratio)
        try container.encode(schools, forKey: .schools)
        try container.encode(passing, forKey: .passing)
        try container.encode(noData, forKey: .noData)
        try container.encode(outside, forKey: .outside)
        try container.encode(state, forKey: .state)
        try container.encode(feed, forKey: .feed)
        try container.encode(threshold, forKey: .threshold)
        try container.encode(goal, forKey: .goal)
    }

    /// One line for people at the command line, parted by tabs.
    package var line: String {
        let way = [reading == EvaluationReading.only ? "" : reading, areaView ?? ""].filter { !$0.isEmpty }
        let figure = ratio.map { TableValue.decimal($0, places: 6).text } ?? "-"
        let parts = [
            code, title, way.joined(separator: "/"), isOfficial ? "*" : "", FigureText.number(numerator ?? 0),
            FigureText.number(denominator ?? 0), figure, "\(passing)/\(schools)", state,
        ]
        return parts.joined(separator: "\t")
    }
}

extension TargetStatus {
    /// As `TargetLine.state` writes it.
    fileprivate var name: String {
        switch self {
        case .attained: "attained"
        case .notAttained: "notAttained"
        case .noData: "noData"
        case .notApplicable: "notApplicable"
        case .notConnected: "notConnected"
        case .undecided: "undecided"
        }
    }
}

extension BoardContext {
    /// Every reading and view of every target that concerns the organisation.
    func lines(of organisation: Organisation) -> [TargetLine] {
        targets.filter { concerns($0, organisation) }.flatMap { target -> [TargetLine] in
            let readings = board.readings(of: organisation.id, target: target.id)
            if readings.isEmpty { return [TargetLine(unconnected: target)] }
            return readings.map { TargetLine(target, $0) }
        }
    }
}

extension TargetLine {
    fileprivate init(_ target: BoardTarget, _ reading: PlanBoard.ReadingState) {
        let state = reading.state, hasFigure = state.schools > 0
        self.init(
            code: target.id, clause: target.clause, title: target.definition.title, reading: reading.reading.id,
            areaView: reading.view?.rawValue, isOfficial: reading.isOfficial,
            numerator: hasFigure ? state.numerator : nil, denominator: hasFigure ? state.denominator : nil,
            ratio: state.ratio, schools: state.schools, passing: state.passing, noData: state.noData,
            outside: state.outside, state: state.status.name, feed: nil, threshold: reading.reading.threshold,
            goal: reading.reading.goal)
    }

    fileprivate init(unconnected target: BoardTarget) {
        let figure = TargetFigure.unconnected(target)
        self.init(
            code: target.id, clause: target.clause, title: target.definition.title, reading: EvaluationReading.only,
            areaView: nil, isOfficial: true, numerator: nil, denominator: nil, ratio: nil, schools: 0, passing: 0,
            noData: 0, outside: [:], state: figure.status.name, feed: target.definition.feed, threshold: figure.goal,
            goal: figure.goal)
    }
}

extension PlanBoardService {
    /// The state of every target, in every reading and view, for the organisation of the code; the city without one.
    /// Throws `DomainError.notFound` for an organisation that the scope does not hold or that did not exist on the day.
    package func states(
        of organisationCode: String?, on day: LocalDate, within scope: DataScope = .everything
    ) async throws -> [TargetLine] {
        let context = try await board(on: day)
        return context.lines(of: try context.place(organisationCode, within: scope))
    }
}
