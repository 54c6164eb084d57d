import Foundation
import Kernel
import Testing

@testable import Plan

@Suite struct `Target sets` {
    private func municipal() throws -> TargetSetFile {
        try #require(TargetSetFile.shipped().first { $0.layer == .municipal })
    }

    @Test func `three layers are shipped`() throws {
        let sets = try TargetSetFile.shipped()
        #expect(sets.map(\.layer) == [.national, .provincial, .municipal])
        #expect(sets.map(\.targets.count) == [3, 4, 34])
        #expect(sets.dropLast().allSatisfy { $0.note != nil && $0.targets.allSatisfy { $0.clause == nil } })
    }

    @Test func `the city's set is T1 to T34, each on a clause of the plan`() throws {
        let set = try municipal()
        #expect(set.targets.map(\.id) == (1...34).map { "T\($0)" })
        let url = try #require(Bundle.module.url(forResource: "Fixtures/action-plan.txt", withExtension: nil))
        let text = try String(contentsOf: url, encoding: .utf8)
        let paths = PlanDocument.cut(paragraphs: PlanDocument.paragraphs(of: text)).clauses.map(\.path)
        for target in set.targets { #expect(paths.contains(target.clause ?? ""), "\(target.id)") }
    }

    @Test func `eighteen targets live from the register, one from resources, the others name their feed`() throws {
        let live = try municipal().targets.filter { $0.source == .facilityRegister }.map(\.id)
        #expect(live == [1...6, 11...15, 17...22].flatMap { $0.map { "T\($0)" } })
        #expect(try municipal().targets.allSatisfy { ($0.feed == nil) == ($0.source == .facilityRegister) })
        #expect(try municipal().targets.filter { $0.source == .module }.map(\.id) == ["T24"])
    }

    @Test func `the last milestone of a threshold is the threshold or the share`() throws {
        for set in try TargetSetFile.shipped() {
            for target in set.targets {
                guard let last = target.milestones.last, let goal = target.share ?? target.threshold else { continue }
                #expect(last.value == goal, "\(target.id)")
            }
        }
    }

    @Test func `thresholds and readings are those of the plan`() throws {
        let targets = Dictionary(uniqueKeysWithValues: try municipal().targets.map { ($0.id, $0) })
        let t12 = try #require(targets["T12"]), t18 = try #require(targets["T18"]), t4 = try #require(targets["T4"])
        #expect(t12.comparison == .atLeast && t12.threshold == 30 && t12.unit == "Mbit/s" && t12.basis == .schools)
        #expect(t18.comparison == .atMost && t18.threshold == 10)
        #expect(t4.readings.map(\.id) == ["M1", "M2", "code", "customary"])
        #expect(targets["T8"]?.dueDate == nil)
        #expect(targets["T25"]?.dueDate == LocalDate(iso: "2016-12-31"))
        #expect(targets["T33"]?.threshold == nil)
    }

    private struct School {
        let name: String, type: String, code: String, central: Bool
        init(_ name: String, _ type: String, _ code: String, central: Bool = false) {
            (self.name, self.type, self.code, self.central) = (name, type, code, central)
        }
    }

    @Test(arguments: [
        ("T1", "点 村小 乡中心 镇中心 镇初中 完中 职高 幼儿园"), ("T2", "点 村小 乡中心"), ("T3", "镇中心 镇初中 完中 职高 幼儿园"),
        ("T4", "镇中心 镇初中"), ("T5", "点 村小 乡中心"), ("T6", "完中 职高"), ("T12", "乡中心 镇中心 镇初中 完中"), ("T13", "村小"),
        ("T14", "点"), ("T17", "点 村小 乡中心 镇中心 镇初中 完中 职高"), ("T18", "点 村小 乡中心 镇中心"), ("T19", "镇初中 完中"),
        ("T20", "完中 职高"), ("T22", "乡中心 镇中心 镇初中 完中 职高"),
    ])
    func `populations take in the right schools`(_ id: String, _ expected: String) throws {
        let schools = [
            School("点", "218", "220"), School("村小", "211", "220"), School("乡中心", "211", "210", central: true),
            School("镇中心", "211", "121", central: true), School("镇初中", "311", "121"), School("完中", "341", "111"),
            School("职高", "365", "112"), School("幼儿园", "111", "111"),
        ]
        let population = try #require(municipal().targets.first { $0.id == id }).population
        let included = schools.filter {
            population.includes(
                area: .init(urbanRuralCode: $0.code), schoolType: $0.type, isCentral: $0.central, tier: nil)
        }
        #expect(included.map(\.name).joined(separator: " ") == expected)
    }

    @Test func `a tier, a stage and an unknown area are judged`() {
        let tiered = TargetPopulation(schoolTypes: ["365"], tiers: ["中职"])
        #expect(tiered.includes(area: .urban, schoolType: "362", isCentral: false, tier: "中职"))
        #expect(!tiered.includes(area: .urban, schoolType: "362", isCentral: false, tier: nil))
        #expect(TargetPopulation(stage: .senior).includes(area: nil, schoolType: "345", isCentral: false, tier: nil))
        #expect(!TargetPopulation(stage: .senior).includes(area: nil, schoolType: "311", isCentral: false, tier: nil))
        #expect(!TargetPopulation(area: .rural).includes(area: nil, schoolType: "211", isCentral: false, tier: nil))
        #expect(TargetPopulation.Area(urbanRuralCode: "999") == nil)
    }

    private func problems(_ change: (inout [String: Any], inout [String: Any]) -> Void) throws -> [FieldProblem] {
        var target: [String: Any] = [
            "id": "T1", "title": "接入", "explanation": "说明", "indicator": "school-connected", "operator": ">=",
            "threshold": 95, "unit": "%", "basis": "value", "milestones": [[String: Any]](),
            "readings": [[String: Any]](), "source": "facility-register",
            "population": [
                "area": "all", "stage": "all", "schoolTypes": ["211"], "tiers": [String](), "central": "any",
                "connectedOnly": false, "note": "",
            ] as [String: Any],
        ]
        var set: [String: Any] = [
            "id": "own", "title": "本县目标", "layer": "县", "version": "1",
            "period": ["from": "2015-01-01", "to": "2017-12-31"],
        ]
        change(&set, &target)
        if set["targets"] == nil { set["targets"] = [target] }
        do {
            _ = try TargetSetFile(json: JSONSerialization.data(withJSONObject: set))
            return []
        } catch DomainError.invalid(let problems) {
            return problems
        }
    }

    @Test func `a sound file is taken`() throws {
        #expect(try problems { _, _ in }.isEmpty)
    }

    @Test func `broken rules are named with their place, all at once`() throws {
        let found = try problems { set, target in
            set["layer"] = "省"
            target["operator"] = ">"
            target["basis"] = "schools"
            target["milestones"] = [["date": "2017-12-31", "value": 1], ["date": "2016-12-31", "value": 2]]
        }
        #expect(
            found.map(\.field) == ["layer", "targets[0].operator", "targets[0].share", "targets[0].milestones"])
    }

    @Test func `missing keys, wrong values and other files are told in words`() throws {
        #expect(
            try problems { _, target in target["unit"] = nil } == [
                FieldProblem(field: "targets[0].unit", message: "缺少“unit”")
            ])
        #expect(try problems { _, target in target["basis"] = "x" }.first?.field == "targets[0].basis")
        #expect(try problems { _, target in target["threshold"] = "九" }.first?.message == "类型不对")
        #expect(try problems { set, _ in set["targets"] = [Any]() }.first?.message == "目标集里没有目标")
        #expect(throws: DomainError.self) { try TargetSetFile(json: Data("不是".utf8)) }
    }
}
