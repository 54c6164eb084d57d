import Contracts
import Database
import Directory
import Kernel
import Web

/// Sending the pack of a lesson, and what somebody sent.
struct PushRoutes: Sendable {
    let database: Database
    let review: ReviewOffice
    let office: LessonOffice

    func add(to routes: inout Routes) {
        let access = Access.can(.lessonPush), one = PushPages.root + "/:id"
        routes.get("/textbook-nodes/:id/push", access: access) { try await form($0) }
        routes.post("/textbook-nodes/:id/push", access: access, send)
        routes.get(PushPages.root, access: access, list)
        routes.get(one, access: access) { try await show($0) }
        routes.post(one, access: access, change)
        routes.post(one + "/withdrawal", access: access, withdraw)
    }

    private func form(
        _ request: WebRequest, problems: [FieldProblem] = []
    ) async throws -> WebResponse {
        let user = try request.user, node: ID<TextbookNode> = try request.id("id"), today = office.now().day
        let values = request.method == .post ? request.form : request.query
        let isForGrade = values["to"] == "grade", wanted = values.text("place")
        let consent = office.consent
        let desk = try await database.read { db in
            try PushDesk(node, for: user, isForGrade: isForGrade, at: wanted, on: today, consent, db)
        }
        let now = office.now(), typed = request.method == .post ? request.form : FormValues()
        let days = office.schoolDays, next = PushRoutes.next(after: now, days)
        return .html(
            PushPages.form(desk, now: now, nextDay: next, typed, problems, request.page),
            status: problems.isEmpty ? 200 : 422)
    }

    /// Today while school is on, otherwise the next day it is.
    private static func next(after now: Timestamp, _ days: any SchoolDays) -> LocalDate {
        let end = BellSchedule.usual.periods.last?.end ?? 0
        let first = now.minuteOfDay <= end ? 0 : 1
        return (first...Push.furthest).map { now.day.adding(days: $0) }.first(where: days.isSchoolDay) ?? now.day
    }

    @Sendable private func send(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, node: ID<TextbookNode> = try request.id("id"), now = office.now()
        let address = request.remoteAddress, form = PushForm(values: request.form), office = office
        do {
            let items = try form.items()
            if form.isForGrade {
                guard let place = OrganisationID(checking: request.form["place"] ?? "") else {
                    throw DomainError.invalid("place", "选择推送的范围")
                }
                let day = try form.day()
                let sent = try await database.write { db in
                    try PushService(db, by: user, address: address, now: now, office: office).send(
                        items, for: node, toGradeBelow: place, on: day)
                }
                return .redirect(PushPages.path(sent.push), flash: Flash(.done, PushPages.words(sent)))
            }
            let named = request.form.pairs.compactMap { pair in
                pair.name.hasPrefix("period-") ? ID<ClassGroup>(checking: String(pair.name.dropFirst(7))) : nil
            }
            let targets = try form.targets(among: named)
            let id = try await database.write { db in
                try PushService(db, by: user, address: address, now: now, office: office).send(
                    items, for: node, to: targets)
            }
            return .redirect(PushPages.path(id), flash: Flash(.done, "已推送给 \(targets.count) 个班"))
        } catch DomainError.invalid(let problems) {
            return try await self.form(request, problems: problems)
        }
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, query = PushPages.table.query(request.query)
        let (lines, total) = try await database.read { db in
            let (rows, total) = try PushStore(db).sent(by: user.person, after: query.after?.id, limit: query.fetchLimit)
            let places = try TextbookStore(db).places(of: Set(rows.map(\.node)).sorted())
            let byNode = Dictionary(places.map { ($0.node.id, $0) }) { first, _ in first }
            return (rows.compactMap { push in byNode[push.node].map { PushPages.Line(push: push, place: $0) } }, total)
        }
        let slice = query.page(lines, total: total) { (nil, $0.push.id.rawValue) }
        return .html(PushPages.list(slice, request))
    }

    /// Classes named on the page of a push.
    private static let shown = 60

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<Push> = try request.id("id"), review = review, today = office.now().day
        let typed = request.form
        let view = try await database.read(snapshot: true) { db in
            let store = PushStore(db), push = try store.find(id, for: user)
            let place = try TextbookStore(db).place(of: push.node), schools = try store.schools(of: id)
            let pack = try PackStore(db).entries(of: [id])[id] ?? []
            let shown = try PackGate(review.consent, db).open(pack.map(\.item))
            let lessons = try store.lessons(of: id, limit: PushRoutes.shown)
            let viewer = ResourceViewer(atPlaces: push.grade.isEmpty ? schools : [push.path])
            let candidates = try PackStore(db).candidates(for: push.node, viewer, review.consent)
            return PushPages.View(
                push: push, place: place, counts: try store.counts(of: id),
                pack: pack.filter { entry in
                    shown.contains(entry.item.id) && schools.contains { entry.isOpen(to: $0) }
                }, missing: pack.count,
                lines: try LessonLines(db, review).lines(of: lessons, seesAll: true), candidates: candidates,
                today: today, values: typed, problems: problems, warning: warning)
        }
        return .html(PushPages.show(view, request.page), status: status)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let revision = Int(request.form["revision"] ?? "") ?? 0, form = PushForm(values: request.form)
        return try await deed(request, done: "已保存") { service, id in
            try service.change(id, at: revision, items: try form.items())
        }
    }

    /// All of it, or what it is for one class.
    @Sendable private func withdraw(_ request: WebRequest) async throws -> WebResponse {
        let lesson = ID<Lesson>(checking: request.form["lesson"] ?? "")
        return try await deed(request, done: "已撤回") { service, id in
            if let lesson { try service.withdraw(id, lesson: lesson) } else { try service.withdraw(id) }
        }
    }

    private func deed(
        _ request: WebRequest, done: String, _ body: @escaping @Sendable (PushService, ID<Push>) throws -> Void
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<Push> = try request.id("id"), office = office, now = office.now()
        let address = request.remoteAddress
        do {
            // Whose push it is not learns nothing of what the form needs.
            _ = try await database.read { try PushStore($0).find(id, for: user) }
            try await database.write { db in
                try body(PushService(db, by: user, address: address, now: now, office: office), id)
            }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await show(request, warning: words, status: 409)
        }
        return .redirect(PushPages.path(id), flash: Flash(.done, done))
    }
}
