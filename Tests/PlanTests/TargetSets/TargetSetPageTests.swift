import Kernel
import TestKit
import Testing

@testable import Plan

@Suite struct `Target sets on their pages` {
    private func municipal(_ city: TestCity) async throws -> String {
        let set = try await city.database.read { try PlanTargetStore($0).set(code: "municipal-2015-2017") }
        return TargetSetPages.path(try #require(set).id)
    }

    private func created(_ client: TestClient, _ owner: String, _ title: String) async throws -> TestAnswer {
        try await client.post(
            "/plan/target-sets", from: "/plan/target-sets/new",
            [
                ("owner", owner), ("layer", "县"), ("title", title), ("edition", "1"), ("from", "2015-01-01"),
                ("to", "2017-12-31"),
            ])
    }

    private static let target = [
        ("code", "FC1"), ("validFrom", "2015-01-01"), ("title", "录播教室"), ("indicator", "pending"), ("feed", "教学资源"),
        ("operator", ">="), ("threshold", "2"), ("unit", "间"), ("basis", "value"), ("area", "all"), ("stage", "all"),
    ]

    @Test func `a county makes its own set, the city's stays the city's`() async throws {
        try await withTestCity(.sqlite) { city in
            let chen = try await city.client(.chen), county = try await city.organisation("450603")
            let shipped = try await municipal(city)
            #expect(try await chen.get(shipped).status == 200)
            #expect(try await chen.get("\(shipped)/edit").status == 403)
            #expect(try await created(chen, "city", "假的").status == 422)
            let answer = try await created(chen, county.id.rawValue, "防城区目标")
            let set = try #require(answer.location)
            #expect(try await chen.post("\(set)/state", from: set, [("state", "published")]).status == 409)
            #expect(try await chen.post("\(set)/targets", from: "\(set)/targets/new", Self.target).status == 303)
            #expect(try await chen.post("\(set)/state", from: set, [("state", "published")]).status == 303)
            #expect(try await city.client(.dongxing).get(set).status == 404)
            #expect(try await city.client(.bureau).get(set).text.contains("待接入：教学资源"))
            #expect(try await chen.get("\(set)/targets/FC1/edit").text.contains("录播教室"))
        }
    }

    @Test func `a code of the same years is not used twice`() async throws {
        try await withTestCity(.sqlite) { city in
            let bureau = try await city.client(.bureau), set = try await municipal(city)
            let values = Self.target.map { $0.0 == "code" ? ("code", "GX1") : $0 }
            let answer = try await bureau.post("\(set)/targets", from: "\(set)/targets/new", values)
            #expect(answer.status == 422)
            #expect(answer.text.contains("代号 GX1 已用于"))
        }
    }

    @Test func `an edit shows in the history with who made it, and a second from the old form is refused`() async throws
    {
        try await withTestCity(.sqlite) { city in
            let bureau = try await city.client(.bureau), set = try await municipal(city)
            let page = "\(set)/targets/T12"
            let target = try await city.database.read { db in
                let set = try #require(try PlanTargetStore(db).set(code: "municipal-2015-2017"))
                return try PlanTargetStore(db).latest("T12", in: set.id)
            }
            let values = TargetForm.values(of: target, today: LocalDate(iso: "2016-01-01")!)
                .replacing("threshold", with: "50").pairs.map { ($0.name, $0.value) }
            #expect(try await bureau.post(page, from: "\(page)/edit", values).location == page)
            let history = try await bureau.get(page).text
            #expect(history.contains("≥ 50 Mbit/s") && history.contains("≥ 30 Mbit/s") && history.contains("bureau"))
            #expect(try await bureau.post(page, from: "\(page)/edit", values).status == 409)
            #expect(try await bureau.get("\(page)/edit").text.contains(#"value="50""#))
        }
    }

    @Test func `the list and a set go out as tables`() async throws {
        try await withTestCity(.sqlite) { city in
            let leader = try await city.client(.leader), set = try await municipal(city)
            #expect(try await leader.get("/plan/target-sets?format=csv").text.contains("自治区"))
            #expect(try await leader.get("\(set)?format=csv").text.contains("T34"))
            #expect(try await leader.get("/plan/target-sets/new").status == 404)
        }
    }
}
