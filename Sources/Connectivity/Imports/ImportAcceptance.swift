import Contracts
import Database
import Directory
import Kernel
import Platform

/// Writes an accepted change set into the tree and the register, and takes one back. Runs inside one transaction.
struct ImportAcceptance {
    let db: Connection
    let batch: ImportBatch
    let actor: AuditActor
    let now: Timestamp

    private var store: ImportStore { ImportStore(db) }
    private var service: OrganisationService {
        OrganisationService(db, by: actor, source: ImportService.source(batch.id), now: now)
    }

    /// Lines handled at a time.
    private static let step = 500

    func apply() throws {
        // Schools first: a teaching point stands below its town's central school, which may come from the same file.
        try addOrganisations { $0 != .teachingPoint }
        try addOrganisations { $0 == .teachingPoint }
        try changeProfiles()
        let schools = try tellValues()
        try store.setAccepted(batch.id, by: actor.name, now: now)
        let counts = batch.counts
        let detail = "\(batch.fileName)：新增 \(counts.new)，变更 \(counts.changed)，退回 \(counts.refused)"
        try AuditLog.record(
            "connectivity_import.accepted", batch.id.rawValue, by: actor, at: batch.scopePath, detail, now: now, on: db)
        let first = batch.days.min() ?? batch.statisticsOn
        try Outbox.post(FacilityRegisterChanged(schools: schools, from: first.iso), now: now, on: db)
    }

    private func eachLine(_ kinds: [ImportKind], _ body: (ImportLine) throws -> Void) throws {
        var after = 0
        while true {
            let lines = try store.lines(of: batch.id, kinds: kinds, after: after, limit: ImportAcceptance.step)
            for line in lines { try body(line) }
            guard lines.count == ImportAcceptance.step, let last = lines.last else { return }
            after = last.number
        }
    }

    private func addOrganisations(_ isWanted: (OrganisationKind) -> Bool) throws {
        let all = try OrganisationStore(db).all(within: .everything, kinds: [.municipal, .county, .town, .school])
        let parents = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
        var centres: [OrganisationID: [Organisation]] = [:]
        for school in all where school.profile?.isCentral == true {
            if let parent = school.parent { centres[parent, default: []].append(school) }
        }
        let service = service
        try eachLine([.new]) { line in
            let kind: OrganisationKind =
                SchoolCategory.teachingPoint.contains(line.content.schoolType ?? "") ? .teachingPoint : .school
            guard isWanted(kind) else { return }
            guard let id = line.content.parent.map({ OrganisationID($0) }), let place = parents[id] else {
                throw DomainError.conflict("\(line.place)的上级单位已经撤销。")
            }
            let centre = kind == .teachingPoint ? centres[place.id] : nil
            let profile = SchoolProfile(
                schoolType: line.content.schoolType ?? "", urbanRural: line.content.urbanRural,
                isCentral: line.content.isCentral)
            let draft = OrganisationService.Draft(kind: kind, code: line.code, name: line.name, profile: profile)
            let made = try service.add(draft, below: centre?.count == 1 ? centre?.first : place)
            try store.setOrganisation(made.id, of: line.number, in: batch.id)
            try store.remember(made.id, previous: nil, of: batch.id)
        }
    }

    private func changeProfiles() throws {
        let service = service, organisations = OrganisationStore(db)
        try eachLine([.changed]) { line in
            let code = line.content.newCode
            guard line.content.isProfileChanged || code != nil, let id = line.organisation else { return }
            var school = try organisations.find(id, within: .everything)
            guard let old = school.profile else { return }
            if let code { school = try service.giveCode(code, to: school) }
            var new = old
            new.schoolType = line.content.schoolType ?? old.schoolType
            new.urbanRural = line.content.urbanRural ?? old.urbanRural
            new.isCentral = line.content.isCentral
            let day = LocalDate(iso: line.content.day) ?? batch.statisticsOn
            let from = max(day, try store.lastChange(of: id) ?? day)
            if new != old { try service.change(school, to: new, from: from) }
            let previous = ImportedProfile(
                from: from.iso, oldType: old.schoolType, oldArea: old.urbanRural, wasCentral: old.isCentral,
                newType: new.schoolType, newArea: new.urbanRural, isCentral: new.isCentral, newCode: code)
            try store.remember(id, previous: previous, of: batch.id)
        }
    }

    /// Returns how many schools were told of.
    private func tellValues() throws -> Int {
        var changes: [FacilityChange] = [], schools = 0
        let register = FacilityStore(db)
        func flush() throws {
            try register.tell(changes, source: .workbook, batch: batch.id.rawValue, by: actor.name, now: now)
            changes.removeAll(keepingCapacity: true)
        }
        try eachLine([.new, .changed]) { line in
            guard let school = line.organisation else { return }
            let day = LocalDate(iso: line.content.day) ?? batch.statisticsOn
            schools += 1
            for told in line.content.told {
                let letters = told.column.map(ColumnLetters.letters) ?? ""
                changes.append(
                    FacilityChange(
                        organisation: school, field: told.field, value: told.value, validFrom: day,
                        place: "\(line.sheet)!\(letters)\(line.row)"))
            }
            if changes.count > 4000 { try flush() }
        }
        try flush()
        return schools
    }

    /// Takes everything back, as long as nothing later stands on it.
    func undo() throws {
        let register = FacilityStore(db)
        if let later = try register.laterValues(than: batch.id.rawValue).first {
            let school = try OrganisationStore(db).find(later.organisation, within: .everything)
            let field = FacilityField.named(later.field)?.shortLabel ?? later.field
            throw DomainError.conflict("不能撤销：“\(school.name)”的\(field)在这次导入之后又有登记。")
        }
        if let repetition = try store.repetition(of: batch) { throw DomainError.conflict(repetition.message) }
        let touched = try store.organisations(of: batch.id)
        for (id, previous) in touched {
            if let previous { try restore(id, previous) }
        }
        _ = try register.undo(batch: batch.id.rawValue, now: now)
        try takeBack(touched.filter { $0.previous == nil }.map(\.id))
        try store.setUndone(batch.id, by: actor.name, now: now)
        try AuditLog.record(
            "connectivity_import.undone", batch.id.rawValue, by: actor, at: batch.scopePath, batch.fileName, now: now,
            on: db)
        let first = batch.days.min() ?? batch.statisticsOn
        try Outbox.post(FacilityRegisterChanged(schools: touched.count, from: first.iso), now: now, on: db)
    }

    private func restore(_ id: OrganisationID, _ previous: ImportedProfile) throws {
        var school = try OrganisationStore(db).find(id, within: .everything)
        let later = DomainError.conflict("不能撤销：“\(school.name)”在这次导入之后又有变更。")
        guard let profile = school.profile, school.closedOn == nil else { throw later }
        if let code = previous.newCode {
            guard school.code == code else { throw later }
            school = try service.takeCode(from: school)
        }
        guard previous.isProfileChanged else { return }
        guard profile.schoolType == previous.newType, profile.urbanRural == previous.newArea,
            profile.isCentral == previous.isCentral
        else { throw later }
        var old = profile
        (old.schoolType, old.urbanRural, old.isCentral) = (previous.oldType, previous.oldArea, previous.wasCentral)
        let day = LocalDate(iso: previous.from) ?? batch.statisticsOn
        try service.change(school, to: old, from: max(day, try store.lastChange(of: id) ?? day))
    }

    /// Organisations the batch made go again, the deepest first; those that hold something else by now stay.
    private func takeBack(_ ids: [OrganisationID]) throws {
        let organisations = OrganisationStore(db), service = service
        let made = try ids.map { try organisations.find($0, within: .everything) }
        for organisation in made.sorted(by: { $0.path.text.utf8.count > $1.path.text.utf8.count })
        where organisation.closedOn == nil {
            if try !store.isUsedElsewhere(organisation, than: batch.id) { try service.takeBack(organisation) }
        }
    }
}
