import Database
import Kernel
import Web

/// The tree, one organisation, and its history.
struct OrganisationRoutes: Sendable {
    let database: Database
    /// Rows a search shows; whoever seeks more narrows it down.
    static let searchLimit = 500

    func routes() -> Routes {
        var routes = Routes(module: "directory")
        routes.get("/organisations", access: .can(.organisationView), list)
        routes.get("/organisations/:id", access: .can(.organisationView), show)
        routes.get("/organisations/:id/history", access: .can(.organisationView), history)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .organisationView)
        let text = request.query.text("q")
        let found = try await database.read { db in
            let store = OrganisationStore(db)
            let rows = try text.map { try store.search($0, within: scope, limit: OrganisationRoutes.searchLimit) }
            return (rows: try rows ?? store.all(within: scope), places: try store.places())
        }
        let names = PlaceNames(found.places)
        let rows = found.rows.map { OrganisationRow(organisation: $0, place: names.above($0.path), schools: nil) }
        if let format = TableFormat(query: request.query) {
            return try OrganisationPages.table.download(rows, as: format, name: "组织", with: request.exporter)
        }
        let page =
            text == nil
            ? OrganisationTreePage.page(OrganisationTree(found.rows), request.page)
            : OrganisationPages.search(rows, request.page, request.query)
        return .html(page)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let scope = user.scope(of: .organisationView)
        let id: OrganisationID = try request.id("id")
        let model = try await database.read { db in try OrganisationModel(id, within: scope, db) }
        if let format = TableFormat(query: request.query) {
            return try OrganisationPages.table.download(
                model.children, as: format, name: model.organisation.name + "下级单位", with: request.exporter)
        }
        return .html(OrganisationPages.page(model, user, request.page, request.query))
    }

    @Sendable private func history(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .organisationView)
        let id: OrganisationID = try request.id("id")
        let model = try await database.read { db in try OrganisationModel(id, within: scope, db) }
        if let format = TableFormat(query: request.query) {
            let name = model.organisation.name + "变更记录"
            let table = OrganisationPages.historyTable(isExportable: true)
            return try table.download(model.changes, as: format, name: name, with: request.exporter)
        }
        return .html(OrganisationPages.history(model, request.page, request.query))
    }
}

/// One organisation with what its page shows.
struct OrganisationModel: Sendable {
    let organisation: Organisation
    /// From the top of the viewer's scope down to the organisation itself.
    let lineage: [Organisation]
    let place: String
    let children: [OrganisationRow]
    /// Latest first.
    let changes: [OrganisationChange]
    /// Where it went, when the viewer may see that.
    let mergedInto: Organisation?

    init(_ id: OrganisationID, within scope: DataScope, _ db: Connection) throws {
        let store = OrganisationStore(db)
        let organisation = try store.find(id, within: scope)
        self.organisation = organisation
        lineage = try store.lineage(of: organisation.path).filter { scope.contains($0.path) }
        let names = PlaceNames(try store.places())
        place = names.above(organisation.path)
        let counts = organisation.kind.isSchool ? [:] : try store.schoolCounts(within: DataScope([organisation.path]))
        children = try store.children(of: id, within: scope).map { child in
            OrganisationRow(
                organisation: child, place: names.above(child.path),
                schools: child.kind.isSchool ? nil : counts[child.path] ?? 0)
        }
        mergedInto = try organisation.mergedInto.flatMap { try store.look(for: $0, within: scope) }
        changes = OrganisationChange.list(try store.history(of: id))
    }
}

/// A line of a list of organisations.
struct OrganisationRow: Sendable {
    let organisation: Organisation
    let place: String
    /// Schools below; `nil` where there can be none.
    let schools: Int?
}

/// A line of a history: a state and what it changed.
struct OrganisationChange: Sendable {
    let version: OrganisationVersion
    let words: String

    /// Latest first.
    static func list(_ versions: [OrganisationVersion]) -> [OrganisationChange] {
        versions.indices.reversed().map { index in
            let previous = index > 0 ? versions[index - 1] : nil
            let words = versions[index].changes(since: previous).joined(separator: "；")
            return OrganisationChange(version: versions[index], words: words)
        }
    }
}
