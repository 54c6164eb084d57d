import Contracts
import Directory
import Kernel

/// The two lights of a school's bandwidth, and which rule binds it. The plan asks for bandwidth per school and per
/// class; both are judged, and the one that asks for more than the school has decides what it must add.
package struct BandwidthVerdict: Sendable {
    /// One rule held against the school.
    package struct Light: Sendable {
        /// The target's title, or for a tier that the plan leaves out the city's own rule (方案未规定).
        package let title: String
        /// `nil` for the city's own rule.
        package let target: String?
        /// Mbit/s that the rule asks for; `nil` while the classes are not known.
        package let needs: Double?
        /// Mbit/s of the school; `nil` without data.
        package let has: Double?

        package var passes: Bool? {
            guard let needs, let has else { return nil }
            return EvaluationReading.Comparison.atLeast.holds(has, needs)
        }

        /// Mbit/s missing; zero when the rule is kept.
        package var shortfall: Double? {
            guard let needs, let has else { return nil }
            return passes == true ? 0 : needs - has
        }
    }

    /// 校均: access bandwidth by tier; `nil` when there is no rule for the school.
    package let perSchool: Light?
    /// 班均: egress bandwidth by class; `nil` when there is no rule for the school.
    package let perClass: Light?
    /// The rule with the larger shortfall, else the one that asks for more; `nil` without rules or data.
    package let binding: Light?
    /// Mbit/s missing to the binding rule.
    package let shortfall: Double?
    /// 0, 1 (per school) or 2 (both); a rule that does not exist holds no school back. `nil` without data.
    package let level: Int?

    init(perSchool: Light?, perClass: Light?, isConnected: Bool?) {
        (self.perSchool, self.perClass) = (perSchool, perClass)
        let known = [perSchool, perClass].compactMap { $0 }.filter { $0.shortfall != nil }
        binding = known.max { ($0.shortfall ?? 0, $0.needs ?? 0) < ($1.shortfall ?? 0, $1.needs ?? 0) }
        shortfall = binding?.shortfall
        let first = perSchool.map(\.passes) ?? isConnected
        level = first.map { first in
            guard first else { return 0 }
            return perClass == nil || perClass?.passes == true ? 2 : 1
        }
    }
}

extension PlanBoard {
    private static let access = "access-bandwidth"
    private static let perClass = "egress-per-class"
    private static let perClassAll = "egress-per-class-all"

    /// The verdict on a school's bandwidth; `nil` for what is no school. Of several layers' rules, the strictest.
    package func bandwidth(of school: OrganisationID, view: AreaView? = nil) -> BandwidthVerdict? {
        guard let organisation = organisation(school), let standing = SchoolStanding(organisation) else { return nil }
        let view = view ?? settings.areaView
        let own = figures[school] ?? [:]
        return BandwidthVerdict(
            perSchool: perSchool(standing, view, own), perClass: perClass(standing, view, own),
            isConnected: PlanBoard.parts(own[PlanEvaluation.connection]).map { $0.part > 0 })
    }

    private func perSchool(
        _ school: SchoolStanding, _ view: AreaView, _ figures: [String: SchoolFigure]
    ) -> BandwidthVerdict.Light? {
        let has = PlanBoard.parts(figures[PlanBoard.access])?.part
        if let rule = strictest(PlanBoard.access, school, view) {
            return BandwidthVerdict.Light(
                title: rule.target.title, target: rule.target.id, needs: rule.threshold, has: has)
        }
        guard let tier = school.tier(view), let needs = settings.tierBandwidth[tier] else { return nil }
        let title = "\(tier.title)接入带宽（方案未规定，按本市设定）"
        return BandwidthVerdict.Light(title: title, target: nil, needs: needs, has: has)
    }

    private func perClass(
        _ school: SchoolStanding, _ view: AreaView, _ figures: [String: SchoolFigure]
    ) -> BandwidthVerdict.Light? {
        guard let rule = strictest(PlanBoard.perClass, school, view) else { return nil }
        let parts = PlanBoard.parts(figures[PlanBoard.perClass]) ?? PlanBoard.parts(figures[PlanBoard.perClassAll])
        return BandwidthVerdict.Light(
            title: rule.target.title, target: rule.target.id, needs: parts.map { rule.threshold * $0.whole },
            has: parts?.part)
    }

    private func strictest(
        _ indicator: String, _ school: SchoolStanding, _ view: AreaView
    ) -> (target: EvaluationTarget, threshold: Double)? {
        targets.compactMap { target -> (target: EvaluationTarget, threshold: Double)? in
            guard target.readings.contains(where: { $0.indicator == indicator }),
                let reading = target.official(settings), reading.indicator == indicator,
                let threshold = reading.threshold, Population(target).includes(school, view)
            else { return nil }
            return (target, threshold)
        }.max { $0.threshold < $1.threshold }
    }

    private static func parts(_ figure: SchoolFigure?) -> (part: Double, whole: Double)? {
        if case .value(let part, let whole)? = figure { (part, whole) } else { nil }
    }
}
