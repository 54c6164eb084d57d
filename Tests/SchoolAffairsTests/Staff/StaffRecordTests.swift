import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("Records of staff") struct StaffRecordTests {
    private var today: LocalDate { StaffCity.today }

    private func post(_ post: String, _ kind: String = "established", from day: LocalDate? = nil) -> [(String, String)]
    {
        [("post", post), ("kind", kind), ("share", "100"), ("from", (day ?? today).iso)]
    }

    @Test(arguments: TestDatabase.allCases)
    func `during a leave others stand in, and afterwards the duties come back`(on database: TestDatabase) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let li = try await world.city.client(.li), lu = world.lu
            let (homeroom, subject) = (try await world.duty(.homeroom), try await world.duty(.subject))
            let form = try await li.get(world.page + "/leaves/new").text
            #expect(form.contains("代课教师") && form.contains("一年级(1)班班主任") && form.contains("陆老师"))
            let leave = [
                ("leaveKind", "maternity"), ("note", "住院待产"), ("from", today.adding(days: -10).iso),
                ("expected", today.adding(days: 80).iso), (StaffLeaveService.field(of: homeroom), lu.rawValue),
                (StaffLeaveService.field(of: subject), lu.rawValue),
            ]
            let done = try await li.post(world.page + "/leaves/new", from: "/account", leave)
            #expect(done.status == 303, "\(done.text.suffix(800))")
            #expect(try await world.duties(lu) == ["班主任", "语文"])
            #expect(try await world.duties(world.wang).isEmpty)
            #expect(try await world.duties(world.wang, on: today.adding(days: -11)) == ["班主任", "语文"])
            let page = try await li.get(world.page).text
            #expect(page.contains("请假中") && page.contains("产假") && page.contains("住院待产"))
            #expect(try await li.post(world.page + "/leaves/new", from: "/account", leave).status == 409)

            let back = [("until", today.iso)]
            #expect(try await li.post(world.page + "/leaves/return", from: "/account", back).status == 303)
            #expect(try await world.duties(world.wang) == ["班主任", "语文"])
            #expect(try await world.duties(lu).isEmpty)
            #expect(try await li.post(world.page + "/leaves/return", from: "/account", back).status == 409)
            let deeds = try await world.audited(world.wang.rawValue)
            #expect(deeds == ["staff.leave_ended", "staff.leave_started"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the reason of a leave is sealed and only seen by those who keep the records`(
        on database: TestDatabase
    ) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let li = try await world.city.client(.li)
            let leave = [("leaveKind", "sickness"), ("note", "心脏手术"), ("from", today.iso)]
            #expect(try await li.post(world.page + "/leaves/new", from: "/account", leave).status == 303)
            let kept: [[UInt8]] = try await world.city.database.read {
                try $0.column("SELECT reason FROM school_affairs_leave")
            }
            #expect(kept.count == 1 && !String(decoding: kept[0], as: UTF8.self).contains("心脏"))
            let wang = world.wang, school = world.school, crypto = world.city.platform.crypto
            let record = try await world.city.database.read {
                try StaffRecord(wang, at: school, today: StaffCity.today, $0, crypto)
            }
            #expect(record.leaves.map(\.reason) == ["心脏手术"])
            let details = try await world.city.database.read {
                try AuditLog.of(subject: wang.rawValue, limit: 9, on: $0).map(\.detail)
            }
            #expect(details.allSatisfy { !$0.contains("心脏") })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a teacher serves two schools, each shows both, and has classes at each`(
        on database: TestDatabase
    ) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let border = try await world.city.organisation(TestCity.borderSchool), wang = world.wang
            let crypto = world.city.platform.crypto
            try await world.city.database.write { db in
                try PersonIdentifierStore(db, crypto).set(
                    try PersonIdentifier(.phone, "19900000077"), of: wang, by: "test", at: .now)
            }
            let dongxing = try await world.city.client(.dongxing)
            let new = [
                ("name", "wang(示例)"), ("post", "10"), ("kind", "itinerant"), ("phone", "19900000077"),
                ("from", today.iso),
            ]
            let added = try await dongxing.post("/schools/\(border.id)/staff/new", from: "/account", new)
            #expect(added.status == 303, "\(added.text.suffix(500))")
            try await world.city.database.write { db in
                let classes = ClassGroupService(db, by: .system)
                let group = try classes.open(
                    ClassDraft(
                        stage: .primary, entryYear: SchoolYear(containing: StaffCity.today).start, number: 2,
                        openedOn: StaffCity.start), at: border)
                try classes.addTeacher(wang, of: group, subject: "24", from: StaffCity.today)
            }
            #expect(try await world.duties(wang) == ["班主任", "语文", "音乐"])
            #expect(try await world.roles().count == 2)
            let li = try await world.city.client(.li), here = try await li.get(world.page).text
            #expect(here.contains("江平镇第一小学(示例)") && here.contains("走教"))
            let there = try await dongxing.get("/schools/\(border.id)/staff/\(wang)").text
            #expect(there.contains("防城港市实验小学(示例)") && there.contains("199****0077"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a leader's post only proposes the role, and its end takes it`(on database: TestDatabase) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let li = try await world.city.client(.li), accounts = "/schools/\(world.school.id)/accounts"
            #expect(try await li.post(world.page + "/posts/new", from: "/account", post("31")).status == 303)
            #expect(try await world.roles() == ["teacher \(world.school.id)"])
            let page = try await li.get(accounts)
            #expect(page.text.contains("待确认的角色") && page.text.contains("授予校长"))
            let proposal = try #require(page.hidden("proposal"))
            let give = [("proposal", proposal), ("decision", "give")]
            #expect(try await li.post(accounts + "/proposals", from: "/account", give).status == 303)
            #expect(try await world.roles() == ["school_leader \(world.school.id)", "teacher \(world.school.id)"])
            #expect(try await li.post(accounts + "/proposals", from: "/account", give).status == 409)

            let (wang, school) = (world.wang, world.school.id)
            let open = try await world.city.database.read {
                try AppointmentStore($0).open(of: wang, at: school, on: StaffCity.today)
            }
            let leader = try #require(open.first { $0.post == "31" })
            let end = [("appointment", leader.id.rawValue), ("reason", "expiry"), ("until", today.iso)]
            #expect(try await li.post(world.page + "/posts/end", from: "/account", end).status == 303)
            #expect(try await world.roles() == ["teacher \(school)"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a post gives the role of a teacher to whoever has an account`(on database: TestDatabase) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let central = try await world.city.organisation(TestCity.centralSchool), wang = world.wang
            let listeners = world.city.platform.staffListeners
            try await world.city.database.write { db in
                try AppointmentService(db, by: .system, telling: listeners).add(
                    AppointmentDraft(post: "10", kind: .support, from: StaffCity.today), to: wang, at: central)
            }
            #expect(try await world.roles().contains("teacher \(central.id)"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `facts are written by form; key fields lock, sealed ones are not shown, nonsense stays in the form`(
        on database: TestDatabase
    ) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let li = try await world.city.client(.li), path = world.page + "/facts"
            let told = [
                ("title", "一级"), ("education", "21-本科毕业"), ("sex", "女"), ("maritalStatus", "已婚"),
                ("workStart", "2008.09"), ("currentAddress", "某街 1 号"),
            ]
            #expect(try await li.post(path, from: "/account", told).status == 303)
            let page = try await li.get(world.page).text
            for word in ["一级教师", "本科毕业", "2008-09", "学校填报"] { #expect(page.contains(word), "\(word)") }
            #expect(!page.contains("某街") && page.contains("已登记，不显示"))
            // Empty leaves a sealed value alone, and a locked field is not taken.
            let again = [("currentAddress", ""), ("sex", "男"), ("title", "高级")]
            #expect(try await li.post(path, from: "/account", again).status == 303)
            let wang = world.wang, crypto = world.city.platform.crypto
            let facts = try await world.city.database.read { try PersonFactStore($0, crypto).latest(of: wang) }
            #expect(facts?["currentAddress"] == "某街 1 号" && facts?["sex"] == "2" && facts?["title"] == "2")
            let bad = try await li.post(path, from: "/account", [("title", "宗师"), ("graduatedFrom", "广西师范")])
            #expect(bad.status == 422 && bad.text.contains("宗师") && bad.text.contains("广西师范"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the three teams are kept by day and counted by unit`(on database: TestDatabase) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let li = try await world.city.client(.li)
            let teams = [("team", "technical"), ("team", "management"), ("from", today.adding(days: -5).iso)]
            #expect(try await li.post(world.page + "/teams", from: "/account", teams).status == 303)
            let fewer = [("team", "management"), ("from", today.iso)]
            #expect(try await li.post(world.page + "/teams", from: "/account", fewer).status == 303)
            let bureau = try await world.city.client(.bureau)
            let now = try await bureau.get("/staff-teams").text
            #expect(now.contains("wang(示例)") && now.contains("管理队伍"))
            let technical = try await bureau.get("/staff-teams?team=technical").text
            #expect(!technical.contains("wang(示例)"))
            let before = try await bureau.get("/staff-teams?team=technical&on=\(today.adding(days: -1).iso)").text
            #expect(before.contains("wang(示例)"))
            let chen = try await world.city.client(.chen)
            #expect(!(try await chen.get("/staff-teams").text.contains("wang(示例)")))
            let file = try await bureau.get("/staff-teams?format=csv").text
            #expect(file.contains("管理队伍"))
        }
    }
}
