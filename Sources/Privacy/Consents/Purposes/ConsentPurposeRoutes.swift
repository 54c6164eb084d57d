import Database
import Directory
import Kernel
import Platform
import Web

/// `/privacy/purposes`: what people are asked for, and in which words.
struct ConsentPurposeRoutes: Sendable {
    let database: Database
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        let root = ConsentPurposePages.path, one = root + "/:code", version = one + "/versions/new"
        routes.get(root, access: .can(.purposeEdit), list)
        routes.get(root + "/new", access: .can(.purposeEdit)) { try await newForm($0) }
        routes.post(root + "/new", access: .can(.purposeEdit), create)
        routes.get(one, access: .can(.purposeEdit), show)
        routes.get(version, access: .can(.purposeEdit)) { try await edit($0) }
        routes.post(version, access: .can(.purposeEdit), publish)
        routes.post(one + "/end", access: .can(.purposeEdit), end)
    }

    private func service(_ request: WebRequest) throws -> @Sendable (Connection) -> ConsentPurposeService {
        let actor = AuditActor(try request.user, address: request.remoteAddress), now = now()
        return { ConsentPurposeService($0, by: actor, now: now) }
    }

    private func find(_ request: WebRequest) async throws -> ConsentPurpose {
        let code = try request.parameter("code"), day = now().day
        let found = try await database.read { try ConsentPurposeStore($0).find(code, on: day) }
        guard let found else { throw DomainError.notFound }
        return found
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let day = now().day
        let purposes = try await database.read { try ConsentPurposeStore($0).all(on: day) }
        return .html(ConsentPurposePages.list(purposes, day, request.page))
    }

    private func newForm(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let page = ConsentPurposePages.new(request.page, values: request.form, problems: problems)
        return .html(page, status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func create(_ request: WebRequest) async throws -> WebResponse {
        let service = try service(request)
        do {
            let new = try ConsentPurposeForm(values: request.form).purpose()
            try await database.write { try service($0).create(new) }
            return .redirect(ConsentPurposePages.path(new.code), flash: Flash(.done, "已公布"))
        } catch DomainError.invalid(let problems) {
            return try await newForm(request, problems: problems)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let purpose = try await find(request)
        let versions = try await database.read { try ConsentPurposeStore($0).versions(of: purpose.code) }
        return .html(ConsentPurposePages.show(purpose, versions, now().day, request.page))
    }

    private func edit(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let purpose = try await find(request)
        let values = request.method == .get ? purpose.version.text.values : request.form
        let page = ConsentPurposePages.edit(purpose, request.page, values: values, problems: problems)
        return .html(page, status: status)
    }

    @Sendable private func publish(_ request: WebRequest) async throws -> WebResponse {
        let purpose = try await find(request), service = try service(request)
        let form = ConsentPurposeForm(values: request.form)
        do {
            let text = try form.text()
            try await database.write { try service($0).publish(form.number, of: purpose.code, text) }
            return .redirect(
                ConsentPurposePages.path(purpose.code), flash: Flash(.done, "第 \(form.number) 版已公布"))
        } catch DomainError.invalid(let problems) {
            return try await edit(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await edit(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }

    @Sendable private func end(_ request: WebRequest) async throws -> WebResponse {
        let purpose = try await find(request), service = try service(request)
        guard purpose.isAsked else { throw DomainError.forbidden("法定职责的事项不能停止。") }
        try await database.write { try service($0).end(purpose) }
        return .redirect(ConsentPurposePages.path(purpose.code), flash: Flash(.done, "已停止征求"))
    }
}
