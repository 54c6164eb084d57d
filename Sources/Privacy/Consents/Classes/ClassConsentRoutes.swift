import Database
import Directory
import Kernel
import Platform
import Web

/// `/classes/:id/consents`: how consents stand in a class, and what came back on paper.
struct ClassConsentRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let gate: any AccountGate
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get("/classes/:id/consents", access: .can(.classView), show)
        routes.get("/classes/:id/consents/notice", access: .can(.classView), notice)
        routes.get("/classes/:id/consents/paper", access: .can(.classView)) { try await paper($0) }
        routes.post("/classes/:id/consents/paper", access: .can(.classView), enter)
    }

    private func consents(_ request: WebRequest) async throws -> ClassConsents {
        let user = try request.user, day = now().day, crypto = crypto, gate = gate, asked = request.query["purpose"]
        let id: ID<ClassGroup> = try request.id("id")
        return try await database.read { db in
            let classGroup = try ClassConsents.classGroup(id, for: user, on: day, db)
            return try ClassConsents(classGroup, showing: asked, on: day, db, crypto, gate).seen(by: user, db)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let page = ClassConsentPages.show(try await consents(request), request.page, request.query)
        return WebResponse.html(page).with(header: "cache-control", "no-store")
    }

    @Sendable private func notice(_ request: WebRequest) async throws -> WebResponse {
        let consents = try await consents(request)
        let told = try await database.read { try ConsentPurposeStore($0).open(on: consents.day) }
        return .html(ConsentNoticePages.show(consents, told.filter { !$0.isAsked }, request.page))
    }

    private func paper(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let consents = try await consents(request)
        guard consents.clerk != nil else {
            let flash = Flash(.warning, "纸质同意书由班主任或学校登记")
            return .redirect(ClassConsentPages.path(consents.classGroup.id), flash: flash)
        }
        let page = ConsentPaperPages.show(
            consents, request.page, values: request.form, problems: problems)
        return WebResponse.html(page, status: status).with(header: "cache-control", "no-store")
    }

    @Sendable private func enter(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = now(), crypto = crypto, gate = gate, values = request.form
        let id: ID<ClassGroup> = try request.id("id"), actor = AuditActor(user, address: request.remoteAddress)
        do {
            let count = try await database.write { db in
                let classGroup = try ClassConsents.classGroup(id, for: user, on: now.day, db)
                let consents = try ClassConsents(classGroup, showing: nil, on: now.day, db, crypto, gate)
                    .seen(by: user, db)
                guard consents.clerk != nil else { throw DomainError.forbidden("纸质同意书由班主任或学校登记。") }
                return try ConsentService(db, crypto, by: actor, now: now)
                    .enter(try ConsentPaper(values, consents), of: consents)
            }
            let done = count == 0 ? "没有新的答复，这些以前都登记过" : "已登记 \(count) 项答复"
            return .redirect(ClassConsentPages.path(id), flash: Flash(.done, done))
        } catch DomainError.invalid(let problems) {
            return try await paper(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await paper(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }
}
