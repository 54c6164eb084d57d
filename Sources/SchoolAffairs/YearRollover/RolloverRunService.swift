import Contracts
import Database
import Directory
import Kernel
import Platform

/// Runs a rollover for a city, county or school and takes it back: each one transaction with audit and event.
struct RolloverRunService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    let listeners: [any LeavingListener]

    init(_ db: Connection, by actor: AuditActor, now: Timestamp, telling listeners: [any LeavingListener] = []) {
        (self.db, self.actor, self.now, self.listeners) = (db, actor, now, listeners)
    }

    /// Queues a run. Throws `DomainError.conflict` outside the months, beside another run, and when nothing is to be done.
    func start(
        _ year: SchoolYear, at place: Organisation, includingUnconfirmed: Bool, by user: CurrentUser
    ) throws -> ID<Job> {
        try RolloverSeason.check(year, on: now.day)
        let runs = RolloverRunStore(db)
        if let other = try runs.waiting(year, at: place.path) {
            guard try hasFailed(other, user) else {
                throw DomainError.conflict("\(other.organisationName)的升级正在办理，请稍候")
            }
            try runs.refuse(other.id, "出错，没有办理")
        }
        let due = try RolloverRunService.due(year, DataScope([place.path]), includingUnconfirmed, db)
        if due.isEmpty { throw DomainError.conflict("没有待办理的学校：都已升级，或还没有确认") }
        let id = ID<RolloverRun>.new()
        try runs.insert(id, year, at: place.id, includingUnconfirmed: includingUnconfirmed, by: user, now: now)
        let job = try JobStore(db).add(
            kind: RolloverJobs.run, title: "\(place.name)\(year.title)升级", payload: id.rawValue,
            result: RolloverPages.path(id), by: user, at: place.path, now: now)
        try runs.setJob(job, of: id)
        return job
    }

    /// Whether the job gave up, so that nobody waits for it for ever.
    private func hasFailed(_ run: RolloverRun, _ user: CurrentUser) throws -> Bool {
        guard let job = run.job else { return false }
        return try JobStore(db).find(job, visibleTo: user, scope: .everything).state == .failed
    }

    /// The units of the scope that wait to be run.
    static func due(
        _ year: SchoolYear, _ scope: DataScope, _ includingUnconfirmed: Bool, _ db: Connection
    ) throws -> [RolloverUnit] {
        try RolloverSourceStore(db, year).units(within: scope).filter {
            $0.state.run == nil && (includingUnconfirmed || $0.state.confirmedAt != nil)
        }
    }

    /// Does what the run stands for; a second time nothing. Throws `DomainError.conflict` when a unit cannot be run.
    func run(_ id: ID<RolloverRun>) throws -> RolloverFigures {
        let runs = RolloverRunStore(db), run = try runs.find(id, within: .everything)
        if run.state == .refused { throw DomainError.conflict(run.refusal ?? "这次升级没有办理") }
        guard run.state == .waiting else { return run.figures }
        let units = try RolloverRunService.due(run.year, DataScope([run.path]), run.includesUnconfirmed, db)
        let plans = units.map { RolloverPlan($0, run.year) }
        try check(plans)
        let moves = RollMoveService(db, by: actor, now: now, telling: listeners), store = RolloverStore(db, run.year)
        var figures = RolloverFigures()
        for plan in plans {
            guard try store.take(plan.unit.root.id, by: id) else { continue }
            let outcome = try moves.make(plan.move)
            try runs.note(outcome.id, of: plan.unit.root.id, in: id)
            figures.schools += plan.unit.schools.count
            figures.classes += plan.totals.classes
            figures.promoted += plan.totals.promoted
            (figures.opened, figures.closed) = (figures.opened + outcome.opened, figures.closed + outcome.closed)
            (figures.moved, figures.left) = (figures.moved + outcome.moved, figures.left + outcome.left)
        }
        guard try runs.finish(id, figures, at: now) else { throw DomainError.conflict("这次升级刚被处理过") }
        let words = "\(run.year.title)，\(figures.schools) 所学校，毕业离校 \(figures.left) 人，转入 \(figures.moved) 人"
        try AuditLog.record("rollover.run", id.rawValue, by: actor, at: run.path, words, now: now, on: db)
        try Outbox.post(
            YearRolledOver(
                year: run.year.start, run: id.rawValue,
                schools: units.flatMap(\.schools).map(\.id.rawValue), day: run.year.firstDay.iso),
            now: now, on: db)
        return figures
    }

    private func check(_ plans: [RolloverPlan]) throws {
        let problems = plans.lazy.flatMap { plan in plan.problems.map { "\(plan.unit.root.name) \($0.text)" } }
        let first = Array(problems.prefix(5))
        if !first.isEmpty { throw DomainError.conflict("先处理这些问题：" + first.joined(separator: "；")) }
    }

    // MARK: Taking back

    /// The schools whose part of the run cannot be taken back, with the classes that keep it.
    static func obstacles(
        to run: RolloverRun, _ db: Connection
    ) throws -> [(school: OrganisationID, obstacles: [RollMoveObstacle])] {
        let service = RollMoveService(db, by: .system)
        return try RolloverRunStore(db).moves(of: run.id).compactMap { entry in
            let found = try service.obstacles(to: entry.move)
            return found.isEmpty ? nil : (entry.school, found)
        }
    }

    /// Queues taking back. Throws `DomainError.conflict` after the thirty days, and unless `skipping` when something rests
    /// on a part of it.
    func startUndo(_ run: RolloverRun, skipping: Bool, by user: CurrentUser) throws -> ID<Job> {
        guard run.mayBeUndone(on: now.day) else { throw DomainError.conflict("这次升级不能再撤销") }
        let kept = try RolloverRunService.obstacles(to: run, db)
        if !kept.isEmpty, !skipping { throw DomainError.conflict("有班级在升级后又有变动，见下表") }
        if kept.count == (try RolloverRunStore(db).moves(of: run.id)).count {
            throw DomainError.conflict("所有学校在升级后都有变动，不能撤销")
        }
        return try JobStore(db).add(
            kind: RolloverJobs.undo, title: "撤销\(run.organisationName)\(run.year.title)升级",
            payload: run.id.rawValue + (skipping ? "+" : ""), result: RolloverPages.path(run.id), by: user,
            at: run.path, now: now)
    }

    /// Takes back what can be: with `skipping` those schools stay on which something rests, without it all or nothing.
    /// Returns how many schools stand as before.
    func undo(_ id: ID<RolloverRun>, skipping: Bool) throws -> Int {
        let runs = RolloverRunStore(db), run = try runs.find(id, within: .everything)
        guard run.state == .done else { return 0 }
        guard run.mayBeUndone(on: now.day) else { throw DomainError.conflict("这次升级不能再撤销") }
        let moves = RollMoveService(db, by: actor, now: now, telling: listeners), store = RolloverStore(db, run.year)
        let kept = Set(try RolloverRunService.obstacles(to: run, db).map(\.school))
        if !kept.isEmpty, !skipping { throw DomainError.conflict("有班级在升级后又有变动") }
        var undone: [OrganisationID] = []
        for entry in try runs.moves(of: id) where !kept.contains(entry.school) {
            try moves.undo(entry.move)
            try runs.noteUndone(entry.move, in: id, at: now)
            try store.release(entry.school)
            undone.append(entry.school)
        }
        if kept.isEmpty { try runs.noteUndone(id, by: actor.name, at: now) }
        let words = "\(run.year.title)，撤销 \(undone.count) 所，保留 \(kept.count) 所"
        try AuditLog.record("rollover.undone", id.rawValue, by: actor, at: run.path, words, now: now, on: db)
        try Outbox.post(
            YearRolloverUndone(year: run.year.start, run: id.rawValue, schools: undone.map(\.rawValue)), now: now,
            on: db)
        return undone.count
    }
}
