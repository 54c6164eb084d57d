import Database
import Directory
import Kernel

/// The SQL of what one of the two is and was.
struct DuplicateSideStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Where and as what the person is or was on the staff, the latest first.
    func posts(of person: ID<Person>) throws -> [String] {
        try db.rows(
            """
            SELECT o.name, a.post, a.valid_from, a.valid_to FROM directory_appointment a
            JOIN directory_organisation o ON o.id = a.organisation_id WHERE a.person_id = \(person)
            ORDER BY a.valid_from DESC, a.id
            """
        ) { row in
            let from: LocalDate = try row.get(2), until: LocalDate? = try row.get(3)
            let post = CodeLists.post.name(of: try row.get(1)), name: String = try row.get(0)
            return "\(name) \(post) \(from.iso) 至 \(until?.adding(days: -1).iso ?? "今")"
        }
    }

    func schoolName(_ id: String) throws -> String? {
        try db.value("SELECT name FROM directory_organisation WHERE id = \(id)")
    }
}
