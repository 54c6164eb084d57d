import Directory
import Kernel

/// The least that has to be bought for an organisation to reach a target, and where.
package struct CheapestPath: Sendable {
    package struct Step: Sendable {
        package let school: Organisation
        /// In the indicator's gap unit.
        package let things: Double
        /// Fen; `nil` without a price.
        package let cost: Int64?
    }

    /// Schools to be brought up for a share of schools, things for a ratio of sums; 0 when the target is reached.
    package let missing: Double
    /// `所` for a share of schools, else the indicator's gap unit.
    package let missingUnit: String
    /// The unit of the steps.
    package let unit: String
    /// In the order in which they should be done.
    package let steps: [Step]
    /// Fen; `nil` when a step has no price.
    package let cost: Int64?
    /// Whether the steps lead to the target.
    package let isSufficient: Bool
}

extension PlanBoard {
    /// `nil` when the target cannot be judged for the organisation (no data, not meant, not connected), and for what is
    /// asked of counties and not of schools.
    package func cheapestPath(
        of organisation: OrganisationID, target id: String, reading: String? = nil, view: AreaView? = nil
    ) -> CheapestPath? {
        guard let place = self.organisation(organisation), let target = target(id),
            let slot = slot(target, reading, view), slots[slot].indicator.subject == .schools,
            let state = state(of: organisation, target: id, reading: reading, view: view)
        else { return nil }
        guard state.status == .attained || state.status == .notAttained else { return nil }
        let short = schools(short: id, reading: reading, view: view, below: place.path)
        switch slots[slot].reading.measure {
        case .shareOfSchools(let required): return fewest(short, slots[slot], state, required: required)
        case .ratioOfSums: return things(short, slots[slot], state)
        }
    }

    private typealias Short = [(school: Organisation, result: SchoolResult)]

    /// The schools that cost least, as many as are missing to the share.
    private func fewest(_ short: Short, _ slot: Slot, _ state: TargetState, required: Double) -> CheapestPath {
        let needed = Int((required * Double(state.schools) - 1e-9).rounded(.up))
        let missing = max(0, needed - state.passing)
        func price(_ result: SchoolResult) -> (Int64, Double) { (result.cost ?? .max, result.gap ?? .infinity) }
        let cheapest = short.sorted { a, b in
            let (x, y) = (price(a.result), price(b.result))
            return x == y ? a.school.path < b.school.path : x < y
        }
        let steps = cheapest.prefix(missing).map { item in
            CheapestPath.Step(school: item.school, things: item.result.gap ?? 0, cost: item.result.cost)
        }
        return path(slot, Double(missing), unit: "所", Array(steps), isSufficient: steps.count == missing)
    }

    /// All things of a kind cost the same, so any will do: the schools with the largest gaps come first and none gets
    /// more than it lacks itself. Their own gaps always cover the group's.
    private func things(_ short: Short, _ slot: Slot, _ state: TargetState) -> CheapestPath {
        let missing =
            state.status == .attained
            ? 0 : SchoolResult.gap(state.numerator, state.denominator, slot.reading, slot.indicator) ?? 0
        var rest = missing, steps: [CheapestPath.Step] = []
        for item in short where rest > 1e-9 {
            let things = min(item.result.gap ?? 0, rest)
            guard things > 0 else { continue }
            rest -= things
            steps.append(
                CheapestPath.Step(
                    school: item.school, things: things,
                    cost: settings.prices.cost(of: things, key: slot.indicator.price)))
        }
        return path(slot, missing, unit: slot.indicator.gapUnit, steps, isSufficient: rest <= 1e-9)
    }

    private func path(
        _ slot: Slot, _ missing: Double, unit: String, _ steps: [CheapestPath.Step], isSufficient: Bool
    ) -> CheapestPath {
        let costs = steps.compactMap(\.cost)
        return CheapestPath(
            missing: missing, missingUnit: unit, unit: slot.indicator.gapUnit, steps: steps,
            cost: costs.count == steps.count ? costs.reduce(0, +) : nil, isSufficient: isSufficient)
    }
}
