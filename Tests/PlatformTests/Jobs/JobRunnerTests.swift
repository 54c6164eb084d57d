import Database
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@Suite("后台任务") struct JobRunnerTests {
    private func runner(_ database: Database, _ handlers: [JobHandler]) -> JobRunner {
        JobRunner(database: database, handlers: handlers, logger: TestDatabase.logger)
    }

    private func add(_ database: Database, kind: String = "test") async throws -> ID<Job> {
        try await database.write { try JobStore($0).add(kind: kind, title: "测试", payload: "x", by: nil) }
    }

    private func state(_ id: ID<Job>, _ database: Database) async throws -> Job? {
        try await database.read {
            try JobStore($0).list(within: .everything, after: nil, limit: 100).first { $0.id == id }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `workers side by side run each job once`(on kind: TestDatabase) async throws {
        try await kind.withDatabase { (database: Database, _: String) async throws in
            for _ in 0..<20 { _ = try await add(database) }
            let runs = Counter()
            let handler = JobHandler("test") { context in
                runs.add(context.job.id.rawValue)
                return ""
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { while try await runner(database, [handler]).runOne() {} } }
                try await group.waitForAll()
            }
            while try await runner(database, [handler]).runOne() {}
            #expect(runs.seen.count == 20)
            #expect(Set(runs.seen).count == 20)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a wide runner does several jobs at the same time`(on kind: TestDatabase) async throws {
        try await kind.withDatabase { (database: Database, _: String) async throws in
            for _ in 0..<3 { _ = try await add(database) }
            // Each job waits for the two others, so one after the other none would end.
            let (arrivals, arrive) = AsyncStream.makeStream(of: Void.self)
            let (ends, end) = AsyncStream.makeStream(of: Void.self)
            let gate = Gate()
            let handler = JobHandler("test") { _ in
                arrive.yield()
                await gate.wait()
                end.yield()
                return ""
            }
            let work = Task { await runner(database, [handler]).run(width: 3) }
            var waiting = arrivals.makeAsyncIterator(), ended = ends.makeAsyncIterator()
            for _ in 0..<3 { await waiting.next() }
            await gate.open()
            for _ in 0..<3 { await ended.next() }
            work.cancel()
            await work.value
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a broken rule ends the job and a fault tries it again, five times at most`(on kind: TestDatabase) async throws
    {
        struct Fault: Error {}
        try await kind.withDatabase { (database: Database, _: String) async throws in
            let refused = try await add(database, kind: "refused"), faulty = try await add(database, kind: "faulty")
            let handlers = [
                JobHandler("refused") { _ in throw DomainError.conflict("不行") },
                JobHandler("faulty") { _ in throw Fault() },
            ]
            var now = Timestamp.now
            for _ in 0..<8 {
                while try await runner(database, handlers).runOne(now: now) {}
                now = now.adding(days: 1)
            }
            #expect(try await state(refused, database)?.message == "不行")
            #expect(try await state(refused, database)?.attempts == 1)
            #expect(try await state(faulty, database)?.state == .failed)
            #expect(try await state(faulty, database)?.attempts == 5)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a job whose worker died is taken up again after its lease`(on kind: TestDatabase) async throws {
        try await kind.withDatabase { (database: Database, _: String) async throws in
            let id = try await add(database)
            try await database.write { db in
                try db.execute(
                    "UPDATE platform_job SET state = 'running', lease_until = \(Timestamp.now.adding(seconds: 60)) WHERE id = \(id)"
                )
            }
            let handler = JobHandler("test") { _ in "完成" }
            #expect(try await runner(database, [handler]).runOne() == false)
            #expect(try await runner(database, [handler]).runOne(now: Timestamp.now.adding(seconds: 120)))
            #expect(try await state(id, database)?.state == .done)
        }
    }
}

private final class Counter: Sendable {
    private let all = Mutex<[String]>([])
    func add(_ text: String) { all.withLock { $0.append(text) } }
    var seen: [String] { all.withLock { $0 } }
}

/// Holds everybody until it is opened.
private actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
