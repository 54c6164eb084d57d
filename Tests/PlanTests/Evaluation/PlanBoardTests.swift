import Contracts
import Kernel
import Testing

@testable import Directory
@testable import Plan

@Suite struct `The plan board` {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `sums of a place are its schools' sums`(seed: UInt64) throws {
        let tree = SampleTree.random(seed), board = tree.board()
        for place in tree.organisations {
            for target in Sample.targets {
                for reading in board.readings(of: place.id, target: target.id) {
                    let results = board.results(target: target.id, view: reading.view, below: place.path).map(\.result)
                    let judged = results.filter { if case .value = $0.figure { true } else { false } }
                    let state = reading.state
                    let silent = results.count { $0.figure == SchoolFigure.noData }
                    let outside = state.outside.values.reduce(0, +)
                    #expect(state.schools == judged.count)
                    #expect(state.passing == judged.count { $0.passes == true })
                    #expect(state.noData == silent)
                    #expect(state.schools + silent + outside == results.count)
                    guard reading.reading.measure == .ratioOfSums else { continue }
                    let numerator = judged.map { parts($0).part }.reduce(0, +)
                    let denominator = judged.map { parts($0).whole }.reduce(0, +)
                    #expect(state.numerator == numerator && state.denominator == denominator)
                }
            }
        }
    }

    private func parts(_ result: SchoolResult) -> (part: Double, whole: Double) {
        if case .value(let part, let whole) = result.figure { (part, whole) } else { (0, 0) }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `the children's sums make the parent's`(seed: UInt64) throws {
        let tree = SampleTree.random(seed), board = tree.board()
        for parent in tree.organisations where !parent.kind.isSchool {
            let children = tree.organisations.filter { $0.parent == parent.id }
            for target in Sample.targets {
                let whole = try #require(board.state(of: parent.id, target: target.id))
                let parts = try children.map { try #require(board.state(of: $0.id, target: target.id)) }
                #expect(whole.numerator == parts.reduce(0) { $0 + $1.numerator })
                #expect(whole.denominator == parts.reduce(0) { $0 + $1.denominator })
                #expect(whole.noData == parts.reduce(0) { $0 + $1.noData })
            }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a ratio lies between those of its parts`(seed: UInt64) throws {
        let tree = SampleTree.random(seed), board = tree.board()
        for id in ["sum", "share"] {
            guard let ratio = board.state(of: tree.city.id, target: id)?.ratio else { continue }
            let parts = tree.organisations.filter { $0.kind == .county }.compactMap {
                board.state(of: $0.id, target: id)?.ratio
            }
            let least = try #require(parts.min()), most = try #require(parts.max())
            #expect(ratio >= least - 1e-12 && ratio <= most + 1e-12)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a school that has not told changes no ratio`(seed: UInt64) throws {
        var tree = SampleTree.random(seed)
        let before = tree.board()
        tree.addSchool([:])
        let after = tree.board()
        for target in Sample.targets {
            let old = try #require(before.state(of: tree.city.id, target: target.id))
            let new = try #require(after.state(of: tree.city.id, target: target.id))
            let silent = target.id == "urban" ? old.noData : old.noData + 1
            #expect(old.ratio == new.ratio)
            #expect(old.passing == new.passing && old.schools == new.schools)
            if old.schools > 0 { #expect(old.status == new.status) }
            #expect(new.noData == silent)
        }
    }

    @Test func `no data, nothing meant and nothing connected are states of their own`() {
        var tree = SampleTree()
        let full = tree.add(.county, "有", below: tree.city), empty = tree.add(.county, "无", below: tree.city)
        tree.addSchool([:], below: full)
        let waiting = EvaluationTarget(
            id: "waiting", title: "", population: TargetPopulation(), readings: [], feed: "培训")
        let foreign = EvaluationTarget(
            id: "foreign", title: "", population: TargetPopulation(),
            readings: [EvaluationReading(indicator: "nobody-offers", measure: .ratioOfSums, threshold: 1)])
        let open = Sample.target("open", Sample.rooms, to: nil)
        let board = tree.board(Sample.targets + [waiting, foreign, open])
        #expect(board.state(of: full.id, target: "sum")?.status == .noData)
        #expect(board.state(of: full.id, target: "share")?.status == .noData)
        #expect(board.state(of: empty.id, target: "sum")?.status == .notApplicable)
        #expect(board.state(of: full.id, target: "waiting")?.status == .notConnected(feed: "培训"))
        #expect(board.state(of: full.id, target: "foreign")?.status == .notConnected(feed: "指标来源"))
        #expect(board.state(of: full.id, target: "no-such-target") == nil)
        #expect(board.cheapestPath(of: full.id, target: "sum") == nil)
        tree.addSchool(["rooms": .value(1, over: 2)], below: full)
        #expect(tree.board([open]).state(of: full.id, target: "open")?.status == .undecided)
        #expect(tree.board([open]).state(of: full.id, target: "open")?.ratio == 0.5)
    }

    @Test func `a place with some data is judged by it`() throws {
        var tree = SampleTree()
        tree.addSchool(["rooms": .value(9, over: 10)])
        tree.addSchool([:])
        tree.addSchool(["rooms": .outside("未分学段")])
        let state = try #require(tree.board().state(of: tree.city.id, target: "sum"))
        #expect(state.status == .attained && state.noData == 1 && state.outside == ["未分学段": 1])
    }

    @Test func `over zero a figure that should be low falls short, one that should be high cannot be judged`() throws {
        var tree = SampleTree()
        let school = tree.addSchool(["computers": .value(23, over: 0), "rooms": .value(0, over: 0)])
        let board = tree.board()
        let pupils = try #require(board.state(of: school.id, target: "pupils"))
        #expect(pupils.status == .notAttained && pupils.ratio == nil && pupils.note == "无学生机")
        #expect(board.result(of: school.id, target: "pupils")?.gap == 3)
        #expect(board.state(of: school.id, target: "sum")?.status == .noData)
    }

    @Test func `a central school is itself and, as a place, itself with its points`() {
        var tree = SampleTree()
        let central = tree.addSchool(["rooms": .value(10, over: 10)], place: "121", isCentral: true)
        tree.addSchool(["rooms": .value(0, over: 10)], type: "218", below: central)
        let board = tree.board()
        #expect(board.result(of: central.id, target: "sum")?.passes == true)
        #expect(board.state(of: central.id, target: "sum")?.ratio == 0.5)
    }

    @Test func `the two views choose different schools and a decision of the bureau holds in both`() {
        var tree = SampleTree()
        tree.addSchool(["rooms": .value(1, over: 1)], place: "121")
        tree.addSchool(["rooms": .value(1, over: 1)], place: "121", decided: .rural)
        tree.addSchool(["rooms": .value(1, over: 1)], place: nil)
        let board = tree.board()
        func schools(_ target: String, _ view: AreaView) -> Int? {
            board.state(of: tree.city.id, target: target, view: view)?.schools
        }
        #expect(schools("urban", .code) == 1 && schools("rural", .code) == 1)
        #expect(schools("urban", .customary) == 0 && schools("rural", .customary) == 2)
        #expect(board.state(of: tree.city.id, target: "urban")?.outside == ["城乡未知": 1])
        var settings = EvaluationSettings()
        settings.areaView = .customary
        #expect(tree.board(Sample.targets, settings).state(of: tree.city.id, target: "rural")?.schools == 2)
    }

    @Test func `a target for connected schools leaves the others outside`() {
        var tree = SampleTree()
        let target = Sample.target(
            "connected", Sample.access, to: 4, share: 1, population: TargetPopulation(connectedOnly: true))
        tree.addSchool(["school-connected": .value(0, over: 1), "access-bandwidth": .value(0, over: 1)])
        tree.addSchool(["school-connected": .value(1, over: 1), "access-bandwidth": .value(8, over: 1)])
        let state = tree.board([target]).state(of: tree.city.id, target: "connected")
        #expect(state?.schools == 1 && state?.status == .attained && state?.outside == ["未接入": 1])
    }

    @Test func `a county's own target speaks of its schools only`() {
        var tree = SampleTree()
        let own = tree.add(.county, "本县", below: tree.city), other = tree.add(.county, "他县", below: tree.city)
        for county in [own, other] { tree.addSchool(["rooms": .value(1, over: 1)], below: county) }
        let board = tree.board([Sample.target("own", Sample.rooms, to: 1, within: own.path)])
        #expect(board.state(of: own.id, target: "own")?.schools == 1)
        #expect(board.state(of: other.id, target: "own")?.status == .notApplicable)
    }

    @Test func `the share that is asked for is met exactly, and decimals do not spoil a sum`() {
        var tree = SampleTree()
        for _ in 0..<7 { tree.addSchool(["rooms": .value(1, over: 1), "access-bandwidth": .value(0.1, over: 1)]) }
        for _ in 0..<3 { tree.addSchool(["rooms": .value(0, over: 1), "access-bandwidth": .value(0.1, over: 1)]) }
        #expect(tree.board().state(of: tree.city.id, target: "share")?.status == .attained)
        let mean = Sample.target("mean", Sample.access, to: 0.1)
        #expect(tree.board([mean]).state(of: tree.city.id, target: "mean")?.status == .attained)
    }

    @Test func `the schools that fall short come with the largest gap first`() {
        var tree = SampleTree()
        tree.addSchool(["rooms": .value(8, over: 10)])
        tree.addSchool(["rooms": .value(0, over: 10)])
        tree.addSchool(["rooms": .value(9, over: 10)])
        tree.addSchool([:])
        let short = tree.board().schools(short: "sum", below: tree.city.path)
        #expect(short.map(\.result.gap) == [9, 1])
        #expect(short.first?.result.cost == 9 * PriceList.standard["multimedia-room"]!)
    }

    @Test func `the official reading follows the switch`() throws {
        let readings = ["M1", "M2"].map { id in
            EvaluationReading(
                id: id, switch: "I1", title: id, indicator: "rooms",
                measure: id == "M1" ? .ratioOfSums : .shareOfSchools(required: 0.5), threshold: id == "M1" ? 0.5 : 1)
        }
        let target = EvaluationTarget(id: "both", title: "", population: TargetPopulation(), readings: readings)
        var tree = SampleTree()
        tree.addSchool(["rooms": .value(9, over: 10)])
        #expect(tree.board([target]).state(of: tree.city.id, target: "both")?.status == .attained)
        let settings = EvaluationSettings(readings: ["I1": "M2"])
        let board = tree.board([target], settings)
        #expect(board.state(of: tree.city.id, target: "both")?.status == .notAttained)
        #expect(board.state(of: tree.city.id, target: "both", reading: "M1")?.status == .attained)
        #expect(board.readings(of: tree.city.id, target: "both").map(\.isOfficial) == [false, true])
    }
}
