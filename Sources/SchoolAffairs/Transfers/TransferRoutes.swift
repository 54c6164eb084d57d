import Database
import Directory
import Kernel
import Platform
import Web

/// `/transfers`: 转学 from the application to the last check.
struct TransferRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let listeners: [any LeavingListener]
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        let root = TransferPages.root, one = root + "/:id", new = "/schools/:id/transfers/new"
        routes.get(root, access: .can(.changeApply), list)
        routes.get(new, access: .can(.changeApply)) { try await newForm($0) }
        routes.post(new, access: .can(.changeApply), apply)
        routes.get(one, access: .can(.changeApply)) { try await show($0) }
        routes.post(one + "/decision", access: .can(.changeApply), decide)
        routes.post(one + "/withdrawal", access: .can(.changeApply), withdraw)
        routes.get(one + "/edit", access: .can(.changeApply)) { try await edit($0) }
        routes.post(one + "/edit", access: .can(.changeApply), resubmit)
    }

    private func service(_ request: WebRequest) throws -> @Sendable (Connection) -> TransferService {
        let actor = AuditActor(try request.user, address: request.remoteAddress)
        let crypto = crypto, now = now(), listeners = listeners
        return { TransferService($0, crypto, by: actor, now: now, telling: listeners) }
    }

    // MARK: Lists and one application

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .changeApply), crypto = crypto, today = now().day
        let query = TransferPages.table(today).query(request.query)
        let side = request.query["side"].flatMap(TransferStore.Side.init(rawValue:)) ?? .both
        let state = request.query["state"].flatMap(TransferState.init(rawValue:))
        let (rows, total) = try await database.read { db in
            let store = TransferStore(db, crypto)
            let (found, total) = try store.list(
                within: scope, side: side, state: state, after: query.after?.id, limit: query.fetchLimit)
            return (try TransferRow.rows(found, store), total)
        }
        let slice = query.page(rows, total: total) { (value: nil, id: $0.transfer.id.rawValue) }
        return .html(TransferPages.list(slice, today, request.page, request.query))
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .changeApply), crypto = crypto, today = now().day
        let id: ID<Transfer> = try request.id("id")
        let view = try await database.read { db in
            let store = TransferStore(db, crypto), transfer = try store.find(id, within: scope)
            let target = transfer.place.classGroup
            return TransferPages.View(
                transfer: transfer, claim: try store.claim(of: id),
                steps: try CaseStepStore(db: db, crypto: crypto).steps(of: id.rawValue),
                target: try target.map { try ClassGroupStore(db).find($0, within: .everything) },
                held: try transfer.person.flatMap { try TransferStore.held(by: $0, on: today, db) },
                today: today)
        }
        let page = TransferPages.show(view, request.page, request.form, problems)
        return WebResponse.html(page, status: status).with(header: "cache-control", "no-store")
    }

    @Sendable private func decide(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, service = try service(request), crypto = crypto, values = request.form
        let id: ID<Transfer> = try request.id("id")
        return try await CaseAnswer.of {
            let done = try await database.write { db in
                let transfer = try TransferStore(db, crypto).find(id, within: user.scope(of: .changeApply))
                let decision = try CaseDecision(values)
                guard transfer.revision == decision.revision, transfer.state.isOpen else {
                    throw DomainError.conflict("这项转学刚被他人办理。已显示最新的情况。")
                }
                guard transfer.isDecidable(by: user) else { throw DomainError.forbidden("现在由其他单位办理。") }
                if decision.isPassed {
                    return try service(db).pass(transfer, note: decision.note) ? "转学已办结" : "已通过"
                }
                try service(db).refuse(transfer, note: decision.note)
                return "已退回转入学校"
            }
            return .redirect(TransferPages.path(id), flash: Flash(.done, done))
        } again: {
            try await show(request, problems: $0, status: $1)
        }
    }

    @Sendable private func withdraw(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, service = try service(request), crypto = crypto
        let id: ID<Transfer> = try request.id("id")
        try await database.write { db in
            let transfer = try TransferStore(db, crypto).find(id, within: user.scope(of: .changeApply))
            guard transfer.isReceiving(user) else { throw DomainError.forbidden("由转入学校撤回。") }
            try service(db).withdraw(transfer)
        }
        return .redirect(TransferPages.path(id), flash: Flash(.done, "已撤回"))
    }

    // MARK: Applying

    private func newForm(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .changeApply), today = now().day
        let id: OrganisationID = try request.id("id")
        let model = try await database.read { try TransferFormModel(id, within: scope, today, $0) }
        let action = TransferPages.newPath(id)
        return .html(
            TransferPages.form(model, action, TransferPages.root, request.page, request.form, problems), status: status)
    }

    @Sendable private func apply(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, service = try service(request), today = now().day
        let id: OrganisationID = try request.id("id"), form = TransferForm(values: request.form)
        return try await CaseAnswer.of {
            let transfer = try await database.write { db in
                let model = try TransferFormModel(id, within: user.scope(of: .changeApply), today, db)
                let (claim, place) = try form.content(model.classes)
                return try service(db).apply(claim, place, to: model.school)
            }
            return .redirect(TransferPages.path(transfer), flash: Flash(.done, "已提交，待转入校核"))
        } again: {
            try await newForm(request, problems: $0, status: $1)
        }
    }

    /// A refused application, for the side that made it.
    private func refused(_ id: ID<Transfer>, _ user: CurrentUser, _ db: Connection) throws -> Transfer {
        let transfer = try TransferStore(db, crypto).find(id, within: user.scope(of: .changeApply))
        guard transfer.isReceiving(user) else { throw DomainError.forbidden("由转入学校修改。") }
        return transfer
    }

    private func edit(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, today = now().day, crypto = crypto
        let id: ID<Transfer> = try request.id("id")
        let (model, present, state) = try await database.read { db in
            let transfer = try refused(id, user, db)
            let model = try TransferFormModel(transfer.receiver, within: user.scope(of: .changeApply), today, db)
            let claim = try TransferStore(db, crypto).claim(of: id)
            return (model, TransferForm.values(claim, transfer.place), transfer.state)
        }
        guard state == .refused else {
            return .redirect(TransferPages.path(id), flash: Flash(.warning, "只有退回的申请可以修改。"))
        }
        let path = TransferPages.path(id), values = request.method == .get ? present : request.form
        return .html(TransferPages.form(model, path + "/edit", path, request.page, values, problems), status: status)
    }

    @Sendable private func resubmit(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, service = try service(request), today = now().day
        let id: ID<Transfer> = try request.id("id"), form = TransferForm(values: request.form)
        return try await CaseAnswer.of {
            try await database.write { db in
                let transfer = try refused(id, user, db)
                let model = try TransferFormModel(transfer.receiver, within: user.scope(of: .changeApply), today, db)
                let (claim, place) = try form.content(model.classes)
                try service(db).resubmit(transfer, claim, place)
            }
            return .redirect(TransferPages.path(id), flash: Flash(.done, "已重新提交，待转入校核"))
        } again: {
            try await edit(request, problems: $0, status: $1)
        }
    }
}

/// What the form shows besides the fields typed so far.
struct TransferFormModel: Sendable {
    let school: Organisation
    let classes: [ClassGroup]
    let cohorts: [Cohort]
    let today: LocalDate

    init(_ id: OrganisationID, within scope: DataScope, _ today: LocalDate, _ db: Connection) throws {
        school = try ManagementUnit.school(id, within: scope, db)
        self.today = today
        classes = try ClassGroupStore(db).classes(of: id, on: today, within: .everything).filter { $0.closedOn == nil }
        cohorts = Cohort.all(ofSchoolType: school.profile?.schoolType ?? "", on: today)
    }
}

/// A line of a list of transfers: the name is what the parent told.
struct TransferRow: Sendable {
    let transfer: Transfer
    let name: String

    static func rows(_ transfers: [Transfer], _ store: TransferStore) throws -> [TransferRow] {
        let names = try store.names(of: transfers)
        return transfers.map { TransferRow(transfer: $0, name: names[$0.id] ?? "") }
    }
}
