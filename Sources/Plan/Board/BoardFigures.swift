import Contracts
import Directory
import Kernel

/// The board as one reader asked for it: an organisation with what lies below, a reading, a view and a kind of schools.
struct BoardFigures: Sendable {
    let context: BoardContext
    let place: Organisation
    let selection: BoardSelection

    /// What stands directly below the place, in tree order.
    var children: [Organisation] { context.children(of: place) }

    private var board: PlanBoard { context.board }

    /// What the figures of one target are made of.
    struct Way: Sendable {
        let reading: EvaluationReading
        let view: AreaView?
        let indicator: Indicator
    }

    /// `nil` while no module delivers the target.
    func way(_ target: BoardTarget) -> Way? {
        guard let reading = board.reading(target.evaluation, selection.reading(of: target.evaluation)),
            let indicator = board.indicator(of: reading)
        else { return nil }
        let view = target.evaluation.dependsOnArea ? selection.view ?? context.settings.areaView : nil
        return Way(reading: reading, view: view, indicator: indicator)
    }

    /// The targets that concern the place, in order.
    var targets: [BoardTarget] { context.targets.filter { context.concerns($0, place) } }

    /// The figure of the place itself.
    func figure(_ target: BoardTarget) -> TargetFigure { figure(target, of: place) }

    func figure(_ target: BoardTarget, of organisation: Organisation) -> TargetFigure {
        guard let way = way(target) else { return .unconnected(target) }
        return figure(target, way, of: organisation)
    }

    /// `way` as this board has it for the target.
    func figure(_ target: BoardTarget, _ way: Way, of organisation: Organisation) -> TargetFigure {
        if organisation.kind.isSchool { return own(target, way, organisation) }
        guard selection.kind != nil else {
            guard
                let state = board.state(of: organisation.id, target: target.id, reading: way.reading.id, view: way.view)
            else { return .unconnected(target) }
            return TargetFigure(state, way.reading, way.indicator)
        }
        return sum(results(target, way, below: organisation.path), way)
    }

    private func own(_ target: BoardTarget, _ way: Way, _ school: Organisation) -> TargetFigure {
        let isAsked = selection.kind.map { $0.contains(school.profile?.schoolType ?? "") } ?? true
        let result =
            isAsked ? board.result(of: school.id, target: target.id, reading: way.reading.id, view: way.view) : nil
        return TargetFigure(own: result, way.reading, way.indicator)
    }

    typealias Results = [(school: Organisation, result: SchoolResult)]

    /// Every school below the place that the target means.
    func results(_ target: BoardTarget) -> Results {
        way(target).map { results(target, $0, below: place.path) } ?? []
    }

    private func results(_ target: BoardTarget, _ way: Way, below path: OrganisationPath) -> Results {
        let all = board.results(target: target.id, reading: way.reading.id, view: way.view, below: path)
        guard let kind = selection.kind else { return all }
        return all.filter { kind.contains($0.school.profile?.schoolType ?? "") }
    }

    /// Those that fall short, the largest gap first.
    func short(_ target: BoardTarget) -> Results {
        results(target).filter { $0.result.passes == false }
            .sorted { ($1.result.gap ?? 0, $0.school.path) < ($0.result.gap ?? 0, $1.school.path) }
    }

    private func sum(_ results: Results, _ way: Way) -> TargetFigure {
        var sums = TargetSums()
        for item in results { sums.add(item.result) }
        return TargetFigure(sums.state(way.reading, missing: way.indicator.denominator), way.reading, way.indicator)
    }
}

/// A part of an organisation that is compared with its others.
struct BoardUnit: Sendable {
    let title: String
    /// `nil` for the schools that stand directly below.
    let organisation: Organisation?
    let figure: TargetFigure
}

extension BoardFigures {
    private static let direct = "直属学校"

    /// The place by its parts: a city's counties and 市直, a county's towns, a town's schools. Schools that stand
    /// directly below a city or county are one part.
    func units(_ target: BoardTarget) -> [BoardUnit] {
        guard let way = way(target) else { return [] }
        let isGrouped = place.kind == .city || place.kind == .county
        var units = children.filter { !isGrouped || !$0.kind.isSchool }
            .map { BoardUnit(title: $0.name, organisation: $0, figure: figure(target, of: $0)) }
        let direct = isGrouped ? children.filter { $0.kind.isSchool } : []
        if !direct.isEmpty {
            let own = results(target).filter { item in direct.contains { $0.path.contains(item.school.path) } }
            units.append(BoardUnit(title: BoardFigures.direct, organisation: nil, figure: sum(own, way)))
        }
        return units.filter { $0.figure.status != .notApplicable || $0.figure.note != nil }
    }

    /// The county, 市直 or town that a school is listed under, seen from the place.
    func unitName(of school: Organisation) -> String {
        let below = school.path.text.utf8.dropFirst(place.path.text.utf8.count)
        guard let end = below.firstIndex(of: UInt8(ascii: "/")), let first = String(below[...end]) else {
            return place.name
        }
        let unit = context.organisation(at: OrganisationPath(place.path.text + first))
        return unit.flatMap { $0.kind.isSchool ? nil : $0.name } ?? place.name
    }

    /// How the figure of the place moved since the last snapshot; `nil` when either is not known.
    func movement(_ target: BoardTarget, _ figure: TargetFigure) -> FigureText.Movement? {
        guard selection.kind == nil, let way = way(target), let value = figure.value, let day = context.snapshot.day,
            let old = context.snapshot.value(of: place.id, target.id, way.reading.id, way.view)
        else { return nil }
        return FigureText.movement(from: old, to: value, figure.unit, since: day)
    }

    /// Where the place stands on the target's milestone path.
    func milestones(_ target: BoardTarget, _ figure: TargetFigure) -> MilestonePosition? {
        guard !target.evaluation.milestones.isEmpty, !place.kind.isSchool else { return nil }
        return MilestonePosition(
            target.evaluation.milestones, on: context.day, value: figure.value, comparison: figure.comparison)
    }

    /// How many targets stand how, without the filter by state.
    var summary: [(filter: StateFilter, count: Int)] {
        let statuses = targets.map { figure($0).status }
        return StateFilter.allCases.map { filter in (filter, statuses.count { filter.contains($0) }) }
    }
}
