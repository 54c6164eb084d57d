import Contracts
import Database
import Directory
import Kernel
import Platform

/// Tells values of one school: the one way of form and API.
package struct FacilityService: Sendable {
    let database: Database

    package init(database: Database) { self.database = database }

    package enum Outcome: Sendable {
        case saved(Saved)
        /// Somebody told other values since the teller looked; nothing was written. The values that differ, as they are.
        case conflict(FacilityRecord, changed: [FacilityValue])
        /// The figures are surprising and nobody has given a reason; nothing was written.
        case unconfirmed([FieldProblem])
    }

    package struct Saved: Sendable {
        package let school: Organisation
        /// How many values were written; 0 when all was known already.
        package let count: Int
        /// Values told for an earlier day that a later one replaces before today: what is in force today.
        package let replacedToday: [FacilityValue]
    }

    /// One transaction: scope, rules on the whole record as it becomes, the values, audit and event.
    /// - Throws: `DomainError.notFound` outside the scope, `.conflict` for a closed school, `.invalid` with the names of
    ///   the fields for broken rules.
    package func save(
        _ draft: FacilityDraft, of school: OrganisationID, scope: DataScope, by actor: AuditActor,
        source: FacilitySource,
        now: Timestamp = .now
    ) async throws -> Outcome {
        try await database.write { db in
            try FacilityService.save(draft, of: school, scope: scope, by: actor, source: source, now: now, on: db)
        }
    }

    /// The same inside the caller's transaction.
    package static func save(
        _ draft: FacilityDraft, of id: OrganisationID, scope: DataScope, by actor: AuditActor, source: FacilitySource,
        now: Timestamp, on db: Connection
    ) throws -> Outcome {
        let school = try OrganisationStore(db).find(id, within: scope)
        guard school.kind.isSchool else { throw DomainError.notFound }
        if school.closedOn != nil { throw DomainError.conflict("\(school.name)已经撤销，不能再登记。") }
        let store = FacilityStore(db)
        if let seen = draft.seen {
            let current = try store.record(of: id, on: seen.on), roster = try store.roster(of: id, on: seen.on)
            let differing = Set(
                current.differences(from: seen.record).filter { $0.owner(in: roster) == .register }.map(\.id))
            if !differing.isEmpty {
                let changed = try store.values(of: id, on: seen.on).filter { differing.contains($0.field) }
                return .conflict(current, changed: changed)
            }
        }
        let draft = try draft.yielding(
            to: store.roster(of: id, on: draft.validFrom), isRefused: source == .api)
        if draft.changes.isEmpty { return .saved(Saved(school: school, count: 0, replacedToday: [])) }
        let before = try store.record(of: id, on: draft.validFrom)
        let after = before.merging(draft.changes)
        try check(draft, after: after, of: id, today: now.day, store)
        let warnings = surprises(draft, from: before, to: after)
        if !warnings.isEmpty && draft.reason == nil { return .unconfirmed(warnings) }

        let note = warnings.isEmpty ? "" : draft.reason ?? ""
        let changes = FacilityField.all.compactMap { field in
            draft.changes[field].map {
                FacilityChange(organisation: id, field: field.id, value: $0, validFrom: draft.validFrom, note: note)
            }
        }
        let count = try store.tell(changes, source: source, by: actor.name, now: now)
        if count > 0 {
            let detail = FacilityService.detail(draft, from: before, note: note)
            try AuditLog.record(
                "facility_register.changed", id.rawValue, by: actor, at: school.path, detail, now: now, on: db)
            try Outbox.post(FacilityRegisterChanged(schools: 1, from: draft.validFrom.iso), now: now, on: db)
        }
        let replaced = try store.values(of: id, on: now.day).filter { value in
            value.validFrom > draft.validFrom && draft.changes.values[value.field].map { $0 != value.value } ?? false
        }
        return .saved(Saved(school: school, count: count, replacedToday: replaced))
    }

    /// The rules for the day itself; and on later days, where older figures meet newer ones, what this would newly break.
    private static func check(
        _ draft: FacilityDraft, after: FacilityRecord, of school: OrganisationID, today: LocalDate,
        _ store: FacilityStore
    ) throws {
        var problems: [FieldProblem] = []
        if draft.validFrom > today {
            problems.append(FieldProblem(field: FacilityForm.Name.validFrom, message: "起始日期不能晚于今天。"))
        } else if draft.validFrom < OrganisationService.always {
            problems.append(FieldProblem(field: FacilityForm.Name.validFrom, message: "起始日期过早，请核对年份。"))
        }
        problems += FacilityRules.problems(of: after)
        if problems.isEmpty {
            for day in try store.laterDays(of: school, after: draft.validFrom) {
                let known = try store.values(of: school, on: day)
                let old = FacilityRecord(Dictionary(uniqueKeysWithValues: known.map { ($0.field, $0.value) }))
                let newer = FacilityRecord(
                    Dictionary(
                        uniqueKeysWithValues: known.filter { $0.validFrom > draft.validFrom }.map {
                            ($0.field, $0.value)
                        }))
                let before = FacilityRules.problems(of: old)
                problems += FacilityRules.problems(of: after.merging(newer)).filter { !before.contains($0) }.map {
                    FieldProblem(field: $0.field, message: "与 \(day.iso) 起的登记不符：\($0.message)")
                }
                if !problems.isEmpty { break }
            }
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }

    /// Warnings about what this draft tells; older oddities were answered for when they were told.
    private static func surprises(
        _ draft: FacilityDraft, from before: FacilityRecord, to after: FacilityRecord
    ) -> [FieldProblem] {
        FacilityRules.warnings(from: before, to: after).filter { warning in
            FacilityField.named(warning.field).map { after[$0] != before[$0] } ?? true
        }
    }

    /// `自 2015-09-30：班级数 6→7，接入方式 —→光纤；原因：撤点并校`
    private static func detail(_ draft: FacilityDraft, from before: FacilityRecord, note: String) -> String {
        let words = FacilityField.all.compactMap { field -> String? in
            guard let new = draft.changes[field], before[field] != new else { return nil }
            return "\(field.shortLabel) \(before[field].map(field.text) ?? "—")→\(field.text(new))"
        }
        let reason = note.isEmpty ? "" : "；原因：\(note)"
        return "自 \(draft.validFrom.iso)：\(words.joined(separator: "，"))\(reason)"
    }
}
