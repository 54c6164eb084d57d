import Database
import Directory
import Kernel
import Platform

/// 下架: a published resource that readers no longer find; its authors and whoever reviews still have it.
struct Takedown: Sendable, Equatable {
    enum Cause: String, Column, Sendable {
        case review, report, sample
        /// A consent was taken back.
        case consent
    }

    let id: ID<Takedown>
    let item: ID<Item>
    let at: Timestamp
    /// Only this level and those above may bring it back.
    let level: ReviewLevel
    let cause: Cause
    let reason: String
    let byName: String
    let endedAt: Timestamp?

    static let columns: SQL = "t.id, t.item_id, t.at, t.level, t.cause, t.reason, t.by_name, t.ended_at"

    init(_ row: borrowing Row) throws {
        (id, item, at, level) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (cause, reason, byName, endedAt) = (try row.get(4), try row.get(5), try row.get(6), try row.get(7))
    }
}

/// All SQL of takedowns.
struct TakedownStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The one in force; `nil` when the resource is not down, or was taken down before takedowns were kept.
    func open(of item: ID<Item>) throws -> Takedown? {
        try db.first(
            """
            SELECT \(Takedown.columns) FROM resources_takedown t WHERE t.item_id = \(item) AND t.ended_at IS NULL
            """, Takedown.init)
    }

    /// The account that took it down; `nil` when the platform did.
    func taker(of item: ID<Item>) throws -> ID<Account>? {
        try db.value("SELECT t.by_account FROM resources_takedown t WHERE t.item_id = \(item) AND t.ended_at IS NULL")
    }

    func insert(
        _ item: ID<Item>, _ level: ReviewLevel, _ cause: Takedown.Cause, _ reason: String, by actor: AuditActor,
        now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_takedown (id, item_id, at, level, cause, reason, by_account, by_name, ended_by)
            VALUES (\(ID<Takedown>.new()), \(item), \(now), \(level), \(cause), \(reason), \(actor.id), \(actor.name), '')
            """)
    }

    func end(_ id: ID<Takedown>, by name: String, now: Timestamp) throws {
        try db.execute("UPDATE resources_takedown SET ended_at = \(now), ended_by = \(name) WHERE id = \(id)")
    }
}

extension ReviewService {
    /// Takes a published resource out of sight, and out of review.
    package func takeDown(_ id: ID<Item>, reason: String) throws { try takeDown(id, .review, reason: reason) }

    func takeDown(_ id: ID<Item>, _ cause: Takedown.Cause, reason: String) throws {
        let seen = try seen(id)
        guard seen.rights(user).mayTakeDown, let rank = ReviewLevel.of(user, at: seen.item.path) else {
            throw DomainError.forbidden("已发的资源由资源审核员下架。")
        }
        try take(seen.item, as: .takenDown)
        try writing.setReason(reason, of: id)
        if let open = seen.open, open.state == .pending {
            try writing.sendBack(id, version: open.number, by: user.name, "资源已下架：\(reason)", now: now)
        }
        if let review = try reviews.open(of: id) {
            if let step = seen.step {
                _ = try reviews.decide(step.id, .withdrawn, by: user, rank: nil, "资源已下架", now: now)
            }
            try reviews.end(review.id, .withdrawn, now: now)
        }
        try TakedownStore(db).insert(id, rank, cause, reason, by: actor, now: now)
        try ContributionWriting(db).recount(id)
        try record("resource.taken_down", seen.item, "\(seen.item.content.title)：\(reason)")
        try notices.takenDown(seen.item, reason: reason, by: user)
    }

    /// Brings back the version that was taken down. Not for her own, and only for the level that took it down or one above.
    /// - Parameter answer: to the appeal that asked for it; empty without one.
    package func restore(_ id: ID<Item>, answer: String = "") throws {
        let seen = try seen(id)
        guard seen.rights(user).mayRestore else {
            let level = seen.takedown?.level.title ?? ""
            throw DomainError.forbidden("由\(level)资源审核员恢复，不能恢复自己的资源。")
        }
        let pupils = try ItemPupilStore(db).pupils(of: id, version: seen.item.version)
        let missing = try PupilGate(consent: office.consent, db: db).missing(seen.item.content, pupils)
        guard missing.isEmpty else {
            throw DomainError.conflict("还不能恢复：没有得到同意的学生是\(missing.joined(separator: "、"))。")
        }
        try take(seen.item, as: .published)
        try writing.setReason("", of: id)
        if let takedown = seen.takedown { try TakedownStore(db).end(takedown.id, by: user.name, now: now) }
        try ContributionWriting(db).recount(id)
        try record("resource.restored", seen.item, seen.item.content.title)
        try notices.restored(seen.item, answer: answer, by: user)
    }
}

/// What reviewing does by itself: consents that were taken back, schools that moved, versions from before there were levels.
struct ReviewTending: Sendable {
    let database: Database
    let office: ReviewOffice

    private static let slice = 200

    func run(now: Timestamp = .now) async throws {
        let database = database, office = office, tending = self
        try await Tending.each([
            { try await tending.takeDownWithoutConsent(now: now) },
            { try await database.write { try CallSettling($0).expire(now: now) } },
            { try await database.write { try SampleStore($0).voidHidden(now: now) } },
            { try await database.write { try VisitorReports($0).forget(now: now) } },
            { try await database.write { try ArchiveOrderStore($0).deleteOld(now: now) } },
            { try await database.write { _ = try ReviewStore($0).follow() } },
            {
                try await database.write { db in
                    for late in try ReviewStore(db).withoutReview() {
                        try ReviewAdoption(db, office).adopt(late, now: now)
                    }
                }
            },
            { while try await database.write({ try ContributionSums($0).catchUp() }) {} },
            { try await YearTaskReminding.run(database, now: now) },
            { try await SampleDrawing(database: database, calendar: office.calendar).run(now: now) },
        ])
    }

    /// Published resources of whose pupils one no longer agrees go down. They are looked at without holding the writer, and
    /// each is taken down by itself, so that one that cannot be read keeps no other up.
    private func takeDownWithoutConsent(now: Timestamp) async throws {
        let consent = office.consent, database = database
        var after = ""
        while true {
            let known = after
            let ids = try await database.read {
                try ItemPupilStore($0).published(after: known, limit: ReviewTending.slice)
            }
            guard let last = ids.last else { return }
            after = last.rawValue
            try await Tending.each(
                ids.map { id in
                    {
                        let isOpen = try await database.read { db in
                            guard let item = try ItemStore(db).look(for: id), item.state == .published else {
                                return true
                            }
                            let pupils = try ItemPupilStore(db).pupils(of: id, version: item.version)
                            return try PupilGate(consent: consent, db: db).missing(item.content, pupils).isEmpty
                        }
                        if isOpen { return }
                        try await database.write { db in
                            guard let item = try ItemStore(db).look(for: id), item.state == .published else { return }
                            try ReviewTending.takeDown(item, now: now, db)
                        }
                    }
                })
        }
    }

    private static func takeDown(_ item: Item, now: Timestamp, _ db: Connection) throws {
        let writing = ItemWritingStore(db), reason = "学生作品或肖像不再有同意"
        guard try writing.touch(item, state: .takenDown, by: AuditActor.system.name, now: now) else { return }
        try writing.setReason(reason, of: item.id)
        try TakedownStore(db).insert(item.id, .school, .consent, reason, by: .system, now: now)
        try ContributionWriting(db).recount(item.id)
        try AuditLog.record(
            "resource.taken_down", item.id.rawValue, by: .system, at: item.path, "\(item.content.title)：\(reason)",
            now: now, on: db)
        try ResourceNotices(db, now: now).takenDown(item, reason: reason)
    }
}

/// Puts what was handed in before there were levels before the first of them.
struct ReviewAdoption {
    private let db: Connection
    private let office: ReviewOffice

    init(_ db: Connection, _ office: ReviewOffice) { (self.db, self.office) = (db, office) }

    func adopt(_ late: (item: ID<Item>, version: Int, account: ID<Account>?), now: Timestamp) throws {
        let store = ItemStore(db), reviews = ReviewStore(db)
        guard let item = try store.look(for: late.item),
            let version = try store.versions(of: late.item).first(where: { $0.number == late.version })
        else { return }
        let files = try store.files(of: item.id).filter { $0.belongs(to: late.version) }
        let goal = ReviewLevel(for: version.content.visibility), review = ID<Review>.new()
        let places = try TextbookStore(db).places(of: version.content.nodes.map { ID<TextbookNode>($0) })
        try reviews.insert(
            review, of: item.id, version: late.version, digest: try ReviewDigest.of(version.content, files, []),
            goal: goal, by: late.account ?? ID<Account>(""), now: now)
        try reviews.insertStep(
            .school, of: review, for: item, version: late.version,
            area: places.first.map { $0.textbook.key.stage + "-" + $0.textbook.key.subject } ?? "",
            due: office.calendar.day(after: now.day, workingDays: ReviewLevel.school.workingDays), now: now)
        try ReviewChecks.schedule(review, at: item.path, now: now, on: db)
    }
}
