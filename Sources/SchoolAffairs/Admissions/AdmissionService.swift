import Contracts
import Database
import Directory
import Kernel
import Platform

/// 招生入学 and 分班. Each runs inside the caller's transaction; the directory's services leave the audit entries. Whether
/// the actor may do it, the caller has asked.
package struct AdmissionService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let store: AdmissionStore
    private let enrolments: EnrolmentService

    /// - Parameter listeners: told in the same transaction when a pupil comes into a class.
    package init(
        _ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp = .now,
        telling listeners: [any LeavingListener] = []
    ) {
        (self.db, self.actor, self.now) = (db, actor, now)
        store = AdmissionStore(db)
        enrolments = EnrolmentService(db, crypto, by: actor, now: now, telling: listeners)
    }

    /// Takes a pupil in; her class comes later. Throws what `EnrolmentService.admit` throws, and `DomainError.invalid` for
    /// `cohort` and `from`.
    @discardableResult
    func admit(_ pupil: NewPupil, at school: Organisation, _ cohort: Cohort, from day: LocalDate) throws -> ID<Person> {
        if school.closedOn != nil { throw DomainError.conflict("\(school.name)已经撤并，不能招生入学。") }
        guard Cohort.all(ofSchoolType: school.profile?.schoolType ?? "", on: now.day).contains(cohort) else {
            throw DomainError.invalid("cohort", "选择年级")
        }
        guard (now.day.adding(days: -400)...now.day.adding(days: 120)).contains(day) else {
            throw DomainError.invalid("from", "入学日期应在 \(now.day.adding(days: 120).iso) 以前一年内")
        }
        let person = try enrolments.admit(pupil, at: school, from: day)
        try store.insert(
            person, at: school.id, cohort.stage, entryYear: cohort.entryYear, on: day, source: .entry, by: actor.name,
            at: now)
        let event = StudentAdmitted(person: person.rawValue, school: school.id.rawValue, on: day)
        try Outbox.post(event, now: now, on: db)
        return person
    }

    /// Puts pupils who wait into the class, all or none. Throws `DomainError.invalid` for `pupils`, `target` and `from`,
    /// `DomainError.conflict` when one of them does not wait any more.
    func assign(_ wanted: Set<ID<Admission>>, to classGroup: ClassGroup, from day: LocalDate) throws {
        let chosen = try store.open(at: classGroup.school).filter { wanted.contains($0.id) }
        if wanted.isEmpty { throw DomainError.invalid("pupils", "选择要分班的学生") }
        guard chosen.count == wanted.count else { throw DomainError.conflict("名单里有学生刚被他人分班，已显示最新的名单。") }
        if let other = chosen.first(where: { !$0.fits(classGroup) }) {
            throw DomainError.invalid("target", "\(other.name)是\(other.cohort)，不能分到\(classGroup.cohortName)")
        }
        for admission in chosen {
            guard try store.close(admission.id, with: classGroup.id, at: now) else {
                throw DomainError.conflict("\(admission.name)刚被他人分班。")
            }
            try enrolments.enrol(
                admission.person, in: classGroup, entryYear: admission.entryYear,
                from: max(day, admission.admittedOn))
        }
    }

    /// 未报到: who never came waits no more.
    func cancel(_ wanted: Set<ID<Admission>>, at school: Organisation) throws {
        let chosen = try store.open(at: school.id).filter { wanted.contains($0.id) }
        if chosen.isEmpty { throw DomainError.invalid("pupils", "选择未报到的学生") }
        for admission in chosen where try store.close(admission.id, with: nil, at: now) {
            try AuditLog.record(
                "pupil.not_arrived", admission.person.rawValue, by: actor, at: school.path, admission.name, now: now,
                on: db)
        }
    }
}
