import Database
import Directory
import Kernel
import Platform
import Web

struct ExportRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider

    func routes() -> Routes {
        let root = ExportPages.root, access = Access.can(.exportRun)
        var routes = Routes(module: "rosters")
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { request in
            if let proof = request.proofNeeded() { return proof }
            return try await form(request)
        }
        routes.post(root, access: access, export)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exportRun)
        let query = ExportPages.table.query(request.query)
        let (rows, total) = try await database.read { db in
            try ExportStore(db).list(within: scope, after: query.after?.id, limit: query.fetchLimit)
        }
        return .html(ExportPages.list(query.page(rows, total: total) { (nil, $0.id) }, request))
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
            let file = try await ExportService(database: database, crypto: crypto).export(
                asked, by: try request.user, address: request.remoteAddress)
            var answer = WebResponse.download(
                path: file.path, name: file.name, contentType: TableFormat.xlsx.contentType, temporary: true)
            answer.repeated = (ExportPages.root, Flash(.warning, "文件已经下载过，要再导出请重新填写"))
            return answer
        } catch DomainError.invalid(let problems) {
            return try await form(request, problems: problems)
        }
    }
}
