import Database
import Kernel
import TestKit
import Testing

@testable import Platform

@Suite("重复提交") struct RepeatedRequestsTests {
    private func deeds(_ database: Database) async throws -> [String] {
        try await database.read { try $0.column("SELECT name FROM platform_setting ORDER BY name") }
    }

    private func `do`(_ name: String, _ database: Database) async throws {
        try await database.write { try SettingStore($0).set(name, to: "1", by: .system) }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a deed whose attempt nobody saw the end of is done once`(on kind: TestDatabase) async throws {
        try await kind.withDatabase { (database: Database, _: String) async throws in
            let requests = RepeatedRequests(database), key = Identifiers.next()
            #expect(try await requests.claim(key, scope: "a") == .fresh)
            try await requests.perform(key) { try await self.do("one", database) }
            // As long as the attempt may still run, nobody else does anything.
            #expect(try await requests.claim(key, scope: "a") == .inProgress)
            #expect(try await requests.claim(key, scope: "b") == .foreign)
            requests.leaveOpen(key)
            for _ in 1...2 { #expect(try await requests.claim(key, scope: "a") == .done) }
            // Another process, or this one after a restart, knows it when the claim has lapsed.
            let later = Timestamp.now.adding(seconds: 121)
            #expect(try await RepeatedRequests(database).claim(key, scope: "a", now: later) == .done)
            await #expect(throws: RepeatedRequests.DoneBefore.self) {
                try await requests.perform(key) { try await self.do("two", database) }
            }
            #expect(try await deeds(database) == ["one"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an attempt that did nothing leaves the key free`(on kind: TestDatabase) async throws {
        struct Refused: Error {}
        try await kind.withDatabase { (database: Database, _: String) async throws in
            let requests = RepeatedRequests(database), key = Identifiers.next()
            #expect(try await requests.claim(key, scope: "a") == .fresh)
            await #expect(throws: Refused.self) {
                try await requests.perform(key) {
                    try await database.write { db in
                        try SettingStore(db).set("undone", to: "1", by: .system)
                        throw Refused()
                    }
                }
            }
            requests.leaveOpen(key)
            #expect(try await requests.claim(key, scope: "a") == .fresh)
            try await requests.perform(key) {
                try await self.do("one", database)
                try await self.do("two", database)
            }
            #expect(try await deeds(database) == ["one", "two"])
            try await requests.release(key)
            #expect(try await requests.claim(key, scope: "a") == .fresh)
            try await requests.perform(key) { try await self.do("three", database) }
            try await requests.answer(key, location: "/list", flash: "done.x")
            #expect(try await requests.claim(key, scope: "a") == .answered(location: "/list", flash: "done.x"))
        }
    }
}
