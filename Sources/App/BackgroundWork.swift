import Database
import Identity
import Kernel
import Logging
import Platform
import ServiceLifecycle

/// Work beside the requests: jobs, delivery of events, the audit chain, and tidying up. Ends with the process.
struct BackgroundWork: Service {
    let platform: CityPlatform

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let runner = JobRunner(database: platform.database, handlers: platform.jobs, logger: platform.logger)
                group.addTask { await runner.run() }
                let errands = JobRunner(
                    database: platform.database, handlers: platform.errands, logger: platform.logger)
                group.addTask { await errands.run(width: 8) }
                // A line of their own each: a page of text waits for no film, and nothing else waits for either.
                for handlers in [platform.media.recordingJobs, platform.media.jobs] {
                    let media = JobRunner(database: platform.database, handlers: handlers, logger: platform.logger)
                    group.addTask { await media.run() }
                }
                let delivery = EventDelivery(database: platform.database, receivers: platform.receivers)
                group.addTask {
                    await repeatedly(every: .milliseconds(500), "events") { _ = try await delivery.deliver() }
                }
                group.addTask {
                    await repeatedly(every: .seconds(5), "people index") {
                        try await platform.directory.peopleIndexing.catchUp()
                    }
                }
                group.addTask {
                    await repeatedly(every: .seconds(5), "resource search") {
                        try await platform.resources.searchIndexing.catchUp()
                    }
                }
                group.addTask {
                    await repeatedly(every: .seconds(5), "public records") {
                        try await platform.resources.publicRecords.catchUp()
                    }
                }
                group.addTask {
                    await repeatedly(every: .seconds(5), "account index") {
                        try await platform.identity.accountIndexing.catchUp()
                    }
                }
                group.addTask {
                    await repeatedly(every: .seconds(5), "reads of other systems") {
                        try await platform.exchange.keepReads()
                    }
                }
                group.addTask {
                    await repeatedly(every: .seconds(1), "uploads") { try await platform.media.settle() }
                }
                group.addTask {
                    await repeatedly(every: .seconds(20), "audit chain") {
                        _ = try await AuditChain.extend(platform.database)
                    }
                }
                group.addTask {
                    await repeatedly(every: .seconds(20), "file drop") { try await platform.exchange.fileDrop.run() }
                }
                group.addTask {
                    await repeatedly(every: .seconds(60), "resources") { try await platform.resources.tend() }
                }
                group.addTask {
                    await repeatedly(every: .seconds(3600), "tidying") {
                        try await Tending.each([
                            { try await RepeatedRequests(platform.database).forgetOld() },
                            { try await Notices.forgetOld(platform.database) },
                            { try await platform.directory.forgetOld() },
                            { try await platform.identity.forgetOld() },
                            { try await platform.federation.forgetOld() },
                            { try await platform.rosters.tend() },
                            { try await platform.connectivity.tend() },
                            { try await platform.exchange.tend() },
                            { try await platform.media.tend() },
                            { try await platform.privacy.tend() },
                        ])
                    }
                }
                await group.waitForAll()
            }
        }
        // This task is cancelled by now, and would write nothing.
        await Task { [platform] in
            do { try await platform.exchange.keepReads() } catch {
                platform.logger.warning("counts of reads are lost", metadata: ["error": "\(error)"])
            }
        }.value
    }

    private func repeatedly(
        every pause: Duration, _ name: String, _ body: @Sendable () async throws -> Void
    ) async {
        while !Task.isCancelled {
            do { try await body() } catch is CancellationError { return } catch {
                platform.logger.warning("background work failed", metadata: ["work": "\(name)", "error": "\(error)"])
            }
            try? await Task.sleep(for: pause)  // a cancelled sleep ends the loop
        }
    }
}
