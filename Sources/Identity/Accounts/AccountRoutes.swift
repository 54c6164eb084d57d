import Database
import Directory
import Kernel
import Platform
import Web

/// `/accounts`: the accounts of one's organisations.
struct AccountRoutes: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp
    let panels: [AccountPanel]

    func add(to routes: inout Routes) {
        routes.get("/accounts", access: .can(.accountView), list)
        routes.get("/accounts/new", access: .can(.accountManage), newForm)
        routes.post("/accounts", access: .can(.accountManage), create)
        routes.get("/accounts/:id", access: .can(.accountView), show)
        routes.post("/accounts/:id/grants", access: .can(.accountManage), grant)
        routes.post("/accounts/:id/grants/end", access: .can(.accountManage), endGrant)
        routes.post("/accounts/:id/password", access: .can(.accountManage), resetPassword)
        routes.post("/accounts/:id/suspend", access: .can(.accountManage), suspend)
        routes.post("/accounts/:id/resume", access: .can(.accountManage), resume)
        routes.post("/accounts/:id/unlock", access: .can(.accountManage), unlock)
        routes.post("/accounts/:id/close", access: .can(.accountManage), close)
        routes.post("/accounts/:id/transfer", access: .can(.accountManage), transfer)
        routes.post("/accounts/:id/second-factor/remove", access: .can(.accountManage), removeSecondFactor)
    }

    // MARK: Reading

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .accountView), now = now()
        let table = AccountPages.table(today: now.day)
        let query = table.query(request.query)
        let filter = AccountStore.Filter(request.query)
        let order = query.sort.flatMap { AccountStore.Order(rawValue: $0.key) } ?? .name
        let after = query.after.map { (value: $0.value ?? "", id: $0.id) }
        let isDescending = query.sort?.isDescending ?? false, limit = query.fetchLimit
        let found = try await database.read { db in
            try AccountStore(db).list(
                within: scope, filter, by: order, descending: isDescending, after: after, limit: limit, at: now)
        }
        if let format = query.format {
            if let proof = request.proofNeeded(now: now) { return proof }
            let actor = AuditActor(user, address: request.remoteAddress), place = scope.roots.first
            try await database.write { db in
                try AuditLog.record(
                    "account.exported", "", by: actor, at: place ?? .city, "\(found.rows.count) 条", now: now,
                    on: db)
            }
            return try table.download(found.rows, as: format, with: request.exporter)
        }
        let slice = query.page(found.rows, total: found.total, isTotalBounded: found.isTotalBounded) {
            (order.text(of: $0), $0.id.rawValue)
        }
        return .html(AccountPages.list(slice, table, request.query, request.page))
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        try await page(of: request.id("id"), request, form: GrantForm(today: now().day), problems: [])
    }

    private func page(
        of id: ID<Account>, _ request: WebRequest, form: GrantForm, problems: [FieldProblem]
    ) async throws -> WebResponse {
        let user = try request.user, now = now()
        let view = try await database.read { db in
            let account = try AccountStore(db).find(id, within: user.scope(of: .accountView), at: now)
            let isManaged =
                account.state != .closed && GrantRules.mayManage(id, holding: account.grants, by: user, on: now.day)
            return AccountPages.View(
                account: account, isManaged: isManaged, isOwn: id == user.account, today: now.day,
                history: try AuditLog.of(subject: id.rawValue, limit: 50, on: db),
                choices: isManaged ? try GrantChoices(db, for: user) : nil, form: form, problems: problems)
        }
        let viewer: AccountPanel.Viewer = view.isManaged ? .manager : .reader
        let cards = try await panels.cards(of: id, for: viewer, request.page)
        return .html(AccountPages.show(view, panels: cards, request.page), status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func newForm(_ request: WebRequest) async throws -> WebResponse {
        try await newPage(AccountForm(today: now().day), [], request)
    }

    private func newPage(
        _ form: AccountForm, _ problems: [FieldProblem], _ request: WebRequest
    ) async throws -> WebResponse {
        let user = try request.user
        let choices = try await database.read { try GrantChoices($0, for: user) }
        return .html(AccountPages.new(form, choices, problems, request.page), status: problems.isEmpty ? 200 : 422)
    }

    // MARK: Writing

    /// Answers the page itself, without a redirect: the password is nowhere kept to be shown a second time.
    @Sendable private func create(_ request: WebRequest) async throws -> WebResponse {
        let form = AccountForm(request.form)
        do {
            let account = try form.checked()
            let (password, hash) = try await hasher.initialPassword(
                knowing: PersonalFacts(name: account.name, login: account.login, organisations: []))
            let deed = try administration(request)
            let id = try await database.write { try deed($0).create(account, passwordHash: hash) }
            return shownOnce(password, LoginName.normalised(account.login), account.name, id, request)
        } catch DomainError.invalid(let problems) {
            return try await newPage(form, problems, request)
        }
    }

    @Sendable private func resetPassword(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Account> = try request.id("id")
        let deed = try administration(request)
        let known = try await database.read { try deed($0).managed(id) }
        let (password, hash) = try await hasher.initialPassword(
            knowing: PersonalFacts(name: known.name, login: known.login, organisations: []))
        let account = try await database.write { try deed($0).resetPassword(hash, of: id) }
        return shownOnce(password, account.login, account.name, id, request)
    }

    /// The same form sent again neither makes a second password nor shows the first once more.
    private func shownOnce(
        _ password: String, _ login: String, _ name: String, _ id: ID<Account>, _ request: WebRequest
    ) -> WebResponse {
        var answer = WebResponse.html(
            AccountPages.initialPassword(password, login: login, name: name, id, request.page))
        answer.repeated = (AccountPages.path(id), Flash(.warning, "初始密码只显示一次。没有记下就重置密码"))
        return answer
    }

    @Sendable private func grant(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Account> = try request.id("id")
        let form = GrantForm(request.form)
        do {
            let grant = try form.checked(), deed = try administration(request)
            try await database.write {
                try deed($0).grant(grant.role, at: grant.organisation, from: grant.from, until: grant.until, to: id)
            }
            return done(id, "角色已增加")
        } catch DomainError.invalid(let problems) {
            return try await page(of: id, request, form: form, problems: problems)
        }
    }

    @Sendable private func endGrant(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Account> = try request.id("id"), deed = try administration(request)
        guard let grant = request.form["grant"].flatMap({ ID<Grant>(checking: $0) }) else { throw DomainError.notFound }
        try await database.write { try deed($0).endGrant(grant, of: id) }
        // With its last role here the account may have left the administrator's sight.
        let scope = try request.user.scope(of: .accountView), now = now()
        let isVisible = try await database.read { try AccountStore($0).isVisible(id, within: scope, at: now) }
        return isVisible ? done(id, "角色已结束") : .redirect("/accounts", flash: Flash(.done, "角色已结束"))
    }

    @Sendable private func suspend(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Account> = try request.id("id"), deed = try administration(request)
        try await database.write { try deed($0).suspend(id) }
        return done(id, "账号已停用")
    }

    @Sendable private func resume(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Account> = try request.id("id"), deed = try administration(request)
        try await database.write { try deed($0).resume(id) }
        return done(id, "账号已恢复")
    }

    @Sendable private func unlock(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Account> = try request.id("id"), deed = try administration(request)
        try await database.write { try deed($0).unlock(id) }
        return done(id, "锁定已解除")
    }

    @Sendable private func close(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Account> = try request.id("id"), deed = try administration(request), crypto = crypto
        try await database.write { try deed($0).close(id, crypto) }
        return done(id, "账号已注销，登录方式已全部删除")
    }

    @Sendable private func transfer(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Account> = try request.id("id"), deed = try administration(request)
        do {
            let move = try Transfer(request.form)
            try await database.write { try deed($0).transfer(id, move) }
        } catch DomainError.invalid(let problems) {
            return try await page(of: id, request, form: GrantForm(today: now().day), problems: problems)
        }
        return done(id, "已办理调动，原学校的权限同时结束")
    }

    @Sendable private func removeSecondFactor(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Account> = try request.id("id"), deed = try administration(request), crypto = crypto
        try await database.write { try deed($0).removeSecondFactor(id, crypto) }
        return done(id, "两步验证已重置，本人用密码登录后重新设置")
    }

    private func done(_ id: ID<Account>, _ text: String) -> WebResponse {
        .redirect(AccountPages.path(id), flash: Flash(.done, text))
    }

    /// The deeds of the asking user, for the transaction they are given.
    private func administration(
        _ request: WebRequest
    ) throws -> @Sendable (Connection) -> AccountAdministration {
        let user = try request.user, address = request.remoteAddress, now = now()
        return { AccountAdministration($0, by: user, address: address, now: now) }
    }
}

extension AccountStore.Filter {
    init(_ query: FormValues) {
        self.init()
        text = query["q"] ?? ""
        role = query["role"].flatMap(Role.init(rawValue:))
        state = query["state"].flatMap(AccountState.init(rawValue:))
    }
}

/// The roles and places that an administrator may choose from.
struct GrantChoices: Sendable {
    let roles: [Role]
    let organisations: [(id: OrganisationID, title: String)]
    /// Those of them that are schools or teaching points.
    let schools: [(id: OrganisationID, title: String)]

    /// Only places where one of the roles can be held, in tree order, schools with their county before the name.
    init(_ db: Connection, for user: CurrentUser) throws {
        roles = GrantRules.grantable(by: user)
        let kinds = roles.reduce(into: Set<OrganisationKind>()) { $0.formUnion($1.kinds) }
        let wanted = OrganisationKind.allCases.filter { kinds.contains($0) }
        let store = OrganisationStore(db)
        let places = try store.all(within: user.scope(of: .accountManage), kinds: wanted)
        let units = try store.all(within: .everything, kinds: [.county, .municipal])
        func titled(_ place: Organisation) -> (id: OrganisationID, title: String) {
            let unit = units.first { $0.path.contains(place.path) && $0.id != place.id }
            return (place.id, unit.map { "\($0.name)·\(place.name)" } ?? place.name)
        }
        organisations = places.map(titled)
        schools = places.filter(\.kind.isSchool).map(titled)
    }
}
