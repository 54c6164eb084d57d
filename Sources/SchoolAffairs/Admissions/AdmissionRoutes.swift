import Database
import Directory
import Kernel
import Platform
import Web

/// `/schools/:id/admissions`: pupils who are taken in, and their classes.
struct AdmissionRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let listeners: [any LeavingListener]
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        let root = "/schools/:id/admissions"
        routes.get(root, access: .can(.changeApply)) { try await list($0) }
        routes.post(root, access: .can(.changeApply), assign)
        routes.get(root + "/new", access: .can(.changeApply)) { try await form($0) }
        routes.post(root + "/new", access: .can(.changeApply), admit)
    }

    private func list(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .changeApply), today = now().day
        let id: OrganisationID = try request.id("id")
        let view = try await database.read { db in
            let school = try ManagementUnit.school(id, within: scope, db)
            let classes = try ClassGroupStore(db).upcoming(of: id, on: today, within: .everything)
            return AdmissionPages.View(
                school: school, admissions: try AdmissionStore(db).open(at: id),
                classes: classes.filter { $0.closedOn == nil }, today: today)
        }
        let values = request.method == .get ? FormValues([("from", today.iso)]) : request.form
        return .html(AdmissionPages.list(view, request.page, values, problems), status: status)
    }

    /// Both buttons of the list: 分班, and 未报到 with `deed` `cancel`.
    @Sendable private func assign(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, crypto = crypto, now = now(), values = request.form, listeners = listeners
        let id: OrganisationID = try request.id("id"), actor = AuditActor(user, address: request.remoteAddress)
        let wanted = Set(values.all("pupils").compactMap { ID<Admission>(checking: $0) })
        do {
            let done = try await database.write { db in
                let school = try ManagementUnit.school(id, within: user.scope(of: .changeApply), db)
                let service = AdmissionService(db, crypto, by: actor, now: now, telling: listeners)
                if values["deed"] == "cancel" {
                    try service.cancel(wanted, at: school)
                    return "已从待分班名单中移出"
                }
                guard let target = ID<ClassGroup>(checking: values["target"] ?? ""),
                    let found = try? ClassGroupStore(db).find(target, within: .everything), found.school == id
                else { throw DomainError.invalid("target", "选择班级") }
                guard let from = LocalDate(iso: values["from"] ?? "") else {
                    throw DomainError.invalid("from", "填写入班日期，如 2026-09-01")
                }
                try service.assign(wanted, to: found, from: from)
                return "\(wanted.count) 名学生已分到\(found.name(on: max(from, found.openedOn)))"
            }
            return .redirect(AdmissionPages.path(id), flash: Flash(.done, done))
        } catch DomainError.invalid(let problems) {
            return try await list(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await list(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }

    private func form(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .changeApply), today = now().day
        let id: OrganisationID = try request.id("id")
        let school = try await database.read { try ManagementUnit.school(id, within: scope, $0) }
        let values = request.method == .get ? FormValues([("from", today.iso)]) : request.form
        return .html(AdmissionPages.form(school, today, request.page, values, problems), status: status)
    }

    @Sendable private func admit(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, crypto = crypto, now = now(), values = request.form
        let id: OrganisationID = try request.id("id"), actor = AuditActor(user, address: request.remoteAddress)
        do {
            let (pupil, from) = try PupilForm(values: values).pupil()
            try await database.write { db in
                let school = try ManagementUnit.school(id, within: user.scope(of: .changeApply), db)
                guard let cohort = Cohort(code: values["cohort"] ?? "") else {
                    throw DomainError.invalid("cohort", "选择年级")
                }
                try AdmissionService(db, crypto, by: actor, now: now).admit(pupil, at: school, cohort, from: from)
            }
            return .redirect(AdmissionPages.path(id), flash: Flash(.done, "\(pupil.name)已入学，待分班"))
        } catch DomainError.invalid(let problems) {
            return try await form(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await form(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }
}
