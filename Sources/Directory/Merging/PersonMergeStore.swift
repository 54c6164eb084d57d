import Database
import Kernel

/// All SQL of merging two records of one person.
package struct PersonMergeStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// The merges in which somebody went into the person, and those in which she went, the latest first.
    package func merges(of person: ID<Person>) throws -> [PersonMerge] {
        try db.rows(
            """
            SELECT \(PersonMerge.columns) FROM directory_merge WHERE into_id = \(person) OR from_id = \(person)
            ORDER BY merged_at DESC, id DESC
            """, PersonMerge.init)
    }

    /// Whether one of the people went into somebody else or somebody else into her, and that still holds.
    package func areMerged(_ people: [ID<Person>]) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM directory_merge
            WHERE undone_at IS NULL AND (into_id IN \(in: people) OR from_id IN \(in: people)) LIMIT 1
            """)
        return found != nil
    }

    /// For callers that have asked the places of both before.
    package func find(_ id: String) throws -> PersonMerge? {
        try db.first("SELECT \(PersonMerge.columns) FROM directory_merge WHERE id = \(id)", PersonMerge.init)
    }

    func mergedInto(_ person: ID<Person>) throws -> ID<Person>? {
        try db.value("SELECT merged_into FROM directory_person WHERE id = \(person)")
    }

    func setMerged(_ person: ID<Person>, into survivor: ID<Person>?, _ now: Timestamp) throws {
        try db.execute(
            "UPDATE directory_person SET merged_into = \(survivor), changed_at = \(now) WHERE id = \(person)")
        if let survivor {
            try db.execute("UPDATE directory_person SET changed_at = \(now) WHERE id = \(survivor)")
        }
    }

    func insert(
        _ id: String, _ person: ID<Person>, _ survivor: ID<Person>, _ record: String, by author: String,
        _ now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO directory_merge (id, from_id, into_id, merged_at, merged_by, record)
            VALUES (\(id), \(person), \(survivor), \(now), \(author), \(record))
            """)
    }

    func setUndone(_ id: String, by author: String, _ now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE directory_merge SET undone_at = \(now), undone_by = \(author) WHERE id = \(id) AND undone_at IS NULL
            """) == 1
    }

    /// Whether one is or was a guardian of the other.
    func areRelated(_ person: ID<Person>, _ other: ID<Person>) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM directory_guardianship WHERE (guardian_id = \(person) AND child_id = \(other))
                OR (guardian_id = \(other) AND child_id = \(person)) LIMIT 1
            """)
        return found != nil
    }

    // Rows that name the person

    /// Moves every row of the column. A row that cannot because the survivor has the same stays where it is.
    func move(
        _ column: PersonColumn, from person: ID<Person>, to survivor: ID<Person>, _ now: Timestamp
    ) throws -> [MergeRecord.Move] {
        let keys: [String] = try db.column(
            "SELECT \(column.key) FROM \(column.table) WHERE \(column.column) = \(person) ORDER BY 1")
        let stamp: SQL = column.hasChangedAt ? ", changed_at = \(now)" : ""
        var moves: [MergeRecord.Move] = []
        for key in keys {
            do {
                try db.attempt {
                    try db.execute(
                        """
                        UPDATE \(column.table) SET \(column.column) = \(survivor)\(stamp)
                        WHERE \(column.key) = \(key) AND \(column.column) = \(person)
                        """)
                }
                moves.append(.init(column: column.name, key: key))
            } catch DatabaseError.uniqueViolation {
                continue
            }
        }
        return moves
    }

    /// - Parameter times: of merges and their undoing: a row that changed at another time says something new.
    func moveBack(
        _ move: MergeRecord.Move, _ column: PersonColumn, from survivor: ID<Person>, to person: ID<Person>,
        times: [Timestamp], _ now: Timestamp
    ) throws {
        let stamp: SQL = column.hasChangedAt ? ", changed_at = \(now)" : ""
        let unchanged: SQL = column.hasChangedAt ? " AND changed_at IN \(in: times)" : ""
        let count = try db.change(
            """
            UPDATE \(column.table) SET \(column.column) = \(person)\(stamp)
            WHERE \(column.key) = \(move.key) AND \(column.column) = \(survivor)\(unchanged)
            """)
        if count == 1 { return }
        let exists: Int? = try db.value("SELECT 1 FROM \(column.table) WHERE \(column.key) = \(move.key)")
        if exists != nil || !column.mayExpire { throw PersonMergeStore.changed }
    }

    /// When the merge was made, and when later ones of the same people were made and undone.
    func times(since merge: PersonMerge) throws -> [Timestamp] {
        let later = try merges(of: merge.into).filter { $0.at >= merge.at }
        return later.flatMap { [$0.at] + [$0.undoneAt].compactMap { $0 } }
    }

    static let changed = DomainError.conflict("合并之后有关记录又有变动，不能撤销")

    // Numbers

    /// Gives the survivor the numbers she lacks and those that were chosen; of the chosen, her own go to the other.
    func moveNumbers(
        from person: ID<Person>, to survivor: ID<Person>, taking chosen: Set<PersonIdentifierKind>
    ) throws -> [MergeRecord.Number] {
        let theirs = try numbers(of: person), own = try numbers(of: survivor)
        var moved: [MergeRecord.Number] = []
        for (kind, id) in theirs.sorted(by: { $0.value < $1.value }) {
            guard let mine = own[kind] else {
                try setNumber(id, of: survivor)
                moved.append(.init(id: id, isTaken: true))
                continue
            }
            guard chosen.contains(kind) else { continue }
            try exchange(id, of: person, with: mine, of: survivor)
            moved += [.init(id: id, isTaken: true), .init(id: mine, isTaken: false)]
        }
        return moved
    }

    func returnNumbers(_ moved: [MergeRecord.Number], from survivor: ID<Person>, to person: ID<Person>) throws {
        for number in moved {
            let holder: ID<Person>? = try db.value(
                "SELECT person_id FROM directory_person_identifier WHERE id = \(number.id)")
            guard holder == (number.isTaken ? survivor : person) else { throw PersonMergeStore.changed }
        }
        var rest = moved[...]
        while let taken = rest.popFirst() {
            if let left = rest.first, !left.isTaken {
                rest.removeFirst()
                try exchange(left.id, of: person, with: taken.id, of: survivor)
            } else {
                try setNumber(taken.id, of: person)
            }
        }
    }

    private func numbers(of person: ID<Person>) throws -> [PersonIdentifierKind: String] {
        var numbers: [PersonIdentifierKind: String] = [:]
        try db.each("SELECT kind, id FROM directory_person_identifier WHERE person_id = \(person)") {
            numbers[try $0.get(0)] = try $0.get(1)
        }
        return numbers
    }

    private func setNumber(_ id: String, of person: ID<Person>) throws {
        do {
            try db.execute("UPDATE directory_person_identifier SET person_id = \(person) WHERE id = \(id)")
        } catch DatabaseError.uniqueViolation {
            throw PersonMergeStore.changed
        }
    }

    /// Nobody has two numbers of a kind even for a moment: one row is taken out and put in again.
    private func exchange(
        _ id: String, of person: ID<Person>, with other: String, of survivor: ID<Person>
    ) throws {
        let columns: SQL = "id, kind, document_type, lookup, sealed, recorded_at, recorded_by"
        let kept = try db.first(
            "SELECT \(columns) FROM directory_person_identifier WHERE id = \(id)"
        ) { row -> [DatabaseValue] in
            [
                .text(try row.get(0)), .text(try row.get(1)), .text(try row.get(2)), .blob(try row.get(3)),
                .blob(try row.get(4)), .integer(try row.get(5)), .text(try row.get(6)),
            ]
        }
        guard let kept else { throw PersonMergeStore.changed }
        try db.execute("DELETE FROM directory_person_identifier WHERE id = \(id)")
        try setNumber(other, of: person)
        try db.insert(
            into: "directory_person_identifier (\(columns), person_id)", rows: [kept + [survivor.databaseValue]])
    }

    // Facts

    func openVersion(of person: ID<Person>) throws -> (id: String, from: LocalDate)? {
        try db.first(
            "SELECT id, valid_from FROM directory_person_facts WHERE person_id = \(person) AND valid_to IS NULL"
        ) { (try $0.get(0), try $0.get(1)) }
    }

    func closeVersion(of person: ID<Person>, on day: LocalDate) throws {
        try db.execute(
            """
            UPDATE directory_person_facts SET valid_to = \(day) WHERE person_id = \(person) AND valid_to IS NULL
            """)
    }

    func dropVersion(_ id: String, reopening old: String?) throws {
        try db.execute("DELETE FROM directory_person_facts WHERE id = \(id)")
        if let old { try db.execute("UPDATE directory_person_facts SET valid_to = NULL WHERE id = \(old)") }
    }
}
