import Database
import Kernel

extension FacilityStore {
    /// Tells values, in their order. A value for the same school, field and day supersedes the one before; the old row
    /// stays. A value that equals the one in force on its day says nothing new and is left out. A value told for an
    /// earlier day holds until the next later one, which it leaves alone. Returns how many were written.
    @discardableResult
    package func tell(
        _ changes: [FacilityChange], source: FacilitySource, batch: String? = nil, by recordedBy: String, now: Timestamp
    ) throws -> Int {
        var timelines = try timelines(of: changes)
        var told: [ToldValue] = []
        var superseded: [(old: String, new: String)] = []
        for change in changes {
            let key = TimelineKey(school: change.organisation.rawValue, field: change.field)
            var timeline = timelines[key] ?? []
            let next = timeline.firstIndex { $0.validFrom > change.validFrom } ?? timeline.endIndex
            let valid = next > 0 ? timeline[next - 1] : nil
            if let valid, valid.value == change.value { continue }
            let entry = TimelineEntry(
                validFrom: change.validFrom, value: change.value, id: Identifiers.next(), told: told.count)
            if let valid, valid.validFrom == change.validFrom {
                if let place = valid.told {
                    told[place].supersededBy = entry.id
                } else {
                    superseded.append((valid.id, entry.id))
                }
                timeline[next - 1] = entry
            } else {
                timeline.insert(entry, at: next)
            }
            told.append(ToldValue(id: entry.id, change: change))
            timelines[key] = timeline
        }
        guard !told.isEmpty else { return 0 }
        try insert(told, source: source, batch: batch, by: recordedBy, now: now)
        try supersede(superseded)
        try bumpRevision()
        return told.count
    }

    private struct TimelineKey: Hashable {
        let school: String
        let field: String
    }

    /// A value in force from its day on.
    private struct TimelineEntry {
        let validFrom: LocalDate
        let value: Double
        let id: String
        /// Its place among the values about to be written; `nil` when it is stored already.
        let told: Int?
    }

    private struct ToldValue {
        let id: String
        let change: FacilityChange
        var supersededBy: String?
    }

    /// The values in force of all schools concerned, oldest day first; of two for one day, left by undoing an older
    /// one, the later told counts.
    private func timelines(of changes: [FacilityChange]) throws -> [TimelineKey: [TimelineEntry]] {
        let schools = Array(Set(changes.map(\.organisation)))
        var timelines: [TimelineKey: [TimelineEntry]] = [:]
        for start in stride(from: 0, to: schools.count, by: 256) {
            let some = Array(schools[start..<min(start + 256, schools.count)])
            try db.each(
                """
                SELECT v.organisation_id, v.field, v.valid_from, v.id, v.value FROM connectivity_value v
                WHERE v.superseded_by IS NULL AND v.undone_at IS NULL AND v.organisation_id IN \(in: some)
                ORDER BY v.organisation_id, v.field, v.valid_from, v.id
                """
            ) { row in
                let key = TimelineKey(school: try row.text(0), field: try row.text(1))
                let entry = TimelineEntry(
                    validFrom: try row.get(2), value: try row.real(4), id: try row.text(3), told: nil)
                timelines[key, default: []].append(entry)
            }
        }
        return timelines
    }

    private func insert(
        _ told: [ToldValue], source: FacilitySource, batch: String?, by recordedBy: String, now: Timestamp
    ) throws {
        let (source, batch) = (source.databaseValue, batch.databaseValue)
        let (author, now) = (recordedBy.databaseValue, now.databaseValue)
        let rows: [[DatabaseValue]] = told.map { value in
            let change = value.change
            return [
                .text(value.id), change.organisation.databaseValue, .text(change.field), .real(change.value),
                change.validFrom.databaseValue, source, batch, .text(change.place), .text(change.note), now, author,
                value.supersededBy.databaseValue,
            ]
        }
        try db.insert(
            into:
                """
                connectivity_value (id, organisation_id, field, value, valid_from, source, batch_id, place, note,
                    recorded_at, recorded_by, superseded_by)
                """, rows: rows)
    }

    /// A few statements for all: a change of every figure of a city supersedes thousands of values.
    private func supersede(_ pairs: [(old: String, new: String)]) throws {
        for start in stride(from: 0, to: pairs.count, by: 128) {
            let some = pairs[start..<min(start + 128, pairs.count)]
            let cases: [SQL] = some.map { "WHEN \($0.old) THEN \($0.new)" }
            try db.execute(
                """
                UPDATE connectivity_value SET superseded_by = CASE id \(SQL.joined(cases, " ")) END
                WHERE id IN \(in: some.map(\.old))
                """)
        }
    }

    /// Values told later than the batch for the same school and field: while there are any, the batch cannot be undone.
    package func laterValues(than batch: String) throws -> [FacilityValue] {
        try db.rows(
            """
            SELECT \(FacilityValue.columns) FROM connectivity_value v
            JOIN connectivity_value b ON b.organisation_id = v.organisation_id AND b.field = v.field
            WHERE b.batch_id = \(batch) AND b.undone_at IS NULL AND v.id > b.id AND v.undone_at IS NULL
                AND (v.batch_id IS NULL OR v.batch_id <> \(batch))
            ORDER BY v.id LIMIT 20
            """, FacilityValue.init)
    }

    /// Takes the batch's values out of force and puts those they superseded back. Returns how many.
    package func undo(batch: String, now: Timestamp) throws -> Int {
        try db.execute(
            """
            UPDATE connectivity_value SET superseded_by = NULL
            WHERE superseded_by IN (SELECT id FROM connectivity_value WHERE batch_id = \(batch))
            """)
        let count = try db.change(
            "UPDATE connectivity_value SET undone_at = \(now) WHERE batch_id = \(batch) AND undone_at IS NULL")
        try bumpRevision()
        return count
    }

    func bumpRevision() throws {
        try db.execute("UPDATE connectivity_revision SET number = number + 1 WHERE id = 1")
    }
}
