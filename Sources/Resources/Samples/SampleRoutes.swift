import Database
import Directory
import Kernel
import Platform
import Web

/// `/resources/samples`: what was drawn by lot to be looked at again, and the figures of it.
struct SampleRoutes: Sendable {
    let database: Database
    let office: ReviewOffice

    func add(to routes: inout Routes) {
        let root = SamplePages.root, access = Access.can(.itemReview)
        routes.get(root, access: access, list)
        routes.get(root + "/figures", access: access, figures)
        routes.get(root + "/:id", access: access) { try await show($0) }
        routes.post(root + "/:id", access: access, decide)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = SampleStore.scope(of: user), today = Timestamp.now.day
        let isOpen = request.query["state"] != "done"
        let month = request.query.text("month").flatMap(SampleMonth.init(text:)) ?? SampleMonth(today)
        let table = SamplePages.table(on: today), query = table.query(request.query)
        let after = query.after
        let (rows, total) = try await database.read { db in
            let store = SampleStore(db)
            guard isOpen else {
                return try store.done(month, within: scope, after: after?.id, limit: query.fetchLimit)
            }
            let place = after.flatMap { cursor in cursor.value.map { (due: $0, id: cursor.id) } }
            return try store.open(within: scope, after: place, limit: query.fetchLimit)
        }
        if let format = query.format { return try table.download(rows, as: format, with: request.exporter) }
        let slice = query.page(rows, total: total) { (isOpen ? $0.due.iso : nil, $0.id.rawValue) }
        return .html(
            SamplePages.list(slice, table, isOpen: isOpen, month: month, isEmpty: scope.isEmpty, request))
    }

    @Sendable private func figures(_ request: WebRequest) async throws -> WebResponse {
        let scope = SampleStore.scope(of: try request.user), today = Timestamp.now.day
        let since = SampleMonth(today.adding(days: -365)), table = SamplePages.figures
        let rounds = try await database.read { try SampleStore($0).rounds(within: scope, since: since, on: today) }
        if let format = table.query(request.query).format {
            return try table.download(rounds, as: format, with: request.exporter)
        }
        return .html(SamplePages.figures(rounds, request))
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<Sample> = try request.id("id"), office = office
        let values = request.form
        let view = try await database.read { db in
            let sample = try SampleStore(db).find(id, within: SampleStore.scope(of: user))
            let service = SampleService(db, by: user, now: .now, office: office)
            return SamplePages.View(
                sample: sample, isOwn: try service.isOwn(sample.item), today: Timestamp.now.day, values: values,
                problems: problems, warning: warning)
        }
        return .html(SamplePages.show(view, request.page), status: status)
    }

    @Sendable private func decide(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<Sample> = try request.id("id"), now = Timestamp.now, office = office
        let outcome = Sample.State(rawValue: request.form["decision"] ?? "")
        let note = request.form["note"] ?? "", address = request.remoteAddress
        do {
            try await database.write { db in
                try SampleService(db, by: user, address: address, now: now, office: office).decide(
                    id, outcome, note: note)
            }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await show(request, warning: words, status: 409)
        }
        return .redirect(SamplePages.root, flash: Flash(.done, "已记下抽查结果"))
    }
}
