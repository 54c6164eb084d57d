import Database
import Directory
import Kernel
import Platform
import Web

/// The register by hand: list, form, history and export.
struct FacilityRoutes: Sendable {
    let database: Database
    let register: FacilityRegister

    func routes() -> Routes {
        var routes = Routes(module: "connectivity")
        routes.get("/register", access: .can(.registerView), list)
        routes.get("/register/export", access: .can(.registerView), export)
        routes.get("/register/schools/:id/edit", access: .can(.registerEdit), edit)
        routes.post("/register/schools/:id/edit", access: .can(.registerEdit), save)
        routes.get("/register/schools/:id/history", access: .can(.registerView), history)
        RosterCompletionRoutes(database: database).add(to: &routes)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let scope = user.scope(of: .registerView)
        if request.query.pairs.isEmpty, let only = try await onlySchool(of: user) {
            return .redirect(FacilityPages.editPath(only))
        }
        let table = FacilityPages.table(user)
        let query = table.query(request.query)
        let filter = FacilityList.Filter(request.query)
        let list = try await database.read(snapshot: true, isLong: query.format != nil) { db in
            try FacilityList(within: scope, filter, query, today: Timestamp.now.day, on: db)
        }
        if let format = query.format { return try table.download(list.rows, as: format, with: request.exporter) }
        let page = query.page(list.rows, total: list.total) { (value: $0.sortValue, id: $0.school.id.rawValue) }
        return .html(FacilityPages.list(page, list.counties, user, request.page, request.query))
    }

    /// The school of a person who keeps the register of just one.
    private func onlySchool(of user: CurrentUser) async throws -> OrganisationID? {
        let view = user.scope(of: .registerView)
        let found = try await database.read { db in
            try OrganisationStore(db).schools(within: view, OrganisationStore.SchoolFilter(), limit: 2).rows
        }
        guard found.count == 1, user.may(.registerEdit, at: found[0].organisation.path) else { return nil }
        return found[0].organisation.id
    }

    @Sendable private func export(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .registerView)
        let format = TableFormat(query: request.query) ?? .xlsx
        let day = try FacilityRoutes.day(request.query)
        let table = try await register.table(on: day, scope: scope)
        let title = "设施登记 \(day.iso)"
        let path = try request.exporter.write(title: title, header: table.header, rows: table.rows, format: format)
        return .download(
            path: path, name: "\(title).\(format.fileExtension)", contentType: format.contentType, temporary: true)
    }

    @Sendable private func edit(_ request: WebRequest) async throws -> WebResponse {
        let model = try await model(request, on: try FacilityRoutes.day(request.query))
        let record = FacilityRecord(Dictionary(uniqueKeysWithValues: model.values.map { ($0.field, $0.value) }))
        let form = FacilityForm(showing: record, on: model.day)
        return .html(FacilityFormPages.page(model, form, request.page))
    }

    @Sendable private func save(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let scope = user.scope(of: .registerEdit)
        let id: OrganisationID = try request.id("id")
        let form = FacilityForm(submitted: request.form, today: Timestamp.now.day)
        let (draft, problems) = form.read()
        if !problems.isEmpty { return try await again(request, form, problems) }
        let actor = AuditActor(user, address: request.remoteAddress)
        let outcome: FacilityService.Outcome
        do {
            outcome = try await register.service.save(draft, of: id, scope: scope, by: actor, source: .form)
        } catch DomainError.invalid(let problems) {
            return try await again(request, form, problems)
        }
        switch outcome {
        case .saved(let saved):
            return .redirect(FacilityPages.schoolPath(id), flash: FacilityRoutes.flash(saved, draft.validFrom))
        case .unconfirmed(let warnings):
            return try await again(request, form, warnings + [FacilityFormPages.confirmationMissing], asksReason: true)
        case .conflict(let record, let changed):
            let model = try await model(request, on: form.seen.on)
            let page = FacilityFormPages.page(model, form.rebased(on: record), request.page, meanwhile: changed)
            return .html(page, status: 409)
        }
    }

    private func again(
        _ request: WebRequest, _ form: FacilityForm, _ problems: [FieldProblem], asksReason: Bool = false
    ) async throws -> WebResponse {
        let model = try await model(request, on: form.seen.on)
        let page = FacilityFormPages.page(model, form, request.page, problems: problems, asksReason: asksReason)
        return .html(page, status: 422)
    }

    private func model(_ request: WebRequest, on day: LocalDate) async throws -> FacilityFormModel {
        let user = try request.user
        let scope = user.scope(of: .registerEdit)
        let id: OrganisationID = try request.id("id")
        return try await database.read(snapshot: true) { db in
            let directory = OrganisationStore(db)
            let school = try directory.find(id, within: scope)
            guard school.kind.isSchool else { throw DomainError.notFound }
            if school.closedOn != nil { throw DomainError.conflict("\(school.name)已经撤销，不能再登记。") }
            let places = FacilityPlaces(try directory.places())
            let store = FacilityStore(db)
            let roster = try store.roster(of: id, on: day)
            let present = roster == nil ? try RosterCountStore(db).counts(of: [id], on: day)[id]?.pupils : nil
            return FacilityFormModel(
                school: school, county: places.unit(of: school.path)?.name ?? "", day: day, today: Timestamp.now.day,
                values: try store.values(of: id, on: day), roster: roster, unfinished: present ?? 0)
        }
    }

    private static func flash(_ saved: FacilityService.Saved, _ day: LocalDate) -> Flash {
        guard saved.count > 0 else { return Flash(.done, "没有变化，未作登记。") }
        let done = "已保存 \(saved.count) 项，自 \(day.iso) 起有效。"
        guard let first = saved.replacedToday.first else { return Flash(.done, done) }
        let more = saved.replacedToday.count > 1 ? "等 \(saved.replacedToday.count) 项" : ""
        return Flash(.warning, "\(done)\(first.label)\(more)自 \(first.validFrom.iso) 起另有登记，今天仍按后来的登记。")
    }

    @Sendable private func history(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let scope = user.scope(of: .registerView)
        let id: OrganisationID = try request.id("id")
        let field = request.query.text("field").flatMap(FacilityField.named)
        let imports = user.scope(of: .importView)
        let table = FacilityHistoryPages.table([:])
        let query = table.query(request.query)
        let found = try await database.read(snapshot: true) { db in
            let school = try OrganisationStore(db).find(id, within: scope)
            guard school.kind.isSchool else { throw DomainError.notFound }
            let store = FacilityStore(db)
            let values = try store.history(of: id, field: field, after: query.after?.id, limit: query.fetchLimit)
            let batches = Set(values.compactMap(\.batch))
            return (
                school: school, total: try store.historyCount(of: id, field: field), values: values,
                files: try ImportStore(db).fileNames(of: batches, visibleTo: user, scope: imports)
            )
        }
        if let format = query.format {
            return try table.download(
                found.values, as: format, name: found.school.name + "登记历史", with: request.exporter)
        }
        let page = query.page(found.values, total: found.total) { (value: nil, id: $0.id) }
        return .html(
            FacilityHistoryPages.page(
                page, of: found.school, files: found.files, user, request.page, request.query))
    }

    /// The day of `on`; today without one.
    static func day(_ query: FormValues) throws -> LocalDate {
        let today = Timestamp.now.day
        guard let text = query.text("on") else { return today }
        guard let day = LocalDate(iso: text), day <= today else {
            throw DomainError.invalid("on", "日期应为今天或以前，格式如 2015-09-30。")
        }
        return day
    }
}
