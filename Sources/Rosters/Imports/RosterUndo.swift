import Database
import Directory
import Kernel
import Platform

/// Takes an accepted import back, as long as nothing later stands on it. What the import wrote is told by its people and
/// by the moment of its acceptance, which every row of that transaction carries. Runs inside one transaction.
struct RosterUndo {
    let db: Connection
    let crypto: any CryptoProvider
    let batch: RosterBatch
    let actor: AuditActor
    let now: Timestamp
    /// When the import was accepted.
    private let at: Timestamp
    private let listeners: [any GuardianshipListener]

    init(
        _ db: Connection, _ crypto: any CryptoProvider, _ batch: RosterBatch, by actor: AuditActor, now: Timestamp,
        telling listeners: [any GuardianshipListener]
    ) throws {
        self.listeners = batch.layout.roster == .pupils ? listeners : []
        guard let at = batch.acceptedAt else { throw DomainError.conflict("只有已接受的导入可以撤销。") }
        (self.db, self.crypto, self.batch, self.actor, self.now, self.at) = (db, crypto, batch, actor, now, at)
    }

    /// What became of those whom the import had entered.
    struct Outcome: Sendable, Equatable {
        /// Nothing is kept of them.
        let gone: Int
        /// Parents who have other children by now.
        let kept: Int

        var words: String { kept == 0 ? "" : "\(kept) 位家长另有子女，仍保留。" }
    }

    /// - Parameters:
    ///   - traces: what the platform wrote of the people by itself.
    ///   - keys: how other systems name people.
    func undo(
        asking uses: [any PersonUse], removing traces: [any PersonTraces], forgetting keys: [PersonColumn]
    ) throws -> Outcome {
        let store = RosterImportStore(db, crypto)
        let new = try store.people(of: batch.id, .new), changed = try store.people(of: batch.id, .changed)
        let intake = PersonIntakeStore(db, of: new + changed, at: at)
        if let reason = try intake.later() { throw DomainError.conflict("不能撤销：\(reason)") }
        let parents = try intake.newGuardians()
        for trace in traces { try trace.remove(of: new, by: actor, now: now, db) }
        for use in uses {
            if let reason = try use.use(of: new + parents, db) { throw DomainError.conflict("不能撤销：\(reason)") }
        }
        try intake.takeBack(now: now)
        try bringBack(changed)
        try listeners.tell(new + changed, by: actor, now: now, db)
        try intake.touch(now: now)
        let gone = try PersonWithdrawalStore(db).withdraw(new + parents, enteredAt: at, forgetting: keys, now: now)
        try DuplicateStore(db).forget(gone)
        let outcome = Outcome(gone: gone.count, kept: parents.count - Set(parents).intersection(gone).count)
        // The rows tell of people of whom nothing is to stay.
        try store.removeLines(of: batch.id)
        try store.setUndone(batch.id, by: actor.name, now: now)
        try AuditLog.record(
            "roster.import_undone", batch.id.rawValue, by: actor, at: batch.scopePath,
            "\(batch.fileName)：清除 \(outcome.gone) 人\(outcome.kept == 0 ? "" : "，保留家长 \(outcome.kept) 人")",
            now: now, on: db)
        return outcome
    }

    /// Numbers, facts and parents of known people as they were before.
    private func bringBack(_ changed: [ID<Person>]) throws {
        let lines = RosterImportStore(db, crypto), identifiers = PersonIdentifierStore(db, crypto)
        let facts = PersonFactStore(db, crypto), intake = PersonIntakeStore(db, of: changed, at: at)
        try intake.reopenFacts()
        var after = 0
        while true {
            let step = try lines.lines(of: batch.id, kind: .changed, after: after, limit: 500)
            let before = try facts.latest(of: step.compactMap(\.person))
            for line in step {
                guard let person = line.person else { continue }
                for change in line.content.guardianChanges {
                    let store = GuardianshipStore(db)
                    try store.set(change.old.relation, change.old.order, of: change.guardianship, at: now)
                }
                for number in line.content.formerNumbers {
                    try identifiers.set(number.identifier, of: person, by: actor.name, at: now)
                }
                if !line.content.values.isEmpty { try intake.project(person, before[person]) }
            }
            guard step.count == 500, let last = step.last else { return }
            after = last.number
        }
    }
}
