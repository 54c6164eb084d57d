import Database
import Directory
import Kernel
import Platform
import Web

/// The preview of a rollover: city and county, school, class; and the decisions that are made there.
struct RolloverRoutes: Sendable {
    let database: Database
    let now: @Sendable () -> Timestamp

    func routes() -> Routes {
        var routes = Routes(module: "school_affairs")
        routes.get(RolloverPages.root, access: .can(.rolloverRun), overview)
        routes.get("/schools/:id/rollover", access: .can(.rolloverRun)) { try await school($0) }
        routes.post("/schools/:id/rollover/intake", access: .can(.rolloverRun), intake)
        routes.post("/schools/:id/rollover/confirmation", access: .can(.rolloverRun)) {
            try await word($0, given: true)
        }
        routes.post("/schools/:id/rollover/withdrawal", access: .can(.rolloverRun)) { try await word($0, given: false) }
        routes.get("/classes/:id/rollover", access: .can(.rolloverRun)) { try await classGroup($0) }
        routes.post("/classes/:id/rollover/decision", access: .can(.rolloverRun), decide)
        routes.post("/classes/:id/rollover/pupils", access: .can(.rolloverRun), except)
        routes.post("/classes/:id/rollover/pupils/end", access: .can(.rolloverRun), endException)
        return routes
    }

    @Sendable private func overview(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .rolloverRun)
        let year = try RolloverForm.year(request.query, on: now().day)
        let model = try await database.read { try RolloverOverview(year, within: scope, $0) }
        if model.places.isEmpty, model.rows.count == 1, let own = model.rows.first {
            return .redirect(RolloverPages.path(own.root.id, year))
        }
        return .html(
            RolloverPages.overview(
                model, request.page, request.query, isOpen: RolloverSeason.isOpen(year, on: now().day)))
    }

    private func school(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .rolloverRun), day = now().day
        let id: OrganisationID = try request.id("id")
        let year = try RolloverForm.year(request.method == .get ? request.query : request.form, on: day)
        let model = try await database.read { try RolloverSchoolModel(id, year, within: scope, on: day, $0) }
        let page = RolloverSchoolPages.page(model, request.page, values: request.form, problems: problems)
        return .html(page, status: status)
    }

    @Sendable private func intake(_ request: WebRequest) async throws -> WebResponse {
        try await change(request, "班数已保存") { form, school, service in
            try service.plan(form.intakes(), at: school)
        }
    }

    private func word(_ request: WebRequest, given: Bool) async throws -> WebResponse {
        try await change(request, given ? "已确认" : "已撤回确认") { _, school, service in
            if given { try service.confirm(school) } else { try service.withdraw(school) }
        }
    }

    /// Changes something of a school and goes back to its page.
    private func change(
        _ request: WebRequest, _ done: String,
        _ body: @escaping @Sendable (RolloverForm, Organisation, RolloverService) throws -> Void
    ) async throws -> WebResponse {
        let user = try request.user, time = now(), form = RolloverForm(values: request.form)
        let id: OrganisationID = try request.id("id"), scope = user.scope(of: .rolloverRun)
        let actor = AuditActor(user, address: request.remoteAddress)
        let year = try RolloverForm.year(request.form, on: time.day)
        do {
            try await database.write { db in
                let school = try OrganisationStore(db).find(id, within: scope)
                try body(form, school, RolloverService(db, year, by: actor, now: time))
            }
            return .redirect(RolloverPages.path(id, year), flash: Flash(.done, done))
        } catch DomainError.invalid(let problems) {
            return try await self.school(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await self.school(request, problems: [FieldProblem(field: "", message: words)], status: 409)
        }
    }

    // MARK: Classes

    private func classGroup(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, day = now().day
        let id: ID<ClassGroup> = try request.id("id")
        let year = try RolloverForm.year(request.method == .get ? request.query : request.form, on: day)
        let model = try await database.read { try RolloverClassModel(id, year, for: user, on: day, $0) }
        let page = RolloverClassPages.page(model, request.page, values: request.form, problems: problems)
        return .html(page, status: status)
    }

    @Sendable private func decide(_ request: WebRequest) async throws -> WebResponse {
        try await changeClass(request, "去向已保存") { form, classGroup, service in
            let entry = try form.entryYear()
            guard let decision = try form.decision() else { return try service.reset(entry, of: classGroup) }
            try service.decide(decision, for: entry, of: classGroup)
        }
    }

    @Sendable private func except(_ request: WebRequest) async throws -> WebResponse {
        try await changeClass(request, "例外已保存") { form, classGroup, service in
            let (enrolment, action, number) = try form.single()
            try service.except(enrolment, action, number: number, of: classGroup)
        }
    }

    @Sendable private func endException(_ request: WebRequest) async throws -> WebResponse {
        try await changeClass(request, "例外已取消") { form, classGroup, service in
            try service.reset(form.enrolment(), of: classGroup)
        }
    }

    private func changeClass(
        _ request: WebRequest, _ done: String,
        _ body: @escaping @Sendable (RolloverForm, ClassGroup, RolloverService) throws -> Void
    ) async throws -> WebResponse {
        let user = try request.user, time = now(), form = RolloverForm(values: request.form)
        let id: ID<ClassGroup> = try request.id("id"), scope = user.scope(of: .rolloverRun)
        let actor = AuditActor(user, address: request.remoteAddress)
        let year = try RolloverForm.year(request.form, on: time.day)
        do {
            try await database.write { db in
                let classGroup = try ClassGroupStore(db).find(id, within: .everything)
                guard scope.contains(classGroup.path), classGroup.closedOn == nil else { throw DomainError.notFound }
                try body(form, classGroup, RolloverService(db, year, by: actor, now: time))
            }
            return .redirect(RolloverPages.path(id, year), flash: Flash(.done, done))
        } catch DomainError.invalid(let problems) {
            return try await self.classGroup(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            let problems = [FieldProblem(field: "", message: words)]
            return try await self.classGroup(request, problems: problems, status: 409)
        }
    }
}
