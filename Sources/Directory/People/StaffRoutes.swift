import Database
import Kernel
import Platform
import Web

/// The people who work at a school.
struct StaffRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let listeners: StaffListeners
    let related: [RelatedPage<Organisation>]
    let memberPages: [RelatedPage<RelatedStaffMember>]

    func routes() -> Routes {
        var routes = Routes(module: "directory")
        routes.get("/schools/:id/staff", access: .can(.classAll), list)
        routes.get("/schools/:id/staff/new", access: .can(.classEdit)) { try await newForm($0) }
        routes.post("/schools/:id/staff/new", access: .can(.classEdit), add)
        routes.post("/schools/:id/staff/end", access: .can(.classEdit), end)
        return routes
    }

    private static func school(_ id: OrganisationID, within scope: DataScope, _ db: Connection) throws -> Organisation {
        let school = try OrganisationStore(db).find(id, within: scope)
        guard school.kind.isSchool, !school.isTakenBack else { throw DomainError.notFound }
        return school
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, crypto = crypto
        let id: OrganisationID = try request.id("id")
        let query = StaffQuery(request.query, today: now.day)
        let (school, list) = try await database.read { db in
            let school = try StaffRoutes.school(id, within: user.scope(of: .classAll), db)
            return (school, try StaffList(of: id, query, db, crypto))
        }
        let mayEdit = user.may(.classEdit, at: school.path) && school.closedOn == nil && query.day == now.day
        let model = StaffPages.Model(
            school: school, list: list, mayEdit: mayEdit, memberPages: memberPages,
            mayLook: user.may(.personLook, at: school.path))
        if let format = TableFormat(query: request.query) {
            let actor = AuditActor(user, address: request.remoteAddress)
            try await database.write { db in
                try AuditLog.record(
                    "staff.exported", id.rawValue, by: actor, at: school.path,
                    "\(school.name)，\(query.day.iso)，\(list.rows.count) 人", now: now, on: db)
            }
            return try StaffPages.table(model, request.page).download(
                list.rows, as: format, name: "\(school.name)教职工 \(query.day.iso)", with: request.exporter)
        }
        return .html(StaffPages.list(model, related, request.page, request.query))
    }

    private func newForm(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let scope = try request.user.scope(of: .classEdit), today = Timestamp.now.day
        let id: OrganisationID = try request.id("id")
        let school = try await database.read { try StaffRoutes.school(id, within: scope, $0) }
        let fresh = FormValues([("post", "10"), ("from", today.iso)])
        let values = request.method == .get ? fresh : request.form
        let page = StaffPages.new(school, request.page, values: values, problems: problems)
        return .html(page, status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func add(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, form = StaffForm(values: request.form), crypto = crypto
        let id: OrganisationID = try request.id("id")
        let actor = AuditActor(user, address: request.remoteAddress), listeners = listeners
        do {
            let member = try form.member()
            try await database.write { db in
                let school = try StaffRoutes.school(id, within: user.scope(of: .classEdit), db)
                try StaffService(db, crypto, by: actor, telling: listeners).add(member, to: school)
            }
            return .redirect(StaffPages.path(id), flash: Flash(.done, "已添加\(member.name)"))
        } catch DomainError.invalid(let problems) {
            return try await newForm(request, problems: problems)
        }
    }

    @Sendable private func end(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, crypto = crypto
        let id: OrganisationID = try request.id("id")
        guard let person = request.form["person"].flatMap({ ID<Person>(checking: $0) }) else {
            throw DomainError.notFound
        }
        let actor = AuditActor(user, address: request.remoteAddress), listeners = listeners
        try await database.write { db in
            let school = try StaffRoutes.school(id, within: user.scope(of: .classEdit), db)
            try StaffService(db, crypto, by: actor, now: now, telling: listeners).end(person, at: school, on: now.day)
        }
        return .redirect(StaffPages.path(id), flash: Flash(.done, "任职已结束"))
    }
}
