import Database
import Kernel
import TestKit
import Testing

@testable import Platform

@Suite("审计记录的期限")
struct AuditRetentionTests {
    @Test(arguments: TestDatabase.allCases)
    func `the chain stays sound when its beginning goes, and tells a change of what is left`(
        on database: TestDatabase
    ) async throws {
        try await database.withDatabase(migrations: PlatformModule.migrations) { database, _ in
            let start = Timestamp(milliseconds: 1_700_000_000_000)
            try await database.write { db in
                for day in 0..<10 {
                    try AuditLog.record("a.b", "\(day)", by: .system, now: start.adding(days: Int64(day)), on: db)
                }
            }
            _ = try await AuditChain.extend(database, settled: false)
            let limit = start.adding(days: 6)
            #expect(try await database.read { try AuditRetention.count(before: limit, on: $0) } == 6)
            func delete(_ count: Int) async throws -> Int {
                try await database.write { db in
                    try AuditRetention.delete(before: limit, atMost: count, by: .system, on: db)
                }
            }
            let gone = [try await delete(3), try await delete(3), try await delete(3)]
            #expect(gone == [3, 3, 0])
            _ = try await AuditChain.extend(database, settled: false)
            let verdict = try await AuditChain.verify(database)
            #expect(verdict.isSound && verdict.waiting == 0, "\(verdict.reason)")
            let left = try await database.read { db in
                try db.column(
                    "SELECT subject FROM platform_audit_entry WHERE action = 'a.b' ORDER BY at", as: String.self)
            }
            #expect(left == ["6", "7", "8", "9"])
            try await database.write {
                try $0.execute("UPDATE platform_audit_entry SET detail = 'x' WHERE subject = '6'")
            }
            #expect(try await !AuditChain.verify(database).isSound)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the newest link stays, however old`(on database: TestDatabase) async throws {
        try await database.withDatabase(migrations: PlatformModule.migrations) { database, _ in
            let old = Timestamp(milliseconds: 1_000_000_000_000), now = Timestamp.now.adding(seconds: 60)
            try await database.write { db in
                for index in 0..<4 { try AuditLog.record("a.b", "\(index)", by: .system, now: old, on: db) }
            }
            _ = try await AuditChain.extend(database, settled: false)
            let gone = try await database.write {
                try AuditRetention.delete(before: now, atMost: 100, by: .system, on: $0)
            }
            #expect(gone == 3)
            _ = try await AuditChain.extend(database, settled: false)
            #expect(try await AuditChain.verify(database).isSound)
        }
    }
}
