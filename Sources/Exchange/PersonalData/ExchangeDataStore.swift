import Database
import Kernel
import Platform

/// All SQL of what other systems have told of one person.
struct ExchangeDataStore {
    let db: Connection
    let crypto: any CryptoProvider

    /// A result that another system has entered in the gradebook.
    struct Result: Sendable {
        let key: String
        /// Of the line item; empty when that is gone.
        let title: String
        let text: String
        let changedAt: Timestamp
    }

    private func context(_ key: String) -> String { "exchange_grade_record.sealed/\(key)" }

    func results(of person: ID<Person>) throws -> [Result] {
        let found = try db.rows(
            """
            SELECT r.key, r.sealed, r.line_item, r.changed_at FROM exchange_grade_record r
            WHERE r.kind = 'results' AND r.student = \(person) AND r.is_deleted = 0 ORDER BY r.key
            """
        ) { row in
            (
                key: try row.text(0), sealed: try row.blob(1), lineItem: try row.get(2, as: String?.self),
                at: try row.get(3, as: Timestamp.self)
            )
        }
        return try found.map { row in
            let record = try GradebookRecord(kept: crypto.open(row.sealed, context: context(row.key)))
            var title = ""
            if let item = row.lineItem { title = try lineItem(item)?["title"] ?? "" }
            let score: String? = if case .number(let number)? = record.values["score"] { String(number) } else { nil }
            let words = [score, record["textScore"], record["comment"]].compactMap { $0 }.filter { !$0.isEmpty }
            return Result(
                key: row.key, title: title,
                text: words.isEmpty ? record["scoreStatus"] ?? "" : words.joined(separator: "，"),
                changedAt: row.at)
        }
    }

    private func lineItem(_ id: String) throws -> GradebookRecord? {
        let key = "lineItems/" + id
        let sealed: [UInt8]? = try db.value("SELECT sealed FROM exchange_grade_record WHERE key = \(key)")
        return try sealed.map { try GradebookRecord(kept: crypto.open($0, context: context(key))) }
    }

    /// Takes the results away; those who follow changes hear that they are gone, and nothing else.
    func eraseResults(of person: ID<Person>, now: Timestamp) throws -> Int {
        let keys: [String] = try db.column(
            "SELECT key FROM exchange_grade_record WHERE kind = 'results' AND student = \(person)")
        for key in keys {
            let sealed = try crypto.seal(Array("{}".utf8), context: context(key))
            try db.execute(
                """
                UPDATE exchange_grade_record SET sealed = \(sealed), student = NULL, is_deleted = 1,
                    changed_at = \(now) WHERE key = \(key)
                """)
        }
        return keys.count
    }

    /// When systems have told the staff record of the person as they keep it.
    func staffRecords(of person: ID<Person>) throws -> [Timestamp] {
        try db.column("SELECT changed_at FROM exchange_scim_user WHERE person_id = \(person) ORDER BY id")
    }

    /// When values came that no code list knows.
    func rawValues(of person: ID<Person>) throws -> [(field: String, at: Timestamp)] {
        try db.rows("SELECT field, at FROM exchange_raw_value WHERE person_id = \(person) ORDER BY id") {
            (try $0.get(0), try $0.get(1))
        }
    }

    /// Forgets what systems have told beyond what the directory keeps; returns how many records there were.
    func forget(_ person: ID<Person>) throws -> Int {
        try db.change("DELETE FROM exchange_scim_user WHERE person_id = \(person)")
            + db.change("DELETE FROM exchange_raw_value WHERE person_id = \(person)")
            + db.change("DELETE FROM exchange_bundle_key WHERE person_id = \(person)")
    }
}
