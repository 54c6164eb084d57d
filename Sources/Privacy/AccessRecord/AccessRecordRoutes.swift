import Database
import Directory
import Kernel
import Platform
import Web

/// `/privacy/looks`: who looked at whose sealed data, for the data officer of the place.
struct AccessRecordRoutes: Sendable {
    let database: Database
    /// The word for the code of a role.
    let roleTitle: @Sendable (String) -> String

    func add(to routes: inout Routes) {
        routes.get("/privacy/looks", access: .can(.lookReview), list)
        routes.get("/privacy/looks/unusual", access: .can(.lookReview), unusual)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .lookReview)
        let table = AccessRecordPages.table(roleTitle), query = table.query(request.query)
        let filter = AccessRecordRoutes.filter(request.query)
        if query.format != nil, let proof = request.proofNeeded() { return proof }
        let (looks, total) = try await database.read(isLong: true) { db in
            let store = LookStore(db)
            return (
                try store.list(within: scope, matching: filter, after: query.after?.id, limit: query.fetchLimit),
                try store.count(within: scope, matching: filter)
            )
        }
        if let format = query.format {
            // Taking the record out is itself on record.
            let actor = AuditActor(user, address: request.remoteAddress), place = scope.roots.first ?? .city
            try await database.write { db in
                try AuditLog.record("privacy.looks_exported", "looks", by: actor, at: place, "\(looks.count) 条", on: db)
            }
            return try table.download(looks, as: format, with: request.exporter)
        }
        let page = query.page(looks, total: total) { (value: $0.id.rawValue, id: $0.id.rawValue) }
        return .html(AccessRecordPages.list(page, table, request))
    }

    /// What the address asks; what cannot be read counts as absent.
    static func filter(_ values: FormValues) -> LookFilter {
        var filter = LookFilter()
        (filter.subject, filter.looker) = (values["person"] ?? "", values["by"] ?? "")
        filter.reason = values["reason"] ?? ""
        filter.kind = values.text("kind").flatMap(Look.Kind.init(rawValue:))
        filter.from = LocalDate(iso: values["from"] ?? "")
        filter.until = LocalDate(iso: values["until"] ?? "")
        return filter
    }

    /// The last three months.
    @Sendable private func unusual(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .lookReview), start = Timestamp.now.adding(days: -92)
        let days = try await database.read(isLong: true) {
            try LookStore($0).unusual(within: scope, since: start, limit: 500)
        }
        return .html(AccessRecordPages.unusual(days, request))
    }
}
