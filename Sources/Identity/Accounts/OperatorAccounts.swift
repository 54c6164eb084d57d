import Database
import Directory
import Kernel
import Platform

/// Accounts from the command line: the operator needs no role and no session.
package struct OperatorAccounts: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let now: @Sendable () -> Timestamp

    /// Opens an account and returns its one-time password.
    /// - Parameters:
    ///   - role: a code of `Role`.
    ///   - organisationCode: the organisation's code; `nil` = the city.
    /// - Throws: `DomainError.invalid` for an unknown role or code and for whatever `AccountService.create` refuses.
    package func createByOperator(
        name: String, login: String, role: String, organisationCode: String? = nil
    ) async throws -> String {
        guard let role = Role(rawValue: role) else {
            let codes = Role.allCases.map(\.rawValue).joined(separator: "、")
            throw DomainError.invalid("role", "没有这个角色，可用的有：\(codes)")
        }
        let (password, hash) = try await initialPassword(name: name, login: login)
        let now = now()
        try await database.write { db in
            let store = OrganisationStore(db)
            let place = try organisationCode.map { try store.find(code: $0, within: .everything) } ?? store.city()
            guard let place else { throw DomainError.invalid("organisation", "没有这个单位") }
            let account = NewAccount(name: name, login: login, role: role, organisation: place.id, from: now.day)
            try AccountService(db, by: .system, now: now).create(account, passwordHash: hash, mustChange: true)
        }
        return password
    }

    /// Gives an account a new one-time password, ends its sessions, lifts its lock and returns the password. Throws
    /// `DomainError.notFound` without such an account.
    package func resetByOperator(login: String) async throws -> String {
        let account = try await find(login)
        let (password, hash) = try await initialPassword(name: account.name, login: account.login)
        let now = now()
        try await database.write { db in
            try AccountService(db, by: .system, now: now).resetPassword(hash, mustChange: true, of: account)
        }
        return password
    }

    func find(_ login: String) async throws -> AccountRecord {
        let login = LoginName.normalised(login), now = now()
        let found = try await database.read { try AccountStore($0).find(login: login, at: now) }
        guard let found else { throw DomainError.notFound }
        return found
    }

    private func initialPassword(name: String, login: String) async throws -> (password: String, hash: String) {
        try await hasher.initialPassword(knowing: PersonalFacts(name: name, login: login, organisations: []))
    }
}

extension PasswordHasher {
    /// A new one-time password and its hash.
    func initialPassword(knowing facts: PersonalFacts) async throws -> (password: String, hash: String) {
        let password = InitialPassword.random(knowing: facts)
        return (password, try await hash(password))
    }
}
