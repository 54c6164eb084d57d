import Database
import Foundation
import Kernel
import Platform
import ServiceLifecycle
import Web

/// Progress of one job for whoever started it, and the operations page of all jobs.
struct JobRoutes: Sendable {
    let database: Database
    /// Looks without news after which the client is asked whether it is still there: about ten seconds.
    private static let quietSteps = 33

    func add(to routes: inout Routes) {
        routes.get("/jobs/:id", access: .signedIn, show)
        routes.get("/jobs/:id/events", access: .signedIn, events)
        routes.get("/operations/jobs", access: .can(.jobView), list)
        routes.post("/operations/jobs/:id/retry", access: .can(.jobView), retry)
    }

    private func find(_ request: WebRequest) async throws -> Job {
        let id: ID<Job> = try request.id("id"), user = try request.user
        return try await database.read { try JobStore($0).find(id, visibleTo: user, scope: user.scope(of: .jobView)) }
    }

    @Sendable func show(_ request: WebRequest) async throws -> WebResponse {
        let job = try await find(request)
        // The result is for whoever asked for it; an operator of jobs need not be allowed to see business records.
        let isOwn = job.account == (try request.user).account
        if isOwn && job.state == .done && !job.result.isEmpty {
            return .redirect(job.result, flash: job.message.isEmpty ? nil : Flash(.done, job.message))
        }
        return .html(JobPages.show(job, isOwn: isOwn, request.page))
    }

    /// One event whenever the progress changed; the last says that the work has ended. Now and then an empty one shows
    /// whether anybody still listens. A server that is asked to end does not wait: the page comes back by itself.
    @Sendable func events(_ request: WebRequest) async throws -> WebResponse {
        let first = try await find(request), database = database
        let isOwn = first.account == (try request.user).account
        let events = AsyncStream<ServerEvent> { continuation in
            let task = Task {
                var last = "", quiet = 0
                // The browser comes back by itself and is then asked for its session again.
                let end = ContinuousClock.now + .seconds(60)
                while !Task.isCancelled && !Task.isShuttingDownGracefully && ContinuousClock.now < end {
                    let job = try? await database.read { db in
                        try JobStore(db).find(first.id, visibleTo: try request.user, scope: .everything)
                    }
                    guard let job else { break }
                    let data = JobPages.event(job, isOwn: isOwn)
                    quiet = data == last ? quiet + 1 : 0
                    if quiet == 0 { continuation.yield(ServerEvent(name: "message", data: data)) }
                    if quiet == JobRoutes.quietSteps {
                        continuation.yield(.keepAlive)
                        quiet = 1
                    }
                    last = data
                    if job.hasEnded { break }
                    try? await Task.sleep(for: .milliseconds(300))  // cancelled when the client leaves
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
        return WebResponse(headers: [("cache-control", "no-store")], body: .events(events))
    }

    @Sendable func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .jobView)
        let query = JobPages.table(request.page).query(request.query)
        let (jobs, counts) = try await database.read { db in
            let store = JobStore(db)
            return (try store.list(within: scope, after: query.after?.id, limit: query.fetchLimit), try store.counts())
        }
        if let format = query.format {
            return try JobPages.table(request.page).download(jobs, as: format, with: request.exporter)
        }
        let total = counts.reduce(0) { $0 + $1.count }
        let page = query.page(jobs, total: total) { (value: $0.id.rawValue, id: $0.id.rawValue) }
        return .html(JobPages.list(page, counts, request))
    }

    @Sendable func retry(_ request: WebRequest) async throws -> WebResponse {
        let job = try await find(request), user = try request.user
        try await database.write { db in
            try JobStore(db).retry(job.id, now: .now)
            try AuditLog.record(
                "job.retried", job.id.rawValue, by: AuditActor(user, address: request.remoteAddress),
                at: job.organisationPath,
                job.title, on: db)
        }
        return .redirect("/operations/jobs", flash: Flash(.done, "已重新排队。"))
    }
}
