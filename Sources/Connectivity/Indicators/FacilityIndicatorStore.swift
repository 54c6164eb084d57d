import Database
import Kernel

/// What only the indicators ask of the database.
struct FacilityIndicatorStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Changes whenever a value of the register or a state of an organisation was written.
    func revision() throws -> String {
        let text: String? = try db.first(
            """
            SELECT r.number, (SELECT MAX(id) FROM directory_organisation_version)
            FROM connectivity_revision r WHERE r.id = 1
            """
        ) { row in "\(try row.integer(0))-\(try row.get(1, as: String?.self) ?? "")" }
        return text ?? ""
    }

    /// The 办学类型 code of a school as it was on the day; `nil` when it was not there.
    func schoolType(of school: OrganisationID, on day: LocalDate) throws -> String? {
        let types = try db.column(
            """
            SELECT school_type FROM directory_organisation_version
            WHERE organisation_id = \(school) AND valid_from <= \(day) AND school_type IS NOT NULL
            ORDER BY valid_from DESC, id DESC LIMIT 1
            """, as: String.self)
        return types.first
    }
}
