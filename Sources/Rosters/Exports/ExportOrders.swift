import Database
import Directory
import Foundation
import Kernel
import Platform

/// Makes large exports: one workbook for each school, all of them in one archive that is kept encrypted until it is
/// fetched. Without the record of the export there is no file.
struct ExportOrders: Sendable {
    static let job = "rosters.export"

    let database: Database
    let crypto: any CryptoProvider
    let sealedFiles: SealedFiles
    let files: FileStore
    /// Where workbooks stand in plain while they are packed; cleared when the server starts.
    let workFolder: String

    var handler: JobHandler {
        let orders = self
        return JobHandler(ExportOrders.job) { context in
            let rows = try await orders.run(context.job.payload) { try await context.report($0, of: $1, $2) }
            return "已导出 \(rows) 行，请下载"
        }
    }

    /// May run twice. Returns how many rows there are.
    func run(_ id: String, _ progress: ImportProgress) async throws -> Int {
        let order = try await database.read { try ExportOrderStore($0).find(id) }
        guard order.state == .waiting else { return 0 }
        do {
            return try await write(order, progress)
        } catch DomainError.invalid(let problems) {
            let message = problems.map(\.message).joined(separator: "；")
            try await database.write { _ = try ExportOrderStore($0).end(id, .failed, message: message) }
            throw DomainError.invalid(problems)
        } catch is StoredArchive.Failure {
            try await database.write { _ = try ExportOrderStore($0).end(id, .failed, message: "文件太大，请按县区导出") }
            throw DomainError.invalid("place", "文件太大，请按县区导出")
        } catch let error where !(error is CancellationError) {
            try await database.write { _ = try ExportOrderStore($0).end(id, .failed, message: "出错，请重新导出") }
            throw error
        }
    }

    private func write(_ order: ExportOrder, _ progress: ImportProgress) async throws -> Int {
        let crypto = crypto, asked = order.asked, now = Timestamp.now
        let (choice, schools) = try await database.read(isLong: true) { db in
            let choice = try ExportService.choice(asked, within: .everything, on: now.day, db, crypto)
            let reader = ExportReader(db, crypto, on: asked.day, isFull: asked.isFull)
            return (choice, try reader.schools(at: choice.place.path))
        }
        let path = "\(workFolder)/roster-\(Identifiers.next()).zip"
        defer { try? FileManager.default.removeItem(atPath: path) }  // a left-over goes when the server starts
        let archive = try StoredArchive(path: path)
        var count = 0, names: [String: Int] = [:]
        for (index, school) in schools.enumerated() {
            let rows = try await database.read(isLong: true) { db in
                try ExportReader(db, crypto, on: asked.day, isFull: asked.isFull).rows(
                    of: choice.template.content, at: school)
            }
            guard !rows.isEmpty else { continue }
            let record = record(order, choice, place: school.name, rows: rows.count, now)
            // Schools of different counties may be called alike.
            names[school.name, default: 0] += 1
            let number = names[school.name] ?? 1
            try add(rows, record, choice, as: school.name + (number > 1 ? "(\(number))" : ""), to: archive)
            count += rows.count
            try await progress(index + 1, schools.count, "已导出 \(school.name)")
        }
        try archive.finish()
        let files = files, sealedFiles = sealedFiles
        let kept = try await SheetRowFeed.onThread { try sealedFiles.keep(fileAt: path) }
        let whole = record(order, choice, place: choice.place.name, rows: count, now)
        let key = try crypto.seal(kept.key, context: ExportOrder.keyContext(order.id))
        try await database.write { db in
            guard let account = order.looker.account,
                try ExportOrderStore(db).end(order.id, .ready, sha256: kept.sha256, key: key)
            else { return }
            _ = try files.record(
                sha256: kept.sha256, size: kept.size, name: order.fileName, by: order.looker.name, now: now, on: db)
            try ExportService.keep(whole, asked, choice, by: order.looker, account: account, on: db)
        }
        return count
    }

    private func record(
        _ order: ExportOrder, _ choice: ExportService.Choice, place: String, rows: Int, _ now: Timestamp
    ) -> RosterExport {
        RosterExport(
            id: order.id, template: choice.template.title, place: place, path: choice.place.path, day: order.asked.day,
            rows: rows, isFull: order.asked.isFull, reason: order.asked.reason, at: now, by: order.looker.name)
    }

    private func add(
        _ rows: [ExportRow], _ record: RosterExport, _ choice: ExportService.Choice, as name: String,
        to archive: StoredArchive
    ) throws {
        let path = "\(workFolder)/roster-\(Identifiers.next()).xlsx"
        defer { try? FileManager.default.removeItem(atPath: path) }  // as above
        try ExportWorkbook(template: choice.template.content, record: record).write(rows, to: path)
        try archive.begin(name.filter { !"/\\:*?\"<>|".contains($0) } + ".xlsx")
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }  // only read
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { try archive.add(Array(piece)) }
    }
}
