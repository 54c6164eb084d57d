/// The tier of the plan's bandwidth rules a school falls under. The raw value is the code in `CodeLists.planTier`.
package enum PlanTier: String, Sendable, Hashable, CaseIterable {
    case secondary
    case central
    /// 农村完小. The register does not tell a school with six grades from one with fewer, so every rural 211 that is no
    /// central school counts.
    case completePrimary = "complete_primary"
    case teachingPoint = "teaching_point"
    case urbanPrimary = "urban_primary"
    case kindergarten
    case special
    case vocational

    /// The word on the page.
    package var title: String { CodeLists.planTier.name(of: rawValue) }

    /// Whether the plan gives a bandwidth for this tier (三(一)). The others are marked 方案未规定 and follow the
    /// bureau's own setting, if there is one.
    package var isRuledByPlan: Bool {
        switch self {
        case .secondary, .central, .completePrimary, .teachingPoint: true
        case .urbanPrimary, .kindergarten, .special, .vocational: false
        }
    }

    /// Derives the tier from what the register holds.
    /// - Parameters:
    ///   - type: 办学类型 code.
    ///   - urbanRural: 所在地城乡类型 code; decides between 农村完小 and 城区小学 only. In the code reading a primary
    ///     school of a town (镇区) that is not central counts as 城区小学, in the customary reading as 农村完小.
    ///   - isCentral: whether the school is marked as 中心校; only primary schools can be.
    /// - Returns: `nil` when the plan knows no tier for the type (adult education, classes attached to a school), or
    ///   when the area of a primary school is not known.
    package static func derive(
        type: String, urbanRural: String?, isCentral: Bool, reading: UrbanRural.Reading = .code
    ) -> PlanTier? {
        derive(type: type, area: UrbanRural.area(code: urbanRural, reading: reading), isCentral: isCentral)
    }

    /// The same for an area that is already settled, for example by a bureau's decision against the code.
    package static func derive(type: String, area: Area?, isCentral: Bool) -> PlanTier? {
        if SchoolCategory.secondary.contains(type) { return .secondary }
        if SchoolCategory.teachingPoint.contains(type) { return .teachingPoint }
        if SchoolCategory.kindergarten.contains(type) { return .kindergarten }
        if SchoolCategory.special.contains(type) { return .special }
        if SchoolCategory.vocational.contains(type) { return .vocational }
        guard type == "211" else { return nil }
        if isCentral { return .central }
        return switch area {
        case .rural: .completePrimary
        case .urban: .urbanPrimary
        case nil: nil
        }
    }
}
