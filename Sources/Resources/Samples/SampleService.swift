import Contracts
import Database
import Directory
import Kernel
import Platform

/// Says what came of a look, in one transaction with its audit entry.
struct SampleService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp
    let office: ReviewOffice
    private let store: SampleStore

    init(_ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp, office: ReviewOffice) {
        (self.db, self.user, self.now, self.office) = (db, user, now, office)
        (actor, store) = (AuditActor(user, address: address), SampleStore(db))
    }

    /// Throws `DomainError.invalid` for `decision` and `note`, and `DomainError.forbidden` for her own.
    func decide(_ id: ID<Sample>, _ outcome: Sample.State?, note: String) throws {
        let sample = try store.find(id, within: SampleStore.scope(of: user))
        guard sample.state == .open else { throw DomainError.conflict("这一项刚由\(sample.decidedName)查过。") }
        guard try !isOwn(sample.item) else { throw DomainError.forbidden("自己写过的资源由别的审核员抽查。") }
        var problems: [FieldProblem] = []
        let asked = outcome.flatMap { Sample.State.outcomes.contains($0) ? $0 : nil }
        if asked == nil { problems.append(FieldProblem(field: "decision", message: "选择结果")) }
        if let asked, asked != .inOrder, note.isEmpty {
            problems.append(FieldProblem(field: "note", message: "写明问题在哪里"))
        }
        if note.unicodeScalars.count > Sample.longest {
            problems.append(FieldProblem(field: "note", message: "说明不能超过 \(Sample.longest) 个字"))
        }
        guard problems.isEmpty, let asked else { throw DomainError.invalid(problems) }
        guard try ItemStore(db).look(for: sample.item)?.state == .published else {
            throw DomainError.conflict("这个资源已经下架，不用再查。")
        }
        guard try store.decide(id, asked, note, by: user, now: now) else {
            throw DomainError.conflict("这一项刚由别人查过。")
        }
        let words = "\(sample.month.title)，\(sample.title)：\(asked.title)" + (note.isEmpty ? "" : "，\(note)")
        try AuditLog.record(
            "resource.sample_decided", sample.item.rawValue, by: actor, at: sample.path, words, now: now, on: db)
        if asked == .remark { try ResourceNotices(db, now: now).remarked(sample, note) }
        guard asked == .takenDown else { return }
        try ReviewService(db, by: user, address: actor.address, now: now, office: office).takeDown(
            sample.item, .sample, reason: note)
    }

    /// Whether she made the resource or wrote on any version of it.
    func isOwn(_ item: ID<Item>) throws -> Bool {
        if try ItemStore(db).authors(of: item).contains(where: { $0.person == user.person }) { return true }
        return try ReviewStore(db).hasWritten(user.person, on: item)
    }
}

extension ReviewStore {
    func hasWritten(_ person: ID<Person>, on item: ID<Item>) throws -> Bool {
        let count: Int? = try db.value(
            "SELECT COUNT(*) FROM resources_item_writer WHERE item_id = \(item) AND person_id = \(person)")
        return (count ?? 0) > 0
    }
}

/// Draws for every county and 市直 once a month, at the first look of the month.
struct SampleDrawing: Sendable {
    let database: Database
    let calendar: any WorkDays

    /// - Parameter seed: by chance, and written down with the draw.
    func run(now: Timestamp, seed: @Sendable () -> UInt64 = { UInt64.random(in: 0 ... .max) }) async throws {
        let month = SampleMonth(now.day)
        let units = try await database.read { try SampleStore($0).undrawn(month) }
        for unit in units {
            let seed = seed()
            let draw = try await database.read(isLong: true) {
                try SampleStore($0).draw(seed, of: unit.path, in: month)
            }
            let due = calendar.day(after: now.day, workingDays: Sample.workingDays)
            try await database.write { db in
                let isNew = try SampleStore(db).insert(draw, of: unit, in: month, due: due, now: now)
                guard isNew, !draw.chosen.isEmpty else { return }
                try AuditLog.record(
                    "resource.sample_drawn", unit.id.rawValue, by: .system, at: unit.path,
                    "\(month.title)，\(draw.chosen.count) 个", now: now, on: db)
                try ResourceNotices(db, now: now).drawn(draw.chosen.count, in: month, of: unit)
            }
        }
    }
}
