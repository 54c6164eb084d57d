import Database
import Directory
import Kernel

/// 学生作品或肖像: what a resource shows of pupils. Each is a purpose that somebody has to agree to before it is published.
enum PupilUse: String, CaseIterable, Sendable {
    case works, images

    var title: String { self == .works ? "学生作品" : "学生肖像、声音" }
    var purpose: PublicationPurpose { self == .works ? .works : .images }
}

/// A pupil whose work or picture a resource shows.
package struct ItemPupil: Sendable, Equatable {
    package let person: ID<Person>
    package let name: String
}

/// All SQL of the pupils in resources. Each version keeps its own.
struct ItemPupilStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func pupils(of item: ID<Item>, version: Int) throws -> [ItemPupil] {
        try db.rows(
            """
            SELECT u.person_id, p.name FROM resources_item_pupil u JOIN directory_person p ON p.id = u.person_id
            WHERE u.item_id = \(item) AND u.version = \(version) ORDER BY u.position
            """
        ) { ItemPupil(person: try $0.get(0), name: try $0.get(1)) }
    }

    func set(_ people: [ID<Person>], of item: ID<Item>, version: Int) throws {
        try db.execute("DELETE FROM resources_item_pupil WHERE item_id = \(item) AND version = \(version)")
        try db.insert(
            into: "resources_item_pupil (id, item_id, version, person_id, position)",
            rows: people.enumerated().map { position, person in
                [
                    .text(Identifiers.next()), item.databaseValue, .integer(Int64(version)), person.databaseValue,
                    .integer(Int64(position)),
                ]
            })
    }

    func delete(of item: ID<Item>) throws {
        try db.execute("DELETE FROM resources_item_pupil WHERE item_id = \(item)")
    }

    /// Pupils on the roll of the school on the day who have one of the names, each with her class.
    func named(
        _ names: [String], at school: OrganisationID, on day: LocalDate
    ) throws -> [(pupil: ItemPupil, classGroup: ID<ClassGroup>)] {
        try db.rows(
            """
            SELECT e.person_id, p.name, e.class_id FROM directory_enrolment e
            JOIN directory_person p ON p.id = e.person_id
            WHERE e.school_id = \(school) AND p.name IN \(in: names) AND e.valid_from <= \(day)
                AND (e.valid_to IS NULL OR e.valid_to > \(day)) ORDER BY p.name, e.id
            """
        ) { (ItemPupil(person: try $0.get(0), name: try $0.get(1)), try $0.get(2)) }
    }

    /// Published resources that show pupils, after the id, for the look at consents.
    func published(after: String, limit: Int) throws -> [ID<Item>] {
        try db.column(
            """
            SELECT DISTINCT i.id FROM resources_item i
            JOIN resources_item_pupil u ON u.item_id = i.id AND u.version = i.version
            WHERE i.state = 'published' AND i.id > \(after) ORDER BY i.id LIMIT \(limit)
            """)
    }

    /// The resources that show somebody, in any version.
    func showing(_ person: ID<Person>) throws -> [(title: String, school: String, version: Int, at: Timestamp)] {
        try db.rows(
            """
            SELECT i.title, o.name, i.version, i.created_at FROM resources_item i
            JOIN directory_organisation o ON o.id = i.school_id
            WHERE i.id IN (SELECT u.item_id FROM resources_item_pupil u WHERE u.person_id = \(person)) ORDER BY i.id
            """
        ) { (try $0.get(0), try $0.get(1), try $0.get(2), try $0.get(3)) }
    }
}

/// Asks for the consents of what a resource shows of pupils, in the transaction that publishes or reads it.
struct PupilGate {
    let consent: any PublicationConsent
    let db: Connection

    /// Who has not agreed to what, in words: `韦小宁（学生作品）`. Empty when it may be shown.
    func missing(_ content: ItemContent, _ pupils: [ItemPupil]) throws -> [String] {
        let uses = PupilUse.allCases.filter { content.pupilUses?.contains($0.rawValue) ?? false }
        var missing: [String] = []
        for use in uses {
            let shown = try PublishablePupil.among(pupils.map(\.person), for: use.purpose, by: consent, db)
            let allowed = Set(shown.map(\.person))
            missing += pupils.filter { !allowed.contains($0.person) }.map { "\($0.name)（\(use.title)）" }
        }
        return missing
    }

    /// Whether readers may have the published version now.
    func isOpen(_ item: Item) throws -> Bool {
        guard !(item.content.pupilUses ?? []).isEmpty else { return true }
        return try missing(item.content, ItemPupilStore(db).pupils(of: item.id, version: item.version)).isEmpty
    }
}
