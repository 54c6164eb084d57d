import Database
import Directory
import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

@Suite("Importing rosters over HTTP") struct RosterPagesTests {
    private static let roster = "姓名,出生日期,班级,小名\n韦小明,2017-08-10,三(1)班,明明\n黄小红,2017-08-11,海豚班,红红\n"

    private func work(_ city: TestCity) async throws {
        let runner = JobRunner(database: city.database, handlers: city.platform.jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }

    private func upload(_ client: TestClient, _ text: String, _ values: [(String, String)] = []) async throws
        -> TestAnswer
    {
        try await client.upload(
            "/rosters/batches", from: "/rosters/batches/new", field: "file", fileName: "花名册.csv", Array(text.utf8),
            [("roster", ""), ("valid_from", RosterSite.day.iso), ("cells", "")] + values)
    }

    @Test(arguments: TestDatabase.allCases)
    func `upload, columns, change set, refused rows, accepting, the same again, undoing`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { city in
            let client = try await city.client(.li)
            let sent = try await upload(client, RosterPagesTests.roster)
            let columns = try #require(sent.location)
            let path = String(columns.dropLast("/columns".count))
            let page = try await client.get(columns)
            #expect(page.text.contains("未识别、不导入：小名"))

            let settled = try await client.post(
                columns, from: columns, [("column.3", "field.formerName"), ("remember", "1")])
            #expect(settled.location?.hasPrefix("/jobs/") == true)
            try await work(city)
            let set = try await client.get(path)
            #expect(set.text.contains("变更集") && set.text.contains("将新建 1 个班级"))
            let refused = try await client.get(path + "?kind=refused")
            #expect(refused.text.contains("C3：班级“海豚班”看不出是几班"))
            let back = try await client.get(path + "/refused")
            #expect(back.status == 200 && back.bytes.starts(with: [0x50, 0x4B]))

            let digest = try #require(set.hidden("digest"))
            let stale = try await client.post(path + "/acceptance", from: path, [("digest", "0")])
            #expect(stale.location == path)
            _ = try await client.post(path + "/acceptance", from: path, [("digest", digest)])
            try await work(city)
            let result = try await client.get(path)
            #expect(result.text.contains("已写入花名册"))

            let again = try await upload(client, RosterPagesTests.roster)
            let second = try #require(again.location)
            let remembered = try await client.get(second)
            #expect(remembered.text.contains("全部识别"))
            _ = try await client.post(second, from: second, [])
            try await work(city)
            let same = try await client.get(String(second.dropLast("/columns".count)))
            #expect(same.text.contains("除退回和疑似重复的行外与现有花名册相同"))

            let undone = try await client.post(path + "/undo", from: path)
            #expect(undone.location == path)
            let after = try await client.get(path)
            #expect(after.text.contains("这次导入已撤销"))
        }
    }

    @Test func `other schools and teachers do not see it; failing forms keep what was pasted`() async throws {
        try await withTestCity(.sqlite) { city in
            let sent = try await upload(try await city.client(.li), RosterPagesTests.roster)
            let path = String(try #require(sent.location).dropLast("/columns".count))
            for member in [TestCity.Member.wang, .dongxing, .system] {
                let answer = try await city.client(member).get(path)
                #expect(answer.status == 404)
            }
            let client = try await city.client(.li)
            let token = try await client.get("/rosters/batches/new")
            #expect(token.status == 200)
            let failed = try await client.upload(
                "/rosters/batches", from: "/rosters/batches/new", field: "none", fileName: "", [],
                [("roster", "pupils"), ("valid_from", "2016-13-01"), ("cells", "姓名\t班级\n韦小明\t三(1)班")])
            #expect(failed.status == 422 && failed.text.contains("请填写生效日期"))
            #expect(failed.text.contains("韦小明\t三(1)班"))
            let pasted = try await client.upload(
                "/rosters/batches", from: "/rosters/batches/new", field: "none", fileName: "", [],
                [("roster", "pupils"), ("valid_from", RosterSite.day.iso), ("cells", "姓名\t班级\n韦小明\t三(1)班")])
            #expect(pasted.location?.hasSuffix("/columns") == true)
        }
    }

    @Test func `an account opened since keeps an import from being undone`() async throws {
        try await withTestCity(.sqlite) { city in
            let school = try await city.organisation(TestCity.experimentalSchool)
            let path = city.folder + "/staff.csv"
            try #require(
                FileManager.default.createFile(atPath: path, contents: Data("姓名,岗位,手机号\n苏老师,教师,19900000055\n".utf8)))
            let actor = RosterSite.clerk
            let outcome = try await city.platform.rosters.imports.run(
                path: path, fileName: "staff.csv", roster: .staff, by: actor, scope: DataScope([school.path]),
                accept: true)
            #expect(outcome.new == 1)
            let client = try await city.client(.li)
            _ = try await client.post("/schools/\(school.id)/accounts/staff", from: "/schools/\(school.id)/accounts")
            let accounts: Int? = try await city.database.read { db in
                try db.value(
                    """
                    SELECT COUNT(*) FROM identity_account a JOIN directory_person p ON p.id = a.person_id
                    WHERE p.name = '苏老师'
                    """)
            }
            try #require(accounts == 1)
            let undo = { try await city.platform.rosters.imports.undo(batch: outcome.batch, by: actor) }
            await #expect(throws: DomainError.self) { try await undo() }
        }
    }

    @Test func `an account of a parent keeps the import from being undone, and nothing is taken from anybody`()
        async throws
    {
        try await withTestCity(.sqlite) { city in
            let school = try await city.organisation(TestCity.experimentalSchool), path = city.folder + "/pupils.csv"
            let text = "姓名,出生日期,班级,监护人1姓名,监护人1关系,监护人1联系电话\n韦小明,2017-08-10,三(1)班,韦大力,父亲,19900000001\n"
            try #require(FileManager.default.createFile(atPath: path, contents: Data(text.utf8)))
            let actor = RosterSite.clerk
            let outcome = try await city.platform.rosters.imports.run(
                path: path, fileName: "pupils.csv", roster: .pupils, by: actor, scope: DataScope([school.path]),
                accept: true)
            #expect(outcome.new == 1)
            try await city.database.write { db in
                let role = try #require(Role(rawValue: "guardian"))
                var new = NewAccount(
                    name: "韦大力", login: "weidali", role: role, organisation: school.id, from: Timestamp.now.day)
                let parent: ID<Person>? = try db.value("SELECT id FROM directory_person WHERE name = '韦大力'")
                let person: ID<Person> = try #require(parent)
                new.person = person
                _ = try AccountService(db, by: .system).create(new, passwordHash: "!", mustChange: false)
            }
            await #expect(throws: DomainError.self) {
                try await city.platform.rosters.imports.undo(batch: outcome.batch, by: actor)
            }
            let (named, numbers) = try await city.database.read { db in
                (
                    try db.column(
                        "SELECT name FROM directory_person WHERE name IN ('韦小明', '韦大力') ORDER BY name", as: String.self),
                    try db.value(
                        """
                        SELECT COUNT(*) FROM directory_person_identifier i JOIN directory_person p ON p.id = i.person_id
                        WHERE p.name = '韦大力'
                        """, as: Int.self)
                )
            }
            #expect(named.count == 2 && numbers == 1)
        }
    }
}
