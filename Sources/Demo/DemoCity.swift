import App
import Kernel
import Platform

/// Fills a prepared, empty city through the services that people's deeds go through, so that history, audit and events
/// are there too. The same call gives the same city; only keys and the times of the accounts differ.
package enum DemoCity {
    static let actor = AuditActor(id: nil, name: "演示数据", address: "")

    /// - Parameters:
    ///   - size: `.none` does nothing.
    ///   - tell: gets a line for each step, for example `schools 120/413`.
    /// Throws `DomainError` when the city is not prepared or not empty.
    package static func load(
        _ size: DemoSize, into platform: CityPlatform, _ tell: @Sendable (String) -> Void
    ) async throws {
        guard size != .none else { return }
        let schools = SchoolDraft.schools(size)
        let entered = try await SchoolLoading(platform.database, schools).run(tell)
        try await RegisterLoading(platform.database, schools, entered).run(tell)
        let plan = PlanLoading(platform)
        try await plan.publish(tell)
        try await plan.freeze(tell)
        try await AccountLoading(platform, schools, entered, isCity: size == .city).run(tell)
        var birthdays = Birthdays()
        try await RosterLoading(platform, schools, entered).run(&birthdays, tell)
        try await StudentLifeLoading(platform, schools, entered).run(tell)
        try await StaffLoading(platform, schools, entered).run(tell)
        if size == .city { try await CityPeopleLoading(platform, schools, entered).run(birthdays, tell) }
        try await ApplicationLoading(platform, schools, entered).run(tell)
        let resources = ResourceLoading(platform, schools, entered)
        try await resources.run(tell)
        try await SiteLoading(platform, resources, schools, entered).run(tell)
        tell("demo \(size.rawValue) is loaded")
    }

    /// Ten in the morning in Asia/Shanghai.
    static func morning(of day: LocalDate) -> Timestamp {
        Timestamp(milliseconds: (Int64(day.daysSince1970) * 24 + 2) * 3_600_000)
    }
}
