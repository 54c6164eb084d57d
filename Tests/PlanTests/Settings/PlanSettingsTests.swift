import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Plan

@Suite struct `The city's choices` {
    @Test func `everything stored is read back, and what is missing has its standard`() throws {
        var settings = PlanSettings()
        settings.officialReading = .fullyEquippedSchools
        settings.levelRule = .perSchool
        settings.areaView = .customary
        settings.studentComputers = .teaching
        settings.teacherBase = .staff
        settings.countsLectern = true
        settings.isPublicOn = true
        settings.publicTargets = ["T1", "T12"]
        settings.defaultDay = .snapshot
        settings.defaultTierBandwidth = 50
        settings.prices.fen["computer"] = 123_450
        let stored = Dictionary(uniqueKeysWithValues: settings.stored.map { ($0.name, $0.value) })
        #expect(PlanSettings(stored: stored) == settings)
        #expect(PlanSettings(stored: [:]) == PlanSettings())
        #expect(PlanSettings(stored: ["plan.reading.area": "nonsense"]) == PlanSettings())
        #expect(settings.reading(of: "I11") == "staff" && settings.reading(of: "I1") == "M2")
    }

    @Test func `money is read as people type it`() {
        #expect(YuanText.fen("4,000.5") == 400_050)
        #expect(YuanText.fen("0.01") == 1)
        for wrong in ["", "-1", "1.234", "1.", "4千", "1e3", ".5"] { #expect(YuanText.fen(wrong) == nil) }
        #expect(YuanText.text(400_050) == "4000.50" && YuanText.text(400_000) == "4000" && YuanText.text(5) == "0.05")
    }

    private func form(_ changes: [String: String]) -> [(String, String)] {
        var values = SettingForm.values(of: PlanSettings())
        for (name, value) in changes { values = values.replacing(name, with: value) }
        return values.pairs.map { ($0.name, $0.value) }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a change is stored with an audit entry, and only what changed`(_ database: TestDatabase) async throws {
        try await withTestCity(database) { city in
            let bureau = try await city.client(.bureau)
            let answer = try await bureau.post(
                "/settings", from: "/settings", form(["areaView": "customary", "price-computer": "3500.50"]))
            #expect(answer.status == 303)
            let (settings, entries) = try await city.database.read { db in
                let entries = try AuditLog.list(within: .everything, action: "setting.changed", limit: 10, on: db)
                return (try PlanSettings.load(db), entries)
            }
            #expect(settings.areaView == .customary && settings.prices["computer"] == 350_050)
            #expect(Set(entries.map(\.subject)) == ["plan.reading.area", "plan.price.computer"])
        }
    }

    @Test func `broken values are told at their fields`() async throws {
        try await withTestCity(.sqlite) { city in
            let bureau = try await city.client(.bureau)
            let answer = try await bureau.post(
                "/settings", from: "/settings",
                form(["price-computer": "一千", "defaultTierBandwidth": "0", "areaView": "x", "isPublicOn": "1"]))
            #expect(answer.status == 422)
            for field in ["price-computer", "defaultTierBandwidth", "areaView", "publicTargets"] {
                #expect(answer.text.contains("field-\(field)"))
            }
            #expect(answer.text.contains("有 4 处需要修改"))
        }
    }

    @Test func `others look, and only the city changes`() async throws {
        try await withTestCity(.sqlite) { city in
            let leader = try await city.client(.leader)
            let page = try await leader.get("/settings")
            #expect(page.status == 200)
            #expect(page.text.contains("<fieldset disabled>"))
            for member in [TestCity.Member.leader, .chen, .li, .wang] {
                let status = try await city.client(member).post(
                    "/settings", from: "/settings", form(["areaView": "customary"])
                ).status
                #expect(status == 404 || status == 403)
            }
            #expect(try await city.database.read { try PlanSettings.load($0) } == PlanSettings())
            #expect(try await city.client(.visitor).get("/settings").status == 303)
        }
    }
}
