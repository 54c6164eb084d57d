import Database
import Directory
import Kernel
import Platform

/// The writes on leaves. Each runs inside the caller's transaction and leaves an audit entry at the school, without the
/// reason. Whether the actor may do it, the caller has asked.
package struct StaffLeaveService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let store: StaffLeaveStore

    package init(_ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp) {
        (self.db, self.actor, self.now, store) = (db, actor, now, StaffLeaveStore(db, crypto))
    }

    /// The name of the form field by which a duty's substitute is chosen.
    static func field(of post: ID<ClassPost>) -> String { "substitute_\(post)" }

    /// What the person does for the school's classes on the day, and later.
    static func duties(
        of person: ID<Person>, at school: OrganisationID, on day: LocalDate, _ db: Connection
    ) throws -> [(post: ClassPost, classGroup: ClassGroup)] {
        try ClassPostStore(db).history(of: person, at: school).filter { duty in
            (duty.post.until.map { $0 > day } ?? true) && duty.classGroup.closedOn == nil
        }
    }

    /// Somebody goes away: her duties go to those who stand in. Throws `DomainError.invalid` for the fields of the form,
    /// and `DomainError.conflict` while an earlier leave is open.
    package func start(_ draft: LeaveDraft, of person: ID<Person>, at school: Organisation) throws {
        guard try PersonStore(db).holdsPost(person, at: school.id, on: draft.from) else {
            throw DomainError.invalid("from", "这一天不在本校任职")
        }
        if let expected = draft.expected, expected <= draft.from {
            throw DomainError.invalid("expected", "预计返岗日期应晚于请假日期")
        }
        if let open = try store.open(of: person, at: school.id) {
            throw DomainError.conflict("\(open.from.iso) 起的\(open.kind.title)还没有销假")
        }
        let leave = try store.insert(draft, of: person, at: school.id, by: actor.name, now: now)
        let classes = ClassGroupService(db, by: actor, now: now)
        for (post, classGroup) in try StaffLeaveService.duties(of: person, at: school.id, on: draft.from, db) {
            guard let substitute = draft.substitutes[post.id] else { continue }
            let field = StaffLeaveService.field(of: post.id)
            if substitute == person { throw DomainError.invalid(field, "选择另一位教师") }
            do {
                if post.kind == .homeroom {
                    try classes.nameHomeroomTeacher(substitute, of: classGroup, from: draft.from)
                } else {
                    try classes.addTeacher(substitute, of: classGroup, subject: post.subject, from: draft.from)
                    try classes.endPost(post.id, of: classGroup, on: draft.from)
                }
            } catch DomainError.invalid(let problems) {
                throw DomainError.invalid(problems.map { FieldProblem(field: field, message: $0.message) })
            }
            try store.insert(post, substitute: substitute, during: leave)
        }
        try record("staff.leave_started", person, school, "\(draft.kind.title)，\(draft.from.iso) 起")
    }

    /// She is back: what others did for her is hers again, where class and substitute still are as they were left. Throws
    /// `DomainError.invalid` for `until` and `DomainError.conflict` when she is not away.
    func end(of person: ID<Person>, at school: Organisation, on day: LocalDate) throws {
        guard let leave = try store.open(of: person, at: school.id) else { throw DomainError.conflict("已经销假") }
        if day < leave.from { throw DomainError.invalid("until", "返岗日期不能早于请假日期（\(leave.from.iso)）") }
        if day > now.day.adding(days: 120) { throw DomainError.invalid("until", "返岗日期过晚，请核对") }
        guard try PersonStore(db).holdsPost(person, at: school.id, on: day) else {
            throw DomainError.invalid("until", "这一天不在本校任职")
        }
        for substitution in try store.substitutions(of: leave.id) { try giveBack(substitution, to: person, on: day) }
        guard try store.end(leave, on: day) else { throw DomainError.conflict("已经销假") }
        try record("staff.leave_ended", person, school, "\(leave.kind.title)，\(day.iso)")
    }

    private func giveBack(_ substitution: Substitution, to person: ID<Person>, on day: LocalDate) throws {
        let classGroup = try ClassGroupStore(db).find(substitution.classGroup, within: .everything)
        guard classGroup.isOpen(on: day) else { return }
        let posts = try ClassPostStore(db).openPosts(of: classGroup.id, on: day)
        let standing = posts.first {
            $0.person == substitution.substitute && $0.kind == substitution.kind && $0.subject == substitution.subject
        }
        guard let standing else { return }
        let classes = ClassGroupService(db, by: actor, now: now)
        if substitution.kind == .homeroom {
            try classes.nameHomeroomTeacher(person, of: classGroup, from: day)
        } else {
            try classes.endPost(standing.id, of: classGroup, on: day)
            if !posts.contains(where: { $0.person == person && $0.subject == substitution.subject }) {
                try classes.addTeacher(person, of: classGroup, subject: substitution.subject, from: day)
            }
        }
    }

    private func record(_ action: String, _ person: ID<Person>, _ school: Organisation, _ detail: String) throws {
        try AuditLog.record(
            action, person.rawValue, by: actor, at: school.path, "\(try PersonStore(db).find(person).name)：\(detail)",
            now: now, on: db)
    }
}
