import Foundation
import Kernel
import TestKit
import Testing
import Web

@testable import Plan

@Suite struct `The form of a target` {
    private let choices = TargetForm.Choices(indicators: [("access-bandwidth", "接入带宽")], clauses: [])

    private func problems(_ values: FormValues) -> [String] {
        do {
            _ = try TargetForm.definition(values, code: "T40", existing: nil, choices)
            return []
        } catch DomainError.invalid(let problems) { return problems.map(\.field) } catch { return ["\(error)"] }
    }

    private var complete: FormValues {
        FormValues([
            ("validFrom", "2016-01-01"), ("title", "带宽"), ("indicator", "access-bandwidth"), ("operator", ">="),
            ("threshold", "30"), ("unit", "Mbit/s"), ("basis", "schools"), ("share", "100"), ("area", "rural"),
            ("stage", "all"), ("milestones", "2016-12-31 70 暂定\n2017-12-31：100"), ("dueDate", "2017-12-31"),
            ("types-primary", "211"), ("tiers", "中心校"), ("readings", "I8"),
        ])
    }

    @Test func `a complete form becomes a definition`() throws {
        let (definition, day) = try TargetForm.definition(complete, code: "T40", existing: nil, choices)
        #expect(day.iso == "2016-01-01")
        #expect(definition.aim == "≥ 30 Mbit/s，全部学校")
        #expect(definition.milestones.map(\.value) == [70, 100])
        #expect(definition.milestones.map(\.provisional) == [true, false])
        #expect(definition.population.schoolTypes == ["211"] && definition.population.area == .rural)
        #expect(definition.readings.map(\.id) == ["code", "customary"])
        #expect(try TargetDefinition(stored: definition.stored()) == definition)
    }

    @Test func `a target names the module behind its indicator, unless that is the register`() throws {
        let choices = TargetForm.Choices(
            indicators: [("access-bandwidth", "接入带宽"), ("county-site-live", "县级网站")], clauses: [],
            modules: ["county-site-live": "资源网站"])
        func made(_ indicator: String) throws -> TargetDefinition {
            try TargetForm.definition(
                complete.replacing("indicator", with: indicator), code: "T40", existing: nil, choices
            ).0
        }
        let register = try made("access-bandwidth"), site = try made("county-site-live")
        #expect(register.source == .facilityRegister && register.feed == nil)
        #expect(site.source == .module && site.feed == "资源网站")
    }

    @Test func `a target set back to waiting stays so although its indicator is delivered`() throws {
        let choices = TargetForm.Choices(
            indicators: [("county-site-live", "县级网站")], clauses: [], modules: ["county-site-live": "资源网站"])
        let offered: Set = ["county-site-live"]
        func made(_ indicator: String, _ existing: TargetDefinition?, _ choices: TargetForm.Choices) throws
            -> TargetDefinition
        {
            let values = complete.replacing("indicator", with: indicator).replacing("feed", with: "资源网站")
            return try TargetForm.definition(values, code: "T40", existing: existing, choices).0
        }
        // Waiting for a module that came since: connected, until somebody says otherwise.
        let delivered = try made("county-site-live", nil, choices).stored()
        let waiting = try TargetDefinition(
            stored: delivered.replacingOccurrences(of: #""source":"module""#, with: #""source":"pending""#))
        #expect(waiting.source == .pending)
        #expect(waiting.connected(to: offered).source == .module)
        let back = try made("pending", waiting, choices)
        #expect(back.source == .pending && back.connected(to: offered).source == .pending)
        // One whose module has not come yet keeps the name by which it will be known.
        let none = TargetForm.Choices(indicators: [], clauses: [])
        #expect(try made("pending", waiting, none).indicator == "county-site-live")
    }

    @Test func `each broken rule is told at its field`() {
        #expect(problems(complete.replacing("title", with: "")) == ["title"])
        #expect(problems(complete.replacing("threshold", with: "三十")) == ["threshold"])
        #expect(problems(complete.replacing("threshold", with: "")) == ["threshold"])
        #expect(problems(complete.replacing("share", with: "101")) == ["share"])
        #expect(problems(complete.replacing("indicator", with: "unknown")) == ["indicator"])
        #expect(problems(complete.replacing("milestones", with: "明年 70")) == ["milestones"])
        #expect(problems(complete.replacing("milestones", with: "2018-12-31 70")) == ["milestones"])
        #expect(problems(complete.replacing("readings", with: "I11")) == ["readings"])
        #expect(problems(complete.replacing("dueDate", with: "2017-02-30")) == ["dueDate"])
        #expect(problems(complete.replacing("indicator", with: "pending")) == ["feed"])
        #expect(problems(complete.replacing("operator", with: "exists")) == ["threshold"])
    }

    @Test func `every shipped target survives the form unchanged`() async throws {
        try await withTestCity(.sqlite) { city in
            let sources = TargetForm.Choices(indicators: TargetForm.indicators(city.platform.plan.sources), clauses: [])
            let targets = try await city.database.read { db in
                let store = PlanTargetStore(db)
                return try store.published().flatMap { try store.current(set: $0.id) }
            }
            #expect(targets.count == 41)
            for target in targets {
                let values = TargetForm.values(of: target, today: target.validFrom)
                let (definition, _) = try TargetForm.definition(
                    values, code: target.code, existing: target.definition, sources)
                #expect(definition.aim == target.definition.aim)
                #expect(definition.population == target.definition.population)
                #expect(definition.readings.map(\.id) == target.definition.readings.map(\.id))
                #expect(definition.readings.map(\.indicator) == target.definition.readings.map(\.indicator))
                #expect(definition.readings.map(\.share) == target.definition.readings.map(\.share))
                #expect(definition.milestones == target.definition.milestones)
            }
        }
    }
}
