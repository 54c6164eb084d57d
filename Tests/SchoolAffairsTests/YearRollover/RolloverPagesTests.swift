import App
import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import SchoolAffairs

/// The pages of a rollover over HTTP, in the July before the school year 2026.
@Suite("Pages of a rollover") struct RolloverPagesTests {
    private func withCity(
        _ database: TestDatabase, on day: String = "2026-07-10", _ body: (TestCity, ClassGroup) async throws -> Void
    ) async throws {
        let time = RolloverWorld.time(day)
        try await withTestCity(database, configured: { $1.now = { time } }) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.centralSchool), crypto = city.platform.crypto
            let classGroup = try await city.database.write { db in
                let draft = ClassDraft(
                    stage: .primary, entryYear: 2020, number: 1, openedOn: SchoolYear(start: 2020).firstDay)
                let classGroup = try ClassGroupService(db, by: .system, now: time).open(draft, at: school)
                for name in ["韦一", "韦二"] {
                    try EnrolmentService(db, crypto, by: .system, now: time).add(
                        NewPupil(name: name), to: classGroup, from: SchoolYear(start: 2020).firstDay)
                }
                return classGroup
            }
            try await body(city, classGroup)
        }
    }

    private func work(_ city: TestCity) async throws {
        let runner = JobRunner(database: city.database, handlers: city.platform.jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }

    @Test(arguments: TestDatabase.allCases)
    func `a county previews, runs and takes back`(on database: TestDatabase) async throws {
        try await withCity(database) { city, classGroup in
            let chen = try await city.client(.chen), school = classGroup.school
            let overview = try await chen.get("/rollovers").text
            #expect(overview.contains("2026—2027学年") && overview.contains("华石镇中心小学(示例)"))
            #expect(overview.contains("业务办理以全国学籍系统为准"))
            let page = try await chen.get("/schools/\(school)/rollover?year=2026").text
            #expect(page.contains("六年级(1)班") && page.contains("毕业离校"))
            let year = [("year", "2026")], confirmation = "/schools/\(school)/rollover/confirmation"
            #expect(try await chen.post(confirmation, from: "/account", year).status == 303)
            #expect(try await chen.post(confirmation, from: "/account", year).status == 409)
            let place = try await city.organisation("450603").id.rawValue
            let started = try await chen.post("/rollovers", from: "/account", year + [("place", place)])
            #expect(started.location?.hasPrefix("/jobs/") == true)
            try await work(city)
            let pupils = try await chen.get("/classes/\(classGroup.id)").text
            #expect(pupils.contains("结束"))
            let run = try #require(
                try await city.database.read { db in
                    try db.value("SELECT id FROM school_affairs_rollover_run", as: String.self)
                })
            let result = try await chen.get("/rollovers/\(run)").text
            #expect(result.contains("已办理") && result.contains("撤销升级"))
            let again = try await chen.post("/rollovers", from: "/account", year + [("place", place)])
            #expect(again.location == "/rollovers?year=2026")
            let undone = try await chen.post("/rollovers/\(run)/undo", from: "/account", [])
            #expect(undone.location?.hasPrefix("/jobs/") == true)
            try await work(city)
            #expect(try await chen.get("/rollovers/\(run)").text.contains("已撤销"))
            #expect(try await chen.get("/classes/\(classGroup.id)").text.contains("韦一"))
            #expect(try await chen.post("/rollovers/\(run)/undo", from: "/account", []).status == 409)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an exception is made on the class's page, and what cannot be is told with the input kept`(
        on database: TestDatabase
    ) async throws {
        try await withCity(database) { city, classGroup in
            let chen = try await city.client(.chen), path = "/classes/\(classGroup.id)/rollover"
            let id = classGroup.id
            let enrolment = try await city.database.read {
                try EnrolmentStore($0).members(of: id, on: LocalDate(iso: "2026-07-10")!)[0].id.rawValue
            }
            let form = [("year", "2026"), ("enrolment", enrolment), ("single", "repeat"), ("place", "7")]
            let wrong = try await chen.post(path + "/pupils", from: "/account", form)
            #expect(wrong.status == 422 && wrong.text.contains("新学年没有六年级(7)班"))
            #expect(wrong.text.contains(#"value="7""#))
            let leaves = [("year", "2026"), ("enrolment", enrolment), ("single", "withdraw"), ("place", "")]
            #expect(try await chen.post(path + "/pupils", from: "/account", leaves).status == 303)
            #expect(try await chen.get(path + "?year=2026").text.contains("取消例外"))
            let end = [("year", "2026"), ("enrolment", enrolment)]
            #expect(try await chen.post(path + "/pupils/end", from: "/account", end).status == 303)
            #expect(try await chen.post(path + "/pupils/end", from: "/account", end).status == 404)
            let stay = [("year", "2026"), ("entryYear", "2020"), ("action", "promote"), ("keepsPosts", "1")]
            let refused = try await chen.post(path + "/decision", from: "/account", stay)
            #expect(refused.status == 422 && refused.text.contains("已读完最后一个年级"))
        }
    }

    @Test func `a school confirms and does not run, and others see nothing of it`() async throws {
        try await withCity(.sqlite) { city, classGroup in
            let school = classGroup.school, li = try await city.client(.li)
            let own = try await city.organisation(TestCity.experimentalSchool).id
            #expect(try await li.get("/rollovers").location == "/schools/\(own)/rollover?year=2026")
            let word = "/schools/\(own)/rollover/confirmation", year = [("year", "2026")]
            #expect(try await li.post(word, from: "/account", year).status == 303)
            let run = try await li.post("/rollovers", from: "/account", year + [("place", own.rawValue)])
            #expect(run.status == 404)
            let pages = ["/schools/\(school)/rollover", "/classes/\(classGroup.id)/rollover"]
            for member in [TestCity.Member.li, .dongxing, .wang, .leader, .system] {
                let client = try await city.client(member)
                for page in pages { #expect(try await client.get(page).status == 404, "\(member) \(page)") }
                let answer = try await client.post(
                    "/schools/\(school)/rollover/confirmation", from: "/account", year)
                #expect(answer.status == 404, "\(member)")
            }
        }
    }

    @Test func `outside the months all can be seen and nothing done`() async throws {
        try await withCity(.sqlite, on: "2027-01-05") { city, classGroup in
            let chen = try await city.client(.chen), place = try await city.organisation("450603").id.rawValue
            let page = try await chen.get("/schools/\(classGroup.school)/rollover?year=2026").text
            #expect(page.contains("现在只能查看") && !page.contains("确认本校升级"))
            let form = [("year", "2026"), ("place", place), ("all", "1")]
            #expect(try await chen.post("/rollovers", from: "/account", form).location == "/rollovers?year=2026")
            let jobs = try await city.database.read { db in
                try db.value(
                    "SELECT COUNT(*) FROM platform_job WHERE kind LIKE 'school_affairs.rollover%'", as: Int.self)
            }
            #expect(jobs == 0)
        }
    }
}
