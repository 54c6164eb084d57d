import Database
import Kernel

/// Another module that tells other systems of people, asked before the bare keys of those go whose import was taken back.
package protocol WithdrawalFollower: Sendable {
    /// Forgets the people. Returns those of whom another system still has to hear that they are gone.
    func forget(_ people: [ID<Person>], _ db: Connection) throws -> Set<ID<Person>>
}

/// Lets the bare keys go of people whose import was taken back, when those who follow changes have had time to hear.
struct PersonWithdrawal: Sendable {
    let database: Database
    /// Outside the directory.
    let columns: [PersonColumn]
    let followers: [any WithdrawalFollower]

    /// Days for which other systems can ask what has changed and hear that somebody is gone.
    static let days: Int64 = 30
    private static let atOnce = 200

    /// Returns how many went.
    @discardableResult
    func sweep(now: Timestamp) async throws -> Int {
        let limit = now.adding(seconds: -PersonWithdrawal.days * 86_400)
        var count = 0
        while true {
            let (seen, gone) = try await database.write { db in try sweep(before: limit, now: now, db) }
            count += gone
            if seen < PersonWithdrawal.atOnce { return count }
        }
    }

    private func sweep(before limit: Timestamp, now: Timestamp, _ db: Connection) throws -> (seen: Int, gone: Int) {
        let store = PersonWithdrawalStore(db)
        let due = try store.due(before: limit, limit: PersonWithdrawal.atOnce)
        if due.isEmpty { return (0, 0) }
        var kept: Set<ID<Person>> = []
        for column in columns { kept.formUnion(try store.named(due, in: column)) }
        for follower in followers {
            kept.formUnion(try follower.forget(due.filter { !kept.contains($0) }, db))
        }
        try PersonIndexStore(db).index(due, on: now.day)
        let going = due.filter { !kept.contains($0) }
        if try !going.isEmpty && !store.delete(going) {
            // Something still names one of them.
            for person in going where try !store.delete([person]) { kept.insert(person) }
        }
        // They are looked at again when the time is over once more.
        try store.postpone(kept.sorted(), to: now)
        return (due.count, due.count - kept.count)
    }
}
