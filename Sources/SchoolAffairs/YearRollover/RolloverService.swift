import Database
import Directory
import Kernel
import Platform

/// What a school decides before its classes go over into a school year. Each write runs inside the caller's transaction
/// and leaves an audit entry; whether the actor may do it, the caller has asked.
struct RolloverService {
    let db: Connection
    let year: SchoolYear
    let actor: AuditActor
    let now: Timestamp
    private let store: RolloverStore

    init(_ db: Connection, _ year: SchoolYear, by actor: AuditActor, now: Timestamp) {
        (self.db, self.year, self.actor, self.now) = (db, year, actor, now)
        store = RolloverStore(db, year)
    }

    /// The school together with those that go over with it. Throws `DomainError.notFound` when it is none or closed.
    static func unit(of school: Organisation, _ year: SchoolYear, _ db: Connection) throws -> RolloverUnit {
        guard school.kind.isSchool, school.closedOn == nil else { throw DomainError.notFound }
        let above = try school.kind == .teachingPoint ? school.parent.map { try find($0, db) } : nil
        let root = above?.kind == .school && above?.closedOn == nil ? above ?? school : school
        let units = try RolloverSourceStore(db, year).units(within: DataScope([root.path]))
        guard let unit = units.first(where: { $0.school(school.id) != nil }) else { throw DomainError.notFound }
        return unit
    }

    private static func find(_ id: OrganisationID, _ db: Connection) throws -> Organisation {
        try OrganisationStore(db).find(id, within: .everything)
    }

    /// The plan as it stands, when it may still be changed. Throws `DomainError.conflict` outside the months, after the
    /// run and while the school's word is given.
    private func open(_ school: OrganisationID) throws -> RolloverPlan {
        try RolloverSeason.check(year, on: now.day)
        let unit = try RolloverService.unit(of: RolloverService.find(school, db), year, db)
        if unit.state.run != nil { throw DomainError.conflict("\(year.title)的升级已经办理，不能再改") }
        if unit.state.confirmedAt != nil { throw DomainError.conflict("学校已确认，先撤回确认再修改") }
        return RolloverPlan(unit, year)
    }

    /// Decides for one grade of a class. Throws `DomainError.invalid` for `action` when it cannot be done so.
    func decide(_ decision: RolloverDecision, for entryYear: Int, of classGroup: ClassGroup) throws {
        let key = RolloverPartKey(classGroup: classGroup.id, entryYear: entryYear)
        guard try open(classGroup.school).parts[key] != nil else { throw DomainError.notFound }
        try store.set(decision, for: key, by: actor.name, at: now)
        if let problem = try open(classGroup.school).parts[key]?.problem {
            throw DomainError.invalid("action", problem)
        }
        try record("rollover.decided", classGroup, decision.action.title)
    }

    /// Lets the default hold again.
    func reset(_ entryYear: Int, of classGroup: ClassGroup) throws {
        _ = try open(classGroup.school)
        try store.reset(RolloverPartKey(classGroup: classGroup.id, entryYear: entryYear))
        try record("rollover.decided", classGroup, "恢复默认")
    }

    /// Makes an exception of a pupil. Throws `DomainError.invalid` for `place` when there is no such class then, and
    /// `DomainError.notFound` when she is not in the class.
    func except(
        _ enrolment: ID<Enrolment>, _ action: RolloverSingleAction, number: Int, of classGroup: ClassGroup
    ) throws {
        _ = try open(classGroup.school)
        let scope = DataScope([classGroup.path])
        let pupils = try RolloverSourceStore(db, year).pupils(of: classGroup, within: scope)
        guard let pupil = pupils.first(where: { $0.enrolment == enrolment }) else { throw DomainError.notFound }
        try store.set(action, number: number, for: enrolment, by: actor.name, at: now)
        let placed = try open(classGroup.school).singles.first { $0.single.enrolment == enrolment }
        if let problem = placed?.problem { throw DomainError.invalid("place", problem) }
        try record("rollover.pupil_decided", classGroup, "\(pupil.name)，\(action.title)")
    }

    /// Takes the exception back. Throws `DomainError.notFound` when there is none.
    func reset(_ enrolment: ID<Enrolment>, of classGroup: ClassGroup) throws {
        let plan = try open(classGroup.school)
        guard plan.unit.singles.contains(where: { $0.enrolment == enrolment && $0.part.classGroup == classGroup.id }),
            try store.reset(enrolment)
        else { throw DomainError.notFound }
        try record("rollover.pupil_decided", classGroup, "取消例外")
    }

    /// How many first classes the stages of a school have. Field names are `intake-` and the stage.
    func plan(_ classes: [ClassStage: Int], at school: Organisation) throws {
        _ = try open(school.id)
        let stages = ClassStage.stages(ofSchoolType: school.profile?.schoolType ?? "")
        for (stage, count) in classes {
            let field = "intake-" + stage.rawValue
            guard stages.contains(stage) else { throw DomainError.invalid(field, "本校没有\(stage.title)") }
            guard (0...60).contains(count) else { throw DomainError.invalid(field, "班数应在 0 到 60 之间") }
            try store.set(count, for: RolloverIntakeKey(school: school.id, stage: stage), by: actor.name, at: now)
        }
        let words = classes.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.title) \($0.value) 个班" }
        try AuditLog.record(
            "rollover.intake_planned", school.id.rawValue, by: actor, at: school.path, words.joined(separator: "，"),
            now: now, on: db)
    }

    /// The school gives its word for itself and its teaching points. Throws `DomainError.conflict` while something keeps
    /// it from being run.
    func confirm(_ root: Organisation) throws {
        let plan = try open(root.id)
        guard plan.unit.root.id == root.id else { throw DomainError.conflict("教学点由中心校一并确认") }
        if let problem = plan.problems.first { throw DomainError.conflict(problem.text) }
        try store.confirm(root.id, by: actor.name, at: now)
        try AuditLog.record(
            "rollover.confirmed", root.id.rawValue, by: actor, at: root.path, year.title, now: now, on: db)
    }

    /// Throws `DomainError.conflict` when the word was not given or the run is done.
    func withdraw(_ root: Organisation) throws {
        try RolloverSeason.check(year, on: now.day)
        let state = try store.state(of: root.id)
        guard state.confirmedAt != nil, state.run == nil else { throw DomainError.conflict("现在没有可撤回的确认") }
        try store.confirm(root.id, by: nil, at: nil)
        try AuditLog.record(
            "rollover.withdrawn", root.id.rawValue, by: actor, at: root.path, year.title, now: now, on: db)
    }

    private func record(_ action: String, _ classGroup: ClassGroup, _ words: String) throws {
        let detail = "\(classGroup.cohortName)，\(year.title)，\(words)"
        try AuditLog.record(
            action, classGroup.id.rawValue, by: actor, at: classGroup.path, detail, now: now, on: db)
    }
}
