import Database
import Kernel

/// All SQL of the lesson times of schools. The caller has found the school within her scope.
struct BellStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The school's own, or the usual one.
    func schedule(of school: OrganisationID) throws -> BellSchedule { try schedules(of: [school])[school] ?? .usual }

    /// Of those of the schools that told their own.
    func schedules(of schools: [OrganisationID]) throws -> [OrganisationID: BellSchedule] {
        var periods: [OrganisationID: [Period]] = [:]
        try db.each(
            """
            SELECT school_id, number, starts, ends FROM resources_period WHERE school_id IN \(in: schools)
            ORDER BY school_id, number
            """
        ) { row in
            periods[try row.get(0), default: []].append(Period(try row.get(1), try row.get(2), try row.get(3)))
        }
        return periods.mapValues(BellSchedule.init)
    }

    func set(_ schedule: BellSchedule, of school: OrganisationID) throws {
        try db.execute("DELETE FROM resources_period WHERE school_id = \(school)")
        try db.insert(
            into: "resources_period (school_id, number, starts, ends)",
            rows: schedule.periods.map {
                [
                    school.databaseValue, .integer(Int64($0.number)), .integer(Int64($0.start)),
                    .integer(Int64($0.end)),
                ]
            })
    }
}
