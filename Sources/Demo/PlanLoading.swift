import App
import Database
import Foundation
import Kernel
import Plan
import Platform

/// Publishes the city's action plan and makes the city's choices about it.
struct PlanLoading {
    private let platform: CityPlatform
    private static let title = "防城港市教育信息化行动计划(2015-2017年)"
    private static let published = LocalDate(year: 2015, month: 6, day: 1)!

    /// What visitors see: lines, rooms and computers, nothing that is not measured yet.
    private static let publicTargets: Set<String> = [
        "T1", "T4", "T5", "T6", "T11", "T12", "T13", "T14", "T15", "T17", "T18", "T19", "T20", "T21", "T22",
    ]

    init(_ platform: CityPlatform) { self.platform = platform }

    func publish(_ tell: @Sendable (String) -> Void) async throws {
        guard let file = Bundle.module.url(forResource: "action-plan", withExtension: "txt", subdirectory: "Data")
        else {
            throw DomainError.unavailable("程序缺少随附的计划文本 action-plan.txt，请重新安装")
        }
        let now = DemoCity.morning(of: PlanLoading.published)
        let outcome = try await platform.plan.documents.importFile(
            path: file.path, name: PlanLoading.title + ".txt", title: PlanLoading.title, publish: true,
            by: DemoCity.actor, now: now)
        tell("plan: \(outcome.clauses.count) clauses")
        try await platform.database.write { db in
            var settings = try PlanSettings.load(db)
            settings.isPublicOn = true
            settings.publicTargets = PlanLoading.publicTargets
            try settings.save(by: DemoCity.actor, now: now, on: db)
        }
    }

    /// Freezes the figures of each count, once the register holds them all.
    func freeze(_ tell: @Sendable (String) -> Void) async throws {
        let snapshots = SnapshotService(database: platform.database, boards: platform.plan.boards)
        for (index, day) in FacilityStory.days.enumerated() {
            let now = DemoCity.morning(of: day.adding(days: 20))
            let figures = try await snapshots.freeze(on: day, by: DemoCity.actor, now: now)
            tell("snapshot \(day.iso): \(figures) figures, \(index + 1)/\(FacilityStory.days.count)")
        }
    }
}
