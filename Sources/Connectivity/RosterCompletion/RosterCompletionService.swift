import Contracts
import Database
import Directory
import Kernel
import Platform

/// Says whether the roster of a school is whole, and takes that back.
package struct RosterCompletionService: Sendable {
    private let database: Database

    package init(database: Database) { self.database = database }

    /// What somebody says.
    struct Word: Sendable {
        let isComplete: Bool
        let from: LocalDate
        /// Why it is taken back.
        let reason: String
    }

    /// Whether the viewer may take back what a school has said of itself: whoever calls rosters whole above the school.
    static func mayReopen(_ school: Organisation, _ user: CurrentUser) -> Bool {
        user.scope(of: .rosterComplete).roots.contains { $0 != school.path && $0.contains(school.path) }
    }

    /// One transaction with audit and event. Throws `DomainError.notFound` outside the scope, `.conflict` when it is so
    /// already or the roster has no pupils, and `.invalid` for `from` and `reason`.
    func say(
        _ word: Word, of id: OrganisationID, for user: CurrentUser, by actor: AuditActor, now: Timestamp = .now
    ) async throws {
        try await database.write { db in
            let school = try OrganisationStore(db).find(id, within: user.scope(of: .rosterComplete))
            guard school.kind.isSchool, word.isComplete || RosterCompletionService.mayReopen(school, user) else {
                throw DomainError.notFound
            }
            if school.closedOn != nil { throw DomainError.conflict("\(school.name)已经撤销，不能再登记。") }
            let last = try RosterCompletionStore(db).history(of: id).first
            try RosterCompletionService.check(word, after: last, today: now.day)
            if word.isComplete {
                // The figures of past years are not the school's to change.
                let first = SchoolYear(containing: now.day).firstDay
                if word.from < first, !RosterCompletionService.mayReopen(school, user) {
                    throw DomainError.invalid("from", "本学年 \(first.iso) 以前的日期由区县标明。")
                }
                let counts = RosterCountStore(db)
                guard try counts.counts(of: [id], on: now.day)[id]?.hasPupils == true else {
                    throw DomainError.conflict("花名册里还没有学生，先导入花名册。")
                }
                guard try counts.counts(of: [id], on: word.from)[id]?.hasPupils == true else {
                    throw DomainError.invalid("from", "这一天花名册里还没有学生。")
                }
            }
            let state = RosterCompletion(
                of: id, isComplete: word.isComplete, from: word.from, .person, note: word.reason, at: now,
                by: actor.name)
            try RosterCompletionService.enter(state, at: school.path, by: actor, db)
        }
    }

    private static func check(_ word: Word, after last: RosterCompletion?, today: LocalDate) throws {
        if (last?.isComplete ?? false) == word.isComplete {
            throw DomainError.conflict("这所学校已是“\(last?.title ?? RosterCompletion.incomplete)”。")
        }
        var problems: [FieldProblem] = []
        if word.from > today {
            problems.append(FieldProblem(field: "from", message: "起始日期不能晚于今天。"))
        } else if let last, word.from < last.from {
            problems.append(FieldProblem(field: "from", message: "起始日期不能早于上次的 \(last.from.iso)。"))
        } else if word.from < OrganisationService.always {
            problems.append(FieldProblem(field: "from", message: "起始日期过早，请核对年份。"))
        }
        if !word.isComplete && word.reason.isEmpty {
            problems.append(FieldProblem(field: "reason", message: "填写收回的原因。"))
        }
        if word.reason.unicodeScalars.count > FacilityForm.reasonLength {
            problems.append(FieldProblem(field: "reason", message: "原因不能超过 \(FacilityForm.reasonLength) 个字。"))
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }

    private static func enter(
        _ state: RosterCompletion, at path: OrganisationPath, by actor: AuditActor, _ db: Connection
    ) throws {
        try RosterCompletionStore(db).add(state)
        let note = state.note.isEmpty ? "" : "：\(state.note)"
        try AuditLog.record(
            state.isComplete ? "facility_register.roster_completed" : "facility_register.roster_reopened",
            state.school.rawValue, by: actor, at: path, "自 \(state.from.iso)\(note)", now: state.recordedAt, on: db)
        try Outbox.post(FacilityRegisterChanged(schools: 1, from: state.from.iso), now: state.recordedAt, on: db)
    }

    /// A school that was entered whole.
    package static func markWhole(
        _ school: Organisation, from day: LocalDate, by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws {
        let state = RosterCompletion(of: school.id, isComplete: true, from: day, .demo, at: now, by: actor.name)
        try enter(state, at: school.path, by: actor, db)
    }

    /// Notes which rosters have reached what the register tells, of schools of which nobody has said anything: what
    /// somebody has taken back stays so. Returns how many. For an hourly job.
    @discardableResult
    package func prove(now: Timestamp = .now) async throws -> Int {
        let today = now.day
        let found = try await database.read(snapshot: true, isLong: true) { db in
            let known = try RosterCompletionStore(db).known()
            let told = try FacilityStore(db).told(on: today).filter { school, record in
                !known.contains(school) && (record[.students] ?? 0) > 0
            }
            guard !told.isEmpty else { return [(OrganisationID, String)]() }
            return try RosterCountStore(db).counts(of: told.keys.sorted(), on: today).compactMap { school, count in
                RosterCompletion.proof(count, told[school] ?? FacilityRecord()).map { (school, $0) }
            }.sorted { $0.0 < $1.0 }
        }
        guard !found.isEmpty else { return 0 }
        return try await database.write { db in
            let known = try RosterCompletionStore(db).known()
            var count = 0
            for (id, words) in found where !known.contains(id) {
                guard let school = try? OrganisationStore(db).find(id, within: .everything), school.closedOn == nil
                else {
                    continue
                }
                let state = RosterCompletion(
                    of: id, isComplete: true, from: today, .platform, note: words, at: now, by: "平台")
                try RosterCompletionService.enter(state, at: school.path, by: .system, db)
                count += 1
            }
            return count
        }
    }
}
