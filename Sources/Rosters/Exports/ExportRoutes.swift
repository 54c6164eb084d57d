import Database
import Directory
import Foundation
import Kernel
import Platform
import Web

struct ExportRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let files: SealedFiles
    let workFolder: String

    func routes() -> Routes {
        let root = ExportPages.root, access = Access.can(.exportRun)
        var routes = Routes(module: "rosters")
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { request in
            if let proof = request.proofNeeded() { return proof }
            return try await form(request)
        }
        routes.post(root, access: access, export)
        routes.get(root + "/:id/file", access: access, download)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .exportRun)
        let query = ExportPages.table.query(request.query)
        let (list, own) = try await database.read { db in
            (
                try ExportStore(db).list(within: scope, after: query.after?.id, limit: query.fetchLimit),
                try ExportOrderStore(db).list(of: user.account)
            )
        }
        let page = query.page(list.rows, total: list.total) { (nil, $0.id) }
        return .html(ExportPages.list(page, own, request))
    }

    private func form(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exportRun), today = Timestamp.now.day
        let choices = try await database.read { db in
            let places = try OrganisationStore(db).all(
                within: scope, kinds: [.city, .municipal, .county, .town, .school, .teachingPoint])
            let lineage = scope.roots.flatMap(\.lineage)
            let usable = try TemplateStore(db).usable(at: .common(of: scope.roots), lineage: lineage, on: today)
            return ExportPages.Choices(places: places, templates: usable.map(\.content.name))
        }
        let fresh = FormValues([("day", today.iso)] + request.query.pairs)
        let values = request.method == .get ? fresh : request.form
        return .html(
            ExportPages.new(choices, request.page, values: values, problems: problems),
            status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func export(_ request: WebRequest) async throws -> WebResponse {
        // What goes out are personal data: whoever takes them proves again who she is.
        if let proof = request.proofNeeded(back: ExportPages.root + "/new") { return proof }
        do {
            let asked = try ExportForm(values: request.form).request(today: Timestamp.now.day)
            let outcome = try await ExportService(
                database: database, crypto: crypto, workFolder: workFolder
            ).export(
                asked, by: try request.user, address: request.remoteAddress)
            guard case .file(let file) = outcome else {
                if case .job(let job) = outcome { return .redirect("/jobs/\(job)") }
                throw DomainError.notFound
            }
            var answer = WebResponse.download(
                path: file.path, name: file.name, contentType: TableFormat.xlsx.contentType, temporary: true)
            answer.repeated = (ExportPages.root, Flash(.warning, "文件已经下载过，要再导出请重新填写"))
            return answer
        } catch DomainError.invalid(let problems) {
            return try await form(request, problems: problems)
        }
    }

    /// The archive of a large export, for whoever asked for it.
    @Sendable private func download(_ request: WebRequest) async throws -> WebResponse {
        if let proof = request.proofNeeded() { return proof }
        let user = try request.user, id = try request.parameter("id"), crypto = crypto
        let order = try await database.read { db in
            let order = try ExportOrderStore(db).find(id, of: user.account)
            // Whoever has lost the right to the place since does not get its people any more.
            _ = try OrganisationStore(db).find(order.asked.place, within: user.scope(of: .exportRun))
            return order
        }
        guard order.state == .ready, order.at >= Timestamp.now.adding(days: -ExportOrderStore.life),
            let sha256 = order.sha256, let sealed = order.fileKey
        else {
            throw DomainError.notFound
        }
        let key = try crypto.open(sealed, context: ExportOrder.keyContext(id))
        // Who takes it is on record before it leaves.
        let actor = AuditActor(user, address: request.remoteAddress)
        try await database.write { db in
            let place = try OrganisationStore(db).find(order.asked.place, within: .everything)
            try AuditLog.record("roster.export_fetched", id, by: actor, at: place.path, order.fileName, on: db)
        }
        let path = "\(workFolder)/roster-\(Identifiers.next()).zip"
        // The plain file is handed over, not copied: it is gone when it has been sent.
        try await files.withPlain(sha256, key: key) { try FileManager.default.moveItem(atPath: $0, toPath: path) }
        return .download(path: path, name: order.fileName, contentType: "application/zip", temporary: true)
    }
}
