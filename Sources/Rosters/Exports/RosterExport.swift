import Database
import Kernel

/// Somebody took a roster out: who, what, how many and what for. Kept for whoever looks after personal data.
struct RosterExport: Sendable {
    let id: String
    /// With its version.
    let template: String
    let place: String
    let path: OrganisationPath
    let day: LocalDate
    let rows: Int
    let isFull: Bool
    let reason: String
    let at: Timestamp
    let by: String

    static let columns: SQL = "id, template, place, path, day, rows, is_full, reason, exported_at, exported_by"

    init(
        id: String = Identifiers.next(), template: String, place: String, path: OrganisationPath, day: LocalDate,
        rows: Int, isFull: Bool, reason: String, at: Timestamp, by: String
    ) {
        (self.id, self.template, self.place, self.path, self.day) = (id, template, place, path, day)
        (self.rows, self.isFull, self.reason, self.at, self.by) = (rows, isFull, reason, at, by)
    }

    init(_ row: borrowing Row) throws {
        (id, template, place, path) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (day, rows, isFull) = (try row.get(4), try row.get(5), try row.get(6))
        (reason, at, by) = (try row.get(7), try row.get(8), try row.get(9))
    }
}
