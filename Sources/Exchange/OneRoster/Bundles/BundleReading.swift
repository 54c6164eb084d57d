import Database
import Directory
import Foundation
import Kernel
import Platform

/// The reading of a bundle: checked, turned into two rosters, and compared. Its files are read as streams; what is kept in
/// memory is a few bytes for each record.
extension BundleImportService {
    typealias Progress = @Sendable (Int, Int, String) async throws -> Void

    /// Checks the archive and computes its change set. May run again after a stop at any place.
    func read(_ id: BundleImportID, _ progress: @escaping Progress) async throws {
        guard let bundle = try await begin(id), let sealed = bundle.fileKey else { return }
        try pause()
        try await progress(0, 3, "正在检查")
        let key = try crypto.open(sealed, context: BundleImport.keyContext(id))
        do {
            try await sealedFiles.withPlain(bundle.sha256, key: key) { path in
                let source = try await SheetRowFeed.onThread { try BundleSource(archiveAt: path) }
                let check = try await BundleCheck.of(source) { done, total in
                    try await progress(0, 3, "正在检查，\(done)/\(total)")
                }
                try pause()
                guard check.problems.isEmpty else { return try await refuse(bundle, check.problems.map(\.text)) }
                try await compare(check, bundle, progress)
            }
        } catch let error as PackedFailure {
            try await refuse(bundle, [error.message])
        } catch DomainError.invalid(let problems) {
            try await refuse(bundle, problems.map(\.message))
        }
    }

    /// What a reading that came to a stop has left is no longer of use: which row stands for whom is found out anew, and so
    /// are its batches.
    private func begin(_ id: BundleImportID) async throws -> BundleImport? {
        let intake = intake
        return try await database.write { db in
            let store = BundleImportStore(db), bundle = try store.find(id, within: .everything)
            guard bundle.state == .reading else { return nil }
            try intake.end([bundle.pupilsBatch, bundle.staffBatch], on: db)
            try store.begin(id)
            return try store.find(id, within: .everything)
        }
    }

    private func compare(_ check: BundleCheck, _ bundle: BundleImport, _ progress: @escaping Progress) async throws {
        let id = bundle.id
        let partner = try await database.read { try PartnerStore($0).find(bundle.partner, within: .everything) }
        func path() -> String { "\(workFolder)/bundle-\(Identifiers.next()).csv" }
        let pupils = try BundleRosterFile(path: path(), head: BundleRosters.pupilHead)
        defer { try? FileManager.default.removeItem(atPath: pupils.path) }  // a left-over goes when the server starts
        let staff = try BundleRosterFile(path: path(), head: BundleRosters.staffHead)
        defer { try? FileManager.default.removeItem(atPath: staff.path) }  // as above
        let skipped = try await write(check, bundle, partner, pupils, staff, progress)
        let counts = (pupils: pupils.count, staff: staff.count), ended = check.ended["users"] ?? 0
        try await database.write {
            try BundleImportStore($0).setCounts(
                pupils: counts.pupils, staff: counts.staff, ended: ended, skipped: skipped, id)
        }
        try pause()
        try await progress(1, 3, "正在核对学生")
        var outcome = IntakeOutcome()
        if counts.pupils > 0 { outcome = outcome + (try await compare(pupils.path, .pupils, bundle, partner)) }
        try pause()
        try await progress(2, 3, "正在核对教职工")
        if counts.staff > 0 { outcome = outcome + (try await compare(staff.path, .staff, bundle, partner)) }
        try pause()
        let differences = try await BundleDifference.of(check, within: partner.scope, database, crypto, at: now())
        try await keep(outcome, of: bundle) { try $0.set(differences, check.ways, id) }
        try pause()
    }

    private func compare(
        _ path: String, _ kind: IntakeFile.Roster, _ bundle: BundleImport, _ partner: Partner
    ) async throws -> IntakeOutcome {
        try await intake.compare(
            IntakeFile(
                batch: kind == .pupils ? bundle.pupilsBatch : bundle.staffBatch, path: path,
                name: "\(bundle.fileName)（\(kind == .pupils ? "学生" : "教职工")）", roster: kind, scope: partner.scope,
                owners: partner.settings.owners, day: bundle.createdAt.day,
                page: BundleImportPages.path(bundle.id), actor: partner.actor))
    }

    // MARK: Rosters

    /// Writes both rosters, and which row stands for whom. Returns how many people are of neither.
    private func write(
        _ check: BundleCheck, _ bundle: BundleImport, _ partner: Partner, _ pupils: BundleRosterFile,
        _ staff: BundleRosterFile, _ progress: @escaping Progress
    ) async throws -> Int {
        var rosters = BundleRosters(try await knowledge(of: partner), on: bundle.createdAt.day), skipped = 0, done = 0
        for file in ["orgs", "classes", BundleFile.roles, "enrollments", "demographics"] where check.ways[file] != nil {
            try await forEachBatch(of: file, check) { records in
                if file == "enrollments" { try await meet(records, &rosters.known, partner) }
                for record in records { rosters.take(record, of: file) }
            }
            try await progress(0, 3, "正在读取")
        }
        let places = [("orgs", rosters.organisations), ("classes", rosters.homerooms)]
        try await database.write { try BundleImportStore($0).setPlaces(places, of: bundle.id) }
        if check.ways["users"] != nil {
            try await forEachBatch(of: "users", check) { records in
                let known = try await people(records.map(\.id), partner)
                var lines: (pupils: [[String]], staff: [[String]]) = ([], [])
                var sources: (pupils: [String], staff: [String]) = ([], [])
                for user in records where user.isActive {
                    switch rosters.line(user, known[user.id]) {
                    case .pupil(let line):
                        lines.pupils.append(line)
                        sources.pupils.append(user.id)
                    case .staff(let line):
                        lines.staff.append(line)
                        sources.staff.append(user.id)
                    case .none: skipped += 1
                    }
                }
                try await keep(sources.pupils, at: try pupils.add(lines.pupils), bundle.pupilsBatch, bundle)
                try await keep(sources.staff, at: try staff.add(lines.staff), bundle.staffBatch, bundle)
                done += records.count
                try await progress(0, 3, "已读取 \(done) 人")
            }
        }
        if check.ways["enrollments"] != nil { try await writeMoved(check, bundle, partner, rosters, pupils) }
        try pupils.finish()
        try staff.finish()
        return skipped
    }

    /// Pupils of whom only the class is told.
    private func writeMoved(
        _ check: BundleCheck, _ bundle: BundleImport, _ partner: Partner, _ rosters: BundleRosters,
        _ pupils: BundleRosterFile
    ) async throws {
        let told = check.keys["users"] ?? []
        try await forEachBatch(of: "enrollments", check) { records in
            let others = records.filter { !told.contains(BundleKey($0["userSourcedId"])) }
            guard !others.isEmpty else { return }
            let known = try await people(others.map { $0["userSourcedId"] }, partner)
            var lines: [[String]] = [], sources: [String] = []
            for record in others {
                let user = record["userSourcedId"]
                guard let person = known[user], let line = rosters.line(ofMoved: record, person) else { continue }
                lines.append(line)
                sources.append(user)
            }
            try await keep(sources, at: try pupils.add(lines), bundle.pupilsBatch, bundle)
        }
    }

    private func forEachBatch(
        of file: String, _ check: BundleCheck, _ body: ([BundleRecord]) async throws -> Void
    ) async throws {
        let feed = check.source.feed(file)
        defer { feed.cancel() }
        while let records = try await feed.next() {
            try Task.checkCancellation()
            try await body(records)
        }
    }

    private func keep(_ sources: [String], at rows: Range<Int>, _ batch: String, _ bundle: BundleImport) async throws {
        guard !sources.isEmpty else { return }
        try await database.write { try BundleImportStore($0).add(sources, at: rows, of: batch, to: bundle.id) }
    }

    // MARK: What is known

    private func knowledge(of partner: Partner) async throws -> BundleKnowledge {
        try await database.read(isLong: true) { db in
            var known = BundleKnowledge()
            for school in try OrganisationStore(db).all(within: partner.scope) where school.kind.isSchool {
                known.schools[school.id.rawValue] = school
            }
            let store = BundleImportStore(db)
            known.organisationsTold = try store.places("orgs", of: partner.id)
            known.classesTold = try store.places("classes", of: partner.id)
            return known
        }
    }

    private func people(_ sources: [String], _ partner: Partner) async throws -> [String: BundleKnowledge.Known] {
        let today = now().day
        return try await database.read(isLong: true) {
            try BundleImportStore($0).people(sources, of: partner.id, within: partner.scope, on: today)
        }
    }

    /// Looks up the classes of ours that are named for the first time.
    private func meet(_ records: [BundleRecord], _ known: inout BundleKnowledge, _ partner: Partner) async throws {
        let named = Set(records.map { $0["classSourcedId"] }).filter { known.classes[$0] == nil }
        let classes = named.sorted().compactMap { ID<ClassGroup>(checking: $0) }
        guard !classes.isEmpty else { return }
        let found = try await database.read { try ClassGroupStore($0).changes(of: classes, within: partner.scope) }
        for (group, _) in found { known.classes[group.id.rawValue] = group.cohortName }
    }
}
