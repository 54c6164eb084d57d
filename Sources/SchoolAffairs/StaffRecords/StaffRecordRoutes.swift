import Database
import Directory
import Kernel
import Platform
import Web

/// `/schools/:id/staff/:person`: one of a school's staff, and the forms about her.
struct StaffRecordRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let listeners: StaffListeners

    func routes() -> Routes {
        var routes = Routes(module: "affairs")
        let one = "/schools/:id/staff/:person"
        routes.get(one, access: .can(.classAll), show)
        for deed in StaffDeed.allCases {
            routes.get(one + "/" + deed.rawValue, access: .can(.staffEdit)) { try await form(deed, $0) }
            routes.post(one + "/" + deed.rawValue, access: .can(.staffEdit)) { try await submit(deed, $0) }
        }
        return routes
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, record = try await record(request, .classAll)
        return .html(StaffRecordPages.show(record, user, request.page))
    }

    private func record(_ request: WebRequest, _ permission: Permission) async throws -> StaffRecord {
        let scope = try request.user.scope(of: permission), today = Timestamp.now.day, crypto = crypto
        let id: OrganisationID = try request.id("id"), person: ID<Person> = try request.id("person")
        return try await database.read(snapshot: true) { db in
            let school = try OrganisationStore(db).find(id, within: scope)
            return try StaffRecord(person, at: school, today: today, db, crypto)
        }
    }

    private func form(
        _ deed: StaffDeed, _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let record = try await record(request, .staffEdit), crypto = crypto
        let back = StaffRecordPages.path(record.school.id, record.person.id)
        guard deed.isOpen(for: record) || status != 200 else {
            return .redirect(back, flash: Flash(.warning, "现在不能办理\(deed.title)"))
        }
        let colleagues = try await database.read { db in
            guard deed == .away else { return [StaffMember]() }
            let away = try StaffLeaveStore(db, crypto).away(from: record.school.id, on: record.today)
            return try PersonStore(db).staff(of: record.school.id, on: record.today).filter {
                $0.person.id != record.person.id && !away.contains($0.person.id)
            }
        }
        let values =
            request.method == .get
            ? StaffDeedForm.fresh(deed, record, appointment: request.query["appointment"]) : request.form
        let model = StaffDeedPages.Model(
            deed: deed, record: record, colleagues: colleagues, values: values, problems: problems)
        return .html(StaffDeedPages.page(model, request.page), status: status)
    }

    private func submit(_ deed: StaffDeed, _ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, address = request.remoteAddress
        let id: OrganisationID = try request.id("id"), person: ID<Person> = try request.id("person")
        let form = StaffDeedForm(values: request.form), crypto = crypto, listeners = listeners
        do {
            let done = try await database.write { db in
                let school = try OrganisationStore(db).find(id, within: user.scope(of: .staffEdit))
                let record = try StaffRecord(person, at: school, today: now.day, db, crypto)
                return try deed.apply(
                    form,
                    StaffDeedContext(
                        db: db, crypto: crypto, user: user, address: address, now: now, listeners: listeners,
                        record: record))
            }
            return .redirect(StaffRecordPages.path(id, person), flash: Flash(.done, done))
        } catch DomainError.invalid(let problems) {
            return try await self.form(deed, request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await self.form(
                deed, request, problems: [FieldProblem(field: "", message: text)], status: 409)
        } catch DatabaseError.uniqueViolation {
            let problem = FieldProblem(field: "", message: "这个人刚被他人办理，请核对后再提交。")
            return try await self.form(deed, request, problems: [problem], status: 409)
        }
    }
}
