import Database
import Directory
import Kernel
import Platform

/// Compares an export of another system with the rosters, by a job when it is large.
struct DifferenceService: Sendable {
    static let job = "rosters.difference"
    /// Packed bytes up to which the sender waits for the report.
    private static let smallBytes = 1 << 20
    private static let atOnce = 1000

    let database: Database
    let crypto: any CryptoProvider
    let files: SealedFiles

    struct Upload: Sendable {
        let path: String
        let name: String
        let size: Int
        let place: OrganisationID
        let subject: ExportTemplate.Subject
    }

    /// Keeps the file and makes its report, or queues it. Throws `DomainError.invalid` for `file` and `place`.
    func start(
        _ upload: Upload, for user: CurrentUser, by actor: AuditActor
    ) async throws -> (difference: ID<Difference>, job: ID<Job>?) {
        let scope = user.scope(of: .exportRun), crypto = crypto, files = files, now = Timestamp.now
        let kept = try await SheetRowFeed.onThread {
            _ = try RollFile.sources(of: upload.path, upload.subject)
            return try files.keep(fileAt: upload.path)
        }
        let id = ID<Difference>.new(), isSmall = upload.size <= DifferenceService.smallBytes
        let job = try await database.write { db -> ID<Job>? in
            guard let place = try? OrganisationStore(db).find(upload.place, within: scope) else {
                throw DomainError.invalid("place", "选择单位")
            }
            let store = DifferenceStore(db, crypto)
            try store.insert(
                .init(id: id, subject: upload.subject, place: place, fileName: upload.name, kept: kept),
                by: user.name, now: now)
            try AuditLog.record(
                "roster.compared", id.rawValue, by: actor, at: place.path, upload.name, now: now, on: db)
            if isSmall { return nil }
            let job = try JobStore(db).add(
                kind: DifferenceService.job, title: "核对名册 \(upload.name)", payload: id.rawValue,
                result: DifferencePages.path(id), by: user, at: place.path)
            try store.setJob(job, id)
            return job
        }
        if isSmall { try await run(id) { _, _, _ in } }
        return (id, job)
    }

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
            let rows = try await files.withPlain(sha256, key: key) { path in
                try await compare(path, difference, progress)
            }
            try await database.write { try DifferenceStore($0, crypto).end(id, .done, rows: rows) }
        } catch DomainError.invalid(let problems) {
            let message = problems.map(\.message).joined(separator: "；")
            try await database.write { db in
                let store = DifferenceStore(db, crypto)
                try store.removeLines(of: id)
                try store.end(id, .failed, rows: 0, message: message)
            }
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
