import Contracts
import Database
import Kernel
import Platform

/// How entries of absence end. Whether a child was lost to school stands in the alarms, which stay with her record.
package struct AbsenceRetention: RetentionSource {
    let database: Database
    let crypto: any CryptoProvider
    package let kinds = ["absences"]

    package init(database: Database, crypto: any CryptoProvider) {
        (self.database, self.crypto) = (database, crypto)
    }

    package func overdue(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>
    ) async throws -> Int {
        let crypto = crypto
        return try await database.read(isLong: true) {
            try AbsenceStore(db: $0, crypto: crypto).countOld(before, sparing: people)
        }
    }

    package func delete(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int
    ) async throws -> Int {
        let crypto = crypto
        return try await database.write {
            try AbsenceStore(db: $0, crypto: crypto).deleteOld(before, sparing: people, atMost: limit)
        }
    }
}
