import Contracts
import Database
import Directory
import Kernel
import Platform

/// The deeds on calls, each one transaction with its audit entry. Who reviews at a place opens and ends its calls.
struct CallService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp
    let calendar: any WorkDays
    private let store: CallStore

    init(_ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp, calendar: any WorkDays) {
        (self.db, self.user, self.now, self.calendar) = (db, user, now, calendar)
        (actor, store) = (AuditActor(user, address: address), CallStore(db))
    }

    /// Turns a lesson without enough into a call of the place: for what is missing, for the usual time. The call that is
    /// open already when there is one.
    func open(for node: ID<TextbookNode>, at organisation: OrganisationID) throws -> ID<Call> {
        guard let place = try? OrganisationStore(db).find(organisation, within: user.scope(of: .itemReview)) else {
            throw DomainError.notFound
        }
        let lesson = try TextbookStore(db).place(of: node)
        guard lesson.node.kind == .lesson, !lesson.node.isRemoved else { throw DomainError.notFound }
        if let open = try store.open(at: place.id, for: node) {
            guard open.state(on: now.day) == .expired else { return open.id }
            _ = try store.end(open.id, .expired, now: now)
        }
        let facts = try CoverageStore(db).facts(at: [node])
        let found = NodeCoverage.board([lesson], facts, at: place.path).first
        let missing = found?.missingGroups ?? [], id = ID<Call>.new()
        guard !missing.isEmpty else { throw DomainError.conflict("“\(lesson.node.title)”的资源已经齐备，不用再征集。") }
        let due = calendar.day(after: now.day, workingDays: Call.usualDays)
        try store.insert(id, at: place.id, for: node, wanted: missing, due: due, by: user.name, now: now)
        let words = "\(place.name)，\(lesson.full)：\(missing.map(\.title).joined(separator: "、"))，\(due.iso) 前"
        try AuditLog.record("call.opened", id.rawValue, by: actor, at: place.path, words, now: now, on: db)
        return id
    }

    /// Throws `DomainError.invalid` for `wanted`, `due` and `note`.
    func change(
        _ id: ID<Call>, at revision: Int, wanted: [ResourceGroup], due: LocalDate?, note: String
    ) throws {
        let call = try managed(id)
        guard call.kept == .open else { throw DomainError.conflict("这次征集已经结束。") }
        var problems: [FieldProblem] = []
        func add(_ field: String, _ message: String) { problems.append(FieldProblem(field: field, message: message)) }
        if wanted.isEmpty { add("wanted", "至少选一类资源") }
        if let due, due >= now.day, due <= now.day.adding(days: Call.furthest) {
        } else {
            add("due", "截止日期在今天到一年以内")
        }
        if note.unicodeScalars.count > Call.longestNote { add("note", "说明不能超过 \(Call.longestNote) 个字") }
        guard problems.isEmpty, let due else { throw DomainError.invalid(problems) }
        guard call.revision == revision, try store.set(call, wanted: wanted, due: due, note: note) else {
            throw DomainError.conflict("这次征集刚被别人修改。请核对后再保存。")
        }
        try record("call.changed", call, "\(wanted.map(\.title).joined(separator: "、"))，\(due.iso) 前")
        try CallSettling(db).settle([call.node], now: now)
    }

    func close(_ id: ID<Call>) throws {
        let call = try managed(id)
        guard try store.end(id, .closed, now: now) else { throw DomainError.conflict("这次征集已经结束。") }
        try record("call.closed", call, "由\(user.name)结束")
    }

    private func managed(_ id: ID<Call>) throws -> Call {
        let call = try store.find(id, for: ResourceViewer(user))
        guard user.may(.itemReview, at: call.path) else { throw DomainError.forbidden("由发起征集的单位修改。") }
        return call
    }

    private func record(_ action: String, _ call: Call, _ words: String) throws {
        try AuditLog.record(action, call.id.rawValue, by: actor, at: call.path, words, now: now, on: db)
    }
}

/// Ends calls by themselves: once what was wanted is there, or the last day has passed.
struct CallSettling {
    private let db: Connection
    private let store: CallStore

    init(_ db: Connection) { (self.db, store) = (db, CallStore(db)) }

    /// Part of the transaction that publishes something for the lessons.
    func settle(_ nodes: [ID<TextbookNode>], now: Timestamp) throws {
        guard !nodes.isEmpty else { return }
        for call in try store.open(for: nodes) {
            guard let found = try store.coverage(of: call), found.groups.isSuperset(of: call.wanted) else { continue }
            guard try store.end(call.id, .covered, now: now) else { continue }
            try record("call.covered", call, call.wantedTitles, now: now)
            try ResourceNotices(db, now: now).ended(call, .covered)
        }
    }

    /// Part of the transaction that publishes a version of an answer.
    func answered(with item: ID<Item>, _ title: String, now: Timestamp) throws {
        for call in try store.open(answeredBy: item) {
            try ResourceNotices(db, now: now).answered(call, with: item, title)
        }
    }

    func expire(now: Timestamp) throws {
        for call in try store.overdue(on: now.day) where try store.end(call.id, .expired, now: now) {
            try record("call.expired", call, call.due.iso, now: now)
            try ResourceNotices(db, now: now).ended(call, .expired)
        }
    }

    private func record(_ action: String, _ call: Call, _ words: String, now: Timestamp) throws {
        try AuditLog.record(action, call.id.rawValue, by: .system, at: call.path, words, now: now, on: db)
    }
}
