import Contracts
import Directory
import Kernel

/// The plan on one day: every target, in every reading and both views of 城镇 and 农村, for every organisation.
/// A value without database: made from figures in one pass, then only asked.
package struct PlanBoard: Sendable {
    /// In tree order.
    package let organisations: [Organisation]
    package let targets: [EvaluationTarget]
    package let settings: EvaluationSettings
    let figures: [OrganisationID: [String: SchoolFigure]]
    let indicators: [String: Indicator]
    let slots: [Slot]
    private let slotIndex: [SlotKey: Int]
    private let nodeIndex: [OrganisationID: Int]
    private let targetIndex: [String: Int]
    /// Organisation by slot.
    private let states: [TargetState]
    private let results: [SchoolResult?]

    /// One reading of one target in one view.
    struct Slot: Sendable {
        let target: EvaluationTarget
        let reading: EvaluationReading
        /// `nil` when the views do not differ.
        let view: AreaView?
        let indicator: Indicator
    }

    private struct SlotKey: Hashable {
        let target: String
        let reading: String
        let view: AreaView?
    }

    /// - Parameters:
    ///   - organisations: the tree as of the day; schools of it are judged, all others sum up what lies below them.
    ///   - figures: by school and indicator, from all sources.
    ///   - targets: a target whose indicator no source offers is shown as not connected.
    package static func evaluate(
        organisations: [Organisation], figures: [OrganisationID: [String: SchoolFigure]], indicators: [Indicator],
        targets: [EvaluationTarget], settings: EvaluationSettings
    ) -> PlanBoard {
        PlanBoard(organisations.sorted { $0.path < $1.path }, figures, indicators, targets, settings)
    }

    private init(
        _ organisations: [Organisation], _ figures: [OrganisationID: [String: SchoolFigure]], _ indicators: [Indicator],
        _ targets: [EvaluationTarget], _ settings: EvaluationSettings
    ) {
        let offered = Dictionary(indicators.map { ($0.id, $0) }) { first, _ in first }
        let slots = PlanBoard.slots(targets, offered)
        let evaluation = PlanEvaluation(organisations: organisations, slots: slots, prices: settings.prices)
        (states, results) = evaluation.run(figures)
        (self.organisations, self.figures, self.targets, self.settings) = (organisations, figures, targets, settings)
        (self.indicators, self.slots) = (offered, slots)
        slotIndex = Dictionary(
            slots.indices.map {
                (SlotKey(target: slots[$0].target.id, reading: slots[$0].reading.id, view: slots[$0].view), $0)
            }
        ) { first, _ in first }
        nodeIndex = Dictionary(organisations.indices.map { (organisations[$0].id, $0) }) { first, _ in first }
        targetIndex = Dictionary(targets.indices.map { (targets[$0].id, $0) }) { first, _ in first }
    }

    private static func slots(_ targets: [EvaluationTarget], _ indicators: [String: Indicator]) -> [Slot] {
        targets.flatMap { target -> [Slot] in
            let views: [AreaView?] = target.dependsOnArea ? AreaView.allCases : [nil]
            return target.readings.flatMap { reading -> [Slot] in
                guard let indicator = indicators[reading.indicator] else { return [] }
                return views.map { Slot(target: target, reading: reading, view: $0, indicator: indicator) }
            }
        }
    }

    package func organisation(_ id: OrganisationID) -> Organisation? { nodeIndex[id].map { organisations[$0] } }
    package func target(_ id: String) -> EvaluationTarget? { targetIndex[id].map { targets[$0] } }

    /// What a reading's figures are made of; `nil` when no source offers it.
    package func indicator(of target: String, reading: String? = nil) -> Indicator? {
        guard let target = self.target(target), let reading = self.reading(target, reading) else { return nil }
        return indicator(of: reading)
    }

    func indicator(of reading: EvaluationReading) -> Indicator? { indicators[reading.indicator] }

    /// The state of an organisation with everything below it; `nil` for an organisation or target not on the board.
    /// Without a reading or view, the official one.
    package func state(
        of organisation: OrganisationID, target: String, reading: String? = nil, view: AreaView? = nil
    ) -> TargetState? {
        guard let node = nodeIndex[organisation], let target = self.target(target) else { return nil }
        guard let slot = slot(target, reading, view) else { return PlanBoard.unconnected(target) }
        return states[node * slots.count + slot]
    }

    /// A school's own result, without the teaching points below it; `nil` when the target does not mean it.
    package func result(
        of school: OrganisationID, target: String, reading: String? = nil, view: AreaView? = nil
    ) -> SchoolResult? {
        guard let node = nodeIndex[school], let target = self.target(target), let slot = slot(target, reading, view)
        else { return nil }
        return results[node * slots.count + slot]
    }

    /// One state in one reading and view, and whether it is the one that counts.
    package struct ReadingState: Sendable {
        package let reading: EvaluationReading
        /// `nil` when the views do not differ.
        package let view: AreaView?
        package let isOfficial: Bool
        package let state: TargetState
    }

    /// Every reading and view of a target, the default first.
    package func readings(of organisation: OrganisationID, target id: String) -> [ReadingState] {
        guard let node = nodeIndex[organisation], let target = target(id) else { return [] }
        let official = slot(target, nil, nil)
        return slots.indices.filter { slots[$0].target.id == id }.map { index in
            ReadingState(
                reading: slots[index].reading, view: slots[index].view, isOfficial: index == official,
                state: states[node * slots.count + index])
        }
    }

    /// The results of all schools at or below a place that the target means, in tree order.
    package func results(
        target: String, reading: String? = nil, view: AreaView? = nil, below path: OrganisationPath
    ) -> [(school: Organisation, result: SchoolResult)] {
        guard let target = self.target(target), let slot = slot(target, reading, view) else { return [] }
        return organisations.indices.compactMap { node in
            guard path.contains(organisations[node].path), let result = results[node * slots.count + slot]
            else { return nil }
            return (organisations[node], result)
        }
    }

    /// The schools that fall short, the largest gap first.
    package func schools(
        short target: String, reading: String? = nil, view: AreaView? = nil, below path: OrganisationPath
    ) -> [(school: Organisation, result: SchoolResult)] {
        results(target: target, reading: reading, view: view, below: path)
            .filter { $0.result.passes == false }
            .sorted { ($1.result.gap ?? 0, $0.school.path) < ($0.result.gap ?? 0, $1.school.path) }
    }

    func reading(_ target: EvaluationTarget, _ id: String?) -> EvaluationReading? {
        guard let id else { return target.official(settings) }
        return target.readings.first { $0.id == id }
    }

    func slot(_ target: EvaluationTarget, _ reading: String?, _ view: AreaView?) -> Int? {
        guard let reading = self.reading(target, reading) else { return nil }
        let view = target.dependsOnArea ? view ?? settings.areaView : nil
        return slotIndex[SlotKey(target: target.id, reading: reading.id, view: view)]
    }

    private static func unconnected(_ target: EvaluationTarget) -> TargetState {
        TargetState(
            status: .notConnected(feed: target.feed ?? "指标来源"), numerator: 0, denominator: 0, ratio: nil, schools: 0,
            passing: 0, noData: 0, outside: [:], note: nil)
    }
}
