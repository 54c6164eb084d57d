import Contracts
import Database
import Kernel

/// How the entries of the ledger and the counts of reads end; they name systems and counts, no people.
package struct ExchangeRunRetention: RetentionSource {
    let database: Database
    package let kinds = ["exchange_runs"]

    package init(database: Database) { self.database = database }

    package func overdue(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>
    ) async throws -> Int {
        try await database.read(isLong: true) {
            try ExchangeRunStore($0).countOld(before) + ReadStore($0).countOld(before)
        }
    }

    package func delete(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int
    ) async throws -> Int {
        try await database.write {
            try ExchangeRunStore($0).deleteOld(before, atMost: limit) + ReadStore($0).deleteOld(before)
        }
    }
}
