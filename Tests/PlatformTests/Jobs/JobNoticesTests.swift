import Database
import Foundation
import Kernel
import TestKit
import Testing

@testable import Platform

@Suite("Notices of jobs") struct JobNoticesTests {
    private static let user = CurrentUser(account: .new(), person: .new(), name: "李校长", grants: [])

    private func add(
        _ database: Database, result: String = "/rosters/batches/1", by user: CurrentUser? = user, at now: Timestamp
    ) async throws -> ID<Job> {
        try await database.write {
            try JobStore($0).add(kind: "test", title: "导入花名册", result: result, by: user, due: now, now: now)
        }
    }

    private func told(_ database: Database) async throws -> [NoticePosted] {
        let payloads = try await database.read { db in
            try db.column(
                "SELECT payload FROM platform_event WHERE kind = \(NoticePosted.kind) ORDER BY id", as: String.self)
        }
        return try payloads.map { try JSONDecoder().decode(NoticePosted.self, from: Data($0.utf8)) }
    }

    /// Takes the job that is due and ends it some seconds later.
    private func end(_ database: Database, _ state: Job.State, after seconds: Int64, from now: Timestamp) async throws {
        try await database.write { db in
            let job = try #require(try JobStore(db).claim(kinds: ["test"], now: now))
            try JobStore(db).end(job, state, message: "完成 9 行", now: now.adding(seconds: seconds))
            // Somebody else has ended it meanwhile: said once.
            try JobStore(db).end(job, state, message: "完成 9 行", now: now.adding(seconds: seconds + 1))
        }
    }

    @Test("Who started long work hears of its end, with the way to the result", arguments: TestDatabase.allCases)
    func done(_ kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: PlatformModule.migrations) { database, _ in
            let now = Timestamp.now, job = try await add(database, at: now)
            try await end(database, .done, after: JobNotices.watched, from: now)
            let posted = try #require(try await told(database).first)
            #expect(posted.receiver == .account(JobNoticesTests.user.account))
            #expect(posted.notice.text == "导入花名册：完成 9 行" && posted.notice.path == "/jobs/\(job)")
            #expect(try await told(database).count == 1)
        }
    }

    @Test("What ended before one's eyes, is nobody's or leads nowhere is not told", arguments: TestDatabase.allCases)
    func quiet(_ kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: PlatformModule.migrations) { database, _ in
            let now = Timestamp.now
            _ = try await add(database, at: now)
            try await end(database, .done, after: JobNotices.watched - 1, from: now)
            _ = try await add(database, by: nil, at: now)
            try await end(database, .failed, after: 90, from: now)
            _ = try await add(database, result: "", at: now)
            try await end(database, .failed, after: 90, from: now)
            #expect(try await told(database).isEmpty)
        }
    }

    @Test("What failed or was parked is told however soon", arguments: TestDatabase.allCases)
    func failed(_ kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: PlatformModule.migrations) { database, _ in
            let now = Timestamp.now
            _ = try await add(database, at: now)
            try await end(database, .failed, after: 1, from: now)
            _ = try await add(database, at: now)
            // It takes its process down each time.
            for turn in 0...JobStore.attempts {
                let later = now.adding(seconds: Int64(turn) * (JobStore.lease + 1))
                try await database.write { _ = try JobStore($0).claim(kinds: ["test"], now: later) }
            }
            let posted = try await told(database)
            #expect(posted.map(\.notice.kind) == [.jobFailed, .jobFailed])
            #expect(posted.last?.notice.text == "导入花名册没有完成：多次中断，已停止重试")
        }
    }
}
