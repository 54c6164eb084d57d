import Database
import Directory
import Kernel

/// The SQL of what senders call people, organisations and classes.
extension BundleImportStore {
    /// The sender's key of each row of a batch.
    func sources(of id: BundleImportID, batch: String) throws -> [Int: String] {
        var found: [Int: String] = [:]
        try db.each(
            """
            SELECT row_number, source_id FROM exchange_bundle_row WHERE bundle_id = \(id) AND batch = \(batch)
            """
        ) { found[try $0.get(0)] = try $0.get(1) }
        return found
    }

    /// Remembers whom the partner means, and whom it meant before.
    func learn(_ source: String, is person: ID<Person>, of bundle: BundleImport, now: Timestamp) throws {
        let former = try db.first(
            """
            SELECT person_id, bundle_id FROM exchange_bundle_key
            WHERE partner_id = \(bundle.partner) AND source_id = \(source)
            """
        ) { (try $0.get(0, as: ID<Person>.self), try $0.get(1, as: BundleImportID.self)) }
        if former?.0 == person { return }
        if let former {
            try db.execute(
                """
                UPDATE exchange_bundle_row SET former_person_id = \(former.0), former_bundle_id = \(former.1)
                WHERE bundle_id = \(bundle.id) AND source_id = \(source)
                """)
        }
        try db.execute(
            """
            INSERT INTO exchange_bundle_key (partner_id, source_id, person_id, bundle_id, at)
            VALUES (\(bundle.partner), \(source), \(person), \(bundle.id), \(now))
            ON CONFLICT (partner_id, source_id) DO UPDATE SET person_id = excluded.person_id,
                bundle_id = excluded.bundle_id, at = excluded.at
            """)
    }

    /// Takes back what a bundle has taught, and ends its rows.
    func forget(_ id: BundleImportID) throws {
        let former = try db.rows(
            """
            SELECT source_id, former_person_id, former_bundle_id FROM exchange_bundle_row
            WHERE bundle_id = \(id) AND former_person_id IS NOT NULL
            """
        ) { (try $0.text(0), try $0.get(1, as: ID<Person>.self), try $0.get(2, as: BundleImportID.self)) }
        for (source, person, bundle) in former {
            try db.execute(
                """
                UPDATE exchange_bundle_key SET person_id = \(person), bundle_id = \(bundle)
                WHERE bundle_id = \(id) AND source_id = \(source)
                """)
        }
        try db.execute("DELETE FROM exchange_bundle_key WHERE bundle_id = \(id)")
        try db.execute("DELETE FROM exchange_bundle_row WHERE bundle_id = \(id)")
    }

    /// Whom each of the keys means: by an earlier bundle of the partner, or because it is the platform's own. Somebody who
    /// neither learned nor worked within the scope is not the sender's to tell of, and nothing of her is told.
    func people(
        _ sources: [String], of partner: PartnerID, within scope: DataScope, on day: LocalDate
    ) throws -> [String: BundleKnowledge.Known] {
        var found: [String: ID<Person>] = [:]
        for start in stride(from: 0, to: sources.count, by: 500) {
            let some = Array(sources[start..<min(start + 500, sources.count)])
            try db.each(
                "SELECT p.id, COALESCE(p.merged_into, p.id) FROM directory_person p WHERE p.id IN \(in: some)"
            ) { found[try $0.get(0)] = try $0.get(1) }
            try db.each(
                """
                SELECT k.source_id, COALESCE(p.merged_into, p.id) FROM exchange_bundle_key k
                JOIN directory_person p ON p.id = k.person_id
                WHERE k.partner_id = \(partner) AND k.source_id IN \(in: some)
                """
            ) { found[try $0.get(0)] = try $0.get(1) }
        }
        let people = try known(Set(found.values).sorted(), within: scope, on: day)
        return found.compactMapValues { people[$0] }
    }

    private func known(
        _ people: [ID<Person>], within scope: DataScope, on day: LocalDate
    ) throws -> [ID<Person>: BundleKnowledge.Known] {
        var found: [ID<Person>: BundleKnowledge.Known] = [:]
        for start in stride(from: 0, to: people.count, by: 500) {
            let some = Array(people[start..<min(start + 500, people.count)])
            try db.each("SELECT id, name FROM directory_person WHERE id IN \(in: some)") { row in
                let id: ID<Person> = try row.get(0)
                found[id] = BundleKnowledge.Known(person: id, name: try row.get(1), isOurs: false)
            }
            try db.each(
                """
                SELECT e.person_id, e.school_id, CASE WHEN e.valid_to IS NULL OR e.valid_to > \(day) THEN 1 ELSE 0 END
                FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
                WHERE e.person_id IN \(in: some) AND \(SQL.within(scope, "o.path"))
                """
            ) { row in
                let id: ID<Person> = try row.get(0)
                found[id]?.isOurs = true
                if try row.get(2, as: Int.self) == 1 { found[id]?.learnsAt = try row.get(1) }
            }
            try db.each(
                """
                SELECT a.person_id, a.organisation_id,
                    CASE WHEN a.valid_to IS NULL OR a.valid_to > \(day) THEN 1 ELSE 0 END
                FROM directory_appointment a JOIN directory_organisation o ON o.id = a.organisation_id
                WHERE a.person_id IN \(in: some) AND \(SQL.within(scope, "o.path"))
                """
            ) { row in
                let id: ID<Person> = try row.get(0)
                found[id]?.isOurs = true
                if try row.get(2, as: Int.self) == 1 { found[id]?.worksAt = try row.get(1) }
            }
        }
        return found
    }

    // Places of the senders

    /// Keeps what the bundle calls organisations and classes, in place of what an earlier reading found.
    func setPlaces(_ places: [(file: String, named: [String: BundleKnowledge.Place])], of id: BundleImportID) throws {
        try forgetPlaces(id)
        for (file, named) in places {
            try db.insert(
                into: "exchange_bundle_place (bundle_id, file, source_id, code, name)",
                rows: named.sorted { $0.key < $1.key }.map { source, place in
                    [id.databaseValue, .text(file), .text(source), .text(place.code), .text(place.name)]
                })
        }
    }

    func forgetPlaces(_ id: BundleImportID) throws {
        try db.execute("DELETE FROM exchange_bundle_place WHERE bundle_id = \(id)")
    }

    /// What the partner calls its organisations or classes, by the bundles that were taken; the latest counts.
    func places(_ file: String, of partner: PartnerID) throws -> [String: BundleKnowledge.Place] {
        var found: [String: BundleKnowledge.Place] = [:]
        try db.each(
            """
            SELECT l.source_id, l.code, l.name FROM exchange_bundle_place l JOIN exchange_bundle b ON b.id = l.bundle_id
            WHERE b.partner_id = \(partner) AND b.state IN ('accepted', 'unchanged') AND l.file = \(file) ORDER BY b.id
            """
        ) { found[try $0.get(0)] = .init(code: try $0.get(1), name: try $0.get(2)) }
        return found
    }
}
