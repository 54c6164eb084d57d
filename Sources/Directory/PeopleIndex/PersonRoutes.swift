import Database
import Kernel
import Platform
import Web

/// Finding people, and a person's page.
struct PersonRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let panels: [any PersonPanelSource]

    func routes() -> Routes {
        var routes = Routes(module: "directory")
        routes.get(PersonPages.listPath, access: .can(.personSearch), list)
        routes.get("/people/:id", access: .can(.personSearch), show)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .personSearch), today = Timestamp.now.day, crypto = crypto
        let text = request.query.text("q") ?? ""
        let after = request.query.text("after").flatMap(PersonSearchStore.Place.init(cursor:))
        let answer = try await database.read { db in
            try PersonSearch(db, crypto).find(text, within: scope, on: today, after: after)
        }
        return .html(
            PersonPages.list(text, answer, next: answer.next?.cursor, request.page, request.query))
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day, crypto = crypto
        let id: ID<Person> = try request.id("id")
        let model = try await database.read { try PersonModel(id, on: today, for: user, $0, crypto) }
        var shown: [SchoolPanel] = []
        for source in panels {
            shown += try await source.panels(
                for: model.person, at: model.places, viewer: user, on: today, page: request.page)
        }
        return .html(PersonPages.page(model, shown, request.page))
    }
}
