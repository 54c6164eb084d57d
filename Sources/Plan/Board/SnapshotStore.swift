import Database
import Directory
import Kernel

/// One frozen figure. For a school numerator and denominator are its own figure; for all others those of everything
/// below: sums for a ratio, passing and judged schools for a share of schools.
struct SnapshotRow: Sendable {
    let set: ID<PlanTargetSet>
    let takenOn: LocalDate
    let organisation: OrganisationID
    let target: String
    let reading: String
    let view: AreaView?
    /// `nil` without a figure.
    let numerator: Double?
    let denominator: Double?
    let schools: Int
    let passing: Int
    let noData: Int
    let status: String

    /// `nil` without data and over zero.
    var value: Double? { SnapshotRow.value(numerator, denominator) }

    static func value(_ numerator: Double?, _ denominator: Double?) -> Double? {
        guard let numerator, let denominator, denominator > 0 else { return nil }
        return numerator / denominator
    }
}

/// What was frozen of one organisation's figure, for its course in time.
struct SnapshotPoint: Sendable {
    let takenOn: LocalDate
    let target: String
    let reading: String
    let view: AreaView?
    /// `nil` without data and over zero.
    let value: Double?
}

/// The figures of the last snapshot before a day.
struct SnapshotFigures: Sendable {
    static let none = SnapshotFigures(day: nil, values: [:])

    /// `nil` when nothing was frozen before.
    let day: LocalDate?
    let values: [OrganisationID: [String: Double]]

    static func key(_ target: String, _ reading: String, _ view: AreaView?) -> String {
        "\(target) \(reading) \(view?.rawValue ?? "")"
    }

    func value(of organisation: OrganisationID, _ target: String, _ reading: String, _ view: AreaView?) -> Double? {
        values[organisation]?[SnapshotFigures.key(target, reading, view)]
    }
}

/// All SQL of frozen figures.
struct SnapshotStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static let columns: SQL =
        """
        s.set_id, s.taken_on, s.organisation_id, s.target, s.reading, s.area_view, s.numerator, s.denominator,
        s.schools, s.passing, s.no_data, s.status
        """
    private static let city: SQL = "(SELECT id FROM directory_organisation WHERE kind = 'city')"

    /// The days frozen so far, oldest first. Every snapshot holds the city, so only its rows are looked at.
    func days() throws -> [LocalDate] {
        try db.column(
            """
            SELECT DISTINCT taken_on FROM plan_snapshot WHERE organisation_id = \(SnapshotStore.city) ORDER BY taken_on
            """)
    }

    func isFrozen(_ day: LocalDate) throws -> Bool {
        let found: LocalDate? = try db.value(
            """
            SELECT taken_on FROM plan_snapshot
            WHERE organisation_id = \(SnapshotStore.city) AND taken_on = \(day) LIMIT 1
            """)
        return found != nil
    }

    func insert(_ rows: [SnapshotRow], frozenAt now: Timestamp) throws {
        try db.insert(
            into: """
                plan_snapshot (set_id, taken_on, organisation_id, target, reading, area_view, numerator, denominator,
                schools, passing, no_data, status, frozen_at)
                """,
            rows: rows.map { row in
                [
                    row.set.databaseValue, row.takenOn.databaseValue, row.organisation.databaseValue, .text(row.target),
                    .text(row.reading), .text(row.view?.rawValue ?? ""), row.numerator.databaseValue,
                    row.denominator.databaseValue, row.schools.databaseValue, row.passing.databaseValue,
                    row.noData.databaseValue, .text(row.status), now.databaseValue,
                ]
            })
    }

    func last(before day: LocalDate) throws -> SnapshotFigures {
        guard let last = try days().last(where: { $0 < day }) else { return .none }
        var values: [OrganisationID: [String: Double]] = [:]
        for row in try rows("s.taken_on = \(last)") {
            let key = SnapshotFigures.key(row.target, row.reading, row.view)
            if let value = row.value { values[row.organisation, default: [:]][key] = value }
        }
        return SnapshotFigures(day: last, values: values)
    }

    /// What was frozen of an organisation up to a day, oldest first; of one target, or of all.
    func course(
        of organisation: OrganisationID, target: String? = nil, upTo day: LocalDate
    ) throws -> [SnapshotPoint] {
        let condition: SQL = target.map { " AND s.target = \($0)" } ?? ""
        return try db.rows(
            """
            SELECT s.taken_on, s.target, s.reading, s.area_view, s.numerator, s.denominator FROM plan_snapshot s
            WHERE s.organisation_id = \(organisation)\(condition) AND s.taken_on <= \(day) AND s.frozen_at IS NOT NULL
            ORDER BY s.taken_on, s.target, s.reading, s.area_view
            """
        ) { row in
            SnapshotPoint(
                takenOn: try row.get(0), target: try row.get(1), reading: try row.get(2),
                view: AreaView(rawValue: try row.get(3)), value: SnapshotRow.value(try row.get(4), try row.get(5)))
        }
    }

    private func rows(_ condition: SQL) throws -> [SnapshotRow] {
        try db.rows(
            """
            SELECT \(SnapshotStore.columns) FROM plan_snapshot s
            WHERE \(condition) AND s.frozen_at IS NOT NULL ORDER BY s.taken_on, s.target, s.reading, s.area_view
            """
        ) { row in
            SnapshotRow(
                set: try row.get(0), takenOn: try row.get(1), organisation: try row.get(2), target: try row.get(3),
                reading: try row.get(4), view: AreaView(rawValue: try row.get(5)), numerator: try row.get(6),
                denominator: try row.get(7), schools: try row.get(8), passing: try row.get(9), noData: try row.get(10),
                status: try row.get(11))
        }
    }
}
