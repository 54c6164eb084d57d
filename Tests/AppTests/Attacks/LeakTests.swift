import Database
import Directory
import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Testing

/// What a person may not see does not come out by a side door either.
@Suite("旁路泄露") struct LeakTests {
    private static let day = "2016-01-01"

    /// The county's file with rows of another county's school, as far as the comparison of its rows.
    private func compared(_ rows: String, in city: TestCity, by client: TestClient) async throws -> TestAnswer {
        let answer = try await client.upload(
            "/register/imports", from: "/register/imports/new", field: "file", fileName: "a.csv",
            Array("学校标识码,学校名称,普通教室(间),多媒体教室(间)\n\(rows)".utf8), [("statistics_on", LeakTests.day)])
        let batch = try #require(answer.location).split(separator: "/")[2]
        _ = try await client.post("/register/imports/\(batch)/comparison", from: "/account")
        let runner = JobRunner(database: city.database, handlers: city.platform.jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
        return try await client.get("/register/imports/\(batch)?kind=refused&format=csv")
    }

    @Test(arguments: TestDatabase.allCases)
    func `a refused row tells no figure of a school outside`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.borderSchool)
            let bureau = try await city.client(.bureau)
            let told = try await bureau.send(
                .put, "/api/v1/schools/\(school.id)/facilities", ["content-type": "application/json"],
                Array(#"{"validFrom":"2015-09-30","values":{"ordinary_rooms":4711}}"#.utf8))
            #expect(told.status == 200, "\(told.text)")
            let answer = try await compared(
                "\(TestCity.borderSchool),,,9999\n", in: city, by: try await city.client(.chen))
            #expect(answer.text.contains("管理范围内"))
            #expect(!answer.text.contains("4711"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a kept page of the plan shows nobody else's choices`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let own = try await city.organisation(TestCity.experimentalSchool)
            let other = try await city.organisation(TestCity.borderSchool)
            let teacher = try await city.user(.wang)
            try await city.database.write { db in
                try AccountService(db, by: .system).grant(
                    .teacher, at: other.id, from: OrganisationService.always, until: nil, to: teacher.account)
            }
            let path = "/plan?organisation=\(own.id)&date=2016-01-01"
            let first = try await city.client(.wang).get(path)
            #expect(first.text.contains(other.id.rawValue))
            let second = try await city.client(.li).get(path)
            #expect(second.status == 200)
            #expect(!second.text.contains(other.id.rawValue))
        }
    }
}
