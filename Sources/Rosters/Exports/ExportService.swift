import Database
import Directory
import Foundation
import Kernel
import Platform

/// Takes a roster out by a template. What went out, to whom and what for is kept in the same breath: without the record
/// there is no file.
struct ExportService: Sendable {
    let database: Database
    let crypto: any CryptoProvider

    struct File: Sendable {
        /// Temporary; the caller removes it.
        let path: String
        let name: String
    }

    /// Writes the workbook. Throws `DomainError.invalid` for `place` and `template`.
    func export(_ asked: ExportRequest, by user: CurrentUser, address: String, now: Timestamp = .now) async throws
        -> File
    {
        let crypto = crypto, scope = user.scope(of: .exportRun)
        let (place, template, rows) = try await database.read { db in
            guard let place = try? OrganisationStore(db).find(asked.place, within: scope) else {
                throw DomainError.invalid("place", "选择单位")
            }
            let usable = try TemplateStore(db).usable(at: place.path, lineage: place.path.lineage, on: now.day)
            guard let template = usable.first(where: { $0.content.name == asked.template }) else {
                throw DomainError.invalid("template", "选择模板")
            }
            let reader = ExportReader(db, crypto, on: asked.day, isFull: asked.isFull)
            return (place, template, try reader.rows(of: template.content, at: place.path))
        }
        let record = RosterExport(
            template: template.title, place: place.name, path: place.path, day: asked.day, rows: rows.count,
            isFull: asked.isFull, reason: asked.reason, at: now, by: user.name)
        let path = NSTemporaryDirectory() + "roster-\(Identifiers.next()).xlsx"
        try ExportWorkbook(template: template.content, record: record).write(rows, to: path)
        do {
            try await database.write { db in
                try ExportStore(db).insert(record, account: user.account)
                let words = [
                    template.title, asked.day.iso, "\(rows.count) 行", asked.isFull ? "完整号码" : "号码遮盖", asked.reason,
                ]
                try AuditLog.record(
                    "roster.exported", record.id, by: AuditActor(user, address: address), at: place.path,
                    words.joined(separator: "，"), now: now, on: db)
            }
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        return File(path: path, name: "\(template.content.name)-\(place.name)-\(asked.day.iso).xlsx")
    }
}

/// The workbook of an export: the template's sheet as it is wanted elsewhere, cell by cell, and a second sheet that says
/// who took it out; the same line stands at the foot of every printed page.
struct ExportWorkbook {
    let template: ExportTemplate
    let record: RosterExport

    var watermark: String { "\(record.by) 于 \(record.at.text) 导出，用途：\(record.reason)" }

    func write(_ rows: [ExportRow], to path: String) throws {
        let writer = try LaidOutWriter(path: path)
        try writer.addSheet(template.sheet, head: try template.cells(), foot: watermark)
        for (index, row) in rows.enumerated() {
            try writer.row(row.cells(template, number: index + 1).map { $0.isEmpty ? .empty : .text($0) })
        }
        try writer.addSheet("导出说明", head: [])
        for line in [
            watermark, "单位：\(record.place)", "日期：\(record.day.iso)", "模板：\(record.template)", "共 \(record.rows) 行",
            record.isFull ? "含完整号码和敏感信息，用完请删除" : "号码已遮盖，不含敏感信息",
        ] { try writer.row([.text(line)]) }
        try writer.finish()
    }
}
