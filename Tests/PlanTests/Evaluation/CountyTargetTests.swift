import Contracts
import Kernel
import Testing

@testable import Directory
@testable import Plan

@Suite struct `A target about counties` {
    private let sites = Indicator(
        id: "county-subsite", name: "县级网站", unit: "", direction: .higherIsBetter, numerator: "网站",
        denominator: "县(市、区)", gapUnit: "个网站", price: nil, subject: .counties)

    private func target(_ within: OrganisationPath? = nil) -> EvaluationTarget {
        EvaluationTarget(
            id: "T24", title: "县级网站", population: TargetPopulation(),
            readings: [EvaluationReading(indicator: sites.id, measure: .ratioOfSums, threshold: 1)], within: within)
    }

    private func board(
        _ tree: SampleTree, _ live: [OrganisationID: SchoolFigure], _ target: EvaluationTarget
    ) -> PlanBoard {
        PlanBoard.evaluate(
            organisations: tree.organisations, figures: live.mapValues { [sites.id: $0] }, indicators: [sites],
            targets: [target], settings: EvaluationSettings())
    }

    @Test func `counts each county once, whatever its schools`() throws {
        var tree = SampleTree()
        let counties = (1...4).map { tree.add(.county, "县\($0)", below: tree.city) }
        let municipal = tree.add(.municipal, "市直", below: tree.city)
        for place in [counties[0], counties[0], counties[1], municipal] { tree.addSchool([:], below: place) }
        let yes: SchoolFigure = .value(1, over: 1), no: SchoolFigure = .value(0, over: 1)
        var live = Dictionary(uniqueKeysWithValues: counties.map { ($0.id, no) })
        live[counties[0].id] = yes
        var board = board(tree, live, target())
        let one = try #require(board.state(of: tree.city.id, target: "T24"))
        #expect(one.numerator == 1 && one.denominator == 4 && one.ratio == 0.25 && one.status == .notAttained)
        #expect(board.state(of: counties[0].id, target: "T24")?.status == .attained)
        #expect(board.state(of: counties[1].id, target: "T24")?.status == .notAttained)
        #expect(board.state(of: municipal.id, target: "T24")?.status == .notApplicable)
        #expect(board.results(target: "T24", below: tree.city.path).isEmpty, "no school answers for its county")
        #expect(board.cheapestPath(of: tree.city.id, target: "T24") == nil)
        for county in counties { live[county.id] = yes }
        board = self.board(tree, live, target())
        let all = try #require(board.state(of: tree.city.id, target: "T24"))
        #expect(all.numerator == 4 && all.denominator == 4 && all.status == .attained)
    }

    @Test func `without a word from anybody there is no data, and a county's own target is its own`() throws {
        var tree = SampleTree()
        let first = tree.add(.county, "甲", below: tree.city), second = tree.add(.county, "乙", below: tree.city)
        #expect(board(tree, [:], target()).state(of: tree.city.id, target: "T24")?.status == .noData)
        let own = board(tree, [first.id: .value(1, over: 1)], target(first.path))
        #expect(own.state(of: first.id, target: "T24")?.status == .attained)
        #expect(own.state(of: second.id, target: "T24")?.status == .notApplicable)
    }
}
