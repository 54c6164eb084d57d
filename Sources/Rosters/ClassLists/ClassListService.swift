import Database
import Directory
import Kernel
import Platform

/// The steps of a list of classes: upload with comparing, accept, take back. Each deed is one transaction.
struct ClassListService: Sendable {
    let database: Database

    /// Reads and compares a list; nothing of it is written to the classes. Throws `DomainError.invalid` for `file`.
    func start(_ path: String, name: String, for user: CurrentUser, by actor: AuditActor) async throws -> ID<ClassList>
    {
        let scope = user.scope(of: .rosterImport), now = Timestamp.now, id = ID<ClassList>.new()
        let told = try await SheetRowFeed.onThread { try ClassListReading.rows(of: path) }
        try await database.write { db in
            let lines = try ClassListService.reading(scope, now.day, db).lines(told)
            try ClassListStore(db).insert(id, name: name, scope: scope, lines, by: user.name, now: now)
            try AuditLog.record(
                "roster.classes_uploaded", id.rawValue, by: actor, at: scope.commonPlace, name, now: now, on: db)
        }
        return id
    }

    private static func reading(_ scope: DataScope, _ today: LocalDate, _ db: Connection) throws -> ClassListReading {
        var classes: [OrganisationID: [ClassGroup]] = [:], pupils: [ID<ClassGroup>: Int] = [:]
        for school in try OrganisationStore(db).all(within: scope) where school.kind.isSchool {
            classes[school.id] = try ClassGroupStore(db).upcoming(of: school.id, on: today, within: .everything)
            for (group, count) in try ExportStore(db).pupilCounts(of: school.id, on: today) {
                pupils[group] = count.pupils
            }
        }
        return ClassListReading(
            schools: try RosterSchools.load(db, scope: scope), classes: classes, pupils: pupils, today: today)
    }

    /// Opens the classes that are missing; one that was opened since is left as it is.
    func accept(_ id: ID<ClassList>, for user: CurrentUser, by actor: AuditActor) async throws {
        try await decide(id, for: user, by: actor, from: .compared, to: .accepted, "roster.classes_accepted") {
            list, db in
            let now = Timestamp.now, store = ClassListStore(db), service = ClassGroupService(db, by: actor, now: now)
            let schools = try RosterSchools.load(db, scope: list.scope)
            var known: [OrganisationID: [ClassGroup]] = [:]
            for line in try store.lines(of: id, .new, limit: ClassListReading.most) {
                guard let key = line.school, let school = schools[key], let stage = line.stage,
                    let opened = line.openedOn
                else { continue }
                let present =
                    try known[key] ?? ClassGroupStore(db).upcoming(of: key, on: now.day, within: .everything)
                known[key] = present
                let isThere = present.contains { group in
                    group.stage == stage && group.number == line.number && group.entryYears.contains(line.entryYear)
                }
                if isThere { continue }
                let group = try service.open(
                    ClassDraft(
                        stage: stage, entryYear: line.entryYear, number: line.number, openedOn: opened,
                        years: line.years, kind: line.classKind), at: school)
                try store.setClass(group.id, line.row, of: id)
            }
        }
    }

    /// Closes the classes on the day on which they were opened, as if they had never been; refused while somebody is in
    /// one of them.
    func undo(_ id: ID<ClassList>, for user: CurrentUser, by actor: AuditActor) async throws {
        try await decide(id, for: user, by: actor, from: .accepted, to: .undone, "roster.classes_undone") { _, db in
            let service = ClassGroupService(db, by: actor, now: .now)
            for line in try ClassListStore(db).lines(of: id, .new, limit: ClassListReading.most) {
                guard let key = line.classGroup else { continue }
                let group = try ClassGroupStore(db).find(key, within: .everything)
                if group.closedOn != nil { continue }
                do { try service.close(group, on: group.openedOn) } catch DomainError.conflict {
                    throw DomainError.conflict("不能撤销：\(line.name)已有学生。")
                }
            }
        }
    }

    func discard(_ id: ID<ClassList>, for user: CurrentUser, by actor: AuditActor) async throws {
        try await decide(id, for: user, by: actor, from: .compared, to: .discarded, "roster.classes_discarded") {
            _, _ in
        }
    }

    private func decide(
        _ id: ID<ClassList>, for user: CurrentUser, by actor: AuditActor, from old: ClassList.State,
        to new: ClassList.State, _ action: String, _ deed: @escaping @Sendable (ClassList, Connection) throws -> Void
    ) async throws {
        let scope = user.scope(of: .rosterView), own = user.scope(of: .rosterImport)
        try await database.write { db in
            let store = ClassListStore(db), list = try store.find(id, within: scope)
            guard list.scope.roots.allSatisfy(own.contains) else { throw DomainError.notFound }
            guard try store.move(id, from: old, to: new, by: actor.name) else {
                throw DomainError.conflict("这份班级名单已由他人处理。")
            }
            try deed(list, db)
            try AuditLog.record(action, id.rawValue, by: actor, at: list.path, list.fileName, on: db)
        }
    }
}
