import Database
import Directory
import Kernel
import Platform
import Web

/// `/dropout-alarms`: 控辍保学台账 of school and county.
struct DropoutRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        let root = DropoutPages.root, one = root + "/:id"
        routes.get(root, access: .can(.changeApply), list)
        routes.get(one, access: .can(.changeApply)) { try await show($0) }
        routes.post(one + "/actions", access: .can(.changeApply)) { try await act($0, isClosing: false) }
        routes.post(one + "/closure", access: .can(.changeApply)) { try await act($0, isClosing: true) }
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .changeApply), crypto = crypto
        let query = DropoutPages.table().query(request.query), isOpen = request.query["state"] != "closed"
        let (rows, total) = try await database.read { db in
            try DropoutAlarmStore(db, crypto).list(
                within: scope, isOpen: isOpen, after: query.after?.id, limit: query.fetchLimit)
        }
        let slice = query.page(rows, total: total) { (value: nil, id: $0.id.rawValue) }
        return .html(DropoutPages.list(slice, request.page, request.query))
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .changeApply), crypto = crypto
        let id: ID<DropoutAlarm> = try request.id("id")
        let (alarm, steps, classGroup) = try await database.read { db in
            let alarm = try DropoutAlarmStore(db, crypto).find(id, within: scope)
            return (
                alarm, try CaseStepStore(db: db, crypto: crypto).steps(of: id.rawValue),
                try ClassGroupStore(db).find(alarm.classGroup, within: .everything)
            )
        }
        let page = DropoutPages.show(alarm, classGroup, steps, request.page, request.form, problems)
        return WebResponse.html(page, status: status).with(header: "cache-control", "no-store")
    }

    private func act(_ request: WebRequest, isClosing: Bool) async throws -> WebResponse {
        let user = try request.user, now = now(), crypto = crypto, values = request.form
        let id: ID<DropoutAlarm> = try request.id("id"), actor = AuditActor(user, address: request.remoteAddress)
        do {
            try await database.write { db in
                let alarm = try DropoutAlarmStore(db, crypto).find(id, within: user.scope(of: .changeApply))
                let service = DropoutService(db, crypto, by: actor, now: now)
                let note = values[isClosing ? "result" : "note"] ?? ""
                if note.isEmpty || note.unicodeScalars.count > 500 {
                    throw DomainError.invalid(isClosing ? "result" : "note", "填写情况，500 个字以内")
                }
                if isClosing {
                    guard let outcome = DropoutOutcome(rawValue: values["outcome"] ?? "") else {
                        throw DomainError.invalid("outcome", "选择结果")
                    }
                    try service.close(alarm, outcome, note: note)
                } else {
                    guard let kind = DropoutActionKind(rawValue: values["kind"] ?? "") else {
                        throw DomainError.invalid("kind", "选择工作方式")
                    }
                    try service.note(kind, note, on: alarm)
                }
            }
            return .redirect(DropoutPages.path(id), flash: Flash(.done, isClosing ? "已办结" : "已记录"))
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await show(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }
}
