import Contracts
import Database
import Directory
import Kernel

/// 每堂课有优课: of the lessons in the textbooks a school uses, those with a recording that a county or the city selected
/// (优课). What a county selected counts for its schools, what the city selected for all.
struct ExcellentNodes {
    struct Count: Sendable, Equatable {
        var nodes = 0
        var excellent = 0
    }

    private struct Book {
        let textbook: Textbook
        let nodes: Int
    }

    private let day: LocalDate
    private let db: Connection
    /// Lessons with something selected, by volume and by the place of the unit; those of the city stand under "".
    private let selected: [ID<Textbook>: [String: Set<ID<TextbookNode>>]]

    init(on day: LocalDate, _ db: Connection) throws {
        (self.day, self.db) = (day, db)
        var selected: [ID<Textbook>: [String: Set<ID<TextbookNode>>]] = [:]
        try db.each(
            """
            SELECT DISTINCT n.textbook_id, n.id, CASE WHEN i.visibility = 'county' THEN o.path ELSE '' END
            FROM resources_item i CROSS JOIN resources_item_node x CROSS JOIN resources_node n
            CROSS JOIN directory_organisation o
            WHERE i.type = 'lesson-recording' AND i.state = 'published' AND i.visibility <> 'school'
                AND i.published_at < \(Timestamp(startOf: day.adding(days: 1))) AND x.item_id = i.id
                AND n.id = x.node_id AND n.kind = 'lesson' AND n.is_removed = 0 AND o.id = i.school_id
            """
        ) { row in
            let path = OrganisationPath(try row.get(2)), unit = path.unit?.text ?? ""
            selected[try row.get(0), default: [:]][unit, default: []].insert(try row.get(1))
        }
        self.selected = selected
    }

    /// By school. Without any selected recording in the city nobody has told anything yet.
    func counts() throws -> [OrganisationID: Count] {
        guard !selected.isEmpty else { return [:] }
        let books = try books(), grades = try grades(of: nil), choices = try choices()
        let schools = try OrganisationStore(db).all(within: .everything, on: day).filter(\.kind.isSchool)
        var counts: [OrganisationID: Count] = [:], known: [String: Count] = [:]
        for school in schools {
            guard let own = grades[school.id] else { continue }
            var total = Count()
            for choice in EditionChoice.effective(choices, at: school.path, in: SchoolYear(containing: day)) {
                for grade in own.sorted() {
                    let unit = school.path.unit?.text ?? "", key = "\(choice.key.choiceKey)|\(grade)|\(unit)"
                    let count = known[key] ?? self.count(books[Key(choice.key.choiceKey, grade)] ?? [], unit)
                    known[key] = count
                    total.nodes += count.nodes
                    total.excellent += count.excellent
                }
            }
            if total.nodes > 0 { counts[school.id] = total }
        }
        return counts
    }

    /// The volumes the school uses, one row each.
    func sources(of id: OrganisationID) throws -> [FigureSource] {
        let all = try OrganisationStore(db).all(within: .everything, on: day)
        guard !selected.isEmpty, let school = all.first(where: { $0.id == id }),
            let own = try grades(of: id)[id]
        else { return [] }
        let books = try books(), year = SchoolYear(containing: day)
        return try EditionChoice.effective(choices(), at: school.path, in: year).flatMap { choice in
            own.sorted().flatMap { books[Key(choice.key.choiceKey, $0)] ?? [] }.map { book in
                let count = count([book], school.path.unit?.text ?? "")
                return FigureSource(
                    label: book.textbook.key.title, value: "\(count.excellent) / \(count.nodes) 课",
                    validFrom: SchoolYear(start: choice.from).firstDay, origin: "\(choice.organisationName)选用的教材",
                    recordedBy: choice.changedBy,
                    recordedAt: Timestamp(startOf: SchoolYear(start: choice.from).firstDay),
                    path: TextbookPages.path(book.textbook.id))
            }
        }
    }

    private func count(_ books: [Book], _ unit: String) -> Count {
        books.reduce(into: Count()) { count, book in
            let found = selected[book.textbook.id] ?? [:]
            count.nodes += book.nodes
            // A city's own school stands in no unit, and asks for what is of the city alone.
            count.excellent += (found[""] ?? []).union(unit.isEmpty ? [] : found[unit] ?? []).count
        }
    }

    private struct Key: Hashable {
        let choice: String
        let grade: String
        init(_ choice: String, _ grade: String) { (self.choice, self.grade) = (choice, grade) }
    }

    /// Volumes with their lessons, by what chooses them.
    private func books() throws -> [Key: [Book]] {
        var books: [Key: [Book]] = [:]
        try db.each(
            """
            SELECT \(Textbook.columns), (
                SELECT COUNT(*) FROM resources_node n
                WHERE n.textbook_id = t.id AND n.kind = 'lesson' AND n.is_removed = 0)
            FROM resources_textbook t WHERE t.is_removed = 0 ORDER BY t.sort_key
            """
        ) { row in
            let textbook = try Textbook(row)
            books[Key(textbook.key.choiceKey, textbook.key.grade), default: []].append(
                Book(textbook: textbook, nodes: try row.get(Textbook.columnCount)))
        }
        return books
    }

    /// `Grade.code` of the classes of the day, by school; of one school, or of all.
    private func grades(of school: OrganisationID?) throws -> [OrganisationID: Set<String>] {
        let only: SQL = school.map { " AND c.school_id = \($0)" } ?? .empty
        var grades: [OrganisationID: Set<String>] = [:]
        try db.each(
            """
            SELECT DISTINCT c.school_id, c.stage, c.entry_year, c.second_entry_year, c.years
            FROM directory_class_group c
            WHERE c.opened_on <= \(day) AND (c.closed_on IS NULL OR c.closed_on > \(day))\(only)
            """
        ) { row in
            let stage: ClassStage = try row.get(1), years: Int = try row.get(4)
            let entries = [try row.get(2, as: Int?.self), try row.get(3, as: Int?.self)].compactMap { $0 }
            let codes = PushGrade.codes(stage, years: years, entries: entries, on: day)
            grades[try row.get(0), default: []].formUnion(codes)
        }
        return grades
    }

    private func choices() throws -> [EditionChoice] { try EditionChoiceStore(db).list(within: .everything) }
}
