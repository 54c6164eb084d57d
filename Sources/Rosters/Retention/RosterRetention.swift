import Contracts
import Database
import Kernel

/// How imports with their files and change sets, lists of classes, questions about rows of workbooks, difference reports and
/// the list of exports end. What was taken into the rosters stays, and so does what was said of two records of people.
package struct RosterRetention: RetentionSource {
    let database: Database
    package let kinds = [
        "roster_imports", "roster_class_lists", "roster_duplicates", "roster_differences", "roster_exports",
    ]

    /// A batch or report may have tens of thousands of rows, all deleted in one transaction.
    private static let atOnce = 5

    package init(database: Database) { self.database = database }

    package func overdue(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>
    ) async throws -> Int {
        try await database.read(isLong: true) { db in
            let store = RosterRetentionStore(db: db)
            switch kind {
            case "roster_imports": return try store.countImports(before, sparing: people)
            case "roster_class_lists": return try store.countClassLists(before)
            case "roster_duplicates": return try store.countDuplicates(before, sparing: people)
            // A report is sealed as a whole: whom it is about cannot be asked.
            case "roster_differences": return people.isEmpty ? try store.countDifferences(before) : 0
            case "roster_exports": return try store.countExports(before)
            default: return 0
            }
        }
    }

    package func delete(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int
    ) async throws -> Int {
        try await database.write { db in
            let store = RosterRetentionStore(db: db)
            switch kind {
            case "roster_imports":
                return try store.deleteImports(
                    before, sparing: people, atMost: min(limit, RosterRetention.atOnce))
            case "roster_class_lists":
                return try store.deleteClassLists(before, atMost: min(limit, RosterRetention.atOnce))
            case "roster_duplicates": return try store.deleteDuplicates(before, sparing: people, atMost: limit)
            case "roster_differences":
                return people.isEmpty
                    ? try store.deleteDifferences(before, atMost: min(limit, RosterRetention.atOnce)) : 0
            case "roster_exports": return try store.deleteExports(before, atMost: limit)
            default: return 0
            }
        }
    }
}
