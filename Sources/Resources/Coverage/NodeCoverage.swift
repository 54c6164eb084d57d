import Kernel

/// 资源覆盖: what a place finds for one lesson.
struct NodeCoverage: Sendable, Equatable {
    /// How well a lesson is served. That a lesson plan and courseware make it good is a rule of the city.
    enum Grade: String, Sendable, CaseIterable {
        case none, weak, good

        var title: String {
            switch self {
            case .none: "没有"
            case .weak: "不足"
            case .good: "齐备"
            }
        }
    }

    let place: NodePlace
    /// Of the school itself, of its county as far as open to the county, and of the city as far as open to all. What
    /// stands in a wider count also stands in the narrower ones where it comes from there.
    let school: Int
    let county: Int
    let city: Int
    let groups: Set<ResourceGroup>

    var grade: Grade {
        if groups.isEmpty { return .none }
        return groups.isSuperset(of: [.plan, .courseware]) ? .good : .weak
    }

    /// What is missing for 齐备.
    var missingGroups: [ResourceGroup] { [.plan, .courseware].filter { !groups.contains($0) } }
    var missing: String { missingGroups.map(\.title).joined(separator: "、") }
}

/// One published resource at one lesson, as far as coverage asks.
struct CoverageFact: Sendable {
    let node: ID<TextbookNode>
    let group: ResourceGroup
    let visibility: ItemVisibility
    let path: OrganisationPath
}

extension NodeCoverage {
    /// The lessons in their order, as the place finds them. For a county or the city there is no own school: its own
    /// column counts what its schools made and opened to it, so that a plan of one school's own covers no county.
    static func board(_ lessons: [NodePlace], _ facts: [CoverageFact], at place: OrganisationPath) -> [NodeCoverage] {
        let isSchool = place != .city && place != place.unit
        let byNode = Dictionary(grouping: facts) { $0.node }
        return lessons.map { lesson in
            var (school, county, city) = (0, 0, 0), groups: Set<ResourceGroup> = []
            for fact in byNode[lesson.node.id] ?? [] {
                let isOpen = fact.visibility == .city || fact.visibility == .public
                let isNear = place.unit?.contains(fact.path) ?? false
                let isNearAndOpen = isOpen && place == .city || isNear && fact.visibility != .school
                let isOwn = place.contains(fact.path) && (isSchool || isNearAndOpen)
                if isOwn { school += 1 }
                if isNearAndOpen { county += 1 }
                if isOpen { city += 1 }
                if isOwn || isNearAndOpen || isOpen { groups.insert(fact.group) }
            }
            return NodeCoverage(place: lesson, school: school, county: county, city: city, groups: groups)
        }
    }
}
