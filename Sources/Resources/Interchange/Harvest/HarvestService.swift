import Database
import Kernel
import Platform

/// The deeds on sources, each one transaction with its audit entry.
struct HarvestService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let store: HarvestStore

    static let job = "resources.harvest"
    /// Harvests are told of so long, in days; the last of each source longer.
    private static let keptDays: Int64 = 365

    init(_ db: Connection, by actor: AuditActor, now: Timestamp) {
        (self.db, self.actor, self.now, store) = (db, actor, now, HarvestStore(db))
    }

    /// How many sources are harvested at once: slow libraries must not take the threads that other requests need.
    static let atOnce = 2
    /// A busy source is asked again so often without an answer; the next harvest is begun when it is due.
    static let mostPostponements = 12
    /// A source that asks to come again sooner is asked after so many seconds.
    private static let shortestWait: Int64 = 60

    /// Throws `DomainError.invalid`.
    func register(_ content: HarvestSource.Content) throws -> ID<HarvestSource> {
        try check(content, besides: nil)
        let id = try store.insert(content, by: actor.name, now: now)
        try record("source.registered", id, content.name)
        return id
    }

    /// Throws `DomainError.invalid`, and `.conflict` when somebody was faster.
    func change(_ id: ID<HarvestSource>, at revision: Int, _ content: HarvestSource.Content) throws {
        let known = try store.source(id)
        try check(content, besides: id)
        let old = known.content
        let isOther =
            old.baseURL != content.baseURL || old.set != content.set || old.format != content.format
            || old.audience != content.audience
        // What runs goes by the old answers, and would write its results over the new.
        if isOther, try store.running(of: id) != nil {
            throw DomainError.conflict("正在采集，请等这一次结束后再改地址、集合、格式和谁能找到。")
        }
        guard known.revision == revision, try store.set(content, of: known, by: actor.name, now: now) else {
            throw DomainError.conflict("这个采集源刚被\(known.changedBy)修改。请核对后再保存。")
        }
        if known.content.audience != content.audience {
            try ExternalStore(db).setAudience(content.audience, of: id)
        }
        try record("source.changed", id, content.name)
    }

    private func check(_ content: HarvestSource.Content, besides id: ID<HarvestSource>?) throws {
        var problems = content.problems
        if let other = try store.source(at: content.baseURL, set: content.set), other.id != id {
            problems.append(FieldProblem(field: "base", message: "这个地址和集合已登记为“\(other.content.name)”"))
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }

    /// Begins a harvest. Throws `DomainError.conflict` while one runs.
    /// - Parameters:
    ///   - isFull: asks for everything, not only for what is new.
    ///   - user: who asked for it; `nil` for the platform itself.
    @discardableResult
    func start(_ id: ID<HarvestSource>, isFull: Bool, by user: CurrentUser?) throws -> ID<Harvest> {
        let source = try store.source(id)
        guard try store.running(of: id) == nil else { throw DomainError.conflict("正在采集，请等这一次结束。") }
        guard try working() < HarvestService.atOnce else {
            throw DomainError.conflict("已有\(HarvestService.atOnce)个采集源正在采集，请等其中一个结束。")
        }
        let harvest = ID<Harvest>.new()
        try store.insert(harvest, of: source, isFull: isFull, by: actor.name, now: now)
        try queue(harvest, source, by: user, due: now)
        try store.setDue(now.adding(seconds: Int64(source.content.hours) * 3600), of: id)
        if user != nil { try record("source.harvest_started", id, source.content.name + (isFull ? "，全部" : "")) }
        return harvest
    }

    /// Sources that are being harvested. Those that wait for a busy source keep nobody from it.
    private func working() throws -> Int {
        let jobs = JobStore(db), now = now
        return try store.running().count { try jobs.isAtWork($0.job, now: now) }
    }

    /// Lets a running harvest end before its next request; what came is kept. One that waits for a busy source ends at once.
    /// Throws `DomainError.conflict` when it has ended.
    func stop(_ id: ID<Harvest>, of source: ID<HarvestSource>) throws {
        var harvest = try store.harvest(id)
        guard harvest.source == source else { throw DomainError.notFound }
        guard harvest.state == .running else { throw DomainError.conflict("这一次采集已经结束。") }
        guard try store.stop(id, by: actor.name) else { return }
        if try !JobStore(db).isRunning(store.job(of: id)) {
            harvest.end(.partial, Harvest.stopped(by: actor.name), at: now)
            try store.save(harvest)
        }
        try record("source.harvest_stopped", source, try store.source(source).content.name)
    }

    /// Goes on with it then, unless somebody has asked it to stop meanwhile, or the source was busy too often. Whether it
    /// goes on.
    func postpone(_ id: ID<Harvest>, to moment: Timestamp) throws -> Bool {
        var harvest = try store.harvest(id)
        if let name = try store.stopper(of: id) {
            harvest.end(.partial, Harvest.stopped(by: name), at: now)
            try store.save(harvest)
            return false
        }
        guard try store.putOff(id) <= HarvestService.mostPostponements else {
            harvest.end(harvest.counts.pages == 0 ? .failed : .partial, "对方一直繁忙，已停止；下次到期再采集", at: now)
            try store.save(harvest)
            return false
        }
        let due = max(moment, now.adding(seconds: HarvestService.shortestWait))
        try queue(id, try store.source(harvest.source), by: nil, due: due)
        return true
    }

    func queue(_ harvest: ID<Harvest>, _ source: HarvestSource, by user: CurrentUser?, due: Timestamp) throws {
        let job = try JobStore(db).add(
            kind: HarvestService.job, title: "采集 \(source.content.name)", payload: harvest.rawValue,
            result: HarvestPages.path(harvest, of: source.id), by: user, due: due, now: now)
        try store.setJob(job, of: harvest)
    }

    /// Begins what is due, and ends what nobody works on any more.
    static func tend(_ db: Connection, now: Timestamp) throws {
        let service = HarvestService(db, by: .system, now: now), store = service.store
        for (running, job) in try store.running() where try JobStore(db).hasEnded(job) {
            var harvest = running
            harvest.end(.failed, "采集多次出错，已停止", at: now)
            try store.save(harvest)
        }
        for source in try store.due(now: now) {
            if try store.running(of: source.id) == nil {
                guard try service.working() < atOnce else { continue }
                try service.start(source.id, isFull: false, by: nil)
            } else {
                try store.setDue(now.adding(seconds: Int64(source.content.hours) * 3600), of: source.id)
            }
        }
        try store.forget(before: now.adding(days: -keptDays))
    }

    private func record(_ action: String, _ id: ID<HarvestSource>, _ detail: String) throws {
        try AuditLog.record(action, id.rawValue, by: actor, detail, now: now, on: db)
    }
}

/// A harvest as a job. It waits for other systems most of the time, so it stands among the errands.
struct HarvestJob: Sendable {
    let database: Database
    let outbound: any OutboundHTTP

    var handler: JobHandler {
        let client = HarvestClient(outbound: outbound) { try await Task.sleep(for: .seconds($0)) }
        return JobHandler(HarvestService.job) { context in
            guard let id = ID<Harvest>(checking: context.job.payload) else { throw DomainError.notFound }
            let harvester = Harvester(database: context.database, client: client) { .now }
            let outcome = try await harvester.run(id) { harvest in
                try await context.report(harvest.counts.records, of: 0, "已读 \(harvest.counts.pages) 个应答")
            }
            switch outcome {
            case .ended(let harvest): return "\(harvest.state.title)：\(harvest.message)"
            case .later(let moment):
                let goesOn = try await context.database.write {
                    try HarvestService($0, by: .system, now: .now).postpone(id, to: moment)
                }
                return goesOn ? "对方繁忙，\(moment.text) 继续" : "已停止"
            }
        }
    }
}
