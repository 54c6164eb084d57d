import Database
import Directory
import Kernel
import Platform
import Web

/// `/student-changes`: applying for a change of a pupil's record, deciding on it, and what came of it.
struct StudentChangeRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let listeners: [any LeavingListener]
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        let root = StudentChangePages.root, one = root + "/:id", pupil = "/classes/:id/pupils/:pupil/changes"
        routes.get(root, access: .can(.changeApply), list)
        routes.get(one, access: .can(.changeApply)) { try await show($0) }
        routes.post(one + "/decision", access: .can(.changeApprove), decide)
        routes.post(one + "/withdrawal", access: .can(.changeApply), withdraw)
        routes.post(one + "/look", access: .can(.personLook), look)
        routes.get(pupil, access: .can(.changeApply)) { try await form($0) }
        routes.post(pupil, access: .can(.changeApply), apply)
    }

    private func service(_ request: WebRequest) throws -> @Sendable (Connection) -> StudentChangeService {
        let actor = AuditActor(try request.user, address: request.remoteAddress)
        let crypto = crypto, now = now(), listeners = listeners
        return { StudentChangeService($0, crypto, by: actor, now: now, telling: listeners) }
    }

    // MARK: Lists and one application

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .changeApply), crypto = crypto
        let query = StudentChangePages.table(now().day).query(request.query)
        let filter = StudentChangeStore.Filter(
            state: request.query["state"].flatMap(StudentChangeState.init(rawValue:)),
            kind: request.query["kind"].flatMap(StudentChangeKind.init(rawValue:)))
        let (rows, total) = try await database.read { db in
            try StudentChangeStore(db, crypto).list(
                within: scope, filter, after: query.after?.id, limit: query.fetchLimit)
        }
        let slice = query.page(rows, total: total) { (value: nil, id: $0.id.rawValue) }
        return .html(StudentChangePages.list(slice, now().day, request.page, request.query))
    }

    private func show(
        _ request: WebRequest, isFull: Bool = false, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .changeApply), crypto = crypto, today = now().day
        let id: ID<StudentChange> = try request.id("id")
        let view = try await database.read { db in
            let store = StudentChangeStore(db, crypto), change = try store.find(id, within: scope)
            let classes = ClassGroupStore(db)
            return StudentChangePages.View(
                change: change, details: try store.details(of: id),
                steps: try CaseStepStore(db: db, crypto: crypto).steps(of: id.rawValue),
                classGroup: try classes.find(change.classGroup, within: .everything),
                target: try change.target.map { try classes.find($0, within: .everything) }, today: today,
                isFull: isFull)
        }
        let page = StudentChangePages.show(view, request.page, request.form, problems)
        return WebResponse.html(page, status: status).with(header: "cache-control", "no-store")
    }

    @Sendable private func decide(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, service = try service(request), crypto = crypto
        let id: ID<StudentChange> = try request.id("id"), values = request.form
        return try await CaseAnswer.of {
            let done = try await database.write { db in
                let change = try StudentChangeStore(db, crypto).find(id, within: user.scope(of: .changeApprove))
                let decision = try CaseDecision(values)
                guard change.revision == decision.revision, change.state == .waiting else {
                    throw DomainError.conflict("这项申请刚被他人办理。已显示最新的情况。")
                }
                guard change.isDecidable(by: user) else { throw DomainError.forbidden("自己提交的申请由其他人核办。") }
                if decision.isPassed {
                    try service(db).approve(change, note: decision.note)
                    return "已通过，\(change.kind.title)已办结"
                }
                try service(db).refuse(change, note: decision.note)
                return "已退回学校"
            }
            return .redirect(StudentChangePages.path(id), flash: Flash(.done, done))
        } again: {
            try await show(request, problems: $0, status: $1)
        }
    }

    @Sendable private func withdraw(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, service = try service(request), crypto = crypto
        let id: ID<StudentChange> = try request.id("id")
        try await database.write { db in
            try service(db).withdraw(StudentChangeStore(db, crypto).find(id, within: user.scope(of: .changeApply)))
        }
        return .redirect(StudentChangePages.path(id), flash: Flash(.done, "已撤回"))
    }

    /// The whole of what is sealed, once, for a reason that stands in the record of looks.
    @Sendable private func look(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, crypto = crypto, now = now(), address = request.remoteAddress
        let id: ID<StudentChange> = try request.id("id"), words = request.form["reason"] ?? ""
        do {
            try await database.write { db in
                let store = StudentChangeStore(db, crypto)
                let change = try store.find(id, within: user.scope(of: .personLook))
                guard !words.isEmpty else { throw DomainError.invalid("reason", "填写查看的原因") }
                let numbers = try store.details(of: id).changes.compactMap(\.datum.number?.rawValue)
                guard !numbers.isEmpty else { throw DomainError.notFound }
                try LookLog.record(
                    "关键信息变更", of: change.person, named: change.name, data: numbers,
                    for: LookReason(LookReason.recordChange, note: words), by: user, using: .personLook,
                    at: (change.school, change.path), address: address, now: now, on: db)
            }
            return try await show(request, isFull: true)
        } catch DomainError.invalid(let problems) {
            let atReason = problems.map { FieldProblem(field: "reason", message: $0.message) }
            return try await show(request, problems: atReason, status: 422)
        } catch DomainError.conflict(let text) {
            return try await show(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }

    // MARK: Applying

    private func form(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, today = now().day, crypto = crypto
        let id: ID<ClassGroup> = try request.id("id"), pupil: ID<Person> = try request.id("pupil")
        let model = try await database.read { db in
            try StudentChangeFormModel(pupil, in: id, on: today, for: user, db, crypto)
        }
        let fresh = FormValues([("kind", request.query["kind"] ?? ""), ("day", today.iso)])
        let values = request.method == .get ? fresh : request.form
        return .html(StudentChangeFormPages.page(model, request.page, values, problems), status: status)
    }

    @Sendable private func apply(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, service = try service(request), today = now().day, crypto = crypto
        let id: ID<ClassGroup> = try request.id("id"), pupil: ID<Person> = try request.id("pupil")
        let form = StudentChangeForm(values: request.form)
        return try await CaseAnswer.of {
            let change = try await database.write { db in
                let model = try StudentChangeFormModel(pupil, in: id, on: today, for: user, db, crypto)
                let draft = try form.draft(knowing: model.known, today: today)
                return try service(db).apply(draft, for: pupil, in: model.classGroup)
            }
            let isDone = form.kind.map { !$0.needsApproval } ?? false
            return .redirect(
                StudentChangePages.path(change), flash: Flash(.done, isDone ? "已办结" : "已提交，待县(市、区)核办"))
        } again: {
            try await self.form(request, problems: $0, status: $1)
        }
    }
}

/// What the form of an application shows besides the fields typed so far.
struct StudentChangeFormModel: Sendable {
    let person: ID<Person>
    let name: String
    let classGroup: ClassGroup
    let isSuspended: Bool
    let entryYear: Int
    let kinds: [StudentChangeKind]
    /// Of her stage at the school, open.
    let classes: [ClassGroup]
    let known: [KeyDatum: String]
    let today: LocalDate

    /// Throws `DomainError.notFound` unless she is on the roll from the class, within the scope of the user's right.
    init(
        _ pupil: ID<Person>, in id: ID<ClassGroup>, on day: LocalDate, for user: CurrentUser, _ db: Connection,
        _ crypto: any CryptoProvider
    ) throws {
        let classes = ClassGroupStore(db), enrolments = EnrolmentStore(db)
        let classGroup = try classes.find(id, within: .everything)
        let standing = try enrolments.standing(of: pupil, after: day)
        let found = try standing ?? enrolments.suspended(pupil, on: day)
        guard user.may(.changeApply, at: classGroup.path), let found, found.classGroup == id else {
            throw DomainError.notFound
        }
        (person, name, self.classGroup, today) = (pupil, found.name, classGroup, day)
        isSuspended = standing == nil
        entryYear = found.entryYear ?? classGroup.entryYear
        kinds = StudentChangeKind.possible(isSuspended: isSuspended, stage: classGroup.stage)
        self.classes = try classes.classes(of: classGroup.school, on: day, within: .everything)
            .filter { $0.stage == classGroup.stage && $0.closedOn == nil }
        known = try KeyData(db: db, crypto: crypto).known(of: pupil)
    }
}
