import Database
import Directory
import Kernel
import Platform

/// 文件交换: the exchange with systems without an interface. One look goes over the folders of all partners.
package struct FileDrop: Sendable {
    let database: Database
    let reader: DropReader
    let writer: DropWriter
    let expiry: DropExpiry

    /// Seconds for which a server has a partner's folder to itself, unless it says that it is still there.
    private static let lease: Int64 = 120

    /// Writes what is due and takes in what has come; returns how many files there were. A partner whose turn fails does
    /// not keep the others from theirs.
    @discardableResult
    package func run() async throws -> Int {
        let partners = try await database.read { try PartnerStore($0).list(within: .everything) }
        var count = 0, failure: (any Error)?
        for partner in partners {
            // What was sent before a partner was paused is not left with it.
            if !partner.isOn {
                guard try await database.read({ try DropStore($0).hasWaiting(for: partner.id) }) else { continue }
            }
            do { count += try await run(partner) } catch { failure = failure ?? error }
            try Task.checkCancellation()
        }
        if let failure { throw failure }
        return count
    }

    private func run(_ partner: Partner) async throws -> Int {
        let now = reader.now(), worker = Identifiers.next()
        let isOurs = try await database.write {
            try PartnerStore($0).seize(partner.id, by: worker, for: FileDrop.lease, now: now)
        }
        guard isOurs else { return 0 }
        do {
            let count = try await held(partner, by: worker) {
                try await expiry.run(partner)
                guard partner.isOn else { return 0 }
                return try await writer.run(partner) + reader.run(partner)
            }
            try await release(partner, by: worker, "")
            return count
        } catch DomainError.unavailable(let text) {
            try await release(partner, by: worker, text)
            return 0
        } catch {
            try await release(partner, by: worker, "上次检查出错，稍后自动重试")
            throw error
        }
    }

    private func release(_ partner: Partner, by worker: String, _ failure: String) async throws {
        try await database.write { db in
            let store = PartnerStore(db)
            try store.setFailure(failure, partner.id)
            try store.release(partner.id, by: worker)
        }
    }

    /// Keeps the folder while the body works in it.
    private func held(
        _ partner: Partner, by worker: String, _ body: @escaping @Sendable () async throws -> Int
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(FileDrop.lease / 3))
                    let isOurs = try await database.write {
                        try PartnerStore($0).hold(partner.id, by: worker, for: FileDrop.lease, now: .now)
                    }
                    guard isOurs else { throw DomainError.unavailable("文件夹由另一台服务器处理。") }
                }
            }
            defer { group.cancelAll() }
            return try await group.next().flatMap { $0 } ?? 0
        }
    }
}

/// Accepting a file as a job.
struct DropJobs: Sendable {
    static let accept = "exchange.file.accept"
    let decisions: DropDecisions

    var handlers: [JobHandler] {
        let decisions = decisions
        return [
            IntakeDecisionRoutes<DropFileSubject>.handler(DropJobs.accept, roster: "花名册") {
                try await decisions.accept($0, agreed: $1, by: $2)
            }
        ]
    }
}
