import Directory
import Kernel
import Testing

@testable import Plan

@Suite struct `Targets for the engine` {
    private func targets() throws -> [String: EvaluationTarget] {
        let all = try TargetSetFile.shipped().flatMap(\.targets).map { EvaluationTarget($0) }
        return Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    }

    @Test func `percent become fractions`() throws {
        let targets = try targets(), t1 = try #require(targets["T1"])
        #expect(t1.readings.map(\.goal) == [0.95] && t1.readings[0].id == EvaluationReading.only)
        #expect(t1.milestones.map(\.value).map { ($0 * 100).rounded() } == [85, 90, 95])
        let t12 = try #require(targets["T12"])
        #expect(t12.readings[0].threshold == 30 && t12.readings[0].measure == .shareOfSchools(required: 1))
        #expect(t12.milestones.last?.value == 1)
        #expect(targets["T18"]?.milestones.last?.value == 10)
    }

    @Test func `the readings of a switch keep their own way to judge`() throws {
        let readings = try #require(targets()["T4"]).readings
        #expect(readings.map(\.id) == ["M1", "M2"])
        #expect(readings.map(\.measure) == [.ratioOfSums, .shareOfSchools(required: 0.85)])
        #expect(readings.map(\.threshold) == [0.85, 1])
        #expect(Set(readings.map(\.indicator)) == ["multimedia-classroom-ratio"])
    }

    @Test func `at least one of a thing is a threshold of one`() throws {
        let reading = try #require(targets()["T22"]?.readings.first)
        #expect(reading.threshold == 1 && reading.comparison == .atLeast && reading.goal == 1)
    }

    @Test func `what no module delivers has nothing to read`() throws {
        for definition in try TargetSetFile.shipped().flatMap(\.targets) {
            let isWaiting = definition.source == .pending
            #expect(EvaluationTarget(definition).readings.isEmpty == isWaiting, "\(definition.id)")
            #expect((definition.feed != nil) == (definition.source != .facilityRegister), "\(definition.id)")
        }
    }

    @Test func `targets of an area depend on the view`() throws {
        let dependent = try targets().values.filter(\.dependsOnArea).map(\.id).sorted()
        #expect(dependent == ["GX1", "GX2", "GX3", "GX4", "T13", "T2", "T3", "T4", "T5"])
    }

    @Test func `the settings of the city choose readings, view and bandwidth`() {
        var settings = PlanSettings()
        #expect(EvaluationSettings(settings).readings == ["I1": "M1", "I10": "student", "I11": "full-time"])
        settings.officialReading = .fullyEquippedSchools
        settings.countsLectern = true
        settings.areaView = .customary
        settings.levelRule = .perSchool
        let chosen = EvaluationSettings(settings)
        #expect(chosen.readings["I1"] == "M2" && chosen.readings["I11"] == "lectern")
        #expect(chosen.areaView == .customary && chosen.bandwidthLevel == 1)
        #expect(chosen.tierBandwidth[.urbanPrimary] == 30 && chosen.tierBandwidth[.central] == nil)
    }
}
