import Database
import Foundation
import Kernel
import Logging

/// What a job's code gets.
package struct JobContext: Sendable {
    package let job: Job
    package let database: Database

    /// Tells how far the work is and keeps the lease; cheap enough to call for each hundred rows.
    package func report(_ done: Int, of total: Int, _ message: String) async throws {
        let id = job.id
        try await database.write { db in
            try JobStore(db).report(id, done: done, total: total, message: message, now: .now)
        }
    }
}

/// The code of one kind of job. It may run twice after a crash, so its effect must be the same the second time.
package struct JobHandler: Sendable {
    package let kind: String
    /// Returns the closing message for people.
    let run: @Sendable (JobContext) async throws -> String

    package init(_ kind: String, _ run: @escaping @Sendable (JobContext) async throws -> String) {
        (self.kind, self.run) = (kind, run)
    }
}

/// Runs due jobs until cancelled.
package struct JobRunner: Sendable {
    let database: Database
    let handlers: [String: JobHandler]
    let logger: Logger

    package init(database: Database, handlers: [JobHandler], logger: Logger) {
        (self.database, self.logger) = (database, logger)
        self.handlers = Dictionary(uniqueKeysWithValues: handlers.map { ($0.kind, $0) })
    }

    /// Runs one due job, if there is one; returns whether there was.
    package func runOne(now: Timestamp = .now) async throws -> Bool {
        guard let job = try await claim(now: now) else { return false }
        try await perform(job)
        return true
    }

    private func claim(now: Timestamp) async throws -> Job? {
        let kinds = handlers.keys.sorted()
        return kinds.isEmpty ? nil : try await database.write { try JobStore($0).claim(kinds: kinds, now: now) }
    }

    private func perform(_ job: Job) async throws {
        guard let handler = handlers[job.kind] else { return }
        do {
            let message = try await handler.run(JobContext(job: job, database: database))
            try await database.write { try JobStore($0).end(job, .done, message: message, now: .now) }
        } catch let error as DomainError where !JobRunner.mayPass(error) {
            // A broken rule stays broken: trying again would say the same.
            let text = JobRunner.text(of: error)
            try await database.write { try JobStore($0).end(job, .failed, message: text, now: .now) }
        } catch {
            logger.error("job failed", metadata: ["job": "\(job.id)", "kind": "\(job.kind)", "error": "\(error)"])
            let pause = Int64(5 << (2 * min(job.attempts, 6)))
            try await database.write { db in
                if job.attempts >= JobStore.attempts {
                    try JobStore(db).end(job, .failed, message: "出错，已停止重试（编号 \(job.id)）", now: .now)
                } else {
                    try JobStore(db).postpone(job, until: Timestamp.now.adding(seconds: pause), message: "出错，稍后重试")
                }
            }
        }
    }

    /// Looks for work until the task is cancelled: at once after a job, otherwise twice a second.
    /// - Parameter width: jobs at once; more than one for work that waits for other systems.
    package func run(width: Int = 1) async {
        precondition(width > 0)
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            while !Task.isCancelled {
                if running == width {
                    await group.next()
                    running -= 1
                }
                if let job = await dueJob() {
                    group.addTask { await attempt(job) }
                    running += 1
                } else {
                    try? await Task.sleep(for: .milliseconds(500))  // a cancelled sleep ends the loop
                }
            }
        }
    }

    private func dueJob() async -> Job? {
        do { return try await claim(now: .now) } catch is CancellationError { return nil } catch {
            logger.warning("job runner waits", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func attempt(_ job: Job) async {
        do { try await perform(job) } catch is CancellationError { return } catch {
            // The lease runs out, and the job is taken again.
            logger.warning("the end of a job was not noted", metadata: ["job": "\(job.id)", "error": "\(error)"])
        }
    }

    /// A full disk or a lost database is no fault of the job: it is tried again. A job may run twice, so it may also when
    /// nobody knows whether it was done.
    private static func mayPass(_ error: DomainError) -> Bool {
        switch error {
        case .unavailable, .uncertain: true
        default: false
        }
    }

    static func text(of error: DomainError) -> String {
        switch error {
        case .notFound: "记录不存在。"
        case .forbidden(let text), .conflict(let text), .unavailable(let text), .uncertain(let text): text
        case .invalid(let problems): problems.map(\.message).joined(separator: "；")
        }
    }
}
