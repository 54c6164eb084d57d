import Database
import Directory
import Kernel
import Platform

/// Enters the first administrator of an empty platform.
struct SetupService: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let now: @Sendable () -> Timestamp

    /// A new link's token; `nil` when there are accounts already. An earlier link is void from then on.
    func makeLink() async throws -> String? {
        let token = SessionToken.random(), now = now()
        guard let hash = SessionToken.hash(token) else { preconditionFailure("a new token has the shape of one") }
        return try await database.write { db in
            guard try !AccountStore(db).hasAny() else { return nil }
            try SetupLinkStore(db).replace(by: hash, at: now)
            return token
        }
    }

    /// Whether the city is in the directory. Throws `DomainError.notFound` when the link is not good (any more).
    func hasCity(_ token: String) async throws -> Bool {
        guard let hash = SessionToken.hash(token) else { throw DomainError.notFound }
        let now = now()
        return try await database.read { db in
            guard try SetupLinkStore(db).isGood(hash, at: now) else { throw DomainError.notFound }
            return try OrganisationStore(db).city() != nil
        }
    }

    /// Enters the city where it is missing and its administrator; the link is gone afterwards.
    func complete(_ token: String, _ form: SetupForm, address: String) async throws {
        guard let hash = SessionToken.hash(token) else { throw DomainError.notFound }
        try form.check(hasCity: try await hasCity(token))
        let passwordHash = try await hasher.hash(form.password)
        let now = now()
        let actor = AuditActor(id: nil, name: form.name, address: address)
        try await database.write { db in
            guard try SetupLinkStore(db).isGood(hash, at: now) else { throw DomainError.notFound }
            let city = try OrganisationStore(db).city() ?? addCity(form, by: actor, at: now, on: db)
            let account = NewAccount(
                name: form.name, login: form.login, role: .cityAdministrator, organisation: city.id, from: now.day)
            try AccountService(db, by: actor, now: now).create(account, passwordHash: passwordHash, mustChange: false)
            try SetupLinkStore(db).deleteAll()
        }
    }

    private func addCity(
        _ form: SetupForm, by actor: AuditActor, at now: Timestamp, on db: Connection
    ) throws -> Organisation {
        let draft = OrganisationService.Draft(kind: .city, code: form.cityCode, name: form.cityName)
        return try OrganisationService(db, by: actor, source: "setup", now: now).add(draft, below: nil)
    }
}
