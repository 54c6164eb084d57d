import Database
import Directory
import Kernel
import Platform
import Web

/// What an administrator does to other people's accounts: the rules of `GrantRules` before every deed of
/// `AccountService`, in the same transaction. Accounts outside her organisations answer `DomainError.notFound`, those she
/// sees but may not change `DomainError.forbidden`.
struct AccountAdministration {
    let user: CurrentUser
    let store: AccountStore
    let service: AccountService

    init(_ db: Connection, by user: CurrentUser, address: String, now: Timestamp) {
        self.user = user
        store = AccountStore(db)
        service = AccountService(db, by: AuditActor(user, address: address), now: now)
    }

    func create(_ account: NewAccount, passwordHash: String) throws -> ID<Account> {
        try checkPlace(account.role, at: account.organisation)
        return try service.create(account, passwordHash: passwordHash, mustChange: true)
    }

    func grant(
        _ role: Role, at organisation: OrganisationID, from: LocalDate, until: LocalDate?, to id: ID<Account>
    ) throws {
        let account = try managed(id)
        try checkPlace(role, at: organisation)
        try service.grant(role, at: organisation, from: from, until: until, to: account.id)
    }

    func endGrant(_ grant: ID<Grant>, of id: ID<Account>) throws {
        let account = try managed(id)
        guard let grant = account.grants.first(where: { $0.id == grant }) else { throw DomainError.notFound }
        try service.endGrant(grant, of: account.id)
    }

    func resetPassword(_ hash: String, of id: ID<Account>) throws -> AccountRecord {
        let account = try managed(id)
        try service.resetPassword(hash, mustChange: true, of: account)
        return account
    }

    func suspend(_ id: ID<Account>) throws { try service.suspend(managed(id)) }
    func resume(_ id: ID<Account>) throws { try service.resume(managed(id)) }
    func removeSecondFactor(_ id: ID<Account>, _ crypto: any CryptoProvider) throws {
        try service.removeSecondFactor(of: managed(id), crypto)
    }
    func close(_ id: ID<Account>, _ crypto: any CryptoProvider) throws { try service.close(managed(id), crypto) }

    /// 调动 of somebody whom the school has only given an account: she leaves one school for another and keeps it; roles at
    /// the old school end and a post at the new one begins in one transaction. Whoever stands on the staff of the old
    /// school goes by 教师调动, where both schools and their office have a word. Throws `DomainError.invalid` for `leaving`
    /// and `joining`.
    func transfer(_ id: ID<Account>, _ move: Transfer) throws {
        let account = try managed(id), day = service.now.day
        let leaving = account.grants.filter { $0.organisation == move.from && $0.isOpen(on: day) }
        guard !leaving.isEmpty else { throw DomainError.invalid("leaving", "选择现在的学校") }
        guard leaving.allSatisfy(\.isOfStaff) else { throw DomainError.invalid("leaving", "学生转学在班级页面办理") }
        guard move.from != move.to else { throw DomainError.invalid("joining", "选择另一所学校") }
        try checkPlace(.teacher, at: move.to, field: "joining", roleField: "joining")
        let db = service.db, organisations = OrganisationStore(db)
        let old = try organisations.find(move.from, within: .everything)
        let posts = try AppointmentStore(db).open(of: account.person, at: old.id, on: day)
        guard posts.isEmpty else {
            throw DomainError.invalid("leaving", "在册教职工的调动在教职工信息页的“教师调动”里办理，由两校确认、上级核准")
        }
        for grant in leaving { try service.endGrant(grant, of: id) }
        try PersonStore(db).appoint(account.person, at: move.to, post: Transfer.teachingPost, from: day)
        try service.grant(.teacher, at: move.to, from: day, until: nil, to: id)
        try service.record("account.transferred", id, at: old.path, old.name)
    }

    func unlock(_ id: ID<Account>) throws { try service.unlock(managed(id)) }

    /// The account, when the user may see and change it.
    func managed(_ id: ID<Account>) throws -> AccountRecord {
        let account = try store.find(id, within: user.scope(of: .accountView), at: service.now)
        guard GrantRules.mayManage(id, holding: account.grants, by: user, on: service.now.day) else {
            throw DomainError.forbidden(id == user.account ? "不能管理自己的账号，请由其他管理员办理。" : "这个账号由上级管理员管理。")
        }
        if account.state == .closed { throw DomainError.conflict("这个账号已经注销") }
        return account
    }

    /// Places outside the user's own do not exist for her, so the message is that of an unknown choice.
    private func checkPlace(
        _ role: Role, at organisation: OrganisationID, field: String = "organisation", roleField: String = "role"
    ) throws {
        let scope = user.scope(of: .accountManage)
        let place: Organisation
        do {
            place = try OrganisationStore(service.db).find(organisation, within: scope)
        } catch DomainError.notFound {
            throw DomainError.invalid(field, "选择单位")
        }
        guard GrantRules.mayGrant(role, at: place.path, by: user) else {
            throw DomainError.invalid(roleField, "你不能授予\(place.name)的\(role.title)角色")
        }
    }
}

/// A person's way from one school to another.
struct Transfer: Sendable {
    /// 专任教师, GB/T 33782-2017, for somebody whose post nobody entered.
    static let teachingPost = "10"

    let from: OrganisationID
    let to: OrganisationID

    /// The names of its fields, apart from those of the form for a new role on the same page.
    static let fields: Set<String> = ["leaving", "joining"]

    /// Throws `DomainError.invalid` for `leaving` and `joining`.
    init(_ form: FormValues) throws {
        var problems: [FieldProblem] = []
        let from = form["leaving"].flatMap(OrganisationID.init(checking:))
        let to = form["joining"].flatMap(OrganisationID.init(checking:))
        if from == nil { problems.append(FieldProblem(field: "leaving", message: "选择现在的学校")) }
        if to == nil { problems.append(FieldProblem(field: "joining", message: "选择调入的学校")) }
        guard let from, let to else { throw DomainError.invalid(problems) }
        (self.from, self.to) = (from, to)
    }
}
