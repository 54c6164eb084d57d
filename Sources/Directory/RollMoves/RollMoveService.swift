import Database
import Kernel
import Platform

/// Makes moves and takes them back. Each runs inside the caller's transaction and leaves an audit entry at the school.
/// Whether the actor may do it, the caller has asked.
package struct RollMoveService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let listeners: [any LeavingListener]

    /// - Parameter listeners: told in the same transaction who leaves a school, and who is back.
    package init(
        _ db: Connection, by actor: AuditActor, now: Timestamp = .now, telling listeners: [any LeavingListener] = []
    ) {
        (self.db, self.actor, self.now, self.listeners) = (db, actor, now, listeners)
    }

    /// Throws `DomainError.conflict` when a pupil has left her class meanwhile, a number is taken, or a class that is to
    /// end would keep pupils.
    package func make(_ move: RollMove) throws -> RollMoveOutcome {
        let id = ID<RollMove>.new(), store = RollMoveStore(db)
        try store.insert(id, move, by: actor.name, at: now)
        try changeClasses(move, id, store)
        for single in move.singles where try !store.take(single, in: id, on: move.day) {
            throw DomainError.conflict("有学生刚被他人调整，请核对后再办理。")
        }
        try store.take(move.parts, in: id, on: move.day)
        try store.movePupils(in: id, by: actor.name, at: now)
        if let left = try store.leftOver(in: id).first {
            throw DomainError.conflict("\(left.schoolName)\(left.name(on: move.day.adding(days: -1)))还有学生没有去向，请核对后再办理。")
        }
        for (school, people) in try store.leavers(in: id).sorted(by: { $0.key < $1.key }) {
            for listener in listeners {
                try listener.left(people, school: school, on: move.day, by: actor, now: now, db)
            }
        }
        for (school, people) in try store.arrivals(in: id).sorted(by: { $0.key < $1.key }) {
            for listener in listeners { try listener.arrived(people, at: school, by: actor, now: now, db) }
        }
        let (moved, left) = try store.counts(in: id)
        let outcome = RollMoveOutcome(
            id: id, opened: move.openings.count, closed: move.closings.count, moved: moved, left: left)
        let words = "新开 \(outcome.opened) 个班，结束 \(outcome.closed) 个班，转入 \(moved) 人，离校 \(left) 人"
        try AuditLog.record("roll.moved", id.rawValue, by: actor, at: move.path, words, now: now, on: db)
        return outcome
    }
    private func changeClasses(_ move: RollMove, _ id: ID<RollMove>, _ store: RollMoveStore) throws {
        // A class that ends frees its number for one that opens; its teachers go over before their duties end.
        try store.close(move.closings, in: id, on: move.day, at: now)
        do {
            try store.open(move.openings, in: id, at: now)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("新班级的班号已被使用，请核对后再办理。")
        }
        try store.givePosts(move.openings, in: id, on: move.day, by: actor.name, at: now)
        try store.endPosts(of: move.closings, onlySubjects: false, in: id, on: move.day, at: now)
        try store.endPosts(of: move.subjectEndings, onlySubjects: true, in: id, on: move.day, at: now)
    }

    /// What would keep the move from being taken back; empty when nothing does.
    package func obstacles(to id: ID<RollMove>) throws -> [RollMoveObstacle] {
        let store = RollMoveUndoStore(db)
        return try store.obstacles(to: try store.find(id))
    }

    /// Takes the move back: every class, pupil and duty stands as before, and rights are given back. Throws
    /// `DomainError.conflict` when it was taken back before or something rests on it.
    package func undo(_ id: ID<RollMove>) throws {
        let store = RollMoveUndoStore(db), move = try store.find(id)
        guard try store.note(id, undoneAt: now) else { throw DomainError.conflict("已经撤销过") }
        if let obstacle = try store.obstacles(to: move).first { throw DomainError.conflict(obstacle.reason) }
        try store.undoPupils(id, at: now)
        try store.undoClasses(id, at: now)
        for (school, people) in try RollMoveStore(db).leavers(in: id).sorted(by: { $0.key < $1.key }) {
            for listener in listeners {
                try listener.returned(people, school: school, afterLeavingAt: move.at, by: actor, now: now, db)
            }
        }
        try AuditLog.record("roll.move_undone", id.rawValue, by: actor, at: move.path, now: now, on: db)
    }
}
