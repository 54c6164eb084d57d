import Kernel
import TestKit
import Testing

@testable import Plan

@Suite struct `Target sets on their pages` {
    private func municipal(_ city: TestCity) async throws -> String {
        let set = try await city.database.read { try PlanTargetStore($0).set(code: "municipal-2015-2017") }
        return TargetSetPages.path(try #require(set).id)
    }

    private static let target = [
        ("code", "FC1"), ("validFrom", "2015-01-01"), ("title", "录播教室"), ("indicator", "pending"), ("feed", "教学资源"),
        ("operator", ">="), ("threshold", "2"), ("unit", "间"), ("basis", "value"), ("area", "all"), ("stage", "all"),
    ]

    @Test func `a county makes its own set, the city's stays the city's`() async throws {
        try await withTestCity(.sqlite) { city in
            let editor = try await CountyEditor(city, county: "450603")
            let sets = "/plan/target-sets", one = "/plan/target-sets/:id"
            let shipped = ["id": String(try await municipal(city).split(separator: "/").last ?? "")]
            #expect(try await editor.send(.get, one, shipped).status == 200)
            await #expect(throws: DomainError.self) { try await editor.send(.get, "\(one)/edit", shipped) }
            await #expect(throws: DomainError.self) {
                try await editor.send(.post, "\(one)/targets", shipped, Self.target)
            }
            let own = [
                ("owner", editor.county.rawValue), ("layer", "市"), ("title", "防城区目标"), ("edition", "1"),
                ("from", "2015-01-01"), ("to", "2017-12-31"),
            ]
            let asCity = own.map { $0.0 == "owner" ? ("owner", "city") : $0 }
            #expect(try await editor.send(.post, sets, [:], asCity).status == 422)
            #expect(try await editor.send(.post, sets, [:], own).status == 303)
            let set = try #require(
                try await city.database.read { try PlanTargetStore($0).sets(within: .everything) }
                    .first { $0.layer == .county })
            let place = ["id": set.id.rawValue], published = [("state", "published")]
            await #expect(throws: DomainError.self) { try await editor.send(.post, "\(one)/state", place, published) }
            #expect(try await editor.send(.post, "\(one)/targets", place, Self.target).status == 303)
            #expect(try await editor.send(.post, "\(one)/state", place, published).status == 303)
            let path = TargetSetPages.path(set.id)
            #expect(try await city.client(.chen).get(path).text.contains("待接入：教学资源"))
            #expect(try await city.client(.dongxing).get(path).status == 404)
            #expect(try await city.client(.bureau).get(path).status == 200)
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
