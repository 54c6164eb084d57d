import Database
import Kernel
import Platform

/// The writes on the tree. Each runs inside the caller's transaction, leaves a dated version, an audit entry and an event.
///
/// All take the organisation as the caller last read it. When it has changed since, they throw `DomainError.conflict`.
/// Dates may not lie in the future, nor before the last change: the table of today would no longer be the last state.
package struct OrganisationService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    /// Where the change came from: `form`, `import:<batch>`, `api`, `demo`, `setup`.
    let source: String

    package init(_ db: Connection, by actor: AuditActor, source: String, now: Timestamp = .now) {
        (self.db, self.actor, self.now, self.source) = (db, actor, now, source)
    }

    /// A day before every plan, for organisations whose opening day nobody knows.
    package static let always = LocalDate(year: 1949, month: 10, day: 1)!

    /// What a new organisation needs.
    package struct Draft: Sendable {
        package var kind: OrganisationKind
        package var code: String?
        package var name: String
        package var profile: SchoolProfile?
        package var openedOn: LocalDate?

        package init(
            kind: OrganisationKind, code: String?, name: String, profile: SchoolProfile? = nil,
            openedOn: LocalDate? = nil
        ) {
            (self.kind, self.code, self.name, self.profile, self.openedOn) = (kind, code, name, profile, openedOn)
        }
    }

    /// Adds an organisation below `parent` (`nil` for the city itself).
    package func add(_ draft: Draft, below parent: Organisation?) throws -> Organisation {
        try OrganisationRules.check(draft, below: parent, today: now.day)
        try checkFree(name: draft.name, below: parent?.id)
        if let code = draft.code, try isTaken(code) { throw OrganisationRules.codeTaken(code) }
        let path = try nextPath(below: parent)
        let organisation = Organisation(id: .new(), draft, parent: parent?.id, path: path)
        let profile = draft.profile
        do {
            try db.execute(
                """
                INSERT INTO directory_organisation (id, kind, code, name, initials, parent_id, path, next_child, school_type,
                    urban_rural, is_central, area_override, area_override_reason, opened_on, created_at, revision)
                VALUES (\(organisation.id), \(draft.kind), \(draft.code.databaseValue), \(draft.name),
                    \(Pinyin.initials(of: draft.name)), \(organisation.parent.databaseValue), \(path), 1,
                    \((profile?.schoolType).databaseValue), \((profile?.urbanRural).databaseValue),
                    \(profile?.isCentral ?? false), \((profile?.areaOverride).databaseValue),
                    \(profile?.areaOverrideReason ?? ""), \(draft.openedOn.databaseValue), \(now), 1)
                """)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("同名单位或同一标识码刚被他人登记，请核对后再提交。")
        }
        let from = draft.openedOn ?? OrganisationService.always
        try version([organisation], from)
        try told(organisation, "organisation.added", from, "\(draft.kind.title) \(draft.name)")
        return organisation
    }

    package func rename(_ organisation: Organisation, to name: String, from day: LocalDate) throws {
        try OrganisationRules.check(name: name)
        guard name != organisation.name else { throw DomainError.invalid("name", "新名称与现在的名称相同。") }
        try checkOpen(organisation)
        try checkDay(day, for: organisation, field: "from")
        try checkFree(name: name, below: organisation.parent)
        try touch(organisation, setting: "name = \(name), initials = \(Pinyin.initials(of: name))")
        try version([organisation.with(name: name)], day)
        try told(organisation, "organisation.renamed", day, "\(organisation.name) → \(name)")
    }

    package func change(_ organisation: Organisation, to profile: SchoolProfile, from day: LocalDate) throws {
        guard organisation.kind.isSchool else { throw DomainError.invalid("schoolType", "只有学校和教学点有办学类型。") }
        try OrganisationRules.check(profile)
        try checkOpen(organisation)
        try checkDay(day, for: organisation, field: "from")
        try touch(
            organisation,
            setting: """
                school_type = \(profile.schoolType), urban_rural = \(profile.urbanRural.databaseValue),
                is_central = \(profile.isCentral), area_override = \(profile.areaOverride.databaseValue),
                area_override_reason = \(profile.areaOverrideReason)
                """)
        try version([organisation.with(profile: profile)], day)
        try told(organisation, "organisation.profile_changed", day, organisation.name)
    }

    /// Puts an organisation with everything below it under another parent: all paths change in this transaction, and
    /// each organisation gets a version. Rights at places above follow the new path at once.
    package func move(_ organisation: Organisation, below parent: Organisation, from day: LocalDate) throws {
        try checkOpen(organisation)
        try OrganisationRules.check(organisation, fitsBelow: parent)
        let subtree = try OrganisationStore(db).subtree(of: organisation.path)
        try checkDay(day, forAll: organisation.path, field: "from")
        try checkFree(name: organisation.name, below: parent.id)
        let path = try nextPath(below: parent)
        try touch(organisation, setting: "parent_id = \(parent.id), path = \(path)")
        var moved: [Organisation] = []
        for member in subtree {
            let place = OrganisationPath(path.text + member.path.text.dropFirst(organisation.path.text.count))
            if member.id != organisation.id {
                try db.execute(
                    """
                    UPDATE directory_organisation SET path = \(place), revision = revision + 1 WHERE id = \(member.id)
                    """)
            }
            moved.append(member.with(path: place))
        }
        try version(moved, day)
        let detail = "\(organisation.name) → \(parent.name)，共 \(moved.count) 个单位"
        try told(organisation.with(path: path), "organisation.moved", day, detail)
    }

    /// Ends an organisation on a day; its records stay. Refused while open organisations stand below it.
    package func close(_ organisation: Organisation, on day: LocalDate, mergedInto target: Organisation? = nil) throws {
        try checkOpen(organisation)
        guard organisation.parent != nil else { throw DomainError.conflict("市不能撤销。") }
        let below = try openBelow(organisation)
        if below > 0 { throw DomainError.conflict("\(organisation.name)下还有 \(below) 个单位，先调整它们再撤并。") }
        if let target {
            let isFitting = target.kind.isSchool == organisation.kind.isSchool && target.id != organisation.id
            guard isFitting, target.closedOn == nil, organisation.kind.isSchool || target.kind == organisation.kind
            else {
                throw DomainError.invalid("target", "不能并入这个单位。")
            }
        }
        try checkDay(day, for: organisation, field: "from")
        try touch(organisation, setting: "closed_on = \(day), merged_into = \((target?.id).databaseValue)")
        try version([organisation.closed(on: day)], day)
        let detail = target.map { "\(organisation.name) 并入 \($0.name)" } ?? organisation.name
        try told(organisation, target == nil ? "organisation.closed" : "organisation.merged", day, detail)
    }

    /// Tells the code of an organisation that has none yet. A code stays for good: another one is refused.
    /// - Returns: the organisation as it is now.
    package func giveCode(_ code: String, to organisation: Organisation) throws -> Organisation {
        if organisation.code == code { return organisation }
        try checkOpen(organisation)
        try OrganisationRules.check(code: code)
        if let known = organisation.code {
            throw DomainError.conflict("\(organisation.name)已有标识码 \(known)，不能改为 \(code)。")
        }
        if try isTaken(code) { throw OrganisationRules.codeTaken(code) }
        try touch(organisation, setting: "code = \(code)")
        try told(organisation, "organisation.code_given", now.day, "\(organisation.name)：\(code)")
        return try OrganisationStore(db).find(organisation.id, within: .everything)
    }

    /// Takes back a code that was told by mistake: nobody holds it any more.
    /// - Returns: the organisation as it is now.
    package func takeCode(from organisation: Organisation) throws -> Organisation {
        try checkOpen(organisation)
        guard let code = organisation.code else { return organisation }
        try touch(organisation, setting: "code = NULL")
        try told(organisation, "organisation.code_taken_back", now.day, "\(organisation.name)：\(code)")
        return try OrganisationStore(db).find(organisation.id, within: .everything)
    }

    /// Takes back an organisation that an import made by mistake: it has never been open, and its code is free again.
    /// The rows stay, so that undone values still have their place.
    package func takeBack(_ organisation: Organisation) throws {
        let below = try openBelow(organisation)
        if below > 0 { throw DomainError.conflict("\(organisation.name)下已有 \(below) 个单位，不能撤销导入。") }
        try db.execute(
            "UPDATE directory_organisation_version SET is_closed = 1 WHERE organisation_id = \(organisation.id)")
        try db.execute(
            """
            UPDATE directory_organisation SET code = NULL, closed_on = \(OrganisationService.always),
                revision = revision + 1 WHERE id = \(organisation.id)
            """)
        try told(organisation, "organisation.taken_back", now.day, organisation.name)
    }
}

extension OrganisationService {
    /// The conditional update is the lock: of two people who saw the same state, one is too late.
    private func touch(_ organisation: Organisation, setting columns: SQL) throws {
        let changed: Int
        do {
            changed = try db.change(
                """
                UPDATE directory_organisation SET \(columns), revision = revision + 1
                WHERE id = \(organisation.id) AND revision = \(organisation.revision)
                """)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("同名单位或同一标识码刚被他人登记，请核对后再提交。")
        }
        guard changed == 0 else { return }
        throw try OrganisationStore(db).outdated(organisation)
    }

    private func version(_ organisations: [Organisation], _ day: LocalDate) throws {
        let rows = organisations.map { organisation -> [DatabaseValue] in
            let profile = organisation.profile
            return [
                Identifiers.next().databaseValue, organisation.id.databaseValue, day.databaseValue,
                organisation.name.databaseValue, organisation.path.databaseValue,
                (profile?.schoolType).databaseValue, (profile?.urbanRural).databaseValue,
                (profile?.isCentral ?? false).databaseValue, (profile?.areaOverride).databaseValue,
                (profile?.areaOverrideReason ?? "").databaseValue, (organisation.closedOn != nil).databaseValue,
                now.databaseValue, actor.name.databaseValue, source.databaseValue,
            ]
        }
        try db.insert(
            into: """
                directory_organisation_version (id, organisation_id, valid_from, name, path, school_type, urban_rural,
                    is_central, area_override, area_override_reason, is_closed, recorded_at, recorded_by, source)
                """, rows: rows)
    }

    private func told(_ organisation: Organisation, _ action: String, _ day: LocalDate, _ detail: String) throws {
        try AuditLog.record(
            action, organisation.id.rawValue, by: actor, at: organisation.path, detail, now: now, on: db)
        try Outbox.post(
            OrganisationChanged(organisation: organisation.id.rawValue, from: day.iso), now: now, on: db)
    }

    /// The parent counts its children for ever, so a path is never used twice.
    private func nextPath(below parent: Organisation?) throws -> OrganisationPath {
        guard let parent else { return .city }
        let next = try db.first(
            """
            UPDATE directory_organisation SET next_child = next_child + 1
            WHERE id = \(parent.id) AND closed_on IS NULL RETURNING next_child, path
            """
        ) { (number: try $0.get(0, as: Int.self), path: try $0.text(1)) }
        guard let next else { throw DomainError.conflict("\(parent.name)刚被撤并，请重新选择上级单位。") }
        guard next.number <= 10_000 else { throw DomainError.conflict("\(parent.name)下的单位数已到上限。") }
        return OrganisationPath(next.path + String(String(next.number - 1 + 10_000).dropFirst()) + "/")
    }

    private func checkOpen(_ organisation: Organisation) throws {
        if organisation.closedOn != nil { throw DomainError.conflict("\(organisation.name)已经撤并，不能再修改。") }
    }

    private func checkDay(_ day: LocalDate, for organisation: Organisation, field: String) throws {
        let latest: LocalDate? = try db.value(
            "SELECT MAX(valid_from) FROM directory_organisation_version WHERE organisation_id = \(organisation.id)")
        try OrganisationRules.check(day: day, latest: latest, today: now.day, field: field)
    }

    private func checkDay(_ day: LocalDate, forAll path: OrganisationPath, field: String) throws {
        let latest: LocalDate? = try db.value(
            """
            SELECT MAX(v.valid_from) FROM directory_organisation_version v
            JOIN directory_organisation o ON o.id = v.organisation_id WHERE o.path >= \(path) AND o.path < \(path.end)
            """)
        try OrganisationRules.check(day: day, latest: latest, today: now.day, field: field)
    }

    private func checkFree(name: String, below parent: OrganisationID?) throws {
        guard let parent else { return }
        let count: Int? = try db.value(
            """
            SELECT COUNT(*) FROM directory_organisation
            WHERE parent_id = \(parent) AND name = \(name) AND closed_on IS NULL
            """)
        if (count ?? 0) > 0 { throw DomainError.invalid("name", "同一上级下已有“\(name)”，换一个名称或先核对是否重复。") }
    }

    private func isTaken(_ code: String) throws -> Bool {
        let count: Int? = try db.value("SELECT COUNT(*) FROM directory_organisation WHERE code = \(code)")
        return (count ?? 0) > 0
    }

    private func openBelow(_ organisation: Organisation) throws -> Int {
        let count: Int? = try db.value(
            """
            SELECT COUNT(*) FROM directory_organisation
            WHERE path > \(organisation.path) AND path < \(organisation.path.end) AND closed_on IS NULL
            """)
        return count ?? 0
    }
}
