import Contracts
import Database
import Directory
import Kernel
import Platform
import Web

/// `/exchange/owners`: which registered system answers for whose data.
struct ExchangeOwnerRoutes: Sendable {
    let database: Database
    let machines: any MachineAccess
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get(ExchangePages.owners, access: .can(.exchangeFeedManage)) { try await list($0) }
        routes.post(ExchangePages.owners, access: .can(.exchangeFeedManage), add)
        routes.post(ExchangePages.owners + "/end", access: .can(.exchangeFeedManage), end)
    }

    private func list(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let all = try await database.read { try ExchangeOwnerStore($0).all() }
        let page = ExchangeOwnerPages.list(all, request.form, problems, request.page)
        return .html(page, status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func add(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = now(), client = request.form["client_id"] ?? ""
        guard let owner = request.form["owner"].flatMap({ PersonField.Owner(rawValue: $0) }) else {
            return try await list(request, problems: [FieldProblem(field: "owner", message: "选择数据归口")])
        }
        guard let machine = try await machines.signer(clientID: client)?.caller,
            machine.scopes.contains("exchange.write")
        else {
            let problem = FieldProblem(field: "client_id", message: "没有这个应用，或它没有“数据交换接口：写入”的范围")
            return try await list(request, problems: [problem])
        }
        let actor = AuditActor(user, address: request.remoteAddress)
        try await database.write { db in
            try ExchangeOwnerStore(db).set(
                machine.application, owner: owner, clientID: machine.clientID, name: machine.name, by: actor, now: now)
            try AuditLog.record(
                "exchange.owner_named", machine.application, by: actor, "\(machine.name)：\(owner.title)", now: now,
                on: db)
        }
        return .redirect(ExchangePages.owners, flash: Flash(.done, "\(machine.name)已负责\(owner.title)的数据"))
    }

    @Sendable private func end(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = now(), application = request.form["application"] ?? ""
        guard let owner = request.form["owner"].flatMap({ PersonField.Owner(rawValue: $0) }) else {
            throw DomainError.notFound
        }
        let actor = AuditActor(user, address: request.remoteAddress)
        try await database.write { db in
            guard try ExchangeOwnerStore(db).remove(application, owner: owner) else { throw DomainError.notFound }
            try AuditLog.record("exchange.owner_ended", application, by: actor, owner.title, now: now, on: db)
        }
        return .redirect(ExchangePages.owners, flash: Flash(.done, "已取消"))
    }
}
