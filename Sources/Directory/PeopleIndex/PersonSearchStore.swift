import Database
import Kernel
import Platform

/// Finding people in the index, within the viewer's scope.
package struct PersonSearchStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// A person found at a place.
    package struct Found: Sendable, Equatable {
        package let entry: PersonEntry
        package let schoolName: String
        let place: Place
    }

    /// Where a list goes on.
    package struct Place: Sendable, Equatable, Comparable {
        let term: String
        let entry: Int

        /// As an address carries it.
        var cursor: String { "\(entry)-\(term)" }

        init(term: String, entry: Int) { (self.term, self.entry) = (term, entry) }

        /// `nil` for what is no place.
        init?(cursor: String) {
            let parts = cursor.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let entry = Int(parts[0]), parts[1].utf8.count <= 200 else { return nil }
            self.init(term: String(parts[1]), entry: entry)
        }

        package static func < (a: Place, b: Place) -> Bool {
            a.term == b.term ? a.entry < b.entry : a.term.utf8.lexicographicallyPrecedes(b.term.utf8)
        }
    }

    /// Of so few schools each is asked by itself; of more, the city's order is followed until enough are found.
    private static let fewSchools = 48

    /// People with a name, a part of one, or pinyin that begins with the key, at schools of the scope.
    /// - Parameter key: as `PersonTerms.key` spells it.
    func named(_ key: String, within scope: DataScope, after: Place?, limit: Int) throws -> [Found] {
        let schools = try schools(within: scope, limit: PersonSearchStore.fewSchools + 1)
        var places: [Place] = []
        if schools.count <= PersonSearchStore.fewSchools {
            for school in schools { places += try beginning(key, at: "school = \(school)", after, limit) }
            places = Array(places.sorted().prefix(limit))
        } else if scope.contains(.city) {
            places = try beginning(key, at: nil, after, limit)
        } else {
            let inScope: SQL =
                """
                school IN (SELECT n.number FROM directory_school_number n
                    JOIN directory_organisation o ON o.id = n.school_id WHERE \(SQL.within(scope, "o.path")))
                """
            places = try beginning(key, at: inScope, after, limit)
        }
        return try found(places)
    }

    private func schools(within scope: DataScope, limit: Int) throws -> [Int] {
        try db.column(
            """
            SELECT n.number FROM directory_organisation o JOIN directory_school_number n ON n.school_id = o.id
            WHERE o.kind IN ('school', 'teaching_point') AND \(SQL.within(scope, "o.path")) LIMIT \(limit)
            """)
    }

    private func beginning(_ key: String, at condition: SQL?, _ after: Place?, _ limit: Int) throws -> [Place] {
        let here = condition.map { "\($0) AND " as SQL } ?? .empty
        let rest = after.map { " AND (term, entry) > (\($0.term), \($0.entry))" as SQL } ?? .empty
        return try db.rows(
            """
            SELECT term, entry FROM directory_person_term
            WHERE \(here)term >= \(key) AND term < \(key + "\u{10FFFF}")\(rest) ORDER BY term, entry LIMIT \(limit)
            """
        ) { Place(term: try $0.get(0), entry: try $0.get(1)) }
    }

    /// In the order of the places.
    private func found(_ places: [Place]) throws -> [Found] {
        var entries: [Int: (PersonEntry, String)] = [:]
        try db.each(
            """
            SELECT e.number, e.person_id, e.name, e.school_id, e.tie, o.name FROM directory_person_entry e
            JOIN directory_organisation o ON o.id = e.school_id WHERE e.number IN \(in: places.map(\.entry))
            """
        ) { row in
            let tie: String = try row.get(4)
            let entry = PersonEntry(
                person: try row.get(1), name: try row.get(2), school: try row.get(3),
                tie: PersonEntry.Tie(rawValue: tie) ?? .pupil)
            entries[try row.get(0)] = (entry, try row.get(5))
        }
        var seen: Set<PersonEntry> = []
        return places.compactMap { place in
            entries[place.entry].map { Found(entry: $0.0, schoolName: $0.1, place: place) }
        }.filter { seen.insert($0.entry).inserted }
    }

    /// The entries that lie in the scope, with the names of their schools.
    func within(_ scope: DataScope, _ entries: [PersonEntry]) throws -> [Found] {
        guard !entries.isEmpty else { return [] }
        var names: [OrganisationID: String] = [:]
        try db.each(
            """
            SELECT o.id, o.name FROM directory_organisation o
            WHERE o.id IN \(in: Array(Set(entries.map(\.school)))) AND \(SQL.within(scope, "o.path"))
            """
        ) { names[try $0.get(0)] = try $0.get(1) }
        return entries.compactMap { entry in
            names[entry.school].map { Found(entry: entry, schoolName: $0, place: Place(term: entry.name, entry: 0)) }
        }
    }
}
