import Database
import Directory
import Foundation
import Kernel
import Platform
import Web

/// `/applications/registry`: applying for applications, deciding on them, and taking care of them.
struct ApplicationRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let ends: [ApplicationEnd]
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        let root = ApplicationPages.root, one = root + "/:id"
        routes.get(root, access: .can(.applicationView), list)
        routes.get(root + "/new", access: .can(.applicationApply), newForm)
        routes.upload(root, access: .can(.applicationApply), limit: 1 << 20, create)
        routes.get(one, access: .can(.applicationView), show)
        routes.get(one + "/edit", access: .can(.applicationApply), edit)
        routes.upload(one, access: .can(.applicationApply), limit: 1 << 20, change)
        routes.post(one + "/submit", access: .can(.applicationApply), submit)
        routes.post(one + "/withdraw", access: .can(.applicationApply), withdraw)
        routes.post(one + "/decision", access: .can(.applicationApprove), decide)
        routes.post(one + "/keys", access: .can(.applicationApply), collectKeys)
        routes.post(one + "/keys/rotate", access: .can(.applicationApply), rotateKey)
        routes.post(one + "/keys/revoke", access: .can(.applicationView), revokeKey)
        routes.post(one + "/take-over", access: .can(.applicationApply), takeOver)
        routes.post(one + "/suspend", access: .can(.applicationApprove), suspend)
        routes.post(one + "/resume", access: .can(.applicationApprove), resume)
        routes.post(one + "/retire", access: .can(.applicationView), retire)
    }

    /// The deeds of the asking user, for the transaction they are given.
    private func administration(
        _ request: WebRequest
    ) throws -> @Sendable (Connection) -> ApplicationAdministration {
        let user = try request.user, address = request.remoteAddress, now = now(), crypto = crypto, ends = ends
        return { db in
            let actor = AuditActor(user, address: address)
            return ApplicationAdministration(
                by: user, ApplicationService(db, by: actor, crypto: crypto, ends: ends, now: now))
        }
    }

    // MARK: Reading

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .applicationView)
        let query = ApplicationPages.table.query(request.query)
        var filter = ApplicationRegistryStore.Filter()
        filter.text = request.query["q"] ?? ""
        filter.level = request.query["level"].flatMap(ApplicationLevel.init(rawValue:))
        filter.state = request.query["state"].flatMap(ApplicationState.init(rawValue:))
        filter.isWaiting = request.query["state"] == "waiting"
        let wanted = filter, limit = query.fetchLimit, after = query.after?.id
        let (rows, total) = try await database.read { db in
            try ApplicationRegistryStore(db).list(within: scope, wanted, after: after, limit: limit)
        }
        if let format = query.format {
            let actor = AuditActor(user, address: request.remoteAddress), now = now()
            try await database.write { db in
                try AuditLog.record(
                    "application.exported", "", by: actor, at: scope.roots.first ?? .city, "\(rows.count) 条", now: now,
                    on: db)
            }
            return try ApplicationPages.table.download(rows, as: format, with: request.exporter)
        }
        let slice = query.page(rows, total: total) { (value: nil, id: $0.id.rawValue) }
        return .html(ApplicationPages.list(slice, request))
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        try await page(request.id("id"), request, problems: [])
    }

    private func page(
        _ id: ApplicationID, _ request: WebRequest, problems: [FieldProblem]
    ) async throws -> WebResponse {
        let deed = try administration(request), values = request.form, now = now()
        let view = try await database.read { db in
            let administration = deed(db), found = try administration.find(id)
            return ApplicationPages.View(
                found: found, content: try administration.store.content(of: found.record),
                secrets: try ApplicationSecretStore(db).live(of: id, at: now),
                history: try AuditLog.of(subject: id.rawValue, limit: 50, on: db), problems: problems, values: values)
        }
        return .html(ApplicationPages.show(view, request.page), status: problems.isEmpty ? 200 : 422)
    }

    // MARK: The form

    @Sendable private func newForm(_ request: WebRequest) async throws -> WebResponse {
        try await formPage(ApplicationForm(), nil, [], request)
    }

    private func formPage(
        _ form: ApplicationForm, _ record: ApplicationRecord?, _ problems: [FieldProblem], _ request: WebRequest
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .applicationApply)
        let choices = try await database.read { db in
            let store = OrganisationStore(db)
            return ApplicationChoices(
                try store.all(within: scope), units: try store.all(within: .everything, kinds: [.county, .municipal]))
        }
        let view = ApplicationPages.FormView(form: form, choices: choices, record: record, problems: problems)
        return .html(ApplicationPages.form(view, request.page), status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func create(_ request: WebRequest) async throws -> WebResponse {
        let form = ApplicationForm(request.form, logo: nil)
        do {
            let (checked, place) = try check(form, request)
            guard let place else { throw DomainError.notFound }
            let deed = try administration(request)
            let id = try await database.write { db in
                try deed(db).create(checked.content, owner: place.owner, level: place.level, logo: checked.logo)
            }
            return done(id, "草稿已保存，核对以后提交")
        } catch DomainError.invalid(let problems) {
            return try await formPage(form, nil, problems, request)
        }
    }

    @Sendable private func edit(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id")
        let (found, content) = try await caseAndContent(id, request)
        guard found.rights.mayCare else { throw DomainError.forbidden("这个应用由它的申请单位维护。") }
        if found.amendment != nil || ![.draft, .refused, .active].contains(found.record.state) {
            return .redirect(ApplicationPages.path(id), flash: Flash(.warning, "正在等待审批或已经停止，现在不能修改。"))
        }
        return try await formPage(ApplicationForm(content, found.record), found.record, [], request)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id")
        let (found, content) = try await caseAndContent(id, request)
        let record = found.record
        let form = ApplicationForm(request.form, logo: content.logo)
        do {
            let isPlaceOpen = record.state == .draft || record.state == .refused
            let (checked, place) = try check(form, request, withPlace: isPlaceOpen)
            let deed = try administration(request)
            let waits = try await database.write { db in
                try deed(db).change(
                    id, to: checked.content, owner: place?.owner, level: place?.level, logo: checked.logo,
                    revision: checked.revision)
            }
            return done(id, waits ? "变更已提交审批，通过以前原来的内容继续有效" : "已保存")
        } catch DomainError.invalid(let problems) {
            return try await formPage(form, record, problems, request)
        }
    }

    private func caseAndContent(
        _ id: ApplicationID, _ request: WebRequest
    ) async throws -> (ApplicationAdministration.Case, ApplicationContent) {
        let deed = try administration(request)
        return try await database.read { db in
            let administration = deed(db), found = try administration.find(id)
            return (found, try administration.store.content(of: found.record))
        }
    }

    private typealias Place = (owner: OrganisationID, level: ApplicationLevel)

    /// All problems at once: of the fields, of the place and of the logo.
    private func check(
        _ form: ApplicationForm, _ request: WebRequest, withPlace: Bool = true
    ) throws -> (ApplicationForm.Checked, Place?) {
        var problems: [FieldProblem] = [], logo: ApplicationLogo?, place: Place?
        do { logo = try sentLogo(request) } catch DomainError.invalid(let found) { problems += found }
        if withPlace {
            do { place = try form.checkedPlace() } catch DomainError.invalid(let found) { problems += found }
        }
        return (try form.checked(logo, problems), place)
    }

    private func sentLogo(_ request: WebRequest) throws -> ApplicationLogo? {
        guard let file = request.files.first(where: { $0.field == "logo" }) else { return nil }
        guard file.size <= ApplicationLogo.largest, let data = FileManager.default.contents(atPath: file.path) else {
            throw DomainError.invalid("logo", "图标不能超过 200 KB")
        }
        return try ApplicationLogo(Array(data))
    }

    // MARK: Deeds

    @Sendable private func submit(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), deed = try administration(request)
        do {
            try await database.write { try deed($0).submit(id) }
        } catch DomainError.invalid {
            return .redirect(ApplicationPages.path(id) + "/edit", flash: Flash(.warning, "还有内容没有填好，保存时会指出。"))
        }
        return done(id, "已提交审批")
    }

    @Sendable private func withdraw(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), deed = try administration(request)
        try await database.write { try deed($0).withdraw(id) }
        return done(id, "已撤回")
    }

    @Sendable private func decide(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), deed = try administration(request)
        let remark = request.form["remark"] ?? "", choice = request.form["decision"] ?? ""
        var problems: [FieldProblem] = []
        if choice != "approve" && choice != "send_back" {
            problems.append(FieldProblem(field: "decision", message: "选择通过或退回"))
        }
        if choice == "send_back" && remark.isEmpty {
            problems.append(FieldProblem(field: "remark", message: "退回时写明要改什么"))
        }
        if remark.count > 500 { problems.append(FieldProblem(field: "remark", message: "意见不能超过 500 个字")) }
        guard problems.isEmpty else { return try await page(id, request, problems: problems) }
        let decision = ApplicationAdministration.Decision(
            isApproved: choice == "approve", remark: remark, subject: request.form["subject"] ?? "")
        return done(id, try await database.write { try deed($0).decide(id, decision) })
    }

    @Sendable private func collectKeys(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), deed = try administration(request)
        let keys = try await database.write { try deed($0).collectKeys(id) }
        return try await shownOnce(keys, id, request)
    }

    @Sendable private func rotateKey(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), deed = try administration(request)
        guard let kind = request.form["kind"].flatMap(ApplicationSecretKind.init(rawValue:)) else {
            throw DomainError.notFound
        }
        let keys = try await database.write { try deed($0).rotateKey(id, kind) }
        return try await shownOnce(keys, id, request)
    }

    /// Answers the page itself, without a redirect. The same form sent again neither makes other keys nor shows these
    /// once more.
    private func shownOnce(
        _ keys: ApplicationKeys, _ id: ApplicationID, _ request: WebRequest
    ) async throws -> WebResponse {
        let deed = try administration(request)
        let record = try await database.read { try deed($0).find(id).record }
        var answer = WebResponse.html(ApplicationPages.keys(keys, of: record, request.page))
        answer.repeated = (ApplicationPages.path(id), Flash(.warning, "密钥只显示一次。没有记下就更换密钥"))
        return answer
    }

    @Sendable private func revokeKey(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), deed = try administration(request)
        guard let secret = request.form["secret"].flatMap({ ID<ApplicationSecret>(checking: $0) }) else {
            throw DomainError.notFound
        }
        try await database.write { try deed($0).revokeKey(id, secret) }
        return done(id, "密钥已停用")
    }

    @Sendable private func takeOver(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), deed = try administration(request)
        try await database.write { try deed($0).takeOver(id) }
        return done(id, "已接管，旧密钥如有人知道请更换")
    }

    @Sendable private func suspend(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), deed = try administration(request)
        let reason = request.form["reason"] ?? ""
        guard (1...200).contains(reason.count) else {
            return try await page(id, request, problems: [FieldProblem(field: "reason", message: "填写原因，200 个字以内")])
        }
        try await database.write { try deed($0).suspend(id, reason: reason) }
        return done(id, "应用已暂停")
    }

    @Sendable private func resume(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), deed = try administration(request)
        try await database.write { try deed($0).resume(id) }
        return done(id, "应用已恢复")
    }

    @Sendable private func retire(_ request: WebRequest) async throws -> WebResponse {
        let id: ApplicationID = try request.id("id"), deed = try administration(request)
        try await database.write { try deed($0).retire(id) }
        return done(id, "应用已终止")
    }

    private func done(_ id: ApplicationID, _ text: String) -> WebResponse {
        .redirect(ApplicationPages.path(id), flash: Flash(.done, text))
    }
}
