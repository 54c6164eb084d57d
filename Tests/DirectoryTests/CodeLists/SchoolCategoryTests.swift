import Directory
import Testing

@Suite struct SchoolCategoryTests {
    @Test func `every type of every set is a type of the standard`() {
        let sets: [SchoolCategory] = [
            .primaryAndSecondary, .compulsory, .secondary, .senior, .vocational, .kindergarten, .special,
            .teachingPoint, .primaryStage, .juniorStage, .seniorStage, .severalStages,
        ]
        for set in sets { #expect(set.types.allSatisfy { CodeLists.schoolType[$0] != nil }, "\(set.title)") }
    }

    @Test func `every 中学 and every compulsory school is one of 中小学`() {
        let all = SchoolCategory.primaryAndSecondary.types
        #expect(SchoolCategory.secondary.types.isSubset(of: all))
        #expect(SchoolCategory.compulsory.types.isSubset(of: all))
        #expect(!all.contains("111"))
    }

    @Test(arguments: [
        ("111", Area.urban, Area.urban), ("112", .urban, .urban), ("121", .urban, .rural), ("122", .urban, .rural),
        ("123", .urban, .rural), ("210", .rural, .rural), ("220", .rural, .rural),
    ])
    func `the town centre is urban by the code and rural by custom`(code: String, byCode: Area, byCustom: Area) {
        #expect(UrbanRural.area(code: code) == byCode)
        #expect(UrbanRural.area(code: code, reading: .customary) == byCustom)
    }

    @Test func `an unknown code has no area`() {
        #expect(UrbanRural.area(code: nil) == nil)
        #expect(UrbanRural.area(code: "999") == nil)
        #expect(UrbanRural.area(code: "199") == nil)
        #expect(UrbanRural.area(code: "1", reading: .customary) == nil)
    }

    @Test(arguments: [
        ("218", "220", false, PlanTier.teachingPoint), ("211", "220", false, .completePrimary),
        ("211", "121", true, .central), ("311", "121", false, .secondary), ("211", "111", false, .urbanPrimary),
        ("211", "121", false, .urbanPrimary), ("312", "210", true, .secondary), ("345", "111", false, .secondary),
        ("365", "112", false, .vocational), ("111", "220", false, .kindergarten), ("514", "112", false, .special),
    ])
    func `the tier follows type, area and 中心校`(type: String, urbanRural: String, isCentral: Bool, tier: PlanTier) {
        #expect(PlanTier.derive(type: type, urbanRural: urbanRural, isCentral: isCentral) == tier)
    }

    @Test func `a primary school of a town is 农村完小 by custom`() {
        #expect(
            PlanTier.derive(type: "211", urbanRural: "121", isCentral: false, reading: .customary) == .completePrimary)
    }

    @Test func `a school the plan does not know, or whose area is not known, has no tier`() {
        #expect(PlanTier.derive(type: "211", urbanRural: nil, isCentral: false) == nil)
        #expect(PlanTier.derive(type: "229", urbanRural: "220", isCentral: false) == nil)
        #expect(PlanTier.derive(type: "211", urbanRural: nil, isCentral: true) == .central)
    }

    @Test func `every tier is a code of the list and four have figures in the plan`() {
        #expect(PlanTier.allCases.map(\.rawValue) == CodeLists.planTier.codes.map(\.code))
        #expect(PlanTier.allCases.filter(\.isRuledByPlan).map(\.title) == ["中学", "中心校", "农村完小", "教学点"])
    }

    @Test func `中心校以上 takes central schools, 中学 and vocational high schools`() {
        #expect(SchoolCategory.isCentralOrAbove(type: "211", isCentral: true))
        #expect(!SchoolCategory.isCentralOrAbove(type: "211", isCentral: false))
        #expect(SchoolCategory.isCentralOrAbove(type: "312", isCentral: false))
        #expect(SchoolCategory.isCentralOrAbove(type: "365", isCentral: false))
    }
}
