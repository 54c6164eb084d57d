import Database
import Kernel
import Web

/// The list of schools, a school's page, and its file.
struct SchoolRoutes: Sendable {
    let database: Database
    let panels: [any SchoolPanelSource]
    let exportFolder: String

    func routes() -> Routes {
        var routes = Routes(module: "directory")
        routes.get("/schools", access: .can(.schoolView), list)
        routes.get("/schools/:id", access: .can(.schoolView), show)
        routes.get("/schools/:id/dossier", access: .can(.schoolView), dossier)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .schoolView)
        let values = request.query
        let asked = SchoolListPage.table.query(values)
        let (query, page) = try await database.read(snapshot: true, isLong: asked.format != nil) { db in
            let store = OrganisationStore(db)
            let query = SchoolQuery(values, places: try store.places(), scope: scope)
            let order = asked.sort.flatMap { OrganisationStore.SchoolOrder(rawValue: $0.key) } ?? .place
            let found = try store.schools(
                within: scope, query.filter, by: order, descending: asked.sort?.isDescending ?? false,
                after: asked.after.map { ($0.value ?? "", $0.id) }, limit: asked.fetchLimit)
            let rows = found.rows.compactMap { SchoolRow($0.organisation, query.names, sortValue: $0.sortValue) }
            let page = asked.page(rows, total: found.total) { (value: $0.sortValue, id: $0.organisation.id.rawValue) }
            return (query, page)
        }
        if let format = asked.format {
            return try SchoolListPage.table.download(page.items, as: format, with: request.exporter)
        }
        // Who belongs to one school has no use for a list of it.
        if values.pairs.isEmpty, page.total == 1, let only = page.items.first?.organisation, scope.roots == [only.path]
        {
            return .redirect(SchoolPages.path(only.id))
        }
        return .html(SchoolListPage.page(page, query, request.page, values))
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let model = try await model(request)
        var shown: [SchoolPanel] = []
        if model.state != nil {
            for source in panels {
                shown += try await source.panels(
                    for: model.school, viewer: user, on: model.day, page: request.page)
            }
        }
        return .html(SchoolPages.page(model, shown, user, request.page, request.query))
    }

    @Sendable private func dossier(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let model = try await model(request)
        var sections = SchoolDossier.ownSections(model)
        if model.state != nil {
            for source in panels {
                sections += try await source.dossier(for: model.school, viewer: user, on: model.day)
            }
        }
        guard TableFormat(query: request.query) == .xlsx else {
            return .html(SchoolDossier.page(model, sections, request.page))
        }
        let path = try SchoolDossier.writeWorkbook(sections, in: exportFolder)
        return .download(
            path: path, name: "\(model.school.name)一校一档.xlsx", contentType: TableFormat.xlsx.contentType,
            temporary: true)
    }

    private func model(_ request: WebRequest) async throws -> SchoolModel {
        let scope = try request.user.scope(of: .schoolView)
        let id: OrganisationID = try request.id("id")
        let today = Timestamp.now.day
        let asked = request.query.text("on").flatMap { LocalDate(iso: $0) } ?? today
        return try await database.read(snapshot: true) { db in
            try SchoolModel(id, on: min(asked, today), today: today, within: scope, db)
        }
    }
}

/// One school as its page and its file show it.
struct SchoolModel: Sendable {
    /// As it is today.
    let school: Organisation
    let day: LocalDate
    let isToday: Bool
    /// As it was on the day; `nil` before it was founded.
    let state: OrganisationVersion?
    let place: String
    /// From the top of the viewer's scope down to the parent.
    let lineage: [Organisation]
    /// Open teaching points below it, as of today.
    let teachingPoints: [Organisation]
    /// Latest first.
    let changes: [OrganisationChange]

    /// Throws `DomainError.notFound` for what is no school, or was one by mistake of an import.
    init(_ id: OrganisationID, on day: LocalDate, today: LocalDate, within scope: DataScope, _ db: Connection) throws {
        let store = OrganisationStore(db)
        let school = try store.find(id, within: scope)
        guard school.kind.isSchool, !school.isTakenBack else { throw DomainError.notFound }
        let history = try store.history(of: id)
        (self.school, self.day, isToday) = (school, day, day == today)
        state = history.state(on: day)
        place = (state ?? history.first)?.place ?? ""
        lineage = try store.lineage(of: school.path).filter { scope.contains($0.path) }.dropLast()
        teachingPoints = try store.children(of: id, within: scope).filter { $0.closedOn == nil }
        changes = OrganisationChange.list(history)
    }

    /// The name on the day.
    var name: String { state?.name ?? school.name }
    /// The profile on the day.
    var profile: SchoolProfile? { state?.profile ?? school.profile }
}
