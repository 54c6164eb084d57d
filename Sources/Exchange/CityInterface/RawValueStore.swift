import Database
import Directory
import Kernel
import Platform

/// A value that came from another system and that no code list knows. It was kept as it came.
struct RawValue: Sendable {
    let name: String
    let dataset: FeedDataset
    let field: String
    /// As it came; `nil` for a sensitive field, which is not for lists.
    let text: String?
    let at: Timestamp
}

/// All SQL of values that no code list knows.
struct RawValueStore {
    let db: Connection
    let crypto: any CryptoProvider
    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    /// The latest first.
    func list(within scope: DataScope, limit: Int) throws -> [RawValue] {
        try db.rows(
            """
            SELECT p.name, x.dataset, x.field, x.sealed, x.id, x.at FROM exchange_raw_value x
            JOIN directory_person p ON p.id = x.person_id
            WHERE \(SQL.within(scope, "x.organisation_path")) ORDER BY x.id DESC LIMIT \(limit)
            """
        ) { row in
            let id: String = try row.get(2), key: String = try row.get(4), field = PersonField.named(id)
            let isOpen = field.map { !$0.isSensitive } ?? false
            return RawValue(
                name: try row.get(0), dataset: try row.get(1), field: field?.label ?? id,
                text: isOpen ? try crypto.openText(row.get(3), context: "exchange_raw_value.sealed/\(key)") : nil,
                at: try row.get(5))
        }
    }
}
