import Directory
import Kernel

/// Everything the pages of the plan show on one day: the evaluated board, the plan's text, the targets with their sets,
/// and the figures of the last snapshot before. Made once per day and state of the data, then only asked.
package struct BoardContext: Sendable {
    package let day: LocalDate
    package let board: PlanBoard
    /// The city's plan; `nil` before one was imported.
    package let plan: PlanText?
    /// The other published plans: of the counties, and of the city's other layers.
    let texts: [ActionPlan]
    /// In the order of their clauses.
    package let targets: [BoardTarget]
    package let settings: PlanSettings
    let snapshot: SnapshotFigures
    let pages: RenderedPages
    private let targetIndex: [String: Int]
    private let pathIndex: [OrganisationPath: Int]
    private let childIndex: [OrganisationID: [Int]]

    init(
        day: LocalDate, board: PlanBoard, plan: PlanText?, texts: [ActionPlan], targets: [BoardTarget],
        settings: PlanSettings, snapshot: SnapshotFigures
    ) {
        (self.day, self.board, self.plan, self.targets) = (day, board, plan, targets)
        self.texts = texts
        (self.settings, self.snapshot) = (settings, snapshot)
        pages = RenderedPages()
        targetIndex = Dictionary(targets.indices.map { (targets[$0].id, $0) }) { first, _ in first }
        let organisations = board.organisations
        pathIndex = Dictionary(organisations.indices.map { (organisations[$0].path, $0) }) { first, _ in first }
        childIndex = Dictionary(
            grouping: organisations.indices.filter { organisations[$0].parent != nil }
        ) { organisations[$0].parent ?? organisations[$0].id }
    }

    package var organisations: [Organisation] { board.organisations }
    package var city: Organisation? { board.organisations.first { $0.kind == .city } }
    func organisation(at path: OrganisationPath) -> Organisation? { pathIndex[path].map { organisations[$0] } }
    /// Directly below, in tree order.
    func children(of place: Organisation) -> [Organisation] { (childIndex[place.id] ?? []).map { organisations[$0] } }
    package func target(_ id: String) -> BoardTarget? { targetIndex[id].map { targets[$0] } }

    /// Where the viewer stands: the organisation asked for by key or code, otherwise the first of the viewer's own.
    /// Throws `DomainError.notFound` for what lies outside the scope.
    package func place(_ asked: String?, within scope: DataScope) throws -> Organisation {
        let found: Organisation?
        if let asked {
            found =
                OrganisationID(checking: asked).flatMap { board.organisation($0) }
                ?? organisations.first { $0.code == asked }
        } else {
            found = organisations.first { scope.contains($0.path) }
        }
        guard let found, scope.contains(found.path) else { throw DomainError.notFound }
        return found
    }

    /// What the viewer may choose from: the bureaus and towns of the scope, or the schools where it holds none.
    package func choices(within scope: DataScope) -> [Organisation] {
        let units = organisations.filter { !$0.kind.isSchool && scope.contains($0.path) }
        return units.isEmpty ? organisations.filter { scope.contains($0.path) } : units
    }

    /// A county's own target speaks of that county only; all others of everybody.
    func concerns(_ target: BoardTarget, _ organisation: Organisation) -> Bool {
        target.evaluation.within?.contains(organisation.path) ?? true
    }
}

/// A target as the pages show it. A class, so that lists of targets are passed on without copying their many parts.
package final class BoardTarget: Sendable {
    package let evaluation: EvaluationTarget
    package let definition: TargetDefinition
    package let set: PlanTargetSet
    /// `nil` when the target hangs on no clause.
    package let clause: String?

    init(evaluation: EvaluationTarget, definition: TargetDefinition, set: PlanTargetSet, clause: String?) {
        (self.evaluation, self.definition, self.set, self.clause) = (evaluation, definition, set, clause)
    }

    package var id: String { evaluation.id }
    var isConnected: Bool { definition.source != .pending }

    /// The same once a module offers the indicator it waits for.
    func connected(to offered: Set<String>) -> BoardTarget {
        let connected = definition.connected(to: offered)
        guard connected.source != definition.source else { return self }
        return BoardTarget(
            evaluation: EvaluationTarget(connected, id: evaluation.id, within: evaluation.within),
            definition: connected, set: set, clause: clause)
    }
}

/// The text of the plan, clause by clause.
package struct PlanText: Sendable {
    package let title: String
    package let from: LocalDate
    package let to: LocalDate
    package let version: Int
    package let clauses: [Clause]

    package struct Clause: Sendable {
        /// `三/(一)`
        package let path: String
        /// As printed: `三、`, `（一）`; empty for what has no number.
        package let token: String
        package let level: Int
        package let heading: String?
        package let paragraphs: [String]

        /// The anchor on the page.
        var anchor: String { PlanText.anchor(path) }
    }

    static func anchor(_ path: String) -> String { "clause-" + path }

    package func clause(_ path: String) -> Clause? { clauses.first { $0.path == path } }
}
