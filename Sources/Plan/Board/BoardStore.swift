import Contracts
import Database
import Directory
import Kernel
import Platform

/// What a board is made from, apart from the figures.
struct BoardStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Changes whenever plan, targets, settings, tree or snapshots changed. Asked on every page, so it only looks at
    /// the ends of indexes and at small tables.
    func revision() throws -> BoardRevision {
        let marks = try db.first(
            """
            SELECT (SELECT MAX(id) FROM plan_version), (SELECT COUNT(*) FROM plan_plan WHERE state = 'published'),
                (SELECT MAX(id) FROM directory_organisation_version),
                (SELECT COUNT(*) FROM plan_snapshot WHERE organisation_id =
                    (SELECT id FROM directory_organisation WHERE kind = 'city'))
            """
        ) { row in
            let version: String? = try row.get(0), tree: String? = try row.get(2)
            return "\(version ?? "") \(try row.integer(1)) \(tree ?? "") \(try row.integer(3))"
        }
        return BoardRevision(
            records: (marks ?? "") + " " + (try PlanTargetStore(db).revision()), settings: try SettingStore(db).all())
    }

    struct Inputs: Sendable {
        let plan: PlanText?
        let texts: [ActionPlan]
        let targets: [BoardTarget]
        let organisations: [Organisation]
        let settings: PlanSettings
        let snapshot: SnapshotFigures
    }

    func inputs(on day: LocalDate) throws -> Inputs {
        let store = PlanStore(db), living = try store.livingPlan(), plan = try living.map(text)
        let texts = try store.plans(within: .everything).filter { $0.state == .published && $0.id != living?.id }
        return Inputs(
            plan: plan, texts: texts, targets: try targets(on: day, plan: plan),
            organisations: try OrganisationStore(db).all(within: .everything, on: day),
            settings: try PlanSettings.load(db),
            snapshot: try SnapshotStore(db).last(before: day))
    }

    /// The current text of a plan.
    func text(of plan: ActionPlan) throws -> PlanText {
        let store = PlanStore(db)
        let version = try store.currentVersion(of: plan.id)
        let clauses = try store.clauses(of: version.id).map { clause in
            PlanText.Clause(
                path: clause.path, token: clause.token, level: clause.level, heading: clause.heading,
                paragraphs: clause.paragraphs)
        }
        return PlanText(title: plan.title, from: plan.from, to: plan.to, version: version.number, clauses: clauses)
    }

    /// The days the plan speaks of; without a plan, those of the city's newest set.
    func period() throws -> (from: LocalDate, to: LocalDate)? {
        if let plan = try PlanStore(db).livingPlan() { return (plan.from, plan.to) }
        let sets = try PlanTargetStore(db).published()
        let newest = sets.filter { $0.layer == .municipal }.max { $0.from < $1.from } ?? sets.first
        return newest.map { ($0.from, $0.to) }
    }

    /// The targets that count on the day: of each layer and owner the set of that day, otherwise the nearest. They
    /// stand in the order of their clauses; those without one at the end.
    private func targets(on day: LocalDate, plan: PlanText?) throws -> [BoardTarget] {
        let store = PlanTargetStore(db)
        let sets = BoardStore.current(try store.published(), on: day)
        var taken: [String: Int] = [:]
        var targets: [BoardTarget] = []
        for set in sets {
            for target in try store.targets(of: set.id, on: day) {
                let uses = (taken[target.code] ?? 0) + 1
                taken[target.code] = uses
                // Codes are unique among sets of the same years; an older set beside a newer may repeat one.
                let id = uses == 1 ? target.code : "\(target.code).\(uses)"
                let within = set.owner.organisation == nil ? nil : set.owner.path
                targets.append(
                    BoardTarget(
                        evaluation: EvaluationTarget(target.definition, id: id, within: within),
                        definition: target.definition, set: set, clause: target.clause))
            }
        }
        return BoardStore.ordered(targets, by: plan)
    }

    /// The city's own sets come first, so that they keep their codes.
    private static func current(_ sets: [PlanTargetSet], on day: LocalDate) -> [PlanTargetSet] {
        let groups = Dictionary(grouping: sets) { "\($0.layer.rawValue) \($0.owner.organisation?.rawValue ?? "")" }
        let ranks: [TargetSetFile.Layer] = [.municipal, .provincial, .national, .county]
        func rank(_ set: PlanTargetSet) -> Int { ranks.firstIndex(of: set.layer) ?? ranks.count }
        return groups.values.flatMap { group -> [PlanTargetSet] in
            let present = group.filter { $0.from <= day && $0.to >= day }
            if !present.isEmpty { return present }
            let past = group.filter { $0.to < day }
            let nearest = past.map(\.to).max()
            return nearest.map { end in past.filter { $0.to == end } } ?? group
        }.sorted { (rank($0), $0.owner.path, $0.id) < (rank($1), $1.owner.path, $1.id) }
    }

    private static func ordered(_ targets: [BoardTarget], by plan: PlanText?) -> [BoardTarget] {
        let places = Dictionary(
            (plan?.clauses ?? []).enumerated().map { ($0.element.path, $0.offset) }
        ) { first, _ in first }
        func place(_ target: BoardTarget) -> Int {
            guard let clause = target.clause else { return .max }
            return places[clause] ?? (plan == nil ? 0 : .max - 1)
        }
        return targets.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
            .map(\.element)
    }
}

/// The state of everything a board depends on besides the figures.
struct BoardRevision: Hashable, Sendable {
    let records: String
    /// As stored: they are compared on every page and read only when they changed.
    let settings: [String: String]
}
