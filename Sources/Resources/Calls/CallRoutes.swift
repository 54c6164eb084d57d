import Database
import Directory
import Kernel
import Platform
import Web

/// `/resources/calls`: what places ask their teachers for.
struct CallRoutes: Sendable {
    let database: Database
    let office: ReviewOffice

    func add(to routes: inout Routes) {
        let one = CallPages.root + "/:id", manage = Access.can(.itemReview)
        routes.get(CallPages.root, access: .can(.coverageView), list)
        routes.post(CallPages.root, access: manage, open)
        routes.get(one, access: .can(.coverageView)) { try await show($0) }
        routes.post(one, access: manage, change)
        routes.post(one + "/closure", access: manage, close)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day, isAll = request.query["show"] == "all"
        let table = CallPages.table(on: today), query = table.query(request.query)
        let after = query.after.flatMap { cursor in cursor.value.map { (due: $0, id: cursor.id) } }
        let (lines, total, areas) = try await database.read { db in
            var filter = CallStore.Filter()
            if !isAll { filter.openOn = today }
            let areas = try CallRoutes.areas(of: user, on: today, db)
            if request.query["subject"] == "mine" { filter.areas = areas.isEmpty ? ["-"] : areas }
            let (rows, total) = try CallStore(db).list(
                filter, for: ResourceViewer(user), after: after, limit: query.fetchLimit)
            let places = try TextbookStore(db).places(of: rows.map(\.call.node))
            let byNode = Dictionary(places.map { ($0.node.id, $0) }) { first, _ in first }
            let lines = rows.compactMap { row in
                byNode[row.call.node].map { CallPages.Line(call: row.call, place: $0, answers: row.answers) }
            }
            return (lines, total, areas)
        }
        if let format = query.format { return try table.download(lines, as: format, with: request.exporter) }
        let slice = query.page(lines, total: total) { ($0.call.due.iso, $0.call.id.rawValue) }
        return .html(CallPages.list(slice, hasSubjects: !areas.isEmpty, table, request))
    }

    /// Stage and subject of what she teaches, `2-13`.
    private static func areas(of user: CurrentUser, on day: LocalDate, _ db: Connection) throws -> [String] {
        let posts = try ClassPostStore(db).posts(of: user.person, on: day).filter { $0.kind == .subject }
        return try Set(
            posts.map { post in
                try ClassGroupStore(db).find(post.classGroup, within: .everything).stage.rawValue + "-" + post.subject
            }
        ).sorted()
    }

    @Sendable private func open(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, address = request.remoteAddress, office = office
        guard let node = ID<TextbookNode>(checking: request.form["node"] ?? ""),
            let place = OrganisationID(checking: request.form["organisation"] ?? "")
        else { throw DomainError.notFound }
        let id = try await database.write { db in
            try CallService(db, by: user, address: address, now: now, calendar: office.calendar).open(
                for: node, at: place)
        }
        return .redirect(CallPages.path(id), flash: Flash(.done, "已发起征集，可以改截止日期和要求"))
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<Call> = try request.id("id"), today = Timestamp.now.day
        let values = request.form, consent = office.consent
        let view = try await database.read(snapshot: true) { db in
            let viewer = ResourceViewer(user), store = CallStore(db), call = try store.find(id, for: viewer)
            let (all, total) = try store.answers(to: id, for: viewer)
            let hidden = try OpenShelf(consent: consent, db: db).hidden(all, from: user)
            let rows = all.filter { !hidden.contains($0.id) }
            let authors = try ItemStore(db).authors(of: rows.map(\.id))
            return CallPages.View(
                call: call, place: try TextbookStore(db).place(of: call.node), coverage: try store.coverage(of: call),
                answers: rows.map { ItemLine(item: $0, authors: authors[$0.id] ?? []) }, total: total,
                mayManage: user.may(.itemReview, at: call.path), mayAnswer: user.may(.itemWrite), today: today,
                values: values, problems: problems, warning: warning)
        }
        return .html(CallPages.show(view, request.page), status: status)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let wanted = request.form.all("wanted").compactMap(ResourceGroup.init(rawValue:))
        let due = LocalDate(iso: request.form["due"] ?? ""), revision = Int(request.form["revision"] ?? "") ?? 0
        let note = FormValuesText.paragraphs(request.form["note"] ?? "")
        return try await deed(request, done: "已保存") {
            try $0.change($1, at: revision, wanted: wanted, due: due, note: note)
        }
    }

    @Sendable private func close(_ request: WebRequest) async throws -> WebResponse {
        try await deed(request, done: "征集已结束") { try $0.close($1) }
    }

    private func deed(
        _ request: WebRequest, done: String, _ body: @escaping @Sendable (CallService, ID<Call>) throws -> Void
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<Call> = try request.id("id"), now = Timestamp.now, office = office
        let address = request.remoteAddress
        do {
            try await database.write { db in
                try body(CallService(db, by: user, address: address, now: now, calendar: office.calendar), id)
            }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await show(request, warning: words, status: 409)
        }
        return .redirect(CallPages.path(id), flash: Flash(.done, done))
    }
}
