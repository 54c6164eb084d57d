import Database
import Kernel
import Platform
import Web

/// `/applications/registry/:id/use`
struct ApplicationUseRoutes: Sendable {
    let database: Database
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get(ApplicationPages.root + "/:id/use", access: .can(.applicationView), show)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), user = try request.user, now = now()
        let scope = user.scope(of: .applicationView)
        let (record, days, failures) = try await database.read { db in
            let record = try ApplicationRegistryStore(db).find(id, within: scope)
            let store = ApplicationUseStore(db), first = now.day.adding(days: 1 - ApplicationPages.useDays)
            return (record, try store.days(of: id, from: first), try store.failures(of: id, limit: 20))
        }
        let table = ApplicationPages.useTable(record.name)
        if let format = table.query(request.query).format {
            let actor = AuditActor(user, address: request.remoteAddress)
            try await database.write { db in
                try AuditLog.record(
                    "application.exported", id.rawValue, by: actor, at: record.application.ownerPath,
                    "\(record.name)使用情况，\(days.count) 条", now: now, on: db)
            }
            return try table.download(days, as: format, with: request.exporter)
        }
        return .html(ApplicationPages.use(record, days, failures, today: now.day, request))
    }
}
