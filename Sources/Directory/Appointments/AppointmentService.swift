import Database
import Kernel
import Platform

/// The writes on the posts of somebody who works at a school. Each runs inside the caller's transaction and leaves an
/// audit entry at the school; who must hear is told in it. Whether the actor may do it, the caller has asked.
package struct AppointmentService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let listeners: StaffListeners
    private let store: AppointmentStore

    package init(
        _ db: Connection, by actor: AuditActor, now: Timestamp = .now,
        telling listeners: StaffListeners = StaffListeners()
    ) {
        (self.db, self.actor, self.now, self.listeners) = (db, actor, now, listeners)
        store = AppointmentStore(db)
    }

    /// Gives a person a post. Throws `DomainError.invalid` for `post`, `share` and `from`, and `DomainError.conflict` when
    /// the school is closed.
    @discardableResult
    package func give(
        _ draft: AppointmentDraft, to person: ID<Person>, at school: Organisation
    ) throws -> Appointment {
        if school.closedOn != nil { throw DomainError.conflict("\(school.name)已经撤并，不能任职") }
        try draft.check(today: now.day)
        if try store.open(of: person, at: school.id, on: draft.from).contains(where: { $0.post == draft.post }) {
            throw DomainError.invalid("post", "已经在本校任\(CodeLists.post.name(of: draft.post))")
        }
        let id = try store.insert(draft, of: person, at: school.id, now: now)
        let appointment = try store.find(id, of: person, at: school.id)
        for listener in listeners.appointments { try listener.appointed(appointment, by: actor, now: now, db) }
        return appointment
    }

    /// Gives somebody who works at the school one more post.
    package func add(_ draft: AppointmentDraft, to person: ID<Person>, at school: Organisation) throws {
        let given = try give(draft, to: person, at: school)
        try record("staff.post_given", given, "\(given.postTitle)，\(given.kind.title)，\(given.from.iso) 起")
    }

    /// Puts another post in the place of one from the day on. Throws `DomainError.conflict` when it has ended.
    package func change(_ old: Appointment, to draft: AppointmentDraft, at school: Organisation) throws {
        try draft.check(today: now.day)
        if draft.from < old.from {
            throw DomainError.invalid("from", "原岗位 \(old.from.iso) 才开始，日期不能更早")
        }
        try finish(old, on: draft.from, .postChange)
        let new = try give(draft, to: old.person, at: school)
        try record("staff.post_changed", new, "\(old.postTitle) → \(new.postTitle)，\(new.kind.title)，\(new.from.iso) 起")
    }

    /// Ends one of several posts. Throws `DomainError.conflict` when it is the last: then she leaves the school, which is
    /// another deed.
    package func end(_ appointment: Appointment, on day: LocalDate, _ reason: AppointmentEnd) throws {
        try ClassRules.check(day: day, field: "until", today: now.day)
        let others = try store.open(of: appointment.person, at: appointment.school, on: day).filter {
            $0.id != appointment.id
        }
        if others.isEmpty { throw DomainError.conflict("这是最后一个岗位，用“离开学校”办理") }
        try finish(appointment, on: day, reason)
        try record("staff.post_ended", appointment, "\(appointment.postTitle)，\(reason.title)，\(day.iso)")
    }

    private func finish(_ appointment: Appointment, on day: LocalDate, _ reason: AppointmentEnd) throws {
        guard try store.end(appointment.id, on: day, reason, now: now) else {
            throw DomainError.conflict("这个岗位已经结束")
        }
        for listener in listeners.appointments {
            try listener.ended(appointment, on: day, by: actor, now: now, db)
        }
    }

    /// Puts the person into exactly these teams from the day on. Returns whether anything changed.
    @discardableResult
    package func setTeams(
        _ teams: Set<StaffTeam>, of person: ID<Person>, at school: Organisation, from day: LocalDate
    ) throws -> Bool {
        try ClassRules.check(day: day, field: "from", today: now.day)
        guard try PersonStore(db).holdsPost(person, at: school.id, on: day) else {
            throw DomainError.invalid("from", "这一天不在本校任职")
        }
        let teamStore = StaffTeamStore(db), present = try teamStore.open(of: person, at: school.id)
        if present == teams { return false }
        try teamStore.end(person, of: Array(present.subtracting(teams)), at: school.id, on: day)
        for team in teams.subtracting(present) {
            try teamStore.add(person, to: team, at: school.id, from: day, by: actor.name, now: now)
        }
        let name = try PersonStore(db).find(person).name
        let words = StaffTeam.allCases.filter(teams.contains).map(\.title).joined(separator: "、")
        try AuditLog.record(
            "staff.teams_set", person.rawValue, by: actor, at: school.path,
            "\(name)：\(words.isEmpty ? "无" : words)，\(day.iso) 起", now: now, on: db)
        return true
    }

    private func record(_ action: String, _ appointment: Appointment, _ detail: String) throws {
        try AuditLog.record(
            action, appointment.person.rawValue, by: actor, at: appointment.path, "\(appointment.personName)：\(detail)",
            now: now, on: db)
    }
}
