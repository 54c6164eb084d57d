import Contracts
import Database
import Directory
import Kernel

/// The figures of teaching with resources: 班班通 from pushes and from what was opened in class, 校本资源 and 优课 from what
/// was published. Nothing is entered by hand (decision 0031).
package struct ResourceIndicators: IndicatorSource {
    private let database: Database
    private let mark: KeptMark
    private let excellent = ExcellentCounts()

    /// - Parameter seconds: how long a change may wait before the figures are computed anew: at eight in the morning
    ///   thousands of classes open something.
    package init(database: Database, seconds: Int64 = 10) {
        self.database = database
        mark = KeptMark(seconds: seconds)
    }

    package let name = "教学资源"

    package var indicators: [Indicator] { ResourceIndicator.allCases.map(\.indicator) }

    package func revision() async throws -> String {
        let mark = mark
        return try await database.read { db in
            // Classes come and go with the rosters; they change with the same mark as the register's figures.
            try mark.value(at: .now) { try FigureMark.text(on: db) + "/" + RosterCountStore(db).revision() }
        }
    }

    package func figures(on day: LocalDate) async throws -> [OrganisationID: [String: SchoolFigure]] {
        let excellent = excellent
        return try await database.read(snapshot: true, isLong: true) { db in
            var figures: [OrganisationID: [String: SchoolFigure]] = [:]
            func add(_ school: OrganisationID, _ indicator: ResourceIndicator, _ part: Int, _ whole: Int) {
                figures[school, default: [:]][indicator.rawValue] = .value(Double(part), over: Double(whole))
            }
            for row in try ClassFigureStore(db).counts(on: day) {
                add(row.school, .push, row.pushed, row.classes)
                add(row.school, .use, row.used, row.classes)
            }
            for row in try SharingStore(db).schools(on: day) { add(row.school, .sharing, row.shares ? 1 : 0, 1) }
            for (school, count) in try excellent.counts(on: day, db) {
                add(school, .excellent, count.excellent, count.nodes)
            }
            return figures
        }
    }

    package func sources(
        of indicator: String, school: OrganisationID, on day: LocalDate
    ) async throws -> [FigureSource] {
        guard let indicator = ResourceIndicator(rawValue: indicator) else { return [] }
        return try await database.read { db in
            switch indicator {
            case .push: try ClassFigureStore(db).sources(of: school, on: day, isUse: false)
            case .use: try ClassFigureStore(db).sources(of: school, on: day, isUse: true)
            case .sharing: try SharingStore(db).sources(of: school, on: day)
            case .excellent: try ExcellentNodes(on: day, db).sources(of: school)
            }
        }
    }
}

/// The indicators of this context. The names are fixed for ever: target sets spell them.
enum ResourceIndicator: String, CaseIterable, Sendable {
    /// T26
    case push = "class-push"
    /// T7, T16, T28
    case use = "class-resource-use"
    /// T25
    case sharing = "school-resource-sharing"
    /// T30
    case excellent = "node-excellent-lesson"

    var indicator: Indicator {
        switch self {
        case .push: make("本学期收到资源推送的班级（开学两个月内连上学期）", "收到推送的班级", "班级", "个班")
        case .use: make("本学期在课上使用优质资源的班级（开学两个月内连上学期）", "课上用过的班级", "班级", "个班")
        case .sharing: make("当年提供校本资源的学校", "提供过的学校", "学校", "所")
        // A lesson of the textbook counts once for each school that teaches it.
        case .excellent: make("学校在用教材的课里有优课的（各校的课相加）", "有优课的课（各校相加）", "在用教材的课（各校相加）", "课（各校相加）")
        }
    }

    private func make(_ name: String, _ numerator: String, _ denominator: String, _ gapUnit: String) -> Indicator {
        Indicator(
            id: rawValue, name: name, unit: "", direction: .higherIsBetter, numerator: numerator,
            denominator: denominator, gapUnit: gapUnit, price: nil)
    }
}
