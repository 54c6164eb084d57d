import Database
import Kernel
import Platform

/// What the city does to purposes. Each runs inside the caller's transaction and leaves an audit entry.
struct ConsentPurposeService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private var store: ConsentPurposeStore { ConsentPurposeStore(db) }

    init(_ db: Connection, by actor: AuditActor, now: Timestamp = .now) {
        (self.db, self.actor, self.now) = (db, actor, now)
    }

    /// Begins to ask for something new. Throws `DomainError.invalid` for `code` when it is taken.
    func create(_ new: NewConsentPurpose) throws {
        do {
            try store.insert(
                new.code, isPublication: new.isPublication, isWhileEnrolled: new.isWhileEnrolled)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.invalid("code", "已有这个代码，换一个")
        }
        try publish(1, of: new.code, new.text)
    }

    /// Publishes new words, from today on: whoever agreed to the old ones is asked again. Throws `DomainError.conflict`
    /// unless `number` follows the present version, and when the purpose has ended.
    func publish(_ number: Int, of code: String, _ text: ConsentText) throws {
        let present = try store.versions(of: code).first?.number ?? 0
        if let purpose = try store.find(code, on: now.day), !purpose.isOpen(on: now.day) {
            throw DomainError.conflict("这个事项已经停止征求。")
        }
        let passed = DomainError.conflict("刚有人公布了新的说明。已显示最新的内容，请核对后再公布。")
        guard number == present + 1 else { throw passed }
        do {
            try store.insert(number, of: code, text, on: now.day, by: actor.name)
        } catch DatabaseError.uniqueViolation {
            throw passed
        }
        try AuditLog.record(
            "consent.purpose_published", code, by: actor, "\(text.title)，第 \(number) 版", now: now, on: db)
    }

    /// Nobody is asked any more, and nothing is published for it. Throws `DomainError.conflict` when it has ended.
    func end(_ purpose: ConsentPurpose) throws {
        guard try store.end(purpose.code, on: now.day) else { throw DomainError.conflict("这个事项已经停止征求。") }
        try AuditLog.record("consent.purpose_ended", purpose.code, by: actor, purpose.title, now: now, on: db)
    }
}
