import Database
import Directory
import Kernel
import Platform
import Web

/// `/accounts/access`: who may do something at a place, and why.
struct AccessReviewRoutes: Sendable {
    let database: Database
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get("/accounts/access", access: .can(.accountView), show)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .accountView), day = now().day
        let table = AccessReviewPages.table
        let query = table.query(request.query)
        let asked = AccessQuestion(request.query)
        let (places, found) = try await database.read { db in
            let places = try AccessReviewChoices(db, within: scope)
            guard let asked, places.contains(asked.place) else { return (places, nil as AccessAnswer?) }
            let place = try OrganisationStore(db).find(asked.place, within: scope)
            let reasons = try AccessReviewStore(db).holders(of: asked.permission, at: place, on: day)
            return (places, AccessAnswer(permission: asked.permission, place: place, reasons: reasons))
        }
        if let format = query.format, let found {
            if let proof = request.proofNeeded(now: now()) { return proof }
            try await note(found, request)
            return try table.download(found.rows, as: format, name: "权限查询", with: request.exporter)
        }
        return .html(AccessReviewPages.show(asked, places, found, table, request.query, request.page))
    }

    /// Who took the list out, for the audit log.
    private func note(_ answer: AccessAnswer, _ request: WebRequest) async throws {
        let actor = AuditActor(try request.user, address: request.remoteAddress), now = now()
        let title = RoleCatalogue.shipped.title(of: answer.permission)
        try await database.write { db in
            try AuditLog.record(
                "account.exported", "", by: actor, at: answer.place.path, "\(title)，\(answer.rows.count) 条", now: now,
                on: db)
        }
    }
}

/// What was asked.
struct AccessQuestion: Sendable {
    let permission: Permission
    let place: OrganisationID

    /// `nil` unless a permission of the catalogue and a place are chosen.
    init?(_ query: FormValues) {
        guard let name = query.text("permission"), let place = query["place"].flatMap(OrganisationID.init(checking:)),
            RoleCatalogue.shipped.permissions.contains(where: { $0.permission.name == name })
        else { return nil }
        (permission, self.place) = (Permission(name), place)
    }
}

/// The places one may ask about, in tree order, schools with their county before the name.
struct AccessReviewChoices: Sendable {
    let organisations: [(id: OrganisationID, title: String)]

    init(_ db: Connection, within scope: DataScope) throws {
        let store = OrganisationStore(db)
        let units = try store.all(within: .everything, kinds: [.county, .municipal])
        organisations = try store.all(within: scope).map { place in
            let unit = units.first { $0.path.contains(place.path) && $0.id != place.id }
            return (place.id, unit.map { "\($0.name)·\(place.name)" } ?? place.name)
        }
    }

    func contains(_ id: OrganisationID) -> Bool { organisations.contains { $0.id == id } }
}

/// Who may, and why.
struct AccessAnswer: Sendable {
    let permission: Permission
    let place: Organisation
    let reasons: [AccessReason]

    struct Row: Sendable {
        let reason: AccessReason
        let why: String
    }

    var rows: [Row] {
        reasons.map { reason in
            let own =
                OwnClassPermissions.all.contains(permission)
                && !reason.grant.role.permissions.contains("directory.class.all")
            return Row(reason: reason, why: own ? "限于自己任教或所带的班级" : reason.text(at: place))
        }
    }
}
