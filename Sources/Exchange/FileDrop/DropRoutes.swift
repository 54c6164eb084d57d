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
        let decisions = decisions
        IntakeDecisionRoutes<DropFileSubject>(
            database: database, root: root, noun: "这个文件", roster: "花名册", job: DropJobs.accept,
            find: { id, scope, db in
                let file = try DropStore(db).find(id, within: scope)
                guard file.state == .waiting else { return nil }
                return .init(
                    title: "接受\(file.partnerName)的文件 \(file.name)", place: file.path, digest: file.outcome.digest)
            }, discard: { try await decisions.discard($0, for: $1, by: $2) },
            undo: { try await decisions.undo($0, for: $1, by: $2) }
        ).add(to: &routes)
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
}
