import Database
import Kernel
import Platform

/// A teacher or other employee as a school enters her.
package struct NewStaffMember: Sendable {
    package var name: String
    /// 岗位职业码
    package var post: String
    /// At most one of a kind.
    package var identifiers: [PersonIdentifier]
    package var from: LocalDate
    package var kind: AppointmentKind

    package init(
        name: String, post: String, identifiers: [PersonIdentifier] = [], from: LocalDate,
        kind: AppointmentKind = .established
    ) {
        (self.name, self.post, self.identifiers, self.from, self.kind) = (name, post, identifiers, from, kind)
    }
}

/// The writes on the people who work at a school. Each runs inside the caller's transaction and leaves an audit entry at
/// the school. Whether the actor may do it, the caller has asked.
package struct StaffService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let people: PersonStore
    private let identifiers: PersonIdentifierStore

    private let listeners: StaffListeners

    package init(
        _ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp = .now,
        telling listeners: StaffListeners = StaffListeners()
    ) {
        (self.db, self.actor, self.now, self.listeners) = (db, actor, now, listeners)
        (people, identifiers) = (PersonStore(db), PersonIdentifierStore(db, crypto))
    }

    /// Gives somebody a post at the school. Who has one of the numbers already is taken to be the same person, as a
    /// teacher who works at two schools. Throws `DomainError.invalid` for the fields `name`, `post`, `from`, `phone`,
    /// `staffNumber` and `documentNumber`.
    @discardableResult
    package func add(_ new: NewStaffMember, to school: Organisation) throws -> ID<Person> {
        if school.closedOn != nil { throw DomainError.conflict("\(school.name)已经撤并，不能添加教职工") }
        guard CodeLists.post[new.post] != nil else { throw DomainError.invalid("post", "选择岗位") }
        try ClassRules.check(day: new.from, field: "from", today: now.day)
        let holders = try new.identifiers.compactMap { identifier in
            try identifiers.holder(of: identifier).map { (person: $0, kind: identifier.kind) }
        }
        if let first = holders.first {
            if holders.contains(where: { $0.person != first.person }) {
                throw DomainError.invalid("name", "这些号码登记在不同的人名下，核对后再填")
            }
            if try people.find(first.person).name != new.name {
                throw DomainError.invalid(
                    EnrolmentService.field(of: first.kind), "这个\(first.kind.title)登记的是另一个姓名，核对姓名和号码")
            }
            if try people.holdsPost(first.person, at: school.id, on: new.from) {
                throw DomainError.invalid("name", "已经是本校教职工")
            }
        } else if try people.staff(of: school.id, on: new.from).contains(where: { $0.person.name == new.name }),
            new.identifiers.isEmpty
        {
            throw DomainError.invalid("name", "本校已有同名教职工，填写工号或手机号以区分")
        }
        let person = try holders.first?.person ?? people.insert(name: new.name, at: now)
        for identifier in new.identifiers {
            try identifiers.set(
                identifier, of: person, by: actor.name, at: now, field: EnrolmentService.field(of: identifier.kind))
        }
        try AppointmentService(db, by: actor, now: now, telling: listeners).give(
            AppointmentDraft(post: new.post, kind: new.kind, from: new.from), to: person, at: school)
        try record("staff.added", person, school, "\(new.name)，\(CodeLists.post.name(of: new.post))，\(new.from.iso) 起")
        return person
    }

    /// Ends the person's posts at the school on the day, and with them her duties for its classes and her places in its
    /// teams: rights that follow from them end in the same transaction. Throws `DomainError.conflict` when she holds none.
    package func end(
        _ person: ID<Person>, at school: Organisation, on day: LocalDate, _ reason: AppointmentEnd = .other
    ) throws {
        let open = try AppointmentStore(db).open(of: person, at: school.id, on: day)
        guard try people.endAppointments(of: person, at: school.id, on: day, reason, now: now) > 0 else {
            throw DomainError.conflict("这个人已经不在本校任职")
        }
        try ClassPostStore(db).endAll(of: person, at: school.id, on: day, now: now)
        try StaffTeamStore(db).end(person, at: school.id, on: day)
        for appointment in open {
            for listener in listeners.appointments {
                try listener.ended(appointment, on: day, by: actor, now: now, db)
            }
        }
        try listeners.leaving.tell(person, left: school.id, on: day, by: actor, now: now, db)
        try record("staff.left", person, school, "\(try people.find(person).name)，\(reason.title)，\(day.iso)")
    }

    private func record(_ action: String, _ person: ID<Person>, _ school: Organisation, _ detail: String) throws {
        try AuditLog.record(
            action, person.rawValue, by: actor, at: school.path, detail, now: now, on: db)
    }
}
