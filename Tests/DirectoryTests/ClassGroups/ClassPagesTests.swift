import Database
import Foundation
import Kernel
import TestKit
import Testing

@testable import Directory

/// The pages of classes and pupils, as the cast sees them.
@Suite("Pages of classes") struct ClassPagesTests {
    private typealias Member = TestCity.Member
    private static let boy = "450699200809010014"
    private var today: LocalDate { Timestamp.now.day }
    private var entryYear: Int { SchoolYear(containing: today).start }

    /// A class of 实验小学 with 王老师 among the staff, made as 李校长 makes it.
    private func open(_ city: TestCity, number: Int = 1) async throws -> (school: Organisation, path: String) {
        let school = try await city.organisation(TestCity.experimentalSchool)
        let form = [
            ("stage", "2"), ("entryYear", String(entryYear)), ("number", String(number)),
            ("openedOn", SchoolYear(containing: today).firstDay.iso),
        ]
        let client = try await city.client(.li)
        let answer = try await client.post("/schools/\(school.id)/classes/new", from: "/account", form)
        #expect(answer.status == 303, "\(answer.text)")
        return (school, try #require(answer.location))
    }

    private func appoint(_ member: Member, at school: Organisation, _ city: TestCity) async throws -> ID<Person> {
        let person = try await city.user(member).person
        try await city.database.write { db in
            try PersonStore(db).appoint(person, at: school.id, post: "10", from: OrganisationService.always)
        }
        return person
    }

    @Test(arguments: TestDatabase.allCases)
    func `a school opens a class, adds a pupil and names the class teacher`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (school, path) = try await open(city), client = try await city.client(.li)
            let pupil = [
                ("name", "韦 一"), ("studentNumber", "g" + ClassPagesTests.boy), ("documentType", "1"),
                ("documentNumber", ClassPagesTests.boy), ("guardianPhone", "19900000001"), ("from", today.iso),
            ]
            #expect(try await client.post(path + "/pupils/new", from: "/account", pupil).location == path)
            let person = try await appoint(.wang, at: school, city)
            let duty = [("person", person.rawValue), ("subject", ""), ("from", today.iso)]
            #expect(try await client.post(path + "/teachers/new", from: "/account", duty).location == path)
            let text = try await client.get(path).text
            for word in ["一年级(1)班", "韦一", "G450699**********14", "450699**********14", "199****0001", "班主任"] {
                #expect(text.contains(word), "\(word)")
            }
            #expect(!text.contains(ClassPagesTests.boy))
            let list = try await client.get("/schools/\(school.id)/classes").text
            #expect(list.contains("1 个班，1 名学生") && list.contains("wang(示例)"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a teacher sees the class she leads and no other`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (school, led) = try await open(city, number: 1), (_, other) = try await open(city, number: 2)
            let teacher = try await city.client(.wang)
            #expect(try await teacher.get(led).status == 404)
            #expect(try await teacher.get("/schools/\(school.id)/classes").text.contains("没有你任教的班级"))
            let person = try await appoint(.wang, at: school, city)
            let duty = [("person", person.rawValue), ("subject", ""), ("from", today.iso)]
            _ = try await city.client(.li).post(led + "/teachers/new", from: "/account", duty)
            #expect(try await teacher.get(led).status == 200)
            #expect(try await teacher.get(other).status == 404)
            let own = try await teacher.get("/classes").text
            #expect(own.contains("一年级(1)班") && !own.contains("一年级(2)班"))
            let page = try await teacher.get(led).text
            #expect(!page.contains("添加学生") && !page.contains("结束班级"))
            for path in ["/name", "/closure", "/teachers/new", "/pupils/new", "/pupils/paste"] {
                #expect(try await teacher.get(led + path).status == 404, "\(path)")
                #expect(try await teacher.post(led + path, from: "/account", [("name", "韦一")]).status == 404, "\(path)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `classes exist for those above the school and for nobody else`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (school, path) = try await open(city)
            for (member, status) in [
                (Member.bureau, 200), (.li, 200), (.chen, 404), (.dongxing, 404), (.zhao, 404), (.leader, 404),
                (.system, 404), (.security, 404), (.audit, 404), (.visitor, 303),
            ] {
                let client = try await city.client(member)
                for address in [path, "/schools/\(school.id)/classes", "/schools/\(school.id)/staff"] {
                    #expect(try await client.get(address).status == status, "\(member) \(address)")
                }
                if status == 404 {
                    let answer = try await client.post(path + "/pupils/new", from: "/account", [("name", "韦一")])
                    #expect(answer.status == 404, "\(member)")
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a pasted list is previewed before it is entered`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (_, path) = try await open(city), client = try await city.client(.li), address = path + "/pupils/paste"
            func send(_ lines: String, accept: Bool) async throws -> TestAnswer {
                let pairs = [("lines", lines), ("from", today.iso)] + (accept ? [("accept", "1")] : [])
                return try await client.post(address, from: "/account", pairs)
            }
            let bad = try await send("韦一 G\(ClassPagesTests.boy)\n韦二 G450699200809010013", accept: true)
            #expect(bad.status == 200 && bad.text.contains("1 行不能添加") && bad.text.contains("学籍号有误，核对每一位"))
            #expect(!(try await client.get(path).text.contains("韦一")))
            let good = "韦一 G\(ClassPagesTests.boy)\n韦二"
            let preview = try await send(good, accept: false)
            #expect(preview.text.contains("添加 2 名学生"))
            #expect(!(try await client.get(path).text.contains("韦一")))
            #expect(try await send(good, accept: true).location == path)
            #expect(try await client.get(path).text.contains("2 名学生"))
            #expect(try await send(good, accept: true).text.contains("已经在这个班"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a pupil is moved and corrected by form`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (_, first) = try await open(city, number: 1), (_, second) = try await open(city, number: 2)
            let client = try await city.client(.li)
            _ = try await client.post(first + "/pupils/new", from: "/account", [("name", "韦一"), ("from", today.iso)])
            let list = try await client.get(first).text
            let start = try #require(list.range(of: first + "/pupils/0"))
            let pupil = String(list[start.lowerBound...].prefix(while: { $0 != "\"" }))
            #expect(try await client.get(pupil).text.contains("转班"))
            let wrong = try await client.post(pupil + "/numbers", from: pupil, [("studentNumber", "G1")])
            #expect(wrong.status == 422 && wrong.text.contains("现为 2 位") && wrong.text.contains(#"value="G1""#))
            let right = try await client.post(
                pupil + "/numbers", from: pupil, [("studentNumber", "G" + ClassPagesTests.boy)])
            #expect(right.location == pupil)
            #expect(try await client.get(pupil).text.contains("G450699**********14"))
            let target = String(second.split(separator: "/")[1])
            let moved = try await client.post(pupil + "/move", from: pupil, [("target", target), ("from", today.iso)])
            #expect(moved.location == first)
            #expect(try await client.get(pupil).status == 404)
            let now = pupil.replacingOccurrences(of: first, with: second)
            #expect(try await client.get(now).status == 200)
            let other = [("studentNumber", "G450699200809010022")]
            let locked = try await client.post(now + "/numbers", from: now, other)
            #expect(locked.status == 422 && locked.text.contains("更正要申请关键信息变更"))
            let same = [("studentNumber", "G" + ClassPagesTests.boy)]
            #expect(try await client.post(now + "/numbers", from: now, same).location == now)
            #expect(try await client.get(first + "?on=" + today.adding(days: -1).iso).text.contains("0 名学生"))
            #expect(try await client.get(second).text.contains("1 名学生"))
        }
    }

    @Test func `a class of another school is no place to move to`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let (_, path) = try await open(city), client = try await city.client(.li)
            let border = try await city.organisation(TestCity.borderSchool), day = today
            let stranger = try await city.database.write { db in
                let draft = ClassDraft(
                    stage: .primary, entryYear: SchoolYear(containing: day).start, number: 1, openedOn: day)
                return try ClassGroupService(db, by: .system).open(draft, at: border)
            }
            _ = try await client.post(path + "/pupils/new", from: "/account", [("name", "韦一"), ("from", today.iso)])
            let list = try await client.get(path).text
            let start = try #require(list.range(of: path + "/pupils/0"))
            let pupil = String(list[start.lowerBound...].prefix(while: { $0 != "\"" }))
            let answer = try await client.post(
                pupil + "/move", from: pupil, [("target", stranger.id.rawValue), ("from", today.iso)])
            #expect(answer.status == 422 && answer.text.contains("选择转入的班"))
        }
    }

    @Test func `no number that went in by a page stands in the files of the database`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let (school, path) = try await open(city), client = try await city.client(.li)
            let planted = [
                ("studentNumber", "G" + ClassPagesTests.boy), ("documentNumber", ClassPagesTests.boy),
                ("guardianPhone", "19900000001"),
            ]
            let pupil = [("name", "甲乙丙丁"), ("from", today.iso)] + planted
            #expect(try await client.post(path + "/pupils/new", from: "/account", pupil).status == 303)
            let staff = [
                ("name", "李老师"), ("post", "10"), ("staffNumber", "T20150001"), ("phone", "19900000002"),
                ("from", today.iso),
            ]
            let added = try await client.post("/schools/\(school.id)/staff/new", from: "/account", staff)
            #expect(added.status == 303, "\(added.text)")
            #expect(try await client.get("/schools/\(school.id)/staff").text.contains("199****0002"))
            var all = Data()
            for name in try FileManager.default.contentsOfDirectory(atPath: city.folder)
            where name.hasPrefix("santong.sqlite") {
                all += try Data(contentsOf: URL(fileURLWithPath: city.folder + "/" + name))
            }
            #expect(all.range(of: Data("甲乙丙丁".utf8)) != nil, "the files searched are those written to")
            for number in [ClassPagesTests.boy, "20080901001", "19900000001", "19900000002", "T20150001"] {
                #expect(all.range(of: Data(number.utf8)) == nil, "\(number)")
            }
        }
    }
}
