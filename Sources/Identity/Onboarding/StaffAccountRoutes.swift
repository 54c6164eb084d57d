import Database
import Directory
import Kernel
import Platform
import Web

/// `/schools/:id/accounts`: the accounts of a school's staff and pupils, opened from the directory in one go.
struct StaffAccountRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let address: SiteAddress
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get("/schools/:id/accounts", access: .can(.accountManage), show)
        routes.post("/schools/:id/accounts/staff", access: .can(.accountManage), openStaff)
        routes.post("/schools/:id/accounts/pupils", access: .can(.accountManage), openPupils)
        routes.post("/schools/:id/accounts/slips", access: .can(.accountManage), printSlips)
        routes.post("/schools/:id/accounts/proposals", access: .can(.accountManage), decide)
    }

    static func path(_ school: OrganisationID) -> String { "/schools/\(school)/accounts" }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let id: OrganisationID = try request.id("id"), user = try request.user, now = now()
        let accounts = try await database.read { try SchoolAccounts(id, for: user, at: now, $0) }
        return .html(StaffAccountPages.show(accounts, request.page))
    }

    @Sendable private func openStaff(_ request: WebRequest) async throws -> WebResponse {
        let id: OrganisationID = try request.id("id")
        let count = try await work(request, id) { accounts, opening in
            try opening.open(accounts.candidates(), as: .teacher, at: id)
        }
        return .redirect(StaffAccountRoutes.path(id), flash: Flash(.done, "已为教职工开通 \(count) 个账号"))
    }

    /// Gives a proposed role, or lets it be.
    @Sendable private func decide(_ request: WebRequest) async throws -> WebResponse {
        let id: OrganisationID = try request.id("id"), user = try request.user, now = now()
        let proposal = request.form["proposal"].flatMap { ID<GrantProposal>(checking: $0) }
        let isGiven = request.form["decision"] == "give", address = request.remoteAddress
        let done = try await database.write { db in
            let accounts = try SchoolAccounts(id, for: user, at: now, db), store = GrantProposalStore(db)
            guard let found = accounts.proposals.first(where: { $0.id == proposal }) else {
                throw DomainError.conflict("这个角色已经有人处理")
            }
            let administration = AccountAdministration(db, by: user, address: address, now: now)
            if isGiven {
                try administration.grant(
                    found.role, at: id, from: max(found.from, now.day), until: nil, to: found.account)
            } else {
                _ = try administration.managed(found.account)
            }
            guard try store.decide(found.id, isGiven ? .given : .declined, by: user.name, now: now) else {
                throw DomainError.conflict("这个角色已经有人处理")
            }
            return "\(isGiven ? "已授予" : "不授予")\(found.personName)\(found.role.title)角色"
        }
        return .redirect(StaffAccountRoutes.path(id), flash: Flash(.done, done))
    }

    /// Class by class, each in a transaction of its own, so that other writes come in between.
    @Sendable private func openPupils(_ request: WebRequest) async throws -> WebResponse {
        let id: OrganisationID = try request.id("id"), user = try request.user, now = now(), crypto = crypto
        let actor = AuditActor(user, address: request.remoteAddress)
        let classes = try await database.read { try SchoolAccounts(id, for: user, at: now, $0).classes }
        var count = 0
        for one in classes {
            count += try await database.write { db in
                let opening = AccountOpening(db, crypto, by: actor, now: now), place = one.classGroup.name(on: now.day)
                let people = try EnrolmentStore(db).members(of: one.classGroup.id, on: now.day).map {
                    AccountOpening.Candidate(person: $0.person, name: $0.name, place: place)
                }
                return try opening.open(people, as: .student, at: id)
            }
        }
        return .redirect(StaffAccountRoutes.path(id), flash: Flash(.done, "已为学生开通 \(count) 个账号，由班主任打印激活条或登录卡"))
    }

    /// New codes for one member of the staff, which also resets her password, or for all who have none yet.
    @Sendable private func printSlips(_ request: WebRequest) async throws -> WebResponse {
        let id: OrganisationID = try request.id("id"), user = try request.user, now = now()
        let person = try SlipDesk.person(request)
        let (name, slips) = try await work(request, id) { accounts, opening in
            let people = try accounts.slipCandidates(person)
            for one in people {
                guard let state = accounts.states[one.person] else { continue }
                _ = try AccountStore(opening.db).managed(state.account, by: user, at: now)
            }
            return (accounts.school.name, try opening.slips(for: people))
        }
        guard !slips.isEmpty else {
            return .redirect(StaffAccountRoutes.path(id), flash: Flash(.warning, "没有待激活的账号"))
        }
        let path = StaffAccountRoutes.path(id)
        return SlipDesk.shownOnce(SlipPages.slips(slips, name, back: path, address.base, request.page), back: path)
    }

    private func work<T: Sendable>(
        _ request: WebRequest, _ id: OrganisationID,
        _ deed: @escaping @Sendable (SchoolAccounts, AccountOpening) throws -> T
    ) async throws -> T {
        let user = try request.user, now = now(), crypto = crypto
        let actor = AuditActor(user, address: request.remoteAddress)
        return try await database.write { db in
            let accounts = try SchoolAccounts(id, for: user, at: now, db)
            return try deed(accounts, AccountOpening(db, crypto, by: actor, now: now))
        }
    }
}

/// A school's people with their accounts.
struct SchoolAccounts: Sendable {
    struct ClassLine: Sendable {
        let classGroup: ClassGroup
        let pupils: Int
    }

    let school: Organisation
    let day: LocalDate
    let staff: [StaffMember]
    let states: [ID<Person>: OnboardingState]
    let classes: [ClassLine]
    /// Roles that posts propose.
    let proposals: [GrantProposal]

    /// Throws `DomainError.notFound` for a place that is no school, or that the user does not administer.
    init(_ id: OrganisationID, for user: CurrentUser, at now: Timestamp, _ db: Connection) throws {
        let school = try OrganisationStore(db).find(id, within: user.scope(of: .accountManage)), day = now.day
        guard school.kind.isSchool, school.closedOn == nil,
            GrantRules.mayGrant(.teacher, at: school.path, by: user)
        else { throw DomainError.notFound }
        (self.school, self.day) = (school, day)
        var seen: Set<ID<Person>> = []
        staff = try PersonStore(db).staff(of: id, on: day).filter { seen.insert($0.person.id).inserted }
        states = try OnboardingStore(db).accounts(of: staff.map(\.person.id), at: now)
        proposals = try GrantProposalStore(db).open(at: id)
        let counts = try EnrolmentStore(db).counts(of: id, on: day)
        classes = try ClassGroupStore(db).classes(of: id, on: day, within: .everything).map {
            ClassLine(classGroup: $0, pupils: counts[$0.id] ?? 0)
        }
    }

    func candidates() -> [AccountOpening.Candidate] {
        staff.map { member in
            AccountOpening.Candidate(
                person: member.person.id, name: member.person.name,
                place: "\(school.name) \(CodeLists.post.name(of: member.post))")
        }
    }

    /// One of the staff, or all who cannot sign in by password yet. Throws `DomainError.notFound` when she is not of it.
    func slipCandidates(_ person: ID<Person>?) throws -> [AccountOpening.Candidate] {
        guard let person else {
            return candidates().filter { states[$0.person].map { $0.state == .active && !$0.hasPassword } ?? false }
        }
        let chosen = candidates().filter { $0.person == person }
        if chosen.isEmpty { throw DomainError.notFound }
        return chosen
    }
}
