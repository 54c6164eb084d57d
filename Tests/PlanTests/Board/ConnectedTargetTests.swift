import Kernel
import Testing

@testable import Plan

/// Targets that waited for a module when their set was written.
@Suite struct `Targets of modules that came later` {
    @Test func `are connected once their indicator is offered, and only they`() throws {
        let files = try TargetSetFile.shipped()
        let targets = try #require(files.first { $0.id == "municipal-2015-2017" }).targets
        let offered: Set<String> = ["class-push", "school-connected"]
        for target in targets {
            let connected = target.connected(to: offered)
            if target.id == "T26" {
                #expect(target.source == .pending && connected.source == .module)
                #expect(connected.feed == "教学资源" && connected.indicator == target.indicator)
                #expect(!EvaluationTarget(connected).readings.isEmpty && EvaluationTarget(target).readings.isEmpty)
            } else {
                #expect(connected == target, "\(target.id)")
            }
        }
    }
}
