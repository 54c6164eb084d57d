import Contracts
import Directory
import Kernel

/// The pass that makes a board: each school is judged once per slot, and its figure added to all places above it; each
/// county where the indicator is about counties.
struct PlanEvaluation {
    static let notConnected = "未接入"
    static let unknownArea = "城乡未知"
    /// The figure that tells whether a school has a line, for targets that mean connected schools only.
    static let connection = "school-connected"

    let organisations: [Organisation]
    let slots: [PlanBoard.Slot]
    let prices: PriceList

    func run(
        _ figures: [OrganisationID: [String: SchoolFigure]]
    ) -> (states: [TargetState], results: [SchoolResult?]) {
        let places = places()
        let populations = slots.map { Population($0.target) }
        var sums = [TargetSums](repeating: TargetSums(), count: organisations.count * slots.count)
        var results = [SchoolResult?](repeating: nil, count: sums.count)
        let ofCounties = slots.indices.filter { slots[$0].indicator.subject == .counties }
        for (node, county) in organisations.enumerated() where county.kind == .county {
            let own = figures[county.id] ?? [:]
            for index in ofCounties where slots[index].target.within?.contains(county.path) ?? true {
                let slot = slots[index], figure = own[slot.reading.indicator] ?? .noData
                let result = SchoolResult(figure, slot.reading, slot.indicator, prices: prices)
                for place in places[node] { sums[place * slots.count + index].add(result) }
            }
        }
        for (node, school) in organisations.enumerated() where school.kind.isSchool {
            guard let standing = SchoolStanding(school) else { continue }
            let own = figures[school.id] ?? [:]
            for (index, slot) in slots.enumerated() where slot.indicator.subject == .schools {
                guard let figure = populations[index].figure(of: standing, slot, own) else { continue }
                let result = SchoolResult(figure, slot.reading, slot.indicator, prices: prices)
                results[node * slots.count + index] = result
                for place in places[node] { sums[place * slots.count + index].add(result) }
            }
        }
        let states = sums.enumerated().map { index, sum in
            let slot = slots[index % slots.count]
            return sum.state(slot.reading, missing: slot.indicator.denominator)
        }
        return (states, results)
    }

    /// For each organisation itself and all those above it. The organisations stand in tree order.
    private func places() -> [[Int]] {
        var places: [[Int]] = []
        places.reserveCapacity(organisations.count)
        var lineage: [Int] = []
        for (node, organisation) in organisations.enumerated() {
            while let last = lineage.last, !organisations[last].path.contains(organisation.path) {
                lineage.removeLast()
            }
            lineage.append(node)
            places.append(lineage)
        }
        return places
    }
}

/// What targets choose a school by, in both views.
struct SchoolStanding {
    let path: OrganisationPath
    let type: String
    let isCentral: Bool
    private let code: Side
    private let customary: Side

    private struct Side {
        let area: Area?
        let tier: PlanTier?
    }

    /// `nil` for what is no school.
    init?(_ school: Organisation) {
        guard let profile = school.profile else { return nil }
        func side(_ view: AreaView) -> Side {
            Side(area: profile.area(reading: view.reading), tier: profile.tier(reading: view.reading))
        }
        (path, type, isCentral) = (school.path, profile.schoolType, profile.isCentral)
        (code, customary) = (side(.code), side(.customary))
    }

    /// `nil` while the city does not know where the school stands. A bureau's decision holds in both views.
    func area(_ view: AreaView) -> Area? { view == .code ? code.area : customary.area }
    func tier(_ view: AreaView) -> PlanTier? { view == .code ? code.tier : customary.tier }
}

/// A target's population, made ready to be asked for many schools.
struct Population {
    private let target: EvaluationTarget
    private let inAnyArea: TargetPopulation

    init(_ target: EvaluationTarget) {
        let own = target.population
        self.target = target
        inAnyArea = TargetPopulation(
            stage: own.stage, schoolTypes: own.schoolTypes, tiers: own.tiers, central: own.central)
    }

    func includes(_ school: SchoolStanding, _ view: AreaView) -> Bool {
        guard target.within?.contains(school.path) ?? true else { return false }
        let area = school.area(view).map { $0 == .urban ? TargetPopulation.Area.urban : .rural }
        return target.population.includes(
            area: area, schoolType: school.type, isCentral: school.isCentral, tier: school.tier(view)?.title)
    }

    /// The school's figure, or `nil` when the target does not mean it. A school that would be meant if only its area
    /// were known is named, not lost.
    func figure(
        of school: SchoolStanding, _ slot: PlanBoard.Slot, _ figures: [String: SchoolFigure]
    ) -> SchoolFigure? {
        let view = slot.view ?? .code
        guard includes(school, view) else {
            return isUnplaced(school, view) ? .outside(PlanEvaluation.unknownArea) : nil
        }
        if target.population.connectedOnly, case .value(0, _)? = figures[PlanEvaluation.connection] {
            return .outside(PlanEvaluation.notConnected)
        }
        return figures[slot.reading.indicator] ?? .noData
    }

    private func isUnplaced(_ school: SchoolStanding, _ view: AreaView) -> Bool {
        guard target.population.area != .all, school.area(view) == nil, target.within?.contains(school.path) ?? true
        else { return false }
        return inAnyArea.includes(
            area: nil, schoolType: school.type, isCentral: school.isCentral, tier: school.tier(view)?.title)
    }
}
