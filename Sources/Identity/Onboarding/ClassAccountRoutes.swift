import Database
import Directory
import Kernel
import Platform
import Web

/// `/classes/:id/accounts`: what a class teacher does for the accounts of her pupils.
struct ClassAccountRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let address: SiteAddress
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get("/classes/:id/accounts", access: .can(.classAccountsLed), show)
        routes.post("/classes/:id/accounts", access: .can(.classAccountsLed), open)
        routes.post("/classes/:id/accounts/slips", access: .can(.classAccountsLed), printSlips)
        routes.post("/classes/:id/accounts/cards", access: .can(.classAccountsLed), printCards)
    }

    private var desk: AccountDesk<ClassAccounts> { AccountDesk(database: database, crypto: crypto, now: now) }

    static func path(_ id: ID<ClassGroup>) -> String { "/classes/\(id)/accounts" }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<ClassGroup> = try request.id("id"), user = try request.user, now = now()
        let accounts = try await database.read { try ClassAccounts(id, for: user, at: now, $0) }
        return .html(ClassAccountPages.show(accounts, request.page))
    }

    /// Opens accounts for the pupils who have none.
    @Sendable private func open(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<ClassGroup> = try request.id("id")
        let count = try await desk.work(request, id) { accounts, opening in
            try opening.open(try accounts.candidates(), as: .student, at: accounts.classGroup.school)
        }
        let text = count == 0 ? "全班都已有账号" : "已开通 \(count) 个账号，打印激活条后发给学生"
        return .redirect(ClassAccountRoutes.path(id), flash: Flash(.done, text))
    }

    /// New codes for one pupil, which also resets her password, or for all who have no password yet.
    @Sendable private func printSlips(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<ClassGroup> = try request.id("id"), person = try SlipDesk.person(request)
        let (name, slips) = try await desk.work(request, id) { accounts, opening in
            let people = try person.map { try accounts.candidates($0) } ?? accounts.waiting()
            try accounts.checkPupils(people, on: opening)
            return (accounts.name, try opening.slips(for: people))
        }
        guard !slips.isEmpty else {
            return .redirect(ClassAccountRoutes.path(id), flash: Flash(.warning, "没有待激活的账号"))
        }
        return SlipDesk.shownOnce(
            SlipPages.slips(slips, name, back: ClassAccountRoutes.path(id), address.base, request.page),
            back: ClassAccountRoutes.path(id))
    }

    @Sendable private func printCards(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<ClassGroup> = try request.id("id"), person = try SlipDesk.person(request)
        let (name, cards) = try await desk.work(request, id) { accounts, opening in
            (accounts.name, try opening.cards(for: try accounts.candidates(person)))
        }
        guard !cards.isEmpty else {
            return .redirect(ClassAccountRoutes.path(id), flash: Flash(.warning, "先开通账号，再打印登录卡"))
        }
        return SlipDesk.shownOnce(
            SlipPages.cards(cards, name, back: ClassAccountRoutes.path(id), address.base, request.page),
            back: ClassAccountRoutes.path(id))
    }
}

extension ClassAccounts {
    /// A class teacher equips pupils, not accounts that can do more. Throws `DomainError.forbidden`.
    func checkPupils(_ people: [AccountOpening.Candidate], on opening: AccountOpening) throws {
        let store = AccountStore(opening.db)
        for one in people {
            guard let state = states[one.person] else { continue }
            let account = try store.find(state.account, within: .everything, at: opening.now)
            guard account.isOnlyPupil(on: day) else { throw DomainError.forbidden("\(one.name)的账号由上级管理员管理。") }
        }
    }
}
