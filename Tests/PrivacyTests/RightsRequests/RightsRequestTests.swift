import Contracts
import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Privacy

@Suite("权利请求")
struct RightsRequestTests {
    /// Counts every day but one.
    private struct Days: WorkDays {
        func day(after day: LocalDate, workingDays count: Int) -> LocalDate { day.adding(days: count + 1) }
    }

    private static let now = Timestamp(startOf: LocalDate(iso: "2026-10-14")!)

    private struct Scene: Sendable {
        let database: Database
        let crypto: any CryptoProvider
        let user: CurrentUser

        func write<T: Sendable>(_ body: @escaping @Sendable (RightsRequestService) throws -> T) async throws -> T {
            let crypto = crypto
            return try await database.write { db in
                try body(RightsRequestService(db, crypto, by: .system, now: RightsRequestTests.now))
            }
        }
        func own() async throws -> [RightsRequest] {
            let crypto = crypto, person = user.person
            return try await database.read { try RightsRequestStore($0, crypto).own(of: person, by: person) }
        }
    }

    private static func run(_ database: TestDatabase, _ body: (Scene) async throws -> Void) async throws {
        let migrations = PlatformModule.migrations + DirectoryModule.migrations + PrivacyModule.migrations
        try await database.withDatabase(migrations: migrations) { database, _ in
            let person = try await database.write { db in
                try CitySetup.prepare(db)
                return try PersonStore(db).insert(name: "孙同学家长", at: now)
            }
            let user = CurrentUser(account: .new(), person: person, name: "孙同学家长", grants: [])
            try await body(Scene(database: database, crypto: InternationalCrypto(KeyRing.generate()), user: user))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a request waits with its day, is answered once and never lies open as text`(
        on database: TestDatabase
    ) async throws {
        try await RightsRequestTests.run(database) { (scene: Scene) async throws in
            let user = scene.user
            let id = try await scene.write {
                try $0.ask(.deletion, "请删除邮箱 sun@x", about: user.person, by: user, counting: Days())
            }
            let asked = try #require(try await scene.own().first)
            #expect(asked.id == id && asked.due.iso == "2026-10-30" && asked.text == "请删除邮箱 sun@x")
            #expect(asked.isLate(on: LocalDate(iso: "2026-10-31")!) && !asked.isLate(on: asked.due))
            // Who belongs to no school asks the bureau.
            #expect(asked.path == .city)
            try await scene.write { try $0.answer(asked, .done, "已删除", erased: ["电子信箱"]) }
            await #expect(throws: DomainError.self) {
                try await scene.write { try $0.answer(asked, .refused, "不", erased: []) }
            }
            let answered = try #require(try await scene.own().first)
            #expect(answered.state == .done && answered.answer == "已删除")
            let (erasures, audit) = try await scene.database.read { db in
                (
                    try db.column("SELECT what FROM privacy_erasure", as: String.self),
                    try AuditLog.of(subject: id.rawValue, limit: 9, on: db).map(\.detail).joined()
                )
            }
            #expect(erasures == ["电子信箱"] && !audit.contains("sun@x"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `only so many may be open`(on database: TestDatabase) async throws {
        try await RightsRequestTests.run(database) { (scene: Scene) async throws in
            let user = scene.user
            for _ in 0..<RightsRequest.mostOpen {
                try await scene.write {
                    _ = try $0.ask(.explanation, "为什么", about: user.person, by: user, counting: Days())
                }
            }
            await #expect(throws: DomainError.self) {
                try await scene.write {
                    try $0.ask(.explanation, "为什么", about: user.person, by: user, counting: Days())
                }
            }
        }
    }

    @Test func `a refusal erases nothing`() {
        func answer(_ values: [(String, String)]) throws -> RightsRequestForm.Answer {
            try RightsRequestForm(values: FormValues(values.map { (name: $0.0, value: $0.1) })).answer()
        }
        #expect(throws: DomainError.self) {
            try answer([("state", "refused"), ("text", "不"), ("erasure", "optional")])
        }
        #expect(throws: DomainError.self) { try answer([("state", "open"), ("text", "等")]) }
        #expect(throws: DomainError.self) { try answer([("state", "done"), ("text", "")]) }
        #expect((try? answer([("state", "done"), ("text", "好"), ("erasure", "whole")]))?.erasure == .whole)
        #expect((try? answer([("state", "refused"), ("text", "不")]))?.erasure == Erasure.nothing)
    }
}
