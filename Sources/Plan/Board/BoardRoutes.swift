import Contracts
import Database
import Directory
import Foundation
import Kernel
import Platform
import Web

/// The living plan, its targets down to the records, the public front page and the same as an interface for programs.
package struct BoardRoutes: Sendable {
    private let database: Database
    private let boards: PlanBoardService

    package init(database: Database, boards: PlanBoardService) { (self.database, self.boards) = (database, boards) }

    package func add(to routes: inout Routes) {
        routes.get("/", access: .public, front)
        routes.get("/plan", access: .can(.planView), plan)
        routes.get("/plan/report", access: .can(.planView), report)
        routes.get("/plan/targets/:code", access: .can(.planView), target)
        routes.get("/plan/targets/:code/schools/:id", access: .can(.planView), figure)
        routes.post("/plan/recompute", access: .can(.snapshotFreeze), recompute)
        routes.post("/plan/snapshots", access: .can(.snapshotFreeze), freeze)
        routes.api(
            .get, "/indicators", access: .can(.planView), summary: "各项目标在一个单位、一个日期的状态", indicators)
    }

    // MARK: What is asked

    /// The board of the day in the address, or of the one pages show by themselves. A day that cannot be read counts as
    /// absent.
    private func board(_ query: FormValues) async throws -> BoardContext {
        if let day = query.text("date").flatMap({ LocalDate(iso: $0) }) { return try await boards.board(on: day) }
        return try await boards.defaultBoard()
    }

    private func question(_ request: WebRequest, at organisation: String?) async throws -> PlanPages.Question {
        let user = try request.user, scope = user.scope(of: .planView)
        let context = try await board(request.query)
        let figures = BoardFigures(
            context: context, place: try context.place(organisation, within: scope),
            selection: BoardSelection(request.query))
        return PlanPages.Question(
            figures: figures, carried: PlanPages.carried(request.query), scope: scope,
            mayImport: user.may(.documentEdit))
    }

    private func question(_ request: WebRequest) async throws -> PlanPages.Question {
        try await question(request, at: request.query.text("organisation"))
    }

    /// The plan asked for as a second text; one that the viewer is not offered counts as absent.
    private func beside(_ question: PlanPages.Question, _ query: FormValues) async throws -> PlanBeside? {
        guard let asked = query.text(PlanBesidePages.name),
            let plan = question.texts.first(where: { $0.id.rawValue == asked })
        else { return nil }
        return PlanBeside(plan: plan, text: try await database.read { try BoardStore($0).text(of: plan) })
    }

    private func target(_ request: WebRequest, _ question: PlanPages.Question) throws -> BoardTarget {
        guard let target = question.figures.context.target(try request.parameter("code")),
            question.figures.context.concerns(target, question.figures.place)
        else { throw DomainError.notFound }
        return target
    }

    // MARK: Pages

    /// Visitors see what the city publishes; who is signed in goes on to work.
    @Sendable func front(_ request: WebRequest) async throws -> WebResponse {
        if let user = request.session?.user {
            if let path = request.page.navigation.offered(to: user).first?.path { return .redirect(path) }
        }
        let context = try await boards.defaultBoard()
        return .html(FrontPages.page(FrontPages.isPublished(context) ? context : nil, request.page))
    }

    @Sendable func plan(_ request: WebRequest) async throws -> WebResponse {
        var question = try await question(request)
        let user = try request.user
        if let format = TableFormat(query: request.query) {
            let rows = BoardExport.rows(question.figures)
            return try BoardExport.table.download(rows, as: format, with: request.exporter)
        }
        question.beside = try await beside(question, request.query)
        let asked = question, pages = question.figures.context.pages
        let content = pages.markup(asked.key) { PlanPages.content(asked) }
        let work = user.may(.snapshotFreeze) ? PlanPages.work(question, request.page) : ""
        return .html(UI.layout("行动计划", request.page, wide: true, content, work))
    }

    @Sendable func report(_ request: WebRequest) async throws -> WebResponse {
        .html(ReportPages.page(try await question(request), request.page))
    }

    @Sendable func target(_ request: WebRequest) async throws -> WebResponse {
        let question = try await question(request), target = try target(request, question)
        let list = TargetSchools.List(rawValue: request.query.text("list") ?? "") ?? .short
        if let way = question.figures.way(target), let format = TableFormat(query: request.query) {
            let schools = TargetSchools(target: target, way: way, question: question), table = schools.table(list)
            let rows = schools.rows(list, question.figures.results(target))
            let sorted = schools.page(rows, table.query(request.query))
            return try table.download(sorted, as: format, with: request.exporter)
        }
        let (place, day) = (question.figures.place.id, question.figures.context.day)
        let course = try await database.read { try SnapshotStore($0).course(of: place, target: target.id, upTo: day) }
        let pages = TargetPages(
            target: target, question: question, list: list, query: request.query, course: course,
            cityFigure: cityFigure(target, question, try request.user))
        return .html(pages.page(request.page))
    }

    /// A county may compare itself with the city's average where the city publishes it.
    private func cityFigure(
        _ target: BoardTarget, _ question: PlanPages.Question, _ user: CurrentUser
    ) -> TargetFigure? {
        let context = question.figures.context
        guard context.settings.isPublicOn, context.settings.publicTargets.contains(target.id), let city = context.city,
            !user.scope(of: .planView).contains(city.path)
        else { return nil }
        return question.figures.figure(target, of: city)
    }

    @Sendable func figure(_ request: WebRequest) async throws -> WebResponse {
        let school: OrganisationID = try request.id("id")
        let question = try await question(request, at: school.rawValue), target = try target(request, question)
        let context = question.figures.context, place = question.figures.place
        guard place.kind.isSchool, let way = question.figures.way(target) else { throw DomainError.notFound }
        let sources =
            try await boards.source(of: way.indicator.id)?.sources(
                of: way.indicator.id, school: school, on: context.day)
        let result = context.board.result(of: school, target: target.id, reading: way.reading.id, view: way.view)
        let pages = FigurePages(
            target: target, way: way, question: question, result: result, sources: sources ?? [])
        return .html(pages.page(request.page))
    }

    // MARK: Work

    @Sendable func recompute(_ request: WebRequest) async throws -> WebResponse {
        try await start(BoardWork.recompute, "重新计算行动计划", payload: request.form["date"] ?? "", request)
    }

    @Sendable func freeze(_ request: WebRequest) async throws -> WebResponse {
        try await start(BoardWork.freeze, "冻结到期的快照", payload: "", request)
    }

    private func start(
        _ kind: String, _ title: String, payload: String, _ request: WebRequest
    ) async throws -> WebResponse {
        let user = try request.user, actor = AuditActor(user, address: request.remoteAddress)
        let id = try await database.write { db in
            let id = try JobStore(db).add(kind: kind, title: title, payload: payload, result: PlanPages.path, by: user)
            try AuditLog.record("plan_work.started", id.rawValue, by: actor, title, on: db)
            return id
        }
        return .redirect("/jobs/\(id)")
    }

    // MARK: Programs

    @Sendable func indicators(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .planView), asked = request.query.text("date")
        let day = asked.map { LocalDate(iso: $0) } ?? Timestamp.now.day
        guard let day else { throw DomainError.invalid("date", "日期应为 2015-09-30 的形式。") }
        let lines = try await boards.states(of: request.query.text("organisation"), on: day, within: scope)
        return .json(Array(try JSONEncoder().encode(lines)))
    }
}
