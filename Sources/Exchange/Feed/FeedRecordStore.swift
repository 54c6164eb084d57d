import Database
import Directory
import Kernel
import Platform

/// Reads the records of a feed as a caller may see them. What has left the caller's organisations comes as deleted, with
/// nothing but its key.
struct FeedRecordStore {
    let db: Connection
    let crypto: any CryptoProvider
    let scope: DataScope
    let today: LocalDate
    /// Whether numbers and sensitive facts are part of the records.
    let withSensitive: Bool

    /// What every record carries, whatever the data set.
    static let source = "santong"

    /// The members of a record besides those that every one has.
    private typealias Members = [(String, JSONValue?)]

    func records(_ dataset: FeedDataset, _ entries: [FeedEntry]) throws -> [JSONValue] {
        var found: [String: Members] = [:]
        for start in stride(from: 0, to: entries.count, by: 500) {
            let ids = entries[start..<min(start + 500, entries.count)].map(\.id)
            let some: [String: Members] =
                switch dataset {
                case .organisations: try organisations(ids)
                case .classes: try classes(ids)
                case .enrolments: try enrolments(ids)
                case .students: try students(ids)
                case .staff: try staff(ids)
                }
            found.merge(some) { $1 }
        }
        return entries.map { entry in
            let fields = found[entry.id]
            let head: Members = [
                ("src", .text(FeedRecordStore.source)), ("src_id", .text(entry.id)),
                ("version", .integer(Int64(entry.sequence))), ("updated_at", .text(entry.changedAt.rfc3339)),
                ("deleted", .flag(fields == nil)),
            ]
            return .members(head + (fields ?? []))
        }
    }

    private var within: SQL { SQL.within(scope, "o.path") }

    /// What the question finds, by the keys in its first column.
    private func rows(_ question: SQL, _ read: (borrowing Row) throws -> Members) throws -> [String: Members] {
        var found: [String: Members] = [:]
        try db.each(question) { found[try $0.get(0)] = try read($0) }
        return found
    }

    private func organisations(_ ids: [String]) throws -> [String: Members] {
        try rows(
            """
            SELECT o.id, o.code, o.name, o.kind, o.parent_id, o.school_type, o.urban_rural, o.opened_on
            FROM directory_organisation o WHERE o.id IN \(in: ids) AND (o.closed_on IS NULL OR o.closed_on > \(today))
                AND \(within)
            """
        ) { row in
            [
                ("code", .known(try row.get(1))), ("name", .text(try row.get(2))), ("kind", .text(try row.get(3))),
                ("parent", .known(try row.get(4))), ("school_type", .known(try row.get(5))),
                ("urban_rural", .known(try row.get(6))), ("opened_on", .known(try row.get(7))),
            ]
        }
    }

    private func classes(_ ids: [String]) throws -> [String: Members] {
        try rows(
            """
            SELECT c.id, c.school_id, o.code, c.stage, c.entry_year, c.years, c.number, c.alias, c.kind, c.opened_on
            FROM directory_class_group c JOIN directory_organisation o ON o.id = c.school_id
            WHERE c.id IN \(in: ids) AND (c.closed_on IS NULL OR c.closed_on > \(today)) AND \(within)
            """
        ) { row in
            [
                ("school", .text(try row.get(1))), ("school_code", .known(try row.get(2))),
                ("stage", .text(try row.get(3))), ("entry_year", .integer(try row.get(4))),
                ("years", .integer(try row.get(5))), ("number", .integer(try row.get(6))),
                ("alias", .known(try row.get(7))), ("kind", .known(try row.get(8))),
                ("opened_on", .text(try row.get(9))),
            ]
        }
    }

    private func enrolments(_ ids: [String]) throws -> [String: Members] {
        try rows(
            """
            SELECT e.id, e.person_id, e.school_id, e.class_id, e.valid_from, e.valid_to FROM directory_enrolment e
            JOIN directory_organisation o ON o.id = e.school_id
            WHERE e.id IN \(in: ids) AND (e.valid_to IS NULL OR e.valid_to > \(today)) AND \(within)
            """
        ) { row in
            [
                ("student", .text(try row.get(1))), ("school", .text(try row.get(2))),
                ("class", .text(try row.get(3))), ("from", .text(try row.get(4))), ("until", .known(try row.get(5))),
            ]
        }
    }

    private func students(_ ids: [String]) throws -> [String: Members] {
        let places = try places(
            of: ids, "r.school_id, r.class_id", ["school", "class"], in: "directory_enrolment r", at: "r.school_id")
        return try people(places, "enrolments", of: [.common, .student], [.studentNumber, .citizenNumber, .document])
    }

    private func staff(_ ids: [String]) throws -> [String: Members] {
        let places = try places(
            of: ids, "r.organisation_id, r.post", ["org", "post"], in: "directory_appointment r",
            at: "r.organisation_id")
        return try people(places, "posts", of: [.common, .staff], [.staffNumber, .citizenNumber, .document])
    }

    /// Where each of the people is now or will be: two columns under their names, and from when until when.
    private func places(
        of ids: [String], _ columns: SQL, _ names: [String], in table: SQL, at place: SQL
    ) throws -> [String: [JSONValue]] {
        var places: [String: [JSONValue]] = [:]
        try db.each(
            """
            SELECT r.person_id, \(columns), r.valid_from, r.valid_to FROM \(table)
            JOIN directory_organisation o ON o.id = \(place)
            WHERE r.person_id IN \(in: ids) AND (r.valid_to IS NULL OR r.valid_to > \(today)) AND \(within)
            ORDER BY r.valid_from, r.id
            """
        ) { row in
            places[try row.get(0), default: []].append(
                .members([
                    (names[0], .text(try row.get(1))), (names[1], .text(try row.get(2))),
                    ("from", .text(try row.get(3))), ("until", .known(try row.get(4))),
                ]))
        }
        return places
    }

    private func people(
        _ places: [String: [JSONValue]], _ name: String, of groups: Set<PersonField.Group>,
        _ kinds: Set<PersonIdentifierKind>
    ) throws -> [String: Members] {
        let people = places.keys.sorted().map { ID<Person>($0) }
        let facts = try PersonFactStore(db, crypto).latest(of: people)
        let numbers = withSensitive ? try PersonIdentifierStore(db, crypto).texts(of: people, kinds: kinds) : [:]
        let fields = PersonField.all.filter { groups.contains($0.group) && (withSensitive || !$0.isSensitive) }
        var found: [String: Members] = [:]
        try db.each("SELECT id, name FROM directory_person WHERE id IN \(in: people)") { row in
            let id: String = try row.get(0), known = facts[ID(id)]
            let told = fields.compactMap { field in known?[field.id].map { (field.id, JSONValue.text($0)) } }
            let identifiers = (numbers[ID(id)] ?? [:]).sorted { $0.key.rawValue < $1.key.rawValue }
            found[id] = [
                ("name", .text(try row.get(1))), (name, .list(places[id] ?? [])),
                ("facts", .members(told.map { ($0.0, Optional($0.1)) })),
                (
                    "numbers",
                    withSensitive ? .members(identifiers.map { ($0.key.rawValue, JSONValue.text($0.value)) }) : nil
                ),
            ]
        }
        return found
    }
}
