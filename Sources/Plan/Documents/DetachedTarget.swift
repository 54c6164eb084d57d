import Database
import Kernel

/// A target whose clause the current version of its plan no longer has.
struct DetachedTarget: Sendable {
    let set: PlanTargetSet
    let target: PlanTarget
}

extension PlanTargetStore {
    /// Targets of the plan's sets that hang on a path none of the clauses has.
    func detached(from plan: ID<ActionPlan>, clauses: [PlanClause], within scope: DataScope) throws -> [DetachedTarget]
    {
        let paths = Set(clauses.map(\.path))
        return try sets(within: scope).filter { $0.plan == plan && $0.state != .archived }.flatMap { set in
            try current(set: set.id).filter { target in target.clause.map { !paths.contains($0) } ?? false }
                .map { DetachedTarget(set: set, target: $0) }
        }
    }
}
