import Database
import Directory
import Kernel
import Platform

/// A school's light pack of a day, and the deeds on it, each one transaction with its audit entry.
struct LightPackService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp

    init(_ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp) {
        (self.db, self.user, self.now) = (db, user, now)
        actor = AuditActor(user, address: address)
    }

    /// Throws `DomainError.notFound` for a school outside her scope, `.invalid` for `megabytes`.
    func setBudget(_ megabytes: Int?, of id: OrganisationID) throws {
        let school = try OrganisationStore(db).find(id, within: user.scope(of: .periodEdit))
        guard school.kind.isSchool else { throw DomainError.notFound }
        guard let megabytes, LightBudget.range.contains(megabytes) else {
            throw DomainError.invalid("megabytes", "填 5 到 2000 的整数")
        }
        try LightPackStore(db).set(megabytes, of: id)
        try AuditLog.record(
            "light_pack.budget_set", id.rawValue, by: actor, at: school.path, "\(school.name)：\(megabytes) MB",
            now: now,
            on: db)
    }

    func noteDownload(_ day: SchoolDayPack) throws {
        try AuditLog.record(
            "light_pack.fetched", day.school.id.rawValue, by: actor, at: day.school.path,
            "\(day.school.name) \(day.day.iso)，\(day.pack.chosen.count) 个文件", now: now, on: db)
    }
}

/// The packs of all classes of a school on a day, as they fit into its budget.
struct SchoolDayPack: Sendable {
    let school: Organisation
    let day: LocalDate
    /// In megabytes.
    let budget: Int
    let lines: [LessonLine]
    let pack: LightPack

    /// Throws `DomainError.notFound` for a school outside the scope in which the user sees classes.
    init(
        _ id: OrganisationID, on day: LocalDate, for user: CurrentUser, _ review: ReviewOffice, _ db: Connection
    ) throws {
        school = try OrganisationStore(db).find(id, within: user.scope(of: .classView))
        guard school.kind.isSchool else { throw DomainError.notFound }
        self.day = day
        budget = try LightPackStore(db).budget(of: id)
        lines = try LessonLines(db, review).lines(of: PushStore(db).lessons(at: id, on: day), seesAll: true)
        var seen: Set<ID<Item>> = []
        let items = SchoolDayPack.ranked(lines).filter { seen.insert($0.id).inserted }
        pack = LightPack(try LightPackStore(db).files(of: items), budget: LightBudget.bytes(budget))
    }

    /// The first of every lesson's pack before the second of any, so that no class goes without.
    static func ranked(_ lines: [LessonLine]) -> [Item] {
        let deepest = lines.map(\.entries.count).max() ?? 0
        return (0..<deepest).flatMap { place in
            lines.compactMap { place < $0.entries.count ? $0.entries[place].item : nil }
        }
    }
}
