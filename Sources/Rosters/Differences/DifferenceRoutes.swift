import Database
import Directory
import Kernel
import Platform
import Web

struct DifferenceRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider

    func routes() -> Routes {
        let root = DifferencePages.root, access = Access.can(.exportRun)
        var routes = Routes(module: "rosters")
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { try await form($0) }
        routes.upload(root, access: access, compare)
        routes.get(root + "/:id", access: access, show)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exportRun), crypto = crypto
        let query = DifferencePages.history.query(request.query)
        let (rows, total) = try await database.read { db in
            try DifferenceStore(db, crypto).list(within: scope, after: query.after?.id, limit: query.fetchLimit)
        }
        return .html(DifferencePages.list(query.page(rows, total: total) { (nil, $0.id.rawValue) }, request))
    }

    private func form(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exportRun)
        let places = try await database.read { try OrganisationStore($0).all(within: scope) }
        return .html(
            DifferencePages.new(places, request.page, values: request.form, problems: problems),
            status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func compare(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .exportRun), crypto = crypto, now = Timestamp.now
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            guard let file = request.files.first(where: { $0.field == "file" && $0.size > 0 }) else {
                throw DomainError.invalid("file", "请选择要上传的文件")
            }
            guard let id = OrganisationID(checking: request.form["place"] ?? "") else {
                throw DomainError.invalid("place", "选择单位")
            }
            let subject: ExportTemplate.Subject = request.form["subject"] == "staff" ? .staff : .pupils
            let (place, report) = try await database.read { db in
                guard let place = try? OrganisationStore(db).find(id, within: scope) else {
                    throw DomainError.invalid("place", "选择单位")
                }
                let schools = try OrganisationStore(db).all(within: DataScope([place.path]), on: now.day)
                var known: [String: OrganisationID] = [:]
                for school in schools where school.kind.isSchool {
                    known[school.name] = school.id
                    if let code = school.code { known[code] = school.id }
                }
                let roll = RollFile(subject: subject, schools: known, home: place.kind.isSchool ? place.id : nil)
                let lines = try roll.lines(of: file.path)
                let report = try DifferenceComparison(db: db, crypto: crypto, day: now.day).report(
                    lines, subject, at: place.path)
                return (place, report)
            }
            let made = try await database.write { db in
                let made = try DifferenceStore(db, crypto).insert(
                    report, subject, place: place.name, at: place.path, fileName: file.name, by: user.name, now: now)
                let words = "\(file.name)，\(report.rowCount) 行，\(report.lines.count) 处差异"
                try AuditLog.record(
                    "roster.compared", made.rawValue, by: actor, at: place.path, words, now: now, on: db)
                return made
            }
            return .redirect(DifferencePages.path(made))
        } catch DomainError.invalid(let problems) {
            return try await form(request, problems: problems)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exportRun), crypto = crypto
        let id: ID<Difference> = try request.id("id")
        let (difference, report) = try await database.read { try DifferenceStore($0, crypto).find(id, within: scope) }
        let kind = request.query.text("kind").flatMap(DifferenceReport.Kind.init(rawValue:))
        let lines = report.lines.filter { kind == nil || $0.kind == kind }
        let query = DifferencePages.table.query(request.query)
        if let format = query.format {
            return try DifferencePages.table.download(
                lines, as: format, name: "差异报告-\(difference.place)", with: request.exporter)
        }
        let start = query.after.flatMap { Int($0.id) } ?? 0
        let numbered = lines.enumerated().dropFirst(start).prefix(query.fetchLimit)
        let slice = query.page(Array(numbered), total: lines.count) { (nil, String($0.offset + 1)) }
        let page = Page(items: slice.items.map(\.element), total: slice.total, next: slice.next)
        return .html(DifferencePages.show(difference, report, page, request))
    }
}
