import Contracts
import Kernel
import Testing

@testable import Directory
@testable import Plan

@Suite struct `The verdict on bandwidth` {
    private let targets = [
        Sample.target(
            "school", Sample.access, to: 30, share: 1,
            population: TargetPopulation(schoolTypes: ["311"], tiers: ["中心校"])),
        Sample.target(
            "stricter", Sample.access, to: 50, share: 1, population: TargetPopulation(schoolTypes: ["342"])),
        Sample.target(
            "loose", Sample.access, to: 10, share: 1, population: TargetPopulation(schoolTypes: ["342"])),
        Sample.target(
            "class", Sample.egress, to: 4, share: 1,
            population: TargetPopulation(area: .rural, schoolTypes: ["211", "311", "342"], connectedOnly: true)),
    ]

    private func verdict(
        _ type: String, place: String = "220", access: Double?, egress: Double? = nil, classes: Double = 10,
        settings: EvaluationSettings = EvaluationSettings()
    ) throws -> BandwidthVerdict {
        var tree = SampleTree(), figures: [String: SchoolFigure] = [:]
        if let access {
            figures["access-bandwidth"] = .value(access, over: 1)
            figures["school-connected"] = .value(access > 0 ? 1 : 0, over: 1)
            figures["egress-per-class-all"] = .value(egress ?? access, over: classes)
            figures["egress-per-class"] = access > 0 ? .value(egress ?? access, over: classes) : .outside("未接入")
        }
        let school = tree.addSchool(figures, type: type, place: place)
        return try #require(tree.board(targets, settings).bandwidth(of: school.id))
    }

    @Test(arguments: [(20.0, 0), (30, 1), (39.5, 1), (40, 2), (0, 0)])
    func `the level counts the lights in order`(access: Double, level: Int) throws {
        #expect(try verdict("311", access: access).level == level)
    }

    @Test func `without data there is no verdict`() throws {
        let verdict = try verdict("311", access: nil)
        #expect(verdict.level == nil && verdict.binding == nil && verdict.shortfall == nil)
        #expect(verdict.perSchool?.passes == nil && verdict.perClass?.passes == nil)
    }

    @Test func `an unconnected school still hears what it needs`() throws {
        let verdict = try verdict("311", access: 0)
        #expect(verdict.perClass?.needs == 40 && verdict.shortfall == 40 && verdict.binding?.target == "class")
    }

    @Test func `a rule that fails binds before a larger one that is kept`() throws {
        let verdict = try verdict("311", access: 20, egress: 60)
        #expect(verdict.binding?.target == "school" && verdict.shortfall == 10)
    }

    @Test func `of several layers the strictest counts`() throws {
        #expect(try verdict("342", access: 40).perSchool?.target == "stricter")
    }

    @Test func `a tier that the plan leaves out follows the city's setting, if there is one`() throws {
        let urban = try verdict("211", place: "111", access: 20)
        #expect(urban.perSchool?.needs == 30 && urban.perSchool?.target == nil && urban.level == 0)
        #expect(urban.perSchool?.title.contains("方案未规定") == true)
        let without = EvaluationSettings(tierBandwidth: [:])
        #expect(try verdict("111", access: 1, settings: without).level == 2)
        #expect(try verdict("111", access: 0, settings: without).level == 0)
    }
}
