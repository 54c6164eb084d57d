import Database
import Kernel
import Platform

/// A roster that another system sent, before anybody has looked at it.
package struct IntakeFile: Sendable {
    package enum Roster: String, Sendable { case pupils, staff }

    /// Made by whoever takes the file in and on record before it is read, so that reading it again after a stop of the
    /// server makes no second batch.
    package let batch: String
    /// Where the file stands in plain; it may go when `compare` has returned.
    package let path: String
    package let name: String
    package let roster: Roster
    /// The organisations of which the file may tell.
    package let scope: DataScope
    /// For whose data the sender answers; data of other owners are left as they are (数据归口).
    package let owners: Set<PersonField.Owner>
    /// When the sender made it; changes hold from then, if that is within the last year.
    package let day: LocalDate
    /// The page on which a person decides about it.
    package let page: String
    /// The sender.
    package let actor: AuditActor

    package init(
        batch: String, path: String, name: String, roster: Roster, scope: DataScope, owners: Set<PersonField.Owner>,
        day: LocalDate, page: String, actor: AuditActor
    ) {
        (self.batch, self.path, self.name, self.roster) = (batch, path, name, roster)
        (self.scope, self.owners, self.day, self.page, self.actor) = (scope, owners, day, page, actor)
    }
}

/// What a dry run found (试算): how many rows accepting would write, and how many not.
package struct IntakeOutcome: Sendable, Equatable {
    package var new = 0
    package var changed = 0
    package var unchanged = 0
    /// A person has to look who is meant.
    package var doubtful = 0
    package var refused = 0
    /// Cells that are not taken of rows that are.
    package var cells = 0
    /// Equal for equal change sets.
    package var digest = ""

    package init() {}

    package var written: Int { new + changed }
    /// Every row and every cell can be taken without a person's look.
    package var isClean: Bool { doubtful == 0 && refused == 0 && cells == 0 }

    package static func + (a: IntakeOutcome, b: IntakeOutcome) -> IntakeOutcome {
        var sum = a
        sum.new += b.new
        sum.changed += b.changed
        sum.unchanged += b.unchanged
        sum.doubtful += b.doubtful
        sum.refused += b.refused
        sum.cells += b.cells
        sum.digest += b.digest
        return sum
    }
}

/// Takes in rosters of other systems by the way of the reviewed import: compared first, written when a person or a rule
/// agrees, and taken back whole. Implemented by whoever owns the import. What has a connection is part of the caller's
/// transaction.
package protocol RosterIntake: Sendable {
    /// Reads the file and computes its change set; nothing of it is written. The same file again goes on where it stopped.
    /// - Throws: `DomainError.invalid` with Chinese text for a file that cannot be read.
    func compare(_ file: IntakeFile) async throws -> IntakeOutcome
    /// Computes the change set anew against what is known now.
    func compareAgain(_ batch: String) async throws -> IntakeOutcome
    /// Writes the change sets, all or none. `false` when they are not, one after the other, those of the digest that was
    /// agreed to, or when rosters changed since one of them was computed: nothing was written, and they have to be
    /// computed anew.
    func accept(_ batches: [String], agreed digest: String, by actor: AuditActor, now: Timestamp, on db: Connection)
        throws -> Bool
    /// Takes accepted batches back. Throws `DomainError.conflict` while something later stands on one of them.
    func undo(_ batches: [String], by actor: AuditActor, now: Timestamp, on db: Connection) throws
    /// Gives batches up that were not accepted, also those whose reading came to a stop.
    func discard(_ batches: [String], by actor: AuditActor, now: Timestamp, on db: Connection) throws
    /// Ends what is kept of batches that brought nothing or are over: their rows and the keys of their files.
    func release(_ batches: [String], on db: Connection) throws
    /// Deletes batches whose period is over; what was taken into the rosters stays.
    func end(_ batches: [String], on db: Connection) throws
    /// Those of the batches with a row about one of the people.
    func naming(_ people: Set<ID<Person>>, among batches: [String], on db: Connection) throws -> Set<String>
    /// Whom each row of the file means, by its number; refused and doubtful rows are not in it.
    func people(of batch: String, on db: Connection) throws -> [Int: ID<Person>]
    /// What is not taken and why, in Chinese with row and column, in the order of the file.
    func problems(of batch: String, limit: Int, on db: Connection) throws -> [String]
    /// The page of a batch with all its rows.
    func page(of batch: String) -> String
}
