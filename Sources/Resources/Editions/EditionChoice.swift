import Database
import Directory
import Kernel

/// 选用版本: from a school year on, a city, county or school uses an edition for a subject of a stage. The closest place
/// that chose counts, and of its choices the latest that has begun.
struct EditionChoice: Sendable, Equatable {
    let organisation: OrganisationID
    let organisationName: String
    let path: OrganisationPath
    let stage: String
    let subject: String
    let edition: String
    /// School year from which it holds.
    let from: Int
    let changedBy: String

    static let columns: SQL =
        "e.organisation_id, o.name, o.path, e.stage, e.subject, e.edition, e.from_year, e.changed_by"

    init(_ row: borrowing Row) throws {
        (organisation, organisationName, path) = (try row.get(0), try row.get(1), try row.get(2))
        (stage, subject, edition) = (try row.get(3), try row.get(4), try row.get(5))
        (from, changedBy) = (try row.get(6), try row.get(7))
    }

    var key: TextbookKey {
        TextbookKey(stage: stage, subject: subject, edition: edition, grade: "", volume: "")
    }

    /// What holds at the place in the school year, by stage and subject.
    static func effective(_ choices: [EditionChoice], at place: OrganisationPath, in year: SchoolYear)
        -> [EditionChoice]
    {
        var found: [String: EditionChoice] = [:]
        for choice in choices where choice.path.contains(place) && choice.from <= year.start {
            let name = choice.stage + "|" + choice.subject
            guard let other = found[name] else {
                found[name] = choice
                continue
            }
            // A longer path lies closer.
            if (choice.path.text.utf8.count, choice.from) > (other.path.text.utf8.count, other.from) {
                found[name] = choice
            }
        }
        return found.values.sorted { ($0.stage, $0.subject) < ($1.stage, $1.subject) }
    }
}

enum EditionSchema {
    static let statements = [
        """
        CREATE TABLE resources_edition_choice (
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), stage TEXT NOT NULL,
            subject TEXT NOT NULL, edition TEXT NOT NULL, from_year INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            changed_by TEXT NOT NULL, PRIMARY KEY (organisation_id, stage, subject, from_year))
        """
    ]
}

/// All SQL of choices.
struct EditionChoiceStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Those made within the scope, in tree order.
    func list(within scope: DataScope) throws -> [EditionChoice] {
        try rows(SQL.within(scope, "o.path"))
    }

    /// Those that may hold at one of the places: made there or above.
    func reaching(_ places: [OrganisationPath]) throws -> [EditionChoice] {
        try rows("o.path IN \(in: places.flatMap(\.lineage))")
    }

    private func rows(_ condition: SQL) throws -> [EditionChoice] {
        try db.rows(
            """
            SELECT \(EditionChoice.columns) FROM resources_edition_choice e
            JOIN directory_organisation o ON o.id = e.organisation_id WHERE \(condition)
            ORDER BY o.path, e.stage, e.subject, e.from_year DESC
            """, EditionChoice.init)
    }

    /// Editions of the stage and subject, as `TextbookKey.choiceKey`, that hold at one of the places this year.
    func chosen(at places: [OrganisationPath], in year: SchoolYear) throws -> [String] {
        guard !places.isEmpty else { return [] }
        let choices = try reaching(places)
        let keys = places.flatMap { EditionChoice.effective(choices, at: $0, in: year).map(\.key.choiceKey) }
        return Array(Set(keys)).sorted()
    }

    func set(
        _ key: TextbookKey, at organisation: OrganisationID, from year: Int, by name: String, now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_edition_choice (organisation_id, stage, subject, edition, from_year, changed_at,
                changed_by)
            VALUES (\(organisation), \(key.stage), \(key.subject), \(key.edition), \(year), \(now), \(name))
            ON CONFLICT (organisation_id, stage, subject, from_year)
            DO UPDATE SET edition = excluded.edition, changed_at = excluded.changed_at,
                changed_by = excluded.changed_by
            """)
    }

    /// Returns whether there was one.
    func remove(stage: String, subject: String, from year: Int, at organisation: OrganisationID) throws -> Bool {
        try db.change(
            """
            DELETE FROM resources_edition_choice
            WHERE organisation_id = \(organisation) AND stage = \(stage) AND subject = \(subject)
                AND from_year = \(year)
            """) > 0
    }
}
