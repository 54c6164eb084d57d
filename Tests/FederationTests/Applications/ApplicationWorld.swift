import Database
import Directory
import Identity
import Kernel
import Platform
import Synchronization
import TestKit

@testable import Federation

/// What tests do to applications: each deed by a member of the cast, in a transaction of its own.
struct ApplicationWorld: Sendable {
    let city: TestCity
    /// What the protocols were told to end.
    let ended = EndedApplications()
    static let start = Timestamp(milliseconds: 1_447_000_000_000)

    @discardableResult
    func act<T: Sendable>(
        _ member: TestCity.Member, at now: Timestamp = start,
        _ deed: @escaping @Sendable (ApplicationAdministration) throws -> T
    ) async throws -> T { try await act(city.user(member), at: now, deed) }

    @discardableResult
    func act<T: Sendable>(
        _ user: CurrentUser, at now: Timestamp = start,
        _ deed: @escaping @Sendable (ApplicationAdministration) throws -> T
    ) async throws -> T {
        let crypto = city.platform.crypto, ended = ended
        return try await city.database.write { db in
            let service = ApplicationService(
                db, by: AuditActor(user, address: "10.0.0.1"), crypto: crypto, ends: [ended.hook], now: now)
            return try deed(ApplicationAdministration(by: user, service))
        }
    }

    func apply(
        _ member: TestCity.Member, _ level: ApplicationLevel, at owner: String,
        _ content: ApplicationContent = .sample
    ) async throws -> ApplicationID {
        let place = try await city.organisation(owner).id
        return try await act(member) { administration in
            let id = try administration.create(content, owner: place, level: level, logo: nil)
            try administration.submit(id)
            return id
        }
    }

    func decide(_ member: TestCity.Member, _ id: ApplicationID, approve: Bool = true) async throws {
        try await act(member) { administration in
            let found = try administration.find(id)
            let subject = found.amendment?.id.rawValue ?? String(found.record.revision)
            _ = try administration.decide(
                id, .init(isApproved: approve, remark: approve ? "" : "改地址", subject: subject))
        }
    }

    /// 图书馆 of 实验小学, applied for by 李校长 and approved by the bureau for 市直.
    func active(_ content: ApplicationContent = .sample) async throws -> ApplicationID {
        let id = try await apply(.li, .school, at: TestCity.experimentalSchool, content)
        try await decide(.bureau, id)
        return id
    }

    func record(_ id: ApplicationID) async throws -> ApplicationRecord {
        try await city.database.read { try ApplicationRegistryStore($0).find(id, within: .everything) }
    }

    func content(_ id: ApplicationID) async throws -> ApplicationContent {
        try await city.database.read { db in
            let store = ApplicationRegistryStore(db)
            return try store.content(of: store.find(id, within: .everything))
        }
    }

    func isSecret(_ text: String, of id: ApplicationID, at now: Timestamp = start) async throws -> Bool {
        try await city.database.read { try ApplicationStore($0).isSecret(text, of: id, at: now) }
    }

    func audit() async throws -> [AuditEntry] {
        try await city.database.read {
            try AuditLog.list(within: .everything, action: "application.", limit: 1000, on: $0)
        }
    }

    /// Another administrator of the city.
    func secondBureau() async throws -> CurrentUser {
        let place = try await city.organisation("450600").id
        try await city.database.write { db in
            let new = NewAccount(
                name: "第二位(示例)", login: "second", role: .cityAdministrator, organisation: place,
                from: Timestamp.now.day)
            _ = try AccountService(db, by: .system).create(new, passwordHash: "!", mustChange: false)
        }
        let token = try await city.platform.identity.startSession(login: "second")
        guard let session = try await city.platform.identity.authenticate(token) else { throw DomainError.notFound }
        return session.user
    }
}

final class EndedApplications: Sendable {
    private let list = Mutex<[ApplicationID]>([])
    var all: [ApplicationID] { list.withLock { $0 } }
    var hook: ApplicationEnd { ApplicationEnd { id, _, _ in self.list.withLock { $0.append(id) } } }
}

func withApplications(
    _ database: TestDatabase, _ body: @Sendable (ApplicationWorld) async throws -> Void
) async throws {
    try await withTestCity(database) { (city: TestCity) async throws in try await body(ApplicationWorld(city: city)) }
}
