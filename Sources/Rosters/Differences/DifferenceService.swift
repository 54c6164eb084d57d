import Database
import Directory
import Kernel
import Platform

/// Compares an export of another system with the rosters. The report is made by a job: what was uploaded is worked off also
/// when the server stops in between.
struct DifferenceService: Sendable {
    static let job = "rosters.difference"
    private static let atOnce = 1000

    let database: Database
    let crypto: any CryptoProvider
    let sealedFiles: SealedFiles
    let files: FileStore

    struct Upload: Sendable {
        let path: String
        let name: String
        let place: OrganisationID
        let subject: ExportTemplate.Subject
    }

    /// Keeps the file and queues its report. Throws `DomainError.invalid` for `file` and `place`.
    func start(
        _ upload: Upload, for user: CurrentUser, by actor: AuditActor
    ) async throws -> (difference: ID<Difference>, job: ID<Job>) {
        let scope = user.scope(of: .exportRun), crypto = crypto, sealedFiles = sealedFiles, files = files
        let kept = try await SheetRowFeed.onThread {
            _ = try RollFile.sources(of: upload.path, upload.subject)
            return try sealedFiles.keep(fileAt: upload.path)
        }
        let id = ID<Difference>.new(), now = Timestamp.now
        return try await database.write { db in
            guard let place = try? OrganisationStore(db).find(upload.place, within: scope) else {
                throw DomainError.invalid("place", "选择单位")
            }
            let store = DifferenceStore(db, crypto)
            _ = try files.record(
                sha256: kept.sha256, size: kept.size, name: upload.name, by: user.name, now: now, on: db)
            try store.insert(
                .init(id: id, subject: upload.subject, place: place, fileName: upload.name, kept: kept),
                by: user.name, now: now)
            try AuditLog.record(
                "roster.compared", id.rawValue, by: actor, at: place.path, upload.name, now: now, on: db)
            return (id, try DifferenceService.queue(id, upload.name, at: place.path, by: user, store))
        }
    }

    private static func queue(
        _ id: ID<Difference>, _ name: String, at place: OrganisationPath, by user: CurrentUser?,
        _ store: DifferenceStore
    ) throws -> ID<Job> {
        let job = try JobStore(store.db).add(
            kind: DifferenceService.job, title: "核对名册 \(name)", payload: id.rawValue, result: DifferencePages.path(id),
            by: user, at: place)
        try store.setJob(job, id)
        return job
    }

    /// Leaves no report to wait for nobody: one without a job gets one, and one whose job was given up has failed.
    func tend() async throws {
        let crypto = crypto
        try await database.write { db in
            let store = DifferenceStore(db, crypto)
            for difference in try store.waiting() {
                if let job = difference.job.flatMap({ ID<Job>(checking: $0) }) {
                    guard try JobStore(db).hasEnded(job) else { continue }
                    try store.fail(difference.id, DifferenceService.stopped)
                } else {
                    _ = try DifferenceService.queue(
                        difference.id, difference.fileName, at: difference.path, by: nil, store)
                }
            }
        }
    }

    private static let stopped = "核对没有完成，请重新上传"

    var handler: JobHandler {
        let service = self
        return JobHandler(DifferenceService.job) { context in
            guard let id = ID<Difference>(checking: context.job.payload) else { throw DomainError.notFound }
            try await service.run(id) { try await context.report($0, of: $1, $2) }
            return "核对完成"
        }
    }

    /// Makes the report from the kept file. May run twice.
    func run(_ id: ID<Difference>, _ progress: ImportProgress) async throws {
        let crypto = crypto
        let difference = try await database.read { try DifferenceStore($0, crypto).find(id, within: .everything) }
        guard difference.state == .waiting, let sha256 = difference.sha256, let sealed = difference.fileKey else {
            return
        }
        let key = try crypto.open(sealed, context: Difference.keyContext(id))
        do {
            let rows = try await sealedFiles.withPlain(sha256, key: key) { path in
                try await compare(path, difference, progress)
            }
            try await database.write { try DifferenceStore($0, crypto).end(id, .done, rows: rows) }
        } catch DomainError.invalid(let problems) {
            let message = problems.map(\.message).joined(separator: "；")
            try await database.write { try DifferenceStore($0, crypto).fail(id, message) }
            throw DomainError.invalid(problems)
        }
    }

    private func compare(_ path: String, _ difference: Difference, _ progress: ImportProgress) async throws -> Int {
        let crypto = crypto, id = difference.id, day = Timestamp.now.day
        let sources = try await SheetRowFeed.onThread { try RollFile.sources(of: path, difference.subject) }
        let (roll, roster) = try await database.read(snapshot: true, isLong: true) { db in
            let schools = try OrganisationStore(db).all(within: DataScope([difference.path]), on: day)
            return (
                RollFile(sources, schools.filter(\.kind.isSchool), at: difference.path),
                try DifferenceRoster.load(difference.subject, at: difference.path, on: day, db)
            )
        }
        try await database.write { try DifferenceStore($0, crypto).removeLines(of: id) }
        var comparison = DifferenceComparison(roster: roster, day: day), rows = 0, number = 0
        let file = try await SheetRowFeed.onThread { try SheetError.told { try SheetFile.open(path: path) } }
        let feed = SheetRowFeed(file, sheets: [sources.sheet])
        defer { feed.cancel() }
        while let some = try await SheetError.told({ try await feed.next() }) {
            try Task.checkCancellation()
            let lines = some.compactMap { roll.line($0.row) }
            let known = try await database.read(isLong: true) {
                try DifferenceLookup.load(lines, on: day, $0, crypto)
            }
            rows += lines.count
            number += try await keep(comparison.compare(lines, known), of: id, from: number)
            try await progress(rows, 0, "已核对 \(rows) 行")
        }
        let missing = comparison.missing
        for start in stride(from: 0, to: missing.count, by: DifferenceService.atOnce) {
            let some = Array(missing[start..<min(start + DifferenceService.atOnce, missing.count)])
            let masks = try await database.read { try PersonIdentifierStore($0, crypto).masked(of: some) }
            let lines = some.compactMap { comparison.line(ofMissing: $0, masks[$0] ?? [:]) }
            number += try await keep(lines, of: id, from: number)
            try await progress(start + some.count, missing.count, "正在列出仅本平台有的人")
        }
        return rows
    }

    /// Returns how many lines there were.
    private func keep(_ lines: [DifferenceReport.Line], of id: ID<Difference>, from number: Int) async throws -> Int {
        let crypto = crypto
        if !lines.isEmpty {
            try await database.write { try DifferenceStore($0, crypto).add(lines, to: id, from: number + 1) }
        }
        return lines.count
    }
}

extension SheetError {
    /// Runs the body; what is wrong with the file is told at the field `file`.
    fileprivate static func told<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as SheetError { throw DomainError.invalid("file", error.message) }
    }

    fileprivate static func told<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let error as SheetError {
            throw DomainError.invalid("file", error.message)
        }
    }
}
