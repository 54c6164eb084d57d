import Database
import Directory
import Kernel
import Platform
import Web

/// `/staff-transfers`: what waits for a school, a county or the bureau, and the way of each transfer.
struct StaffTransferRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let listeners: StaffListeners

    /// Rows of the list.
    private static let limit = 200

    func routes() -> Routes {
        var routes = Routes(module: "affairs")
        let root = StaffTransferPages.root, one = root + "/:id"
        routes.get(root, access: .can(.staffEdit), list)
        routes.get(one, access: .can(.staffEdit)) { try await show($0) }
        routes.post(one + "/answer", access: .can(.staffEdit)) { request in
            try await decide(request) { try $0.answer($1, accepts: $2, remark: $3) }
        }
        routes.post(one + "/decision", access: .can(.changeApprove)) { request in
            try await decide(request) { try $0.decide($1, approves: $2, remark: $3) }
        }
        routes.post(one + "/withdrawal", access: .can(.staffEdit), withdraw)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .staffEdit)
        let isOpen = request.query["state"] != "all"
        let rows = try await database.read { db in
            try StaffTransferStore(db).list(within: scope, isOpen: isOpen, limit: StaffTransferRoutes.limit)
        }
        return .html(StaffTransferPages.list(rows, isOpen: isOpen, user, request.page))
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<StaffTransfer> = try request.id("id")
        let (transfer, history) = try await database.read { db in
            let transfer = try StaffTransferStore(db).find(id, within: user.scope(of: .staffEdit))
            return (transfer, try AuditLog.of(subject: id.rawValue, limit: 20, on: db))
        }
        let view = StaffTransferPages.View(
            transfer: transfer, rights: TransferRights(transfer, user), history: history, values: request.form,
            problems: problems)
        return .html(StaffTransferPages.show(view, user, request.page), status: status)
    }

    private typealias Deed = @Sendable (StaffTransferService, ID<StaffTransfer>, Bool, String) throws -> Void

    private func decide(_ request: WebRequest, _ deed: @escaping Deed) async throws -> WebResponse {
        let id: ID<StaffTransfer> = try request.id("id"), service = try service(request)
        let choice = request.form["decision"] ?? "", remark = request.form["remark"] ?? ""
        var problems: [FieldProblem] = []
        if choice != "yes" && choice != "no" {
            problems.append(FieldProblem(field: "decision", message: "选择同意或不同意"))
        }
        if choice == "no" && remark.isEmpty {
            problems.append(FieldProblem(field: "remark", message: "不同意时写明原因"))
        }
        if remark.unicodeScalars.count > 200 {
            problems.append(FieldProblem(field: "remark", message: "意见不能超过 200 个字"))
        }
        guard problems.isEmpty else { return try await show(request, problems: problems, status: 422) }
        try await database.write { try deed(service($0), id, choice == "yes", remark) }
        return .redirect(StaffTransferPages.path(id), flash: Flash(.done, choice == "yes" ? "已同意" : "已答复不同意"))
    }

    @Sendable private func withdraw(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<StaffTransfer> = try request.id("id"), service = try service(request)
        try await database.write { try service($0).withdraw(id) }
        return .redirect(StaffTransferPages.path(id), flash: Flash(.done, "已撤回"))
    }

    /// The deeds of the asking user, for the transaction they are given.
    private func service(_ request: WebRequest) throws -> @Sendable (Connection) -> StaffTransferService {
        let user = try request.user, address = request.remoteAddress, now = Timestamp.now
        let crypto = crypto, listeners = listeners
        return { db in
            StaffTransferService(db, crypto, by: user, address: address, now: now, telling: listeners)
        }
    }
}
