import Database
import Kernel
import Platform

/// A calendar month as a number that orders: 202612.
struct ContributionMonth: Sendable, Hashable, Comparable {
    let number: Int

    init(_ day: LocalDate) { number = day.year * 100 + day.month }

    /// The first day, and that of the next month.
    var days: (from: LocalDate, to: LocalDate) {
        let year = number / 100, month = number % 100
        let first = LocalDate(year: year, month: month, day: 1) ?? LocalDate(daysSince1970: 0)
        return (first, first.adding(days: LocalDate.length(ofMonth: month, year: year)))
    }

    static func < (a: ContributionMonth, b: ContributionMonth) -> Bool { a.number < b.number }
}

/// Keeps the numbers of a school and month, so that boards and tasks read some rows a school instead of every contribution.
/// They are made anew from the contributions of that school and month whenever one of these changes, so they cannot drift.
struct ContributionSums {
    private let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Part of the transaction in which contributions of the resource, or of what was made from it, changed.
    func follow(_ item: ID<Item>) throws {
        let touched = try db.rows(
            """
            SELECT c.school_id, c.at FROM resources_contribution c WHERE c.item_id = \(item)
            UNION SELECT c.school_id, c.at FROM resources_contribution c WHERE c.by_item_id = \(item)
            """
        ) { row in
            let school: OrganisationID = try row.get(0), at: Timestamp = try row.get(1)
            return Place(school: school, month: ContributionMonth(at.day))
        }
        for place in Set(touched) { try make(place) }
    }

    private struct Place: Hashable {
        let school: OrganisationID
        let month: ContributionMonth
    }

    private func make(_ place: Place) throws {
        let days = place.month.days, month = place.month.number
        try db.execute(
            "DELETE FROM resources_contribution_sum WHERE school_id = \(place.school) AND month = \(month)")
        try db.execute(
            """
            INSERT INTO resources_contribution_sum (school_id, month, kind, area, type_group, number)
            SELECT c.school_id, \(month), c.kind, c.area, c.type_group, COUNT(*) FROM resources_contribution c
            WHERE c.school_id = \(place.school) AND c.is_counted = 1 AND c.at >= \(Timestamp(startOf: days.from))
                AND c.at < \(Timestamp(startOf: days.to)) GROUP BY c.school_id, c.kind, c.area, c.type_group
            """)
    }

    /// Makes the numbers of schools whose contributions were written down by the migration, some at a time; whether any
    /// are left.
    func catchUp(atMost limit: Int = 20) throws -> Bool {
        let schools: [OrganisationID] = try db.column(
            "SELECT s.school_id FROM resources_contribution_stale s ORDER BY s.school_id LIMIT \(limit)")
        for school in schools {
            let moments: [Timestamp] = try db.column(
                "SELECT DISTINCT c.at FROM resources_contribution c WHERE c.school_id = \(school)")
            for month in Set(moments.map { ContributionMonth($0.day) }) {
                try make(Place(school: school, month: month))
            }
            try db.execute("DELETE FROM resources_contribution_stale WHERE school_id = \(school)")
        }
        return schools.count == limit
    }

    static let schema = [
        """
        CREATE TABLE resources_contribution_sum (
            school_id TEXT NOT NULL REFERENCES directory_organisation (id), month INTEGER NOT NULL, kind TEXT NOT NULL,
            area TEXT NOT NULL, type_group TEXT NOT NULL, number INTEGER NOT NULL,
            PRIMARY KEY (school_id, month, kind, area, type_group))
        """,
        """
        CREATE TABLE resources_contribution_stale (
            school_id TEXT NOT NULL PRIMARY KEY REFERENCES directory_organisation (id))
        """,
        """
        INSERT INTO resources_contribution_stale (school_id)
        SELECT DISTINCT c.school_id FROM resources_contribution c
        """,
        // What stands behind a figure, the latest first.
        """
        CREATE INDEX resources_contribution_time
        ON resources_contribution (kind, is_counted, at, item_id, by_item_id, school_id)
        """,
    ]
}
