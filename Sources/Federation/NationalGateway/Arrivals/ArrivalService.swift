import Database
import Directory
import Identity
import Kernel
import Platform
import Web

/// People who open the city's platform from a national or provincial one.
struct ArrivalService: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let client: GatewayClient
    let flavours: GatewayFlavours
    let door: SignInDoor
    let meter: RequestMeter
    let now: @Sendable () -> Timestamp

    /// Arrivals from one address in a minute; a school may be behind one.
    static let limit = 120

    /// Somebody at the door.
    struct Visitor: Sendable {
        let ticket: String
        let systemCode: String
        /// `nil` when the address does not name it.
        let counterpart: String?
        let visit: SignInVisit
        let address: String
        /// The account she is signed in with already.
        let account: ID<Account>?
    }

    enum Outcome: Sendable {
        case began(SignInResult)
        /// Signed in with her own account already.
        case isIn
        /// No account is linked: the code leads on to signing in once.
        case needsLink(code: String)
        /// Another account is signed in: the code leads on to changing it.
        case needsChange(code: String)
        case failed(ArrivalFailure, counterpart: String)
        case tooMany
    }

    /// Asks the counterpart who it is and lets her in. A failure leaves one entry in the audit log.
    func receive(_ visitor: Visitor) async throws -> Outcome {
        guard meter.admits("arrival " + visitor.address, limit: ArrivalService.limit, per: 60, at: now()) else {
            return .tooMany
        }
        var name = ""
        do {
            let line = try await line(for: visitor)
            name = line.counterpart.name
            guard ArrivalService.isTicket(visitor.ticket) else { throw ArrivalFailure.ticketDead }
            let person = try await client.identify(
                ticket: visitor.ticket, systemCode: visitor.systemCode, on: line)
            return try await admit(person, from: line.counterpart, visitor)
        } catch let failure as ArrivalFailure {
            let counterpart = name, now = now()
            let actor = AuditActor(id: nil, name: "访客", address: visitor.address)
            try await database.write { db in
                try AuditLog.record(
                    "gateway.arrival_refused", counterpart, by: actor, failure.word, succeeded: false, now: now, on: db)
            }
            return .failed(failure, counterpart: counterpart.isEmpty ? "对方平台" : counterpart)
        }
    }

    private static func isTicket(_ text: String) -> Bool {
        (1...512).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private func line(for visitor: Visitor) async throws -> GatewayClient.Line {
        let crypto = crypto
        let found = try await database.read { db -> (Counterpart, String)? in
            let store = CounterpartStore(db, crypto), active = try store.all().filter(\.isActive)
            let named = active.first { $0.id.rawValue == visitor.counterpart }
            let known = active.filter { !visitor.systemCode.isEmpty && $0.systemCode == visitor.systemCode }
            let open = active.filter(\.systemCode.isEmpty)
            let chosen = visitor.counterpart == nil ? known.first ?? (open.count == 1 ? open.first : nil) : named
            return try chosen.map { ($0, try store.appKey(of: $0.id)) }
        }
        guard let (counterpart, key) = found, let flavour = flavours[counterpart.flavour] else {
            throw ArrivalFailure.unknownCounterpart
        }
        return GatewayClient.Line(counterpart: counterpart, flavour: flavour, appKey: key)
    }

    private func admit(
        _ person: ArrivedPerson, from counterpart: Counterpart, _ visitor: Visitor
    ) async throws -> Outcome {
        let crypto = crypto, now = now(), door = door
        return try await database.write { db in
            let arrivals = ArrivalStore(db, crypto), code = SecureRandom.token()
            let linked = try CounterpartStore(db, crypto).account(of: person, at: counterpart.id)
            guard let account = try linked ?? exactly(person, counterpart, visitor, at: now, on: db) else {
                try arrivals.insert(code, person, from: counterpart.id, at: now)
                return .needsLink(code: code)
            }
            if let present = visitor.account, present != account {
                try arrivals.insert(code, person, from: counterpart.id, at: now)
                return .needsChange(code: code)
            }
            if visitor.account == nil {
                let result = try ArrivalService.begin(account, door, visitor.visit, at: now, on: db)
                if case .started = result { try UsageReport.plan(person, account, counterpart, at: now, on: db) }
                return .began(result)
            }
            try UsageReport.plan(person, account, counterpart, at: now, on: db)
            return .isIn
        }
    }

    private static func begin(
        _ account: ID<Account>, _ door: SignInDoor, _ visit: SignInVisit, at now: Timestamp, on db: Connection
    ) throws -> SignInResult {
        // An account that is locked at one door is locked at every door.
        if let seconds = try door.wait(for: account, at: now, on: db) { return .wait(seconds: seconds) }
        do { return try door.admit(account, by: .gateway, visit, at: now, on: db) } catch DomainError.notFound {
            return .refused("关联的账号已注销，请联系学校管理员")
        }
    }

    /// Links by a number that only one person has, when the counterpart is trusted with that. The name must be the same
    /// as well; a name alone never links.
    private func exactly(
        _ person: ArrivedPerson, _ counterpart: Counterpart, _ visitor: Visitor, at now: Timestamp, on db: Connection
    ) throws -> ID<Account>? {
        guard counterpart.linksExactly else { return nil }
        let numbers = [
            (PersonIdentifierKind.citizenNumber, person.citizenNumber), (.studentNumber, person.studentNumber),
        ]
        let identifiers = PersonIdentifierStore(db, crypto)
        for (kind, text) in numbers where !text.isEmpty {
            guard let number = ArrivalService.identifier(kind, text),
                let holder = try identifiers.holder(of: number),
                let account = try AccountStore(db).account(of: holder)
            else { continue }
            let record = try AccountStore(db).find(account, within: .everything, at: now)
            let store = CounterpartStore(db, crypto)
            guard person.isNamed(record.name), try store.person(of: account, at: counterpart.id) == nil else {
                continue
            }
            try store.link(person, at: counterpart, with: account, .exact, at: now)
            let actor = AuditActor(id: account.rawValue, name: record.name, address: visitor.address)
            try AuditLog.record(
                "gateway.linked", account.rawValue, by: actor, at: record.grants.first?.path ?? .city,
                "\(counterpart.name)，按\(kind.title)自动关联", now: now, on: db)
            return account
        }
        return nil
    }

    /// A number that is none links nobody.
    private static func identifier(_ kind: PersonIdentifierKind, _ text: String) -> PersonIdentifier? {
        do { return try PersonIdentifier(kind, text) } catch { return nil }
    }

    // MARK: After the first time

    func pending(_ code: String) async throws -> ArrivalStore.Pending? {
        let crypto = crypto, now = now()
        return try await database.read { try ArrivalStore($0, crypto).find(code, at: now) }
    }

    static let over = DomainError.conflict("这次打开已经超过 10 分钟。请从对方平台重新打开。")

    /// Links the person who arrived with the account that has just signed in. Throws `DomainError`.
    func link(_ code: String, with user: CurrentUser, from address: String) async throws -> ArrivalStore.Pending {
        let crypto = crypto, now = now(), actor = AuditActor(user, address: address)
        return try await database.write { db in
            let arrivals = ArrivalStore(db, crypto)
            guard let pending = try arrivals.find(code, at: now), try arrivals.delete(code) else {
                throw ArrivalService.over
            }
            guard pending.person.isNamed(user.name) else { throw DomainError.forbidden(ArrivalService.otherName) }
            try CounterpartStore(db, crypto).link(
                pending.person, at: pending.counterpart, with: user.account, .confirmed, at: now)
            try AuditLog.record(
                "gateway.linked", user.account.rawValue, by: actor, at: user.grants.first?.path ?? .city,
                pending.counterpart.name, now: now, on: db)
            try UsageReport.plan(pending.person, user.account, pending.counterpart, at: now, on: db)
            return pending
        }
    }

    static let otherName = "对方平台的姓名与本平台账号的姓名不一致，不能关联。请用自己的账号登录；姓名有误的，请学校管理员核对。"

    /// Ends the session of the other account and begins one of the linked account.
    func change(_ code: String, _ visit: SignInVisit) async throws -> SignInResult {
        let crypto = crypto, now = now(), door = door
        return try await database.write { db in
            let arrivals = ArrivalStore(db, crypto)
            guard let pending = try arrivals.find(code, at: now), let account = pending.account,
                try arrivals.delete(code)
            else { throw ArrivalService.over }
            let result = try ArrivalService.begin(account, door, visit, at: now, on: db)
            if case .started = result {
                try UsageReport.plan(pending.person, account, pending.counterpart, at: now, on: db)
            }
            return result
        }
    }

    func links(of account: ID<Account>) async throws -> [CounterpartStore.Link] {
        let crypto = crypto
        return try await database.read { try CounterpartStore($0, crypto).links(of: account) }
    }

    func unlink(_ user: CurrentUser, from id: ID<Counterpart>, address: String) async throws {
        let crypto = crypto, now = now(), actor = AuditActor(user, address: address)
        try await database.write { db in
            let store = CounterpartStore(db, crypto), counterpart = try store.find(id)
            guard try store.unlink(user.account, from: id) else { throw DomainError.notFound }
            try AuditLog.record(
                "gateway.unlinked", user.account.rawValue, by: actor, at: user.grants.first?.path ?? .city,
                counterpart.name, now: now, on: db)
        }
    }
}
