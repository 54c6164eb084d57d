import Contracts
import Kernel
import Testing

@testable import Directory
@testable import Plan

@Suite struct `The cheapest path` {
    private let judged = [
        ("sum", Sample.rooms), ("share", Sample.rooms), ("pupils", Sample.computers), ("line", Sample.access),
    ]

    /// The tree after the steps were taken.
    private func taking(_ path: CheapestPath, _ tree: SampleTree, _ indicator: Indicator) throws -> SampleTree {
        var tree = tree
        for step in path.steps {
            guard case .value(let part, let whole)? = tree.figures[step.school.id]?[indicator.id] else {
                Issue.record("a step for a school without a figure")
                continue
            }
            tree.figures[step.school.id]?[indicator.id] =
                indicator.direction == .higherIsBetter
                ? .value(part + step.things, over: whole) : .value(part, over: whole + step.things)
        }
        return tree
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `its steps lead to the target, and one thing less does not`(seed: UInt64) throws {
        let tree = SampleTree.random(seed), board = tree.board()
        for (id, indicator) in judged {
            guard let path = board.cheapestPath(of: tree.city.id, target: id) else { continue }
            #expect(path.isSufficient)
            let after = try taking(path, tree, indicator).board()
            #expect(after.state(of: tree.city.id, target: id)?.status == .attained, "\(id)")
            if board.state(of: tree.city.id, target: id)?.status == .attained {
                #expect(path.steps.isEmpty && path.missing == 0 && path.cost == 0)
            } else if id != "line" {
                var fewer = try taking(path, tree, indicator)
                let last = try #require(path.steps.last)
                guard case .value(let part, let whole)? = fewer.figures[last.school.id]?[indicator.id] else { continue }
                let isHigher = indicator.direction == .higherIsBetter
                fewer.figures[last.school.id]?[indicator.id] =
                    isHigher ? .value(part - 1, over: whole) : .value(part, over: whole - 1)
                #expect(fewer.board().state(of: tree.city.id, target: id)?.status == .notAttained, "\(id)")
            }
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `no school gets more rooms than it has`(seed: UInt64) throws {
        let tree = SampleTree.random(seed)
        guard let path = tree.board().cheapestPath(of: tree.city.id, target: "sum") else { return }
        for step in path.steps {
            guard case .value(let part, let whole)? = tree.figures[step.school.id]?["rooms"] else { continue }
            #expect(step.things > 0 && part + step.things <= whole)
        }
    }

    @Test func `a share takes the schools that cost least`() throws {
        var tree = SampleTree()
        for missing in [5.0, 1, 3, 2] { tree.addSchool(["rooms": .value(10 - missing, over: 10)]) }
        let path = try #require(tree.board().cheapestPath(of: tree.city.id, target: "share"))
        #expect(path.missing == 3 && path.missingUnit == "所" && path.unit == "间")
        #expect(path.steps.map(\.things) == [1, 2, 3])
        #expect(path.cost == 6 * PriceList.standard["multimedia-room"]!)
    }

    @Test func `a thing without a price has no cost`() throws {
        var tree = SampleTree()
        tree.addSchool(["school-connected": .value(0, over: 1)])
        let target = Sample.target("connected", Sample.connected, to: 1)
        let path = try #require(tree.board([target]).cheapestPath(of: tree.city.id, target: "connected"))
        #expect(path.steps.map(\.things) == [1] && path.cost == nil && path.isSufficient)
    }
}
