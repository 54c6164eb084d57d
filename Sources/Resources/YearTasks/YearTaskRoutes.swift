import Database
import Directory
import Kernel
import Platform
import Web

/// `/resources/tasks`: what schools are to publish in a year, and how far they are.
struct YearTaskRoutes: Sendable {
    let database: Database

    func add(to routes: inout Routes) {
        let root = YearTaskPages.root, one = root + "/:id", see = Access.can(.coverageView)
        let manage = Access.can(.taskEdit)
        routes.get(root, access: see, list)
        routes.get(root + "/new", access: manage) { try await new($0) }
        routes.post(root, access: manage, open)
        routes.get(one, access: see) { try await show($0) }
        routes.get(one + "/schools/:school", access: see, school)
        routes.get(one + "/edit", access: manage) { try await edit($0) }
        routes.post(one + "/edit", access: manage, change)
        routes.post(one + "/closure", access: manage) { request in
            try await deed(request) { service, id in
                try service.close(id)
                return "任务已结束"
            }
        }
        routes.post(one + "/reminders", access: manage) { request in
            try await deed(request) { service, id in "已提醒 \(try service.remind(id)) 所学校" }
        }
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day, isOpen = request.query["state"] != "closed"
        let scope = user.scope(of: .coverageView), isNarrow = scope.roots.allSatisfy(ResourceViewer.isNarrow)
        let table = YearTaskPages.table(on: today, hasLight: isNarrow), query = table.query(request.query)
        let after = query.after.flatMap { cursor in cursor.value.map { (due: $0, id: cursor.id) } }
        let (lines, total) = try await database.read { db in
            let store = YearTaskStore(db)
            let (rows, total) = try store.list(within: scope, isOpen: isOpen, after: after, limit: query.fetchLimit)
            let lines = try rows.map { task in
                // The few schools of a school's own; a county opens the task.
                let own = isNarrow ? try store.progress(task, store.lines(of: task.id), within: scope) : []
                return YearTaskPages.Line(task: task, own: own)
            }
            return (lines, total)
        }
        if let format = query.format { return try table.download(lines, as: format, with: request.exporter) }
        let slice = query.page(lines, total: total) { ($0.task.due.iso, $0.task.id.rawValue) }
        return .html(
            YearTaskPages.list(slice, table, isOpen: isOpen, mayOpen: user.may(.taskEdit), request))
    }

    // One task

    private func show(
        _ request: WebRequest, warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<YearTask> = try request.id("id"), today = Timestamp.now.day
        let scope = user.scope(of: .coverageView), values = request.method == .get ? request.query : FormValues()
        let view = try await database.read(isLong: values.has("format")) { db in
            let store = YearTaskStore(db), task = try store.find(id, within: scope)
            let lines = try store.lines(of: id), progress = try store.progress(task, lines, within: scope)
            let units = try OrganisationStore(db).all(within: .everything, kinds: [.county, .municipal])
            return YearTaskPages.View(
                task: task, lines: lines, progress: progress,
                units: units.filter { unit in progress.contains { unit.path.contains($0.path) } }, today: today,
                mayManage: user.may(.taskEdit, at: task.path), reminder: try store.lastReminder(of: id),
                warning: warning)
        }
        let table = YearTaskPages.schools(view), query = table.query(values)
        let shown = view.shown(values)
        if let format = query.format {
            return try table.download(shown, as: format, name: view.task.title, with: request.exporter)
        }
        let start = query.place
        let numbered = Array(shown.enumerated().dropFirst(start).prefix(query.fetchLimit))
        let slice = query.page(numbered, total: shown.count) { (nil, String($0.offset + 1)) }
        return .html(
            YearTaskPages.show(view, table, slice.map(\.element), values, request.page), status: status)
    }

    @Sendable private func school(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<YearTask> = try request.id("id")
        let school: OrganisationID = try request.id("school"), scope = user.scope(of: .coverageView)
        let (task, progress, told) = try await database.read { db in
            let store = YearTaskStore(db), task = try store.find(id, within: scope)
            let place = try OrganisationStore(db).find(school, within: scope)
            let all = try store.progress(task, store.lines(of: id), within: DataScope([place.path]))
            guard let own = all.first(where: { $0.school == school }) else { throw DomainError.notFound }
            return (task, own, try store.reminders(of: [id], to: school)[id])
        }
        return .html(YearTaskPages.school(progress, task, told: told, on: Timestamp.now.day, request.page))
    }

    // Setting and changing

    private func new(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day
        let values = request.method == .get ? FormValues() : request.form
        let view = try await database.read { db in
            YearTaskPages.Form(
                task: nil, places: try YearTaskService.places(for: user, db), areas: try YearTaskRoutes.areas(db),
                today: today, values: values, problems: problems, warning: nil)
        }
        return .html(YearTaskPages.form(view, request.page), status: status)
    }

    /// Stages and their subjects, as textbooks have them.
    private static func areas(_ db: Connection) throws -> [SelectOption] {
        var seen: Set<String> = [], options: [SelectOption] = []
        for key in try TextbookStore(db).keys() {
            if seen.insert(key.stage).inserted { options.append(SelectOption(key.stage, key.stageTitle + "各学科")) }
            let area = key.stage + "-" + key.subject
            if seen.insert(area).inserted { options.append(SelectOption(area, ReviewPages.areaName(area))) }
        }
        return options
    }

    @Sendable private func open(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, address = request.remoteAddress
        let form = YearTaskForm(request.form, on: now.day)
        let asked = OrganisationID(checking: request.form["organisation"] ?? "")
        do {
            let id = try await database.write { db in
                let places = try YearTaskService.places(for: user, db)
                guard let place = asked ?? (places.count == 1 ? places.first?.id : nil) else {
                    throw DomainError.invalid("organisation", "选择布置任务的单位")
                }
                let draft = try form.draft(areas: Set(YearTaskRoutes.areas(db).map(\.value)), on: now.day)
                return try YearTaskService(db, by: user, address: address, now: now).open(draft, at: place)
            }
            return .redirect(YearTaskPages.path(id), flash: Flash(.done, "任务已布置，学校能看到自己的进度"))
        } catch DomainError.invalid(let problems) {
            return try await new(request, problems: problems, status: 422)
        }
    }

    private func edit(
        _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<YearTask> = try request.id("id"), today = Timestamp.now.day
        let form = request.form, isTyped = request.method != .get
        let view = try await database.read { db in
            let store = YearTaskStore(db), task = try store.find(id, within: user.scope(of: .coverageView))
            guard user.may(.taskEdit, at: task.path) else { throw DomainError.notFound }
            let values = isTyped ? form : YearTaskForm.values(task, try store.lines(of: id))
            return YearTaskPages.Form(
                task: task, places: [], areas: try YearTaskRoutes.areas(db), today: today, values: values,
                problems: problems, warning: warning)
        }
        return .html(YearTaskPages.form(view, request.page), status: status)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<YearTask> = try request.id("id"), now = Timestamp.now
        let revision = Int(request.form["revision"] ?? "") ?? 0, address = request.remoteAddress
        let form = YearTaskForm(request.form, on: now.day)
        do {
            try await database.write { db in
                let task = try YearTaskStore(db).find(id, within: user.scope(of: .coverageView))
                let areas = Set(try YearTaskRoutes.areas(db).map(\.value))
                let draft = try form.draft(areas: areas, changing: task, on: now.day)
                try YearTaskService(db, by: user, address: address, now: now).change(id, at: revision, draft)
            }
        } catch DomainError.invalid(let problems) {
            return try await edit(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await edit(request, warning: words, status: 409)
        }
        return .redirect(YearTaskPages.path(id), flash: Flash(.done, "已保存"))
    }

    private func deed(
        _ request: WebRequest, _ body: @escaping @Sendable (YearTaskService, ID<YearTask>) throws -> String
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<YearTask> = try request.id("id"), now = Timestamp.now
        let address = request.remoteAddress
        do {
            let done = try await database.write { db in
                try body(YearTaskService(db, by: user, address: address, now: now), id)
            }
            return .redirect(YearTaskPages.path(id), flash: Flash(.done, done))
        } catch DomainError.conflict(let words) {
            return try await show(request, warning: words, status: 409)
        }
    }
}
