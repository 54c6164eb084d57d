import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

@Suite("数据交换页面") struct ExchangePagesTests {
    @Test(arguments: TestDatabase.allCases)
    func `a receiver is registered, paused and compared, and its token is shown to nobody`(
        on database: TestDatabase
    ) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let bureau = try await world.city.client(.bureau), county = try await world.city.organisation("450681")
            let good = [
                ("name", "办公系统"), ("organisation", county.id.rawValue), ("base_url", "https://oa.example/scim/v2/"),
                ("token", "geheim-123"),
            ]
            let page = "/exchange/receivers/new"
            for (field, value) in [
                ("name", ""), ("base_url", "oa.example"), ("base_url", "https://a@b/?x"), ("token", "a b"),
                ("organisation", Identifiers.next()),
            ] {
                let answer = try await bureau.post(page, from: page, good.map { $0.0 == field ? (field, value) : $0 })
                #expect(answer.status == 422 && !answer.text.contains("geheim"), "\(field)=\(value)")
            }
            let made = try await bureau.post(page, from: page, good)
            let path = try #require(made.location, "\(made.text.suffix(600))")
            let shown = try await bureau.get(path)
            #expect(shown.status == 200)
            #expect(shown.text.contains("东兴市") && !shown.text.contains("geheim"))
            let stored: [[UInt8]] = try await world.city.database.read {
                try $0.column("SELECT sealed_token FROM exchange_receiver")
            }
            #expect(stored.count == 1 && !String(decoding: stored[0], as: UTF8.self).contains("geheim"))
            #expect(try await bureau.post(path + "/switch", from: path, [("on", "0")]).status == 303)
            #expect(try await bureau.get("/exchange/receivers").text.contains("已停用"))
            let job = try await bureau.post(path + "/comparison", from: path)
            #expect(job.location?.hasPrefix("/jobs/") == true)
            for member in [TestCity.Member.chen, .li, .audit] {
                #expect(try await world.city.client(member).get(path).status == 404, "\(member)")
            }
            let entries = try await world.city.database.read {
                try AuditLog.list(within: .everything, action: "exchange.receiver", limit: 5, on: $0)
            }
            #expect(entries.map(\.action) == ["exchange.receiver_paused", "exchange.receiver_added"])
            #expect(entries.allSatisfy { !$0.detail.contains("geheim") })
        }
    }

    @Test func `owners are named among the registered systems`() async throws {
        try await ExchangeCity.run(.sqlite) { (world: ExchangeCity) async throws in
            let bureau = try await world.city.client(.bureau), path = "/exchange/owners"
            func name(_ client: String, _ owner: String) async throws -> Int {
                try await bureau.post(path, from: path, [("client_id", client), ("owner", owner)]).status
            }
            #expect(try await name("unknown", "roll") == 422)
            #expect(try await name("reader", "roll") == 422)
            #expect(try await name("hr", "nobody") == 422)
            #expect(try await name("hr", "roll") == 303)
            #expect(try await name("hr", "roll") == 303)
            let owners = try await world.city.database.read { try ExchangeOwnerStore($0).all() }
            #expect(owners.map(\.clientID) == ["hr"])
            let end = [("application", "app-hr"), ("owner", "roll")]
            #expect(try await bureau.post(path + "/end", from: path, end).status == 303)
            #expect(try await bureau.post(path + "/end", from: path, end).status == 404)
            #expect(try await world.city.client(.dongxing).get(path).status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the ledger shows each county its own runs`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let school = world.school, border = world.border
            try await world.city.database.write { db in
                for (name, place) in [("甲系统", school), ("乙系统", border)] {
                    let run = ExchangeRun(
                        id: Identifiers.next(), way: .push, system: name, dataset: "students", at: .now, rows: 3,
                        changed: 1, flagged: 0, refused: 2, note: "")
                    try ExchangeRunStore(db).insert(run, at: place.path)
                }
            }
            let county = try await world.city.client(.dongxing).get("/exchange")
            #expect(county.status == 200 && county.text.contains("乙系统") && !county.text.contains("甲系统"))
            let city = try await world.city.client(.bureau).get("/exchange")
            #expect(city.text.contains("甲系统") && city.text.contains("乙系统"))
            #expect(try await world.city.client(.wang).get("/exchange").status == 404)
        }
    }

    @Test func `points are shares of forty, thirty, twenty and ten`() {
        let score = QualityScore(.students, count: 200, complete: 100, flagged: 20, consistent: 200, recent: 0)
        #expect((score.completeness, score.validity, score.consistency, score.timeliness) == (20, 27, 20, 0))
        #expect(score.total == 67)
        #expect(QualityScore(.staff, count: 0, complete: 0, flagged: 0, consistent: 0, recent: 0).total == 0)
    }
}
