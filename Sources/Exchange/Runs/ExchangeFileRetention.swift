import Contracts
import Database
import Directory
import Kernel

/// How the ledgers of exchanged files and of bundles end, each entry with the import it led to. What was taken into the
/// rosters stays, and so does what a partner's keys mean.
package struct ExchangeFileRetention: RetentionSource {
    let database: Database
    let intake: any RosterIntake
    package let kinds = ["exchange_files", "exchange_bundles"]

    /// An entry may have tens of thousands of rows, all deleted in one transaction.
    private static let atOnce = 5

    /// - Parameter intake: knows whom the rows of an import name, and ends them.
    package init(database: Database, intake: any RosterIntake) {
        (self.database, self.intake) = (database, intake)
    }

    package func overdue(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>
    ) async throws -> Int {
        try await database.read(isLong: true) { try old(kind, before, sparing: people, $0).count }
    }

    package func delete(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int
    ) async throws -> Int {
        try await database.write { db in
            let entries = try old(kind, before, sparing: people, db)
                .prefix(min(limit, ExchangeFileRetention.atOnce))
            try intake.end(entries.flatMap(\.batches), on: db)
            if kind == "exchange_files" {
                try DropStore(db).delete(entries.map { DropFileID($0.id) })
            } else {
                try BundleImportStore(db).delete(entries.map { BundleImportID($0.id) })
            }
            return entries.count
        }
    }

    private func old(
        _ kind: String, _ before: Timestamp, sparing people: Set<ID<Person>>, _ db: Connection
    ) throws -> [(id: String, batches: [String])] {
        let entries =
            switch kind {
            case "exchange_files": try DropStore(db).old(before)
            case "exchange_bundles": try BundleImportStore(db).old(before)
            default: [(id: String, batches: [String])]()
            }
        guard !people.isEmpty else { return entries }
        let spared = try intake.naming(people, among: entries.flatMap(\.batches), on: db)
        return entries.filter { spared.isDisjoint(with: $0.batches) }
    }
}
