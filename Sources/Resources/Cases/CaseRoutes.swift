import Database
import Kernel
import Platform
import Web

/// Reports by anybody who sees a resource, appeals of authors, and the desk of both.
struct CaseRoutes: Sendable {
    let database: Database
    let office: ReviewOffice

    func add(to routes: inout Routes) {
        let item = ItemPages.root + "/:id", one = CasePages.root + "/:id"
        routes.get(item + "/report", access: .public) { try await form(.report, $0) }
        routes.post(item + "/report", access: .public) { try await open(.report, $0) }
        routes.get(item + "/appeal", access: .can(.itemWrite)) { try await form(.appeal, $0) }
        routes.post(item + "/appeal", access: .can(.itemWrite)) { try await open(.appeal, $0) }
        routes.get(CasePages.root, access: .signedIn, list)
        routes.get(one, access: .signedIn) { try await show($0) }
        routes.post(one, access: .can(.itemReview), decide)
    }

    private func form(
        _ kind: ResourceCase.Kind, _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil,
        status: Int = 200
    ) async throws -> WebResponse {
        let id: ID<Item> = try request.id("id"), user = request.completeSession?.user
        let item = try await database.read { db in
            let item = try ItemStore(db).find(id, for: ResourceViewer(user))
            guard item.state == (kind == .report ? .published : .takenDown) else { throw DomainError.notFound }
            return item
        }
        let view = CasePages.Form(kind: kind, item: item, values: request.form, problems: problems, warning: warning)
        return .html(CasePages.form(view, request.page), status: status)
    }

    private func open(_ kind: ResourceCase.Kind, _ request: WebRequest) async throws -> WebResponse {
        let id: ID<Item> = try request.id("id"), user = request.completeSession?.user, now = Timestamp.now
        let address = request.remoteAddress, office = office
        let ground = ResourceCase.Ground(rawValue: request.form["ground"] ?? "")
        let text = request.form["told"] ?? ""
        do {
            let made = try await database.write { db in
                let service = CaseService(db, by: user, address: address, now: now, office: office)
                return kind == .report ? try service.report(id, ground, text) : try service.appeal(id, text)
            }
            let flash = Flash(.done, "\(kind.title)已提交，\(kind.workingDays) 个工作日内处理")
            return .redirect(user == nil ? ItemPages.path(id) : CasePages.path(made), flash: flash)
        } catch DomainError.invalid(let problems) {
            return try await form(kind, request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await form(kind, request, warning: words, status: 409)
        }
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day, isOpen = request.query["state"] != "done"
        let table = CasePages.table(on: today), query = table.query(request.query)
        let after = query.after.flatMap { cursor in cursor.value.map { (due: $0, id: cursor.id) } }
        let (rows, total) = try await database.read { db in
            try CaseStore(db).list(isOpen: isOpen, for: user, after: after, limit: query.fetchLimit)
        }
        if let format = query.format { return try table.download(rows, as: format, with: request.exporter) }
        let slice = query.page(rows, total: total) { ($0.due.iso, $0.id.rawValue) }
        return .html(CasePages.list(slice, table, isOpen: isOpen, request))
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let id: ID<ResourceCase> = try request.id("id"), user = try request.user, values = request.form
        let view = try await database.read { db in
            let one = try CaseStore(db).find(id, for: user)
            let isSeen = (try? ItemStore(db).find(one.item, for: ResourceViewer(user))) != nil
            let rank = ReviewLevel.of(user, at: one.path)
            return CasePages.View(
                one: one, isSeen: isSeen, mayDecide: one.state == .open && (rank.map { $0 >= one.level } ?? false),
                today: Timestamp.now.day, values: values, problems: problems, warning: warning)
        }
        return .html(CasePages.show(view, request.page), status: status)
    }

    @Sendable private func decide(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<ResourceCase> = try request.id("id"), user = try request.user, now = Timestamp.now
        let choice = request.form["decision"] ?? "", answer = request.form["answer"] ?? ""
        let address = request.remoteAddress, office = office
        do {
            try await database.write { db in
                _ = try CaseStore(db).find(id, for: user)
                guard choice == "yes" || choice == "no" else { throw DomainError.invalid("decision", "选择处理结果") }
                try CaseService(db, by: user, address: address, now: now, office: office).decide(
                    id, isUpheld: choice == "yes", answer)
            }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await show(request, warning: words, status: 409)
        }
        return .redirect(CasePages.path(id), flash: Flash(.done, "已处理"))
    }
}
