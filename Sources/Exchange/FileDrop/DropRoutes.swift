import Database
import Directory
import Kernel
import Platform
import Web

/// `/exchange/files`: one exchanged file, and what a person decides about it.
struct DropRoutes: Sendable {
    let decisions: DropDecisions
    private var database: Database { decisions.database }
    /// Problems that the page names; the rest are in the returned workbook of the import.
    private static let mostProblems = 200

    func add(to routes: inout Routes) {
        let root = DropPages.root, access = Access.can(.exchangeFeedManage)
        routes.get(root + "/:id", access: access, show)
        routes.post(root + "/:id/acceptance", access: access, accept)
        routes.post(root + "/:id/discard", access: access, discard)
        routes.post(root + "/:id/undo", access: access, undo)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .exchangeFeedManage), id: DropFileID = try request.id("id")
        let intake = decisions.intake
        let view = try await database.read { db in
            let file = try DropStore(db).find(id, within: scope)
            let hasRows = file.hasRows
            return DropPages.View(
                file: file,
                problems: hasRows ? try intake.problems(of: file.batch, limit: DropRoutes.mostProblems, on: db) : [],
                rows: hasRows ? intake.page(of: file.batch) : nil,
                mayAccept: user.may(.exchangeFeedManage, at: file.path))
        }
        return .html(DropPages.show(view, request.page))
    }

    @Sendable private func accept(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .exchangeFeedManage), id: DropFileID = try request.id("id")
        let agreed = request.form["digest"] ?? ""
        let job = try await database.write { db -> ID<Job>? in
            let file = try DropStore(db).find(id, within: scope)
            // What was looked at must be what is written.
            guard file.state == .waiting, file.outcome.digest == agreed else { return nil }
            return try JobStore(db).add(
                kind: DropJobs.accept, title: "接受\(file.partnerName)的文件 \(file.name)", payload: "\(id) \(agreed)",
                result: DropPages.path(id), by: user, at: file.path)
        }
        guard let job else {
            let words = "这个文件刚被处理过，没有再写入，请看现在的情况。"
            return .redirect(DropPages.path(id), flash: Flash(.warning, words))
        }
        return .redirect("/jobs/\(job)")
    }

    @Sendable private func discard(_ request: WebRequest) async throws -> WebResponse {
        try await decide(request, done: "已放弃") { try await decisions.discard($0, for: $1, by: $2) }
    }

    @Sendable private func undo(_ request: WebRequest) async throws -> WebResponse {
        try await decide(request, done: "已撤销，花名册恢复到接受之前") { try await decisions.undo($0, for: $1, by: $2) }
    }

    private func decide(
        _ request: WebRequest, done: String, _ deed: (DropFileID, CurrentUser, AuditActor) async throws -> Void
    ) async throws -> WebResponse {
        let user = try request.user, id: DropFileID = try request.id("id")
        do {
            try await deed(id, user, AuditActor(user, address: request.remoteAddress))
        } catch DomainError.conflict(let reason) {
            return .redirect(DropPages.path(id), flash: Flash(.warning, reason))
        }
        return .redirect(DropPages.path(id), flash: Flash(.done, done))
    }
}
