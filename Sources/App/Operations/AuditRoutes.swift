import Database
import Kernel
import Platform
import Web

/// The audit log for those who may read it, and the check of its chain.
struct AuditRoutes: Sendable {
    let database: Database

    func add(to routes: inout Routes) {
        routes.get("/operations/audit", access: .can(.auditView), list)
        routes.get("/operations/audit/verification", access: .can(.auditVerify), verify)
    }

    @Sendable func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .auditView)
        let action = request.query["action"] ?? "", actor = request.query["actor"] ?? ""
        let mayExport = user.may(.auditExport), table = AuditPages.table(isExportable: mayExport)
        let query = table.query(request.query)
        let limit = min(query.fetchLimit, 100_000)
        let (entries, total) = try await database.read(isLong: true) { db in
            (
                try AuditLog.list(
                    within: scope, action: action, actor: actor, after: query.after?.id, limit: limit, on: db),
                try AuditLog.count(within: scope, action: action, actor: actor, on: db)
            )
        }
        if let format = query.format {
            guard mayExport else { throw DomainError.forbidden("审计记录只能由审计管理员导出。") }
            if let proof = request.proofNeeded() { return proof }
            // Taking the log out of the platform is itself an event.
            try await database.write { db in
                try AuditLog.record(
                    "audit.exported", "audit", by: AuditActor(user, address: request.remoteAddress),
                    "\(entries.count) 条", on: db)
            }
            return try table.download(entries, as: format, with: request.exporter)
        }
        let page = query.page(entries, total: total) { (value: $0.id, id: $0.id) }
        return .html(AuditPages.list(page, table, mayVerify: user.may(.auditVerify), request))
    }

    @Sendable func verify(_ request: WebRequest) async throws -> WebResponse {
        _ = try await AuditChain.extend(database)
        return .html(AuditPages.verdict(try await AuditChain.verify(database), request.page))
    }
}
