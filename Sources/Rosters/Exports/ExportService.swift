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
    /// Where the workbook stands in plain until it has been sent; cleared when the server starts.
    let workFolder: String

    struct File: Sendable {
        /// Temporary; the caller removes it.
        let path: String
        let name: String
    }

    /// What came of an export: a file at once, or the job that makes a large one.
    enum Outcome: Sendable { case file(File), job(ID<Job>) }

    /// Where an export goes over, and by which template.
    struct Choice: Sendable {
        let place: Organisation
        let template: UsableTemplate
        let count: Int
    }

    /// Throws `DomainError.invalid` for `place` and `template`.
    static func choice(
        _ asked: ExportRequest, within scope: DataScope, on day: LocalDate, _ db: Connection,
        _ crypto: any CryptoProvider
    ) throws -> Choice {
        guard let place = try? OrganisationStore(db).find(asked.place, within: scope) else {
            throw DomainError.invalid("place", "选择单位")
        }
        let usable = try TemplateStore(db).usable(at: place.path, lineage: place.path.lineage, on: day)
        guard let template = usable.first(where: { $0.content.name == asked.template }) else {
            throw DomainError.invalid("template", "选择模板")
        }
        let reader = ExportReader(db, crypto, on: asked.day, isFull: asked.isFull)
        return Choice(
            place: place, template: template, count: try reader.count(of: template.content.subject, at: place.path))
    }

    /// Writes the workbook, or queues it when it is large. Throws `DomainError.invalid` for `place` and `template`.
    func export(_ asked: ExportRequest, by user: CurrentUser, address: String, now: Timestamp = .now) async throws
        -> Outcome
    {
        let crypto = crypto, scope = user.scope(of: .exportRun)
        let (choice, rows) = try await database.read { db in
            let choice = try ExportService.choice(asked, within: scope, on: now.day, db, crypto)
            guard choice.count <= ExportReader.limit else { return (choice, [ExportRow]()) }
            let reader = ExportReader(db, crypto, on: asked.day, isFull: asked.isFull)
            return (choice, try reader.rows(of: choice.template.content, at: choice.place.path))
        }
        if choice.count > ExportReader.limit {
            guard choice.count <= ExportReader.most else {
                throw DomainError.invalid("place", "共 \(choice.count) 行，一次最多 \(ExportReader.most) 行，请按县区导出")
            }
            let looker = Looker(user, using: [.exportRun], at: choice.place.path, address: address)
            return .job(
                try await database.write { db in
                    let order = try ExportOrderStore(db).insert(asked, choice, looker, now: now)
                    let job = try JobStore(db).add(
                        kind: ExportOrders.job, title: "导出花名册 \(choice.place.name)", payload: order,
                        result: ExportPages.root,
                        by: user, at: choice.place.path)
                    try ExportOrderStore(db).setJob(job, order)
                    try AuditLog.record(
                        "roster.export_ordered", order, by: AuditActor(user, address: address), at: choice.place.path,
                        "\(choice.template.title)，\(choice.place.name)，\(asked.reason)", now: now, on: db)
                    return job
                })
        }
        let place = choice.place, template = choice.template
        let record = RosterExport(
            template: template.title, place: place.name, path: place.path, day: asked.day, rows: rows.count,
            isFull: asked.isFull, reason: asked.reason, at: now, by: user.name)
        let path = "\(workFolder)/" + "roster-\(Identifiers.next()).xlsx"
        try ExportWorkbook(template: template.content, record: record).write(rows, to: path)
        do {
            let looker = Looker(user, using: [.exportRun], at: place.path, address: address)
            try await database.write { db in
                try ExportService.keep(record, asked, choice, by: looker, account: user.account, on: db)
            }
        } catch {
            try? FileManager.default.removeItem(atPath: path)  // nobody gets it
            throw error
        }
        return .file(File(path: path, name: "\(template.content.name)-\(place.name)-\(asked.day.iso).xlsx"))
    }

    /// Puts an export on record: for those who look after rosters, for the data officer, and for the audit.
    static func keep(
        _ record: RosterExport, _ asked: ExportRequest, _ choice: Choice, by looker: Looker, account: ID<Account>,
        on db: Connection
    ) throws {
        let template = choice.template
        try ExportStore(db).insert(record, account: account)
        if let reason = asked.lookReason, template.content.subject.isOfPeople {
            try LookLog.recordExport(
                template.content.name, by: looker, people: record.rows, data: template.content.sealedData, for: reason,
                at: choice.place.id, now: record.at, on: db)
        }
        let words = [
            template.title, asked.day.iso, "\(record.rows) 行", asked.isFull ? "完整号码" : "号码遮盖", asked.reason,
        ]
        try AuditLog.record(
            "roster.exported", record.id,
            by: AuditActor(id: account.rawValue, name: looker.name, address: looker.address), at: choice.place.path,
            words.joined(separator: "，"), now: record.at, on: db)
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

extension ExportTemplate {
    /// Kinds of numbers and ids of facts in its columns, for the record of exports.
    fileprivate var sealedData: [String] {
        columns.flatMap { column -> [String] in
            switch column.source {
            case .fact(let field): [field.id]
            case .number(let kind): [kind.rawValue]
            case .documentNumber: [PersonIdentifierKind.citizenNumber.rawValue, PersonIdentifierKind.document.rawValue]
            case .guardian(_, .phone): [PersonIdentifierKind.phone.rawValue]
            case .blank, .rowNumber, .documentType, .school, .classGroup, .enrolledOn, .post, .postFrom, .guardian,
                .count:
                []
            }
        }
    }
}

extension ExportTemplate.Subject {
    /// Whether each row is a person.
    fileprivate var isOfPeople: Bool { self == .pupils || self == .staff }
}
