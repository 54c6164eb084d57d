import Database
import Directory
import Kernel
import Platform

/// The decisions on what may be the same person. Each runs inside the caller's transaction. Whoever decides must be over
/// every place of both: the scope is asked again here, for people move.
struct DuplicateService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    let scope: DataScope
    private let store: DuplicateStore
    private let merges: PersonMergeService

    init(
        _ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, within scope: DataScope,
        now: Timestamp = .now, moving columns: [PersonColumn], telling listeners: [any PersonMergeListener]
    ) {
        (self.db, self.actor, self.now, self.scope) = (db, actor, now, scope)
        store = DuplicateStore(db)
        merges = PersonMergeService(db, crypto, by: actor, now: now, moving: columns, telling: listeners)
    }

    /// The two are one. Of two records on file one goes into the other; a row of a workbook is that person from now on.
    /// Throws `DomainError.notFound`, `.forbidden` and `.conflict`.
    func same(_ id: ID<Duplicate>, keeping decision: DuplicateDecision) throws {
        let duplicate = try open(id)
        var merge: String?
        if let person = duplicate.person {
            let keepsOther = decision.keepsOther
            merge = try merges.merge(
                keepsOther ? person : duplicate.other, into: keepsOther ? duplicate.other : person, decision.choice)
        }
        try decide(duplicate, .same, merge)
    }

    /// The two are different people. Remembered, and not asked again.
    func different(_ id: ID<Duplicate>) throws { try decide(try open(id), .different, nil) }

    /// Takes the decision back, and with it a merge. Throws `DomainError.conflict` when something has changed since.
    func undo(_ id: ID<Duplicate>) throws {
        let duplicate = try store.find(id, within: scope)
        try checkPlaces(of: duplicate)
        guard duplicate.state != .open else { throw DomainError.conflict("还没有核对结论") }
        if let merge = duplicate.merge { try merges.undo(merge) }
        guard try store.reopen(id, from: duplicate.state) else { throw DuplicateService.faster }
        try record("duplicate.reopened", duplicate, "\(duplicate.name)，\(duplicate.otherName)")
    }

    private func open(_ id: ID<Duplicate>) throws -> Duplicate {
        let duplicate = try store.find(id, within: scope)
        guard duplicate.state == .open else { throw DuplicateService.faster }
        try checkPlaces(of: duplicate)
        return duplicate
    }

    private func decide(_ duplicate: Duplicate, _ state: Duplicate.State, _ merge: String?) throws {
        guard try store.decide(duplicate.id, state, merge: merge, by: actor.name, at: now) else {
            throw DuplicateService.faster
        }
        try record("duplicate.decided", duplicate, "\(duplicate.name)，\(duplicate.otherName)：\(state.title)")
    }

    private func checkPlaces(of duplicate: Duplicate) throws {
        let store = PersonMergeStore(db)
        // Who went into somebody else belongs nowhere any more.
        let standing = try [duplicate.person, duplicate.other].compactMap { $0 }.filter { person in
            try !store.merges(of: person).contains { $0.from == person && $0.undoneAt == nil }
        }
        let places = try standing.flatMap { try merges.places(of: $0) }
        guard places.allSatisfy(scope.contains) else {
            throw DomainError.forbidden("其中一人现在还属于其他单位，由上级核对。")
        }
    }

    private func record(_ action: String, _ duplicate: Duplicate, _ detail: String) throws {
        try AuditLog.record(
            action, duplicate.id.rawValue, by: actor, at: duplicate.path, detail, now: now, on: db)
    }

    private static let faster = DomainError.conflict("这一对刚被他人核对过，请看现在的结论。")
}
