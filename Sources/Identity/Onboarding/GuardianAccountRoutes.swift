import Database
import Directory
import Kernel
import Platform
import Web

/// `/classes/:id/guardians/accounts`: accounts of the confirmed guardians of a class, opened and equipped by its class
/// teacher or the school.
struct GuardianAccountRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let address: SiteAddress
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        let root = "/classes/:id/guardians/accounts"
        routes.get(root, access: .can(.classAccountsLed), show)
        routes.post(root, access: .can(.classAccountsLed), open)
        routes.post(root + "/slips", access: .can(.classAccountsLed), printSlips)
    }

    private var desk: AccountDesk<GuardianAccounts> { AccountDesk(database: database, crypto: crypto, now: now) }

    static func path(_ id: ID<ClassGroup>) -> String { "/classes/\(id)/guardians/accounts" }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<ClassGroup> = try request.id("id"), user = try request.user, now = now()
        let accounts = try await database.read { try GuardianAccounts(id, for: user, at: now, $0) }
        return .html(GuardianAccountPages.show(accounts, request.page))
    }

    /// Opens accounts for the guardians who have none. Whoever has one already gets the role there.
    @Sendable private func open(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<ClassGroup> = try request.id("id"), now = now()
        let count = try await desk.work(request, id) { accounts, opening in
            let missing = try accounts.candidates().filter { accounts.states[$0.person] == nil }
            let count = try opening.open(missing, as: .guardian, at: accounts.classGroup.school)
            try GuardianGrants().follow(
                accounts.guardians.map(\.person), by: opening.actor, now: now, opening.db)
            return count
        }
        let text = count == 0 ? "家长都已有账号" : "已开通 \(count) 个家长账号，打印激活条后发给家长"
        return .redirect(GuardianAccountRoutes.path(id), flash: Flash(.done, text))
    }

    /// New codes for one guardian, which also resets her password, or for all who have no password yet.
    @Sendable private func printSlips(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<ClassGroup> = try request.id("id"), person = try SlipDesk.person(request)
        let path = GuardianAccountRoutes.path(id)
        let (name, slips) = try await desk.work(request, id) { accounts, opening in
            guard let person else {
                return (accounts.name, try opening.slips(for: accounts.waiting()))
            }
            let chosen = try accounts.candidates(person)
            for one in chosen { try accounts.check(one) }
            return (accounts.name, try opening.slips(for: chosen))
        }
        guard !slips.isEmpty else { return .redirect(path, flash: Flash(.warning, "没有待激活的账号")) }
        return SlipDesk.shownOnce(SlipPages.slips(slips, name, back: path, address.base, request.page), back: path)
    }
}
