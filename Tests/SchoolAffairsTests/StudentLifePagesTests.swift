import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import SchoolAffairs

/// The pages of pupils' records, as the cast sees them.
@Suite("学籍页面") struct StudentLifePagesTests {
    private static let boy = "450699200809010014"
    private static let girl = "450699200809010022"
    private var today: LocalDate { Timestamp.now.day }
    private var year: Int { SchoolYear(containing: today).start }

    /// A first class of a school with pupils by name and 学籍号.
    private func open(
        _ code: String, _ pupils: [(name: String, number: String)], _ city: TestCity
    ) async throws -> (classGroup: ClassGroup, pupils: [ID<Person>]) {
        let school = try await city.organisation(code), crypto = city.platform.crypto, year = year
        return try await city.database.write { db in
            let start = SchoolYear(start: year).firstDay
            let classGroup = try ClassGroupService(db, by: .system).open(
                ClassDraft(stage: .primary, entryYear: year, number: 1, openedOn: start), at: school)
            let service = EnrolmentService(db, crypto, by: .system)
            return (
                classGroup,
                try pupils.map { pupil in
                    try service.add(
                        NewPupil(
                            name: pupil.name, identifiers: [try PersonIdentifier(.studentNumber, pupil.number)]),
                        to: classGroup, from: start)
                }
            )
        }
    }

    private func decide(_ path: String, as client: TestClient, _ decision: String = "pass") async throws -> TestAnswer {
        let revision = try await client.get(path).hidden("revision") ?? ""
        return try await client.post(
            path + "/decision", from: path, [("decision", decision), ("note", "材料齐全"), ("revision", revision)])
    }

    /// 东兴市 asks for a pupil; the page of the application.
    private func apply(_ name: String, _ number: String, _ city: TestCity) async throws -> String {
        let client = try await city.client(.dongxing), school = try await city.organisation(TestCity.borderSchool)
        let form = [("name", name), ("studentNumber", number), ("place", "2-\(year)"), ("note", "随父母务工")]
        let answer = try await client.post("/schools/\(school.id)/transfers/new", from: "/account", form)
        return try #require(answer.location, "\(answer.text.suffix(600))")
    }

    @Test(arguments: TestDatabase.allCases)
    func `a transfer goes from desk to desk and each side sees what is its`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (classGroup, pupils) = try await open(
                TestCity.centralSchool, [("韦一", "G" + StudentLifePagesTests.boy)], city)
            let (dongxing, chen, li) = (
                try await city.client(.dongxing), try await city.client(.chen), try await city.client(.li)
            )
            let path = try await apply("韦一", "G" + StudentLifePagesTests.boy, city)
            let bureau = try await city.client(.bureau)
            var answers: [Int] = []
            for client in [dongxing, bureau] {
                #expect(try await client.get("/affairs").text.contains("韦一"))
                let page = try await client.get(path).text
                #expect(page.contains("业务办理以全国学籍系统为准") && page.contains("G450699**********14"))
                #expect(!page.contains("华石镇中心小学") && !page.contains(StudentLifePagesTests.boy))
                answers.append(try await chen.get(path).status)
                answers.append(try await decide(path, as: client).status)
            }
            #expect(answers == [404, 303, 404, 303])
            #expect(!(try await dongxing.get(path).text.contains("华石镇中心小学")))
            let foreign = try await dongxing.post(
                path + "/decision", from: path, [("decision", "pass"), ("revision", "3")])
            #expect(foreign.status == 403)
            #expect(try await chen.get("/affairs").text.contains("韦一"))
            #expect(try await chen.get(path).text.contains("/pupils/\(pupils[0])"))
            let silent = try await chen.post(
                path + "/decision", from: path, [("decision", "refuse"), ("revision", "3"), ("note", "")])
            #expect(silent.status == 422 && silent.text.contains("填写退回的原因"))
            let late = try await chen.post(path + "/decision", from: path, [("decision", "pass"), ("revision", "1")])
            #expect(late.status == 409)
            #expect(try await decide(path, as: chen).status == 303)
            // The county's administrator has just acted for the school.
            let both = try await decide(path, as: chen)
            #expect(both.status == 403 && both.text.contains("县(市、区)的一步请其他人办理"))
            #expect(try await decide(path, as: bureau).status == 303)
            #expect(try await dongxing.get(path).text.contains("华石镇中心小学"))
            #expect(try await li.get(path).status == 404)
            let roster = "/classes/\(classGroup.id)"
            #expect(try await chen.get(roster).text.contains("0 名学生"))
            #expect(try await chen.get(roster + "?on=" + today.adding(days: -1).iso).text.contains("韦一"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what the receiving side sees is the same whether the pupil exists or not`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            _ = try await open(TestCity.centralSchool, [("韦一", "G" + StudentLifePagesTests.boy)], city)
            let client = try await city.client(.dongxing)
            var pages: [String] = []
            for number in [StudentLifePagesTests.boy, StudentLifePagesTests.girl] {
                let path = try await apply("韦一", "G" + number, city)
                for desk in [client, try await city.client(.bureau)] { _ = try await decide(path, as: desk) }
                let text = try await client.get(path).text
                let start = try #require(text.range(of: "<h1")), end = try #require(text.range(of: "<footer"))
                pages.append(
                    String(text[start.lowerBound..<end.lowerBound]).replacing(path, with: "")
                        .replacing("**14", with: "").replacing("**22", with: "")
                        .replacing(/\d\d:\d\d/, with: "").replacing(/value="0[0-9a-z]{25}"/, with: ""))
            }
            #expect(pages[0].contains("待转出校核"))
            #expect(pages[0] == pages[1])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a form that fails keeps what was typed, and the same school asks once`(on database: TestDatabase) async throws
    {
        try await withTestCity(database) { (city: TestCity) async throws in
            let client = try await city.client(.li), school = try await city.organisation(TestCity.experimentalSchool)
            let address = "/schools/\(school.id)/transfers/new"
            let wrong = try await client.post(
                address, from: address, [("name", "韦一"), ("studentNumber", "G1"), ("note", "搬家")])
            #expect(wrong.status == 422)
            for text in [#"value="G1""#, #"value="韦一""#, "搬家", "现为 2 位", "选择转入的班级或年级"] {
                #expect(wrong.text.contains(text), "\(text)")
            }
            let form = [
                ("name", "韦一"), ("studentNumber", "G" + StudentLifePagesTests.boy), ("place", "2-\(year)"),
            ]
            let key = Identifiers.next()
            let first = try await client.post(address, from: address, key: key, form)
            #expect(try await client.post(address, from: address, key: key, form).location == first.location)
            #expect(try await client.post(address, from: address, form).status == 409)
            #expect(try await city.client(.dongxing).post(address, from: "/account", form).status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a school applies for a 休学 and the bureau agrees`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (classGroup, pupils) = try await open(
                TestCity.experimentalSchool, [("韦一", "G" + StudentLifePagesTests.boy)], city)
            let (li, bureau) = (try await city.client(.li), try await city.client(.bureau))
            let pupil = "/classes/\(classGroup.id)/pupils/\(pupils[0])", address = pupil + "/changes"
            #expect(try await li.get(address).text.contains("休学"))
            let wrong = try await li.post(address, from: address, [("kind", "11"), ("day", today.iso), ("note", "住院")])
            #expect(wrong.status == 422 && wrong.text.contains("选择休学原因") && wrong.text.contains("住院"))
            let form = [
                ("kind", "11"), ("day", today.iso), ("expectedReturn", today.adding(days: 99).iso),
                ("reason", "illness"), ("proof", "hospital"),
            ]
            let path = try #require(try await li.post(address, from: address, form).location)
            #expect(try await li.get(pupil).text.contains("待县核"))
            #expect(try await decide(path, as: li).status == 404)
            #expect(try await bureau.get("/affairs").text.contains("韦一"))
            #expect(try await decide(path, as: bureau).status == 303)
            let page = try await li.get("/classes/\(classGroup.id)").text
            #expect(page.contains("0 名学生") && page.contains(#"id="suspended""#))
            #expect(try await li.get(pupil).text.contains("休学"))
            #expect(try await li.get(address).text.contains("复学"))
            #expect(try await city.client(.wang).get(path).status == 404)
            #expect(try await city.client(.dongxing).get(path).status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `numbers of an application stay hidden until somebody says why she looks`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (classGroup, pupils) = try await open(
                TestCity.experimentalSchool, [("韦一", "G" + StudentLifePagesTests.boy)], city)
            let (li, bureau) = (try await city.client(.li), try await city.client(.bureau))
            let address = "/classes/\(classGroup.id)/pupils/\(pupils[0])/changes"
            let form = [
                ("kind", "key_data"), ("name", "韦依依"), ("studentNumber", "G" + StudentLifePagesTests.girl),
                ("proof", "household"),
            ]
            let path = try #require(try await li.post(address, from: address, form).location)
            let page = try await bureau.get(path).text
            #expect(page.contains("G450699**********14") && page.contains("G450699**********22"))
            #expect(page.contains("韦依依") && !page.contains(StudentLifePagesTests.girl))
            #expect(try await bureau.post(path + "/look", from: path, [("reason", "")]).status == 422)
            let numbered = [("reason", "核对 " + StudentLifePagesTests.girl)]
            #expect(try await bureau.post(path + "/look", from: path, numbered).status == 422)
            let full = try await bureau.post(path + "/look", from: path, [("reason", "核对户口簿")])
            #expect(full.status == 200 && full.text.contains(StudentLifePagesTests.girl))
            #expect(try await decide(path, as: bureau).status == 303)
            #expect(try await li.get("/classes/\(classGroup.id)").text.contains("韦依依"))
            let looks = try await city.database.read { db in
                try LookStore(db).list(within: .everything, matching: LookFilter(), limit: 9)
            }
            #expect(looks.map(\.note) == ["核对户口簿"] && looks.map(\.data) == [["student_number"]])
            #expect(looks.first?.subject == pupils[0] && looks.first?.reason == LookReason.recordChange)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a class teacher enters who is away from her class only`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (classGroup, pupils) = try await open(
                TestCity.experimentalSchool, [("韦一", "G" + StudentLifePagesTests.boy)], city)
            let client = try await city.client(.wang), teacher = try await city.user(.wang).person
            let address = "/classes/\(classGroup.id)/absences"
            let day = try #require(WorkCalendar.shipped.schoolDays(upTo: today, count: 1).first)
            let isNear = day >= SchoolYear(start: year).firstDay && day >= today.adding(days: -60)
            let form = [("on", day.iso), ("away-\(pupils[0])", "sick")]
            #expect(try await client.get(address).status == 404)
            #expect(try await client.post(address, from: "/account", form).status == 404)
            let school = classGroup.school, start = SchoolYear(start: year).firstDay
            try await city.database.write { db in
                try PersonStore(db).appoint(teacher, at: school, post: "10", from: OrganisationService.always)
                let service = ClassGroupService(db, by: .system)
                try service.addTeacher(teacher, of: classGroup, subject: "13", from: start)
            }
            #expect(try await client.get(address).status == 200)
            #expect(try await client.post(address, from: address, form).status == 403)
            try await city.database.write { db in
                try ClassGroupService(db, by: .system).nameHomeroomTeacher(teacher, of: classGroup, from: start)
            }
            #expect(try await client.get("/classes/\(classGroup.id)").text.contains("缺勤登记"))
            let answer = try await client.post(address, from: address, form)
            #expect(answer.status == (isNear ? 303 : 422))
            if isNear {
                let page = try await client.get(address + "?on=" + day.iso).text
                #expect(page.contains(#"<option value="sick" selected>病假</option>"#))
            }
            #expect(try await city.client(.zhao).get(address).status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a school takes pupils in and puts them into a class`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (classGroup, _) = try await open(TestCity.experimentalSchool, [], city)
            let client = try await city.client(.li), address = "/schools/\(classGroup.school)/admissions"
            let form = [
                ("name", "韦一"), ("cohort", "2-\(year)"), ("studentNumber", "G" + StudentLifePagesTests.boy),
                ("from", today.iso),
            ]
            let wrong = try await client.post(address + "/new", from: address, [("name", "韦一"), ("from", today.iso)])
            #expect(wrong.status == 422 && wrong.text.contains("选择年级"))
            #expect(try await client.post(address + "/new", from: address, form).location == address)
            let list = try await client.get(address).text
            #expect(list.contains("韦一") && !list.contains(StudentLifePagesTests.boy))
            let start = try #require(list.range(of: #"name="pupils" value=""#))
            let id = String(list[start.upperBound...].prefix(26))
            let none = try await client.post(address, from: address, [("pupils", id), ("from", today.iso)])
            #expect(none.status == 422 && none.text.contains("选择班级"))
            let assigned = try await client.post(
                address, from: address, [("pupils", id), ("target", classGroup.id.rawValue), ("from", today.iso)])
            #expect(assigned.location == address)
            #expect(try await client.get("/classes/\(classGroup.id)").text.contains("韦一"))
            #expect(try await city.client(.dongxing).get(address).status == 404)
        }
    }
}
