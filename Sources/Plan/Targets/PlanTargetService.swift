import Database
import Kernel
import Platform

/// The writes on target sets and targets. Each runs inside the caller's transaction and leaves an audit entry.
package struct PlanTargetService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private var store: PlanTargetStore { PlanTargetStore(db) }

    package init(_ db: Connection, by actor: AuditActor, now: Timestamp = .now) {
        (self.db, self.actor, self.now) = (db, actor, now)
    }

    func create(_ form: TargetSetForm, owner: PlanOwner) throws -> ID<PlanTargetSet> {
        let id = try store.insert(form, code: nil, state: .draft, by: actor.name, now: now)
        try told("target_set.created", id, owner, form.title)
        return id
    }

    /// - Parameter stamp: when the set was last changed as the form knew it; throws `conflict` when it is no longer so.
    func update(_ set: PlanTargetSet, to form: TargetSetForm, ifChangedAt stamp: Timestamp) throws {
        guard try store.update(set.id, to: form, ifChangedAt: stamp, by: actor.name, now: after(set)) else {
            throw DomainError.conflict("这个目标集刚被\(set.changedBy)修改。")
        }
        try told("target_set.changed", set.id, set.owner, form.title)
    }

    func move(_ set: PlanTargetSet, to state: PlanTargetSet.State) throws {
        guard set.state != state else { throw DomainError.conflict("这个目标集已经是“\(state.title)”。") }
        if state == .published, try store.current(set: set.id).isEmpty {
            throw DomainError.conflict("这个目标集还没有目标，先新建目标再发布。")
        }
        try store.updateState(set.id, to: state, by: actor.name, now: after(set))
        try told("target_set.\(state.rawValue)", set.id, set.owner, set.title)
    }

    func add(_ definition: TargetDefinition, to set: PlanTargetSet, from day: LocalDate) throws {
        if try !store.history(definition.id, in: set.id).isEmpty {
            throw DomainError.invalid("code", "代号 \(definition.id) 在这个目标集里已经用过，换一个")
        }
        if let other = try store.otherSets(using: definition.id, as: set).first {
            throw DomainError.invalid("code", "代号 \(definition.id) 已用于“\(other)”，换一个")
        }
        let position = try store.lastPosition(in: set.id) + 1
        try store.insert(
            definition, in: set.id, version: 1, position: position, from: day, to: nil, by: actor.name, now: now)
        try told("target.created", set.id, set.owner, "\(definition.id) \(definition.title)")
    }

    /// A new version that counts from `day` on. `version` is the one the form was opened with.
    func change(
        _ target: PlanTarget, of set: PlanTargetSet, to definition: TargetDefinition, from day: LocalDate, version: Int
    ) throws {
        try check(target, version)
        if !target.isEnd, day == target.validFrom, definition == target.definition { return }
        try store.closeVersions(of: target.code, in: set.id, from: day)
        try store.insert(
            definition, in: set.id, version: version + 1, position: target.position, from: day, to: nil,
            by: actor.name, now: now)
        let aims =
            target.definition.aim == definition.aim ? definition.aim : "\(target.definition.aim) → \(definition.aim)"
        try told("target.changed", set.id, set.owner, "\(target.code) \(definition.title)：\(aims)，\(day.iso) 起")
    }

    /// The target counts no longer from `day` on; its versions stay.
    func end(_ target: PlanTarget, of set: PlanTargetSet, from day: LocalDate, version: Int) throws {
        try check(target, version)
        if target.isEnd { throw DomainError.conflict("目标 \(target.code) 已经停用。") }
        try store.closeVersions(of: target.code, in: set.id, from: day)
        try store.insert(
            target.definition, in: set.id, version: version + 1, position: target.position, from: day, to: day,
            by: actor.name, now: now)
        try told("target.ended", set.id, set.owner, "\(target.code) \(target.definition.title)，\(day.iso) 起")
    }

    /// Takes the targets of a file: what counts from `day` on. Part of the caller's transaction.
    func take(_ changes: TargetSetChanges, into set: PlanTargetSet, from day: LocalDate) throws {
        for definition in changes.added { try add(definition, to: set, from: day) }
        for change in changes.changed {
            try self.change(
                change.target, of: set, to: change.definition, from: day, version: change.target.version)
        }
        for target in changes.ended { try end(target, of: set, from: day, version: target.version) }
    }

    /// Later than the set's last change: a change within the same millisecond must not look like none.
    private func after(_ set: PlanTargetSet) -> Timestamp {
        max(now, Timestamp(milliseconds: set.changedAt.milliseconds + 1))
    }

    private func check(_ target: PlanTarget, _ version: Int) throws {
        guard target.version == version else {
            throw DomainError.conflict("目标 \(target.code) 刚被\(target.changedBy)修改。")
        }
    }

    private func told(_ action: String, _ set: ID<PlanTargetSet>, _ owner: PlanOwner, _ detail: String) throws {
        try AuditLog.record(action, set.rawValue, by: actor, at: owner.path, detail, now: now, on: db)
    }
}

/// Puts the target sets that come with the program into the database.
package enum PlanInstaller {
    /// Loads what is not there yet, so running it again changes nothing. Sets of the city's layer hang on a plan of the
    /// same years as soon as one is published. Part of the caller's transaction.
    /// - Returns: how many sets were loaded.
    @discardableResult
    package static func installShippedTargets(_ db: Connection, now: Timestamp = .now) throws -> Int {
        let store = PlanTargetStore(db)
        var loaded = 0
        for file in try TargetSetFile.shipped() where try store.set(code: file.id) == nil {
            let form = TargetSetForm(file)
            let id = try store.insert(form, code: file.id, state: .published, by: AuditActor.system.name, now: now)
            for (index, target) in file.targets.enumerated() {
                try store.insert(
                    target, in: id, version: 1, position: index + 1, from: file.from, to: nil,
                    by: AuditActor.system.name, now: now)
            }
            try AuditLog.record(
                "target_set.installed", id.rawValue, by: .system, "\(file.title)，\(file.targets.count) 项目标", now: now,
                on: db)
            loaded += 1
        }
        for plan in try PlanStore(db).plans(within: .everything)
        where plan.state == .published && plan.owner.organisation == nil {
            try store.attachSets(to: plan.id, layer: plan.layer, from: plan.from, to: plan.to)
        }
        return loaded
    }
}
