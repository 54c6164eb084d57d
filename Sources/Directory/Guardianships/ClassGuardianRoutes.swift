import Database
import Kernel
import Platform
import Web

/// `/classes/:id/guardians`, for the class teacher and the school.
struct ClassGuardianRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let related: [RelatedPage<RelatedClass>]

    func add(to routes: inout Routes) {
        routes.get("/classes/:id/guardians", access: .can(.classView), show)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day, crypto = crypto
        let id: ID<ClassGroup> = try request.id("id")
        let model = try await database.read { try ClassGuardians(id, on: today, for: user, $0, crypto) }
        let choice = request.query["show"].flatMap { ClassGuardians.Choice(rawValue: $0) } ?? .all
        return .html(ClassGuardianPages.show(model, choice, related, request.page))
    }
}
