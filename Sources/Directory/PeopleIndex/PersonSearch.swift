import Database
import Kernel
import Platform

/// Finds people by name, part of a name, pinyin or a whole number, at the places of the viewer's scope.
package struct PersonSearch {
    let db: Connection
    let crypto: any CryptoProvider

    package init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    package struct Answer: Sendable {
        package var found: [PersonSearchStore.Found]
        package var next: PersonSearchStore.Place?
        /// Many records have changed just now, and some of them may be missing.
        package var isCatchingUp = false
    }

    /// Changes that the index has not taken over yet are looked at one by one up to this many.
    private static let freshest = 400

    /// - Parameters:
    ///   - text: as typed; nothing is found for an empty one.
    ///   - after: where the slice before ended.
    package func find(
        _ text: String, within scope: DataScope, on day: LocalDate, after: PersonSearchStore.Place? = nil,
        limit: Int = 50
    ) throws -> Answer {
        let key = PersonTerms.key(text)
        guard !key.isEmpty, !scope.isEmpty else { return Answer(found: []) }
        if key.utf8.contains(where: CitizenNumber.isDigit), key.utf8.count >= 4 {
            let byNumber = try numbered(text, within: scope, on: day)
            if !byNumber.isEmpty { return Answer(found: byNumber) }
        }
        let store = PersonSearchStore(db)
        let rows = try store.named(key, within: scope, after: after, limit: limit + 1)
        var answer = Answer(found: try present(Array(rows.prefix(limit)), within: scope, on: day))
        if rows.count > limit { answer.next = rows[limit - 1].place }
        if after == nil { try addFresh(key, scope, day, to: &answer) }
        return answer
    }

    /// What the records say now: the index only says where to look.
    private func present(
        _ rows: [PersonSearchStore.Found], within scope: DataScope, on day: LocalDate
    ) throws -> [PersonSearchStore.Found] {
        let entries = try PersonIndexStore(db).entries(of: Array(Set(rows.map(\.entry.person))), on: day)
        let here = Dictionary(
            grouping: try PersonSearchStore(db).within(scope, entries), by: { $0.entry.person })
        var seen: Set<ID<Person>> = []
        return rows.map(\.entry.person).filter { seen.insert($0).inserted }.flatMap { here[$0] ?? [] }
    }

    private func numbered(
        _ text: String, within scope: DataScope, on day: LocalDate
    ) throws -> [PersonSearchStore.Found] {
        let people = Set(try PersonIdentifierStore(db, crypto).find(text).map(\.person))
        let entries = try PersonIndexStore(db).entries(of: Array(people), on: day)
        return try PersonSearchStore(db).within(scope, entries)
    }

    /// What was recorded a moment ago is found as well: an answer must not depend on when the index was last renewed.
    private func addFresh(
        _ key: String, _ scope: DataScope, _ day: LocalDate, to answer: inout Answer
    ) throws {
        let index = PersonIndexStore(db)
        let changed = try index.changed(
            after: try index.cursors(), until: Timestamp(milliseconds: .max), limit: PersonSearch.freshest)
        guard !changed.people.isEmpty else { return }
        answer.isCatchingUp = changed.people.count >= PersonSearch.freshest
        let present = try index.entries(of: Array(changed.people), on: day).filter { entry in
            PersonTerms.terms(of: entry.name).contains { $0.hasPrefix(key) }
        }
        let fresh = try PersonSearchStore(db).within(scope, present)
        answer.found = fresh + answer.found.filter { !changed.people.contains($0.entry.person) }
    }
}

/// Keeps the index of people up to the records.
package struct PersonIndexing: Sendable {
    let database: Database
    package init(database: Database) { self.database = database }

    /// A transaction may commit a little later than the time in its rows says; what is younger waits for the next turn.
    private static let settled: Int64 = 10
    private static let batch = 1000

    /// Takes over all changes that have settled. Returns how many people were looked at.
    @discardableResult
    package func catchUp(now: Timestamp = .now, settled: Int64 = settled) async throws -> Int {
        let horizon = now.adding(seconds: -settled), day = now.day
        var count = 0
        while true {
            let waiting = try await database.read(isLong: true) { db in
                let index = PersonIndexStore(db)
                return try !index.changed(after: try index.cursors(), until: horizon, limit: 1).people.isEmpty
            }
            guard waiting else { return count }
            count += try await database.write { db in
                let index = PersonIndexStore(db)
                let changed = try index.changed(
                    after: try index.cursors(), until: horizon, limit: PersonIndexing.batch)
                try index.index(changed.people.sorted { $0.rawValue < $1.rawValue }, on: day)
                try index.keep(changed.cursors)
                return changed.people.count
            }
        }
    }
}
