import Database
import Directory
import Kernel
import Platform

/// The deeds on yearly tasks, each one transaction with its audit entry.
struct YearTaskService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp
    private let store: YearTaskStore

    init(_ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp) {
        (self.db, self.user, self.now) = (db, user, now)
        (actor, store) = (AuditActor(user, address: address), YearTaskStore(db))
    }

    /// Counties, 市直 and the city for which she may set tasks.
    static func places(for user: CurrentUser, _ db: Connection) throws -> [Organisation] {
        try OrganisationStore(db).all(within: user.scope(of: .taskEdit), kinds: [.city, .municipal, .county])
    }

    func open(_ draft: YearTaskDraft, at organisation: OrganisationID) throws -> ID<YearTask> {
        guard let place = try YearTaskService.places(for: user, db).first(where: { $0.id == organisation }) else {
            throw DomainError.notFound
        }
        let id = ID<YearTask>.new()
        try store.insert(id, at: place.id, draft, by: user.name, now: now)
        try AuditLog.record(
            "year_task.opened", id.rawValue, by: actor, at: place.path,
            "\(draft.title)，\(draft.year.title)，\(draft.due.iso) 前", now: now, on: db)
        return id
    }

    func change(_ id: ID<YearTask>, at revision: Int, _ draft: YearTaskDraft) throws {
        let task = try managed(id)
        guard task.state == .open else { throw DomainError.conflict("这项任务已经结束。") }
        guard task.revision == revision, try store.set(task, draft) else {
            throw DomainError.conflict("这项任务刚被别人修改。请核对后再保存。")
        }
        try record("year_task.changed", task, "\(draft.title)，\(draft.due.iso) 前")
    }

    func close(_ id: ID<YearTask>) throws {
        let task = try managed(id)
        guard try store.close(id) else { throw DomainError.conflict("这项任务已经结束。") }
        try record("year_task.closed", task, task.title)
    }

    /// Tells the schools that are not done; once a day. How many there were.
    func remind(_ id: ID<YearTask>) throws -> Int {
        let task = try managed(id)
        guard task.state == .open else { throw DomainError.conflict("这项任务已经结束。") }
        if let last = try store.lastReminder(of: id), last.at.day == now.day {
            throw DomainError.conflict("今天已经提醒过了。")
        }
        let count = try YearTaskReminding(db).remind(task, by: user.name, now: now)
        guard count > 0 else { throw DomainError.conflict("没有还没完成的学校。") }
        try record("year_task.reminded", task, "\(task.title)，\(count) 所学校")
        return count
    }

    private func managed(_ id: ID<YearTask>) throws -> YearTask {
        let task = try store.find(id, within: user.scope(of: .coverageView))
        guard user.may(.taskEdit, at: task.path) else { throw DomainError.forbidden("由布置任务的单位修改。") }
        return task
    }

    private func record(_ action: String, _ task: YearTask, _ words: String) throws {
        try AuditLog.record(action, task.id.rawValue, by: actor, at: task.path, words, now: now, on: db)
    }
}

/// Tells schools of what they have yet to do, by hand and some time before the last day.
struct YearTaskReminding {
    private let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The number of schools that were told.
    func remind(_ task: YearTask, by name: String, now: Timestamp) throws -> Int {
        let late = try late(task)
        try YearTaskStore(db).remind(late, of: task.id, by: name, now: now)
        try ResourceNotices(db, now: now).reminded(task, late)
        return late.count
    }

    private func late(_ task: YearTask) throws -> [YearTaskProgress] {
        let store = YearTaskStore(db)
        return try store.progress(task, store.lines(of: task.id), within: DataScope([task.path])).filter {
            $0.missing > 0
        }
    }

    /// Done from time to time; each distance from the last day has its turn once. What is counted is counted before anything
    /// is written.
    static func run(_ database: Database, now: Timestamp) async throws {
        // The nearest first: a task that was set late is told of once.
        for days in YearTask.reminders.sorted() {
            let found = try await database.read { db in
                try YearTaskStore(db).unreminded(days, on: now.day).map {
                    (task: $0, late: try YearTaskReminding(db).late($0))
                }
            }
            guard !found.isEmpty else { continue }
            try await database.write { db in
                let store = YearTaskStore(db)
                for one in found {
                    try store.remind(one.late, of: one.task.id, by: AuditActor.system.name, now: now)
                    try ResourceNotices(db, now: now).reminded(one.task, one.late)
                    try store.noteReminded(one.task.id, days)
                }
            }
        }
    }
}
