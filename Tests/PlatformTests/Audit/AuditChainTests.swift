import Database
import Kernel
import Platform
import TestKit
import Testing

@Suite("审计链") struct AuditChainTests {
    private func record(_ count: Int, in database: Database) async throws {
        try await database.write { db in
            for index in 0..<count {
                try AuditLog.record("test.done", "subject-\(index)", by: .system, "第 \(index) 件", on: db)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an untouched log is sound`(on kind: TestDatabase) async throws {
        try await kind.withDatabase { (database: Database, _: String) async throws in
            try await record(30, in: database)
            #expect(try await AuditChain.extend(database, settled: false) == 30)
            try await record(5, in: database)
            _ = try await AuditChain.extend(database, settled: false)
            let verdict = try await AuditChain.verify(database)
            #expect(verdict.isSound)
            #expect(verdict.linked == 35)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a changed, a removed and a cut off entry are found`(on kind: TestDatabase) async throws {
        let deeds: [(SQL, Int)] = [
            ("UPDATE platform_audit_entry SET detail = '改' WHERE subject = 'subject-7'", 8),
            ("UPDATE platform_audit_entry SET actor_name = '别人', action = 'test.done' WHERE subject = 'subject-0'", 1),
            ("DELETE FROM platform_audit_link WHERE sequence = 5", 5),
            ("DELETE FROM platform_audit_link WHERE sequence > 15", 16),
        ]
        for (deed, place) in deeds {
            try await kind.withDatabase { (database: Database, _: String) async throws in
                try await record(20, in: database)
                _ = try await AuditChain.extend(database, settled: false)
                try await database.write { try $0.execute(deed) }
                #expect(try await AuditChain.verify(database).brokenAt == place)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the log shows only what lies in the viewer's scope`(on kind: TestDatabase) async throws {
        try await kind.withDatabase { (database: Database, _: String) async throws in
            try await database.write { db in
                try AuditLog.record("a.b", "x", by: .system, at: OrganisationPath("0001/0002/"), on: db)
                try AuditLog.record("a.b", "y", by: .system, at: OrganisationPath("0001/0003/"), on: db)
            }
            let seen = try await database.read { db in
                try AuditLog.list(within: DataScope([OrganisationPath("0001/0003/")]), limit: 10, on: db)
            }
            #expect(seen.map(\.subject) == ["y"])
        }
    }
}
