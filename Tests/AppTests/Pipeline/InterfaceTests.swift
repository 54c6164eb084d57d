import Foundation
import Kernel
import TestKit
import Testing

@testable import App

@Suite("接口说明和运行状态") struct InterfaceTests {
    @Test func `the description names every route of the interface with its parameters`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let answer = try await city.client(.visitor).get("/api/v1/openapi.json")
            #expect(answer.status == 200)
            let document = try #require(try JSONSerialization.jsonObject(with: Data(answer.bytes)) as? [String: Any])
            #expect(document["openapi"] as? String == "3.1.0")
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            let routes = city.platform.routes.filter { $0.isAPI && $0.path != "/api/v1/openapi.json" }
            #expect(paths.values.reduce(0) { $0 + $1.count } == routes.count)
            for (path, operations) in paths {
                for (method, operation) in operations {
                    let operation = try #require(operation as? [String: Any])
                    #expect((operation["summary"] as? String)?.isEmpty == false, "\(method) \(path)")
                    let declared =
                        (operation["parameters"] as? [[String: Any]])?.compactMap { $0["name"] as? String } ?? []
                    #expect(
                        Set(declared)
                            == Set(path.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }))
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `ready means that the database can be written`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let client = try await city.client(.visitor)
            #expect(try await client.get("/healthz").status == 200)
            #expect(try await client.get("/readyz").status == 200)
            try await city.database.write { try $0.execute("DROP TABLE database_migration") }
            #expect(try await client.get("/readyz").status == 503)
            #expect(try await client.get("/healthz").status == 200)
        }
    }

    @Test func `a token shown once is made once`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let client = try await city.client(.li), key = Identifiers.next()
            let values = [("name", "统计程序"), ("days", "30")]
            #expect(try await client.post("/account/tokens", from: "/account", key: key, values).status == 200)
            #expect(try await client.post("/account/tokens", from: "/account", key: key, values).location == "/account")
            let page = try await client.get("/account").text
            #expect(page.components(separatedBy: "停用“统计程序”").count == 2)
        }
    }

    @Test func `the gallery of components is there in a demo only`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            #expect(try await city.client(.visitor).get("/development/components").status == 404)
        }
    }
}
