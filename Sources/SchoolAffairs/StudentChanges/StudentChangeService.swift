import Contracts
import Database
import Directory
import Kernel
import Platform

/// What a school and its county do about a pupil's record. Each runs inside the caller's transaction and leaves an audit
/// entry at the school, without any sealed value. Whether the actor may do it, the caller has asked: it hands over classes
/// and applications that it found within the scope of the right.
package struct StudentChangeService {
    let db: Connection
    let crypto: any CryptoProvider
    let actor: AuditActor
    let now: Timestamp
    let calendar: WorkCalendar
    private let store: StudentChangeStore
    private let steps: CaseStepStore
    private let enrolments: EnrolmentService

    package init(
        _ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp = .now,
        telling listeners: [any LeavingListener] = [], calendar: WorkCalendar = .shipped
    ) {
        (self.db, self.crypto, self.actor, self.now, self.calendar) = (db, crypto, actor, now, calendar)
        (store, steps) = (StudentChangeStore(db, crypto), CaseStepStore(db: db, crypto: crypto))
        enrolments = EnrolmentService(db, crypto, by: actor, now: now, telling: listeners)
    }

    /// Working days in which the county decides.
    static let workingDays = 10

    /// Applies for a change of a pupil of the class; what needs no approval is done at once. Throws
    /// `DomainError.notFound` when she is not a pupil of it, `DomainError.invalid` for `kind`, `day`, `target` and
    /// `expectedReturn`, and `DomainError.conflict` while another application for her waits.
    @discardableResult
    package func apply(
        _ draft: StudentChangeDraft, for person: ID<Person>, in classGroup: ClassGroup
    ) throws -> ID<StudentChange> {
        let standing = try standing(of: person, on: now.day)
        guard standing.enrolment.classGroup == classGroup.id else { throw DomainError.notFound }
        try StudentChangeRules.check(
            draft, of: standing.enrolment, in: classGroup, isSuspended: standing.isSuspended,
            target: draft.target.map { try self.classGroup($0) }, today: now.day)
        let school = try OrganisationStore(db).find(classGroup.school, within: .everything)
        let unit = try ManagementUnit.of(school, db), id = ID<StudentChange>.new()
        let due = calendar.day(after: now.day, workingDays: StudentChangeService.workingDays)
        do {
            try store.insert(id, draft, of: person, in: classGroup, unit: unit.id, by: actor, due: due, at: now)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("这名学生已有一项异动在办理，办结或撤回后再申请。")
        }
        try steps.add(.applied, to: id.rawValue, place: "学校申请", note: draft.details.note, by: actor, at: now)
        let change = try store.find(id, within: .everything)
        try record("student_change.applied", change)
        if !draft.kind.needsApproval { try enforce(change, draft.details) }
        return id
    }

    /// Lets the change come true. Throws `DomainError.conflict` when the pupil or the application has moved on since.
    package func approve(_ change: StudentChange, note: String = "") throws {
        try steps.add(.passed, to: change.id.rawValue, place: "县核", note: note, by: actor, at: now)
        try enforce(change, store.details(of: change.id))
    }

    package func refuse(_ change: StudentChange, note: String) throws {
        try move(change, to: .refused)
        try steps.add(.refused, to: change.id.rawValue, place: "县核", note: note, by: actor, at: now)
        try record("student_change.refused", change)
    }

    package func withdraw(_ change: StudentChange) throws {
        try move(change, to: .withdrawn)
        try steps.add(.withdrawn, to: change.id.rawValue, place: "学校申请", by: actor, at: now)
        try record("student_change.withdrawn", change)
    }

    private func enforce(_ change: StudentChange, _ details: StudentChangeDetails) throws {
        let standing = try standing(of: change.person, on: now.day)
        guard standing.enrolment.school == change.school else { throw moved(change) }
        try move(change, to: .done)
        let classGroup = try classGroup(standing.enrolment.classGroup)
        switch change.kind {
        case .keyData: try changeKeyData(change, details)
        case .suspension: try enrolments.suspend(change.person, in: classGroup, on: change.day)
        case .resumption, .repeating, .skipping: try place(change, standing, from: classGroup)
        default:
            guard let reason = change.kind.leaving else { throw moved(change) }
            if standing.isSuspended {
                try enrolments.endSuspended(change.person, of: classGroup, on: change.day, reason)
            } else {
                try enrolments.end(change.person, in: classGroup, on: change.day, reason)
            }
        }
        try steps.add(.done, to: change.id.rawValue, by: actor, at: now)
        try record("student_change.done", change)
        if change.kind != .keyData {
            try Outbox.post(
                StudentStatusChanged(
                    person: change.person.rawValue, school: change.school.rawValue, change: change.kind.rawValue,
                    on: change.day), now: now, on: db)
        }
    }

    private func changeKeyData(_ change: StudentChange, _ details: StudentChangeDetails) throws {
        let source = FactSource(.change, reference: change.id.rawValue, at: now, by: actor.name)
        try KeyData(db: db, crypto: crypto).apply(details.changes, to: change.person, from: change.day, source: source)
        let event = StudentKeyDataChanged(
            person: change.person.rawValue, fields: details.changes.map(\.datum.rawValue))
        try Outbox.post(event, now: now, on: db)
    }

    private func place(_ change: StudentChange, _ standing: Standing, from classGroup: ClassGroup) throws {
        guard let id = change.target, standing.isSuspended == (change.kind == .resumption) else { throw moved(change) }
        let target = try self.classGroup(id), own = standing.enrolment.entryYear ?? classGroup.entryYear
        guard let year = change.kind.entryYear(own: own, from: classGroup, in: target) else { throw moved(change) }
        if standing.isSuspended {
            return try enrolments.enrol(change.person, in: target, entryYear: year, from: change.day)
        }
        let reason: LeavingReason = change.kind == .repeating ? .repeating : .skipping
        try enrolments.move(change.person, from: classGroup, to: target, entryYear: year, on: change.day, reason)
    }

    private typealias Standing = (enrolment: Enrolment, isSuspended: Bool)

    /// Where the pupil stands on the roll. Throws `DomainError.notFound` when she is on none.
    private func standing(of person: ID<Person>, on day: LocalDate) throws -> Standing {
        let found = EnrolmentStore(db)
        if let present = try found.standing(of: person, after: day) { return (present, false) }
        guard let suspended = try found.suspended(person, on: day) else { throw DomainError.notFound }
        return (suspended, true)
    }

    private func classGroup(_ id: ID<ClassGroup>) throws -> ClassGroup {
        try ClassGroupStore(db).find(id, within: .everything)
    }

    private func move(_ change: StudentChange, to state: StudentChangeState) throws {
        guard try store.move(change, to: state, at: now) else {
            throw DomainError.conflict("这项申请刚被他人办理。已显示最新的情况。")
        }
    }

    private func moved(_ change: StudentChange) -> DomainError {
        .conflict("\(change.name)的学籍情况在申请以后变了，退回学校核对。")
    }

    private func record(_ action: String, _ change: StudentChange, _ more: String = "") throws {
        let words = [change.name, change.kind.title, change.day.iso, more].filter { !$0.isEmpty }
        try AuditLog.record(
            action, change.id.rawValue, by: actor, at: change.path, words.joined(separator: "，"), now: now, on: db)
    }
}

enum StudentChangeRules {
    /// The longest 休学; who needs more applies again.
    static let longestSuspension = 366
    private static let daysAhead = 120
    private static let daysBack = 366

    /// All throw `DomainError.invalid` with every problem of the form.
    static func check(
        _ draft: StudentChangeDraft, of enrolment: Enrolment, in classGroup: ClassGroup, isSuspended: Bool,
        target: ClassGroup?, today: LocalDate
    ) throws {
        var problems: [FieldProblem] = []
        let kinds = StudentChangeKind.possible(isSuspended: isSuspended, stage: classGroup.stage)
        if !kinds.contains(draft.kind) {
            problems.append(.init(field: "kind", message: "这名学生现在不能办理\(draft.kind.title)"))
        }
        let begun = isSuspended ? enrolment.until ?? enrolment.from : enrolment.from
        let earliest = max(begun, today.adding(days: -daysBack)), latest = today.adding(days: daysAhead)
        if draft.kind != .keyData, !(earliest...max(earliest, latest)).contains(draft.day) {
            problems.append(.init(field: "day", message: "日期应在 \(earliest.iso) 到 \(latest.iso) 之间"))
        }
        if draft.kind == .suspension {
            let range = draft.day.adding(days: 1)...draft.day.adding(days: longestSuspension)
            if draft.expectedReturn.map({ !range.contains($0) }) ?? true {
                problems.append(.init(field: "expectedReturn", message: "填写预计复学日期，在休学日期以后一年内"))
            }
        }
        let own = enrolment.entryYear ?? classGroup.entryYear
        let year = target.flatMap { draft.kind.entryYear(own: own, from: classGroup, in: $0) }
        if draft.kind.needsClass, year == nil {
            problems.append(.init(field: "target", message: "选择\(draft.kind.title)到的班"))
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }
}
