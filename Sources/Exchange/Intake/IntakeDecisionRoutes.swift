import Database
import Kernel
import Platform
import Web

/// What a person decides about something that came in, whatever it is: accept it by a job, give it up, take it back.
struct IntakeDecisionRoutes<Subject>: Sendable {
    typealias Key = ID<Subject>

    /// What accepting needs to know of something that waits.
    struct Waiting: Sendable {
        let title: String
        let place: OrganisationPath
        /// Of the dry run; what was looked at must be what is written.
        let digest: String
    }

    let database: Database
    /// The path below which the pages of the subject lie.
    let root: String
    /// 这个文件
    let noun: String
    /// 花名册
    let roster: String
    let job: String
    /// Finds what waits for a decision; `nil` when nobody has to decide any more.
    let find: @Sendable (Key, DataScope, Connection) throws -> Waiting?
    let discard: @Sendable (Key, CurrentUser, AuditActor) async throws -> Void
    let undo: @Sendable (Key, CurrentUser, AuditActor) async throws -> Void

    func add(to routes: inout Routes) {
        let access = Access.can(.exchangeFeedManage)
        routes.post(root + "/:id/acceptance", access: access, accept)
        routes.post(root + "/:id/discard", access: access) { try await decide($0, done: "已放弃", discard) }
        routes.post(root + "/:id/undo", access: access) {
            try await decide($0, done: "已撤销，\(roster)恢复到接受之前", undo)
        }
    }

    private func path(_ id: Key) -> String { "\(root)/\(id)" }

    @Sendable private func accept(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .exchangeFeedManage), id: Key = try request.id("id")
        let agreed = request.form["digest"] ?? "", page = path(id), job = job, find = find
        let queued = try await database.write { db -> ID<Job>? in
            guard let waiting = try find(id, scope, db), waiting.digest == agreed else { return nil }
            return try JobStore(db).add(
                kind: job, title: waiting.title, payload: "\(id) \(agreed)", result: page, by: user, at: waiting.place)
        }
        guard let queued else {
            return .redirect(page, flash: Flash(.warning, "\(noun)刚被处理过，没有再写入，请看现在的情况。"))
        }
        return .redirect("/jobs/\(queued)")
    }

    private func decide(
        _ request: WebRequest, done: String, _ deed: (Key, CurrentUser, AuditActor) async throws -> Void
    ) async throws -> WebResponse {
        let user = try request.user, id: Key = try request.id("id")
        do {
            try await deed(id, user, AuditActor(user, address: request.remoteAddress))
        } catch DomainError.conflict(let reason) {
            return .redirect(path(id), flash: Flash(.warning, reason))
        }
        return .redirect(path(id), flash: Flash(.done, done))
    }

    /// Accepting as a job: it may bring a whole county. The payload is the key and the digest agreed to.
    static func handler(
        _ kind: String, roster: String, _ accept: @escaping @Sendable (Key, String, AuditActor) async throws -> Void
    ) -> JobHandler {
        JobHandler(kind) { context in
            let job = context.job, told = job.payload.split(separator: " ").map(String.init)
            guard told.count == 2, let id = Key(checking: told[0]) else { throw DomainError.notFound }
            try await accept(id, told[1], AuditActor(id: job.account?.rawValue, name: job.createdBy, address: ""))
            return "已写入\(roster)"
        }
    }
}
