import Directory
import Kernel

/// A school and its teaching points: they go over into the new school year together.
struct RolloverUnit: Sendable {
    /// The school, or a teaching point without a school above it.
    let root: Organisation
    /// The root first.
    let schools: [Organisation]
    /// The open classes of each.
    let classes: [OrganisationID: [ClassGroup]]
    let pupils: [RolloverPartKey: Int]
    /// What persons decided; where nothing is told the default holds.
    let decisions: [RolloverPartKey: RolloverDecision]
    let singles: [RolloverSingle]
    /// How many first classes a stage of a school has in the new year.
    let intakes: [RolloverIntakeKey: Int]
    let state: RolloverUnitState

    func school(_ id: OrganisationID) -> Organisation? { schools.first { $0.id == id } }
    var allClasses: [ClassGroup] { schools.flatMap { classes[$0.id] ?? [] } }

    /// Groups schools by what they stand below. Each school is in one group, the groups in tree order.
    static func families(of organisations: [Organisation]) -> [[Organisation]] {
        let schools = organisations.filter { $0.kind.isSchool && $0.closedOn == nil }
        let roots = Set(schools.filter { $0.kind == .school }.map(\.id))
        var order: [OrganisationID] = [], groups: [OrganisationID: [Organisation]] = [:]
        for school in schools {
            let above = school.kind == .teachingPoint ? school.parent.flatMap { roots.contains($0) ? $0 : nil } : nil
            let root = above ?? school.id
            if groups[root] == nil { order.append(root) }
            groups[root, default: []].append(school)
        }
        return order.compactMap { root in
            groups[root]?.sorted { ($0.id == root ? 0 : 1, $0.path) < ($1.id == root ? 0 : 1, $1.path) }
        }
    }
}

struct RolloverIntakeKey: Hashable, Sendable {
    let school: OrganisationID
    let stage: ClassStage
}

/// How far a unit's rollover is.
struct RolloverUnitState: Sendable, Equatable {
    var confirmedAt: Timestamp?
    var confirmedBy = ""
    /// The run that has done it.
    var run: ID<RolloverRun>?

    var title: String {
        if run != nil { return "已升级" }
        return confirmedAt == nil ? "未确认" : "已确认"
    }
}
