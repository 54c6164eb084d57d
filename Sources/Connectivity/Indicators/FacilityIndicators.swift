import Contracts
import Database
import Directory
import Kernel

/// The facility register's offer of indicators (校校通登记): for any day, computed from the values and the tree as
/// they stood.
package struct FacilityIndicators: IndicatorSource {
    private let database: Database
    private let path: @Sendable (FacilityValue) -> String
    private let rosters: KeptMark

    /// - Parameters:
    ///   - rosterSeconds: how long a change of the rosters may wait before the figures are computed anew. Pupils come and
    ///     go all day, and each time the whole board would follow.
    ///   - path: The page where a value can be seen; empty when there is none. Without one, the import that brought it or
    ///     the school's page.
    package init(
        database: Database, rosterSeconds: Int64 = 60, path: (@Sendable (FacilityValue) -> String)? = nil
    ) {
        self.database = database
        rosters = KeptMark(seconds: rosterSeconds)
        self.path = path ?? { $0.batch.map { "/register/imports/\($0)" } ?? "/schools/\($0.organisation)" }
    }

    package let name = "校校通登记"

    package var indicators: [Indicator] { FacilityIndicators.all }

    /// All indicators in the order of the register.
    package static let all: [Indicator] = FacilityIndicator.allCases.map(\.indicator)

    package func revision() async throws -> String {
        let rosters = rosters
        return try await database.read { db in
            try FacilityIndicatorStore(db).revision() + "/"
                + rosters.value(at: .now) { try RosterCountStore(db).revision() }
        }
    }

    package func figures(on day: LocalDate) async throws -> [OrganisationID: [String: SchoolFigure]] {
        try await database.read(snapshot: true, isLong: true) { db in
            let records = try FacilityStore(db).records(within: .everything, on: day)
            var figures: [OrganisationID: [String: SchoolFigure]] = [:]
            figures.reserveCapacity(records.count)
            for organisation in try OrganisationStore(db).all(within: .everything, on: day) {
                guard let profile = organisation.profile, let record = records[organisation.id] else { continue }
                figures[organisation.id] = FacilityIndicators.figures(of: record, schoolType: profile.schoolType)
            }
            return figures
        }
    }

    /// The figures of one record, by indicator; the same rules for a stored and for a coming record.
    package static func figures(of record: FacilityRecord, schoolType: String) -> [String: SchoolFigure] {
        FacilityFigures.all(of: record, schoolType: schoolType)
    }

    package func sources(
        of indicator: String, school: OrganisationID, on day: LocalDate
    ) async throws -> [FigureSource] {
        guard let indicator = FacilityIndicator.named(indicator) else { return [] }
        let path = path
        return try await database.read { db in
            guard let type = try FacilityIndicatorStore(db).schoolType(of: school, on: day) else { return [] }
            let values = try FacilityStore(db).values(of: school, on: day)
            return indicator.fields(schoolType: type).compactMap { field in
                values.first { $0.field == field.id }.map { value in
                    FigureSource(
                        label: value.label, value: value.text,
                        validFrom: value.validFrom, origin: FacilityIndicators.origin(of: value),
                        recordedBy: value.recordedBy, recordedAt: value.recordedAt, path: path(value))
                }
            }
        }
    }

    /// `工作簿导入，防城区(定稿) 第 12 行 K 列` for the place `防城区(定稿)!K12`.
    static func origin(of value: FacilityValue) -> String {
        guard !value.place.isEmpty else { return value.source.title }
        return "\(value.source.title)，\(spelled(place: value.place))"
    }

    static func spelled(place: String) -> String {
        guard let mark = place.lastIndex(of: "!") else { return place }
        let sheet = place[..<mark], cell = place[place.index(after: mark)...]
        let column = cell.prefix { $0.isASCII && $0.isLetter }, row = cell.dropFirst(column.count)
        guard !column.isEmpty, !row.isEmpty, row.allSatisfy({ $0.isASCII && $0.isNumber }) else { return place }
        return "\(sheet) 第 \(row) 行 \(column) 列"
    }
}
