import Database
import Directory
import Kernel
import Platform

/// Opens accounts for people whom the directory knows, many at once, and gives out what they need to begin. Runs inside
/// the caller's transaction; whether the actor may do it, the caller has asked.
package struct AccountOpening {
    let db: Connection
    let crypto: any CryptoProvider
    let actor: AuditActor
    let now: Timestamp
    private let service: AccountService
    private let store: OnboardingStore

    package init(_ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp) {
        (self.db, self.crypto, self.actor, self.now) = (db, crypto, actor, now)
        (service, store) = (AccountService(db, by: actor, now: now), OnboardingStore(db))
    }

    /// Somebody to whom an account is opened or who is given a new code.
    package struct Candidate: Sendable {
        package let person: ID<Person>
        package let name: String
        /// Where she belongs, for the slip: class or post.
        package let place: String

        package init(person: ID<Person>, name: String, place: String) {
            (self.person, self.name, self.place) = (person, name, place)
        }
    }

    /// Opens an account for each of the people who has none, and gives the role at the organisation to each who does not
    /// hold it. An account without a password and without a code is 待激活. Returns how many accounts were opened.
    @discardableResult
    package func open(_ people: [Candidate], as role: Role, at organisation: OrganisationID) throws -> Int {
        let known = try store.accounts(of: people.map(\.person), at: now)
        var opened = 0
        for one in people {
            if let state = known[one.person] {
                guard state.state != .closed else { continue }
                let grants = try service.store.grants(of: [state.account])[state.account] ?? []
                let holds = grants.contains {
                    $0.role == role && $0.organisation == organisation && $0.isOpen(on: now.day)
                }
                if !holds { try service.grant(role, at: organisation, from: now.day, until: nil, to: state.account) }
            } else {
                let account = NewAccount(
                    name: one.name, login: try freeLogin(for: one.name), role: role, organisation: organisation,
                    from: now.day, person: one.person)
                try service.create(account, passwordHash: AccountService.noPassword, mustChange: false)
                opened += 1
            }
        }
        return opened
    }

    /// A login name nobody has: pinyin initials and six digits.
    private func freeLogin(for name: String) throws -> String {
        let initials = Pinyin.initials(of: name, as: .person).filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        while true {
            let digits = SecureRandom.bytes(6).map { String($0 % 10) }.joined()
            let login = String((initials.isEmpty ? "u" : initials).prefix(8)) + digits
            let taken: Int? = try db.value("SELECT 1 FROM identity_account WHERE login_name = \(login)")
            if taken == nil { return login }
        }
    }

    /// A new code for each of the people who has an account that is in use. An account with a password loses it and its
    /// sessions: this is how a forgotten password is reset.
    func slips(for people: [Candidate]) throws -> [ActivationSlip] {
        let known = try store.accounts(of: people.map(\.person), at: now)
        return try people.compactMap { one in
            guard let state = known[one.person], state.state == .active else { return nil }
            let code = ActivationCode.random()
            try store.setCode(
                ActivationCode.key(code, of: state.account, crypto), of: state.account, by: actor.name, at: now)
            let account = try service.store.find(state.account, within: .everything, at: now)
            let action = state.hasPassword ? "account.password_reset" : "account.code_given"
            try service.takePassword(of: account, action: action)
            return ActivationSlip(name: one.name, login: state.login, place: one.place, code: code)
        }
    }

    /// A new card for each of the people who has an account as a pupil and nothing else; earlier cards stop working.
    func cards(for people: [Candidate]) throws -> [SignInCard] {
        let known = try store.accounts(of: people.map(\.person), at: now)
        // Cards printed in the summer holidays are for the year to come.
        let end = Timestamp(startOf: SchoolYear(containing: now.day.adding(days: 62)).lastDay.adding(days: 1))
        return try people.compactMap { one in
            guard let state = known[one.person], state.state == .active else { return nil }
            let account = try service.store.find(state.account, within: .everything, at: now)
            guard account.isOnlyPupil(on: now.day) else { return nil }
            let token = SessionToken.random()
            guard let hash = SessionToken.hash(token) else { preconditionFailure("a new token has the shape of one") }
            try store.setCard(hash, of: state.account, until: end, by: actor.name, at: now)
            try service.record("account.card_printed", state.account, at: account.place(on: now.day))
            return SignInCard(name: one.name, login: state.login, place: one.place, path: "/card/" + token)
        }
    }
}

extension AccountRecord {
    /// Whether the account is that of a pupil and nothing else: then a card may sign in to it and a class teacher equip it.
    func isOnlyPupil(on day: LocalDate) -> Bool {
        let open = grants.filter { $0.isOpen(on: day) }
        return !open.isEmpty && open.allSatisfy { $0.role == .student }
    }
}
