import Database
import Directory
import Kernel
import Platform
import Web

struct OwnershipRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider

    func routes() -> Routes {
        var routes = Routes(module: "rosters")
        routes.get(OwnershipPages.root, access: .can(.classAll), map)
        routes.get("/rosters/people/:id/sources", access: .can(.classAll), sources)
        return routes
    }

    @Sendable private func map(_ request: WebRequest) async throws -> WebResponse {
        if let format = TableFormat(query: request.query) { return try OwnershipPages.download(request, format) }
        return .html(OwnershipPages.map(request))
    }

    @Sendable private func sources(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .classAll), crypto = crypto, today = Timestamp.now.day
        let id: ID<Person> = try request.id("id")
        let (name, facts) = try await database.read { db in
            let places = try PersonMergeStore(db).places(of: id, on: today)
            guard places.contains(where: scope.contains) else { throw DomainError.notFound }
            return (try PersonStore(db).find(id).name, try PersonFactStore(db, crypto).latest(of: id))
        }
        let lines = PersonField.all.compactMap { field in
            facts?.values[field.id].map { OwnershipPages.Line(field: field, fact: $0) }
        }
        return .html(OwnershipPages.sources(name, lines, request.page))
    }
}
