import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("Transfers of staff") struct StaffTransferTests {
    private var today: LocalDate { StaffCity.today }

    private func form(to target: String, on day: LocalDate? = nil) -> [(String, String)] {
        [("target", target), ("post", "10"), ("kind", "established"), ("share", "100"), ("from", (day ?? today).iso)]
    }

    private func offered(_ world: StaffCity, to target: String = TestCity.borderSchool) async throws -> String {
        let li = try await world.city.client(.li)
        let answer = try await li.post(world.page + "/transfer", from: "/account", form(to: target))
        #expect(answer.status == 303, "\(answer.text.suffix(600))")
        let person = world.wang
        let found = try await world.city.database.read { try StaffTransferStore($0).open(of: person) }
        return StaffTransferPages.path(try #require(found).id)
    }

    @Test(arguments: TestDatabase.allCases)
    func `across counties: school, school, bureau; then everything moves at once and the account stays`(
        on database: TestDatabase
    ) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let account = try await world.city.user(.wang).account, path = try await offered(world)
            let border = try await world.city.organisation(TestCity.borderSchool)
            let dongxing = try await world.city.client(.dongxing), bureau = try await world.city.client(.bureau)
            let yes = [("decision", "yes"), ("remark", "")]
            // Not before the receiving school has said yes.
            #expect(try await bureau.post(path + "/decision", from: "/account", yes).status == 409)
            #expect(try await dongxing.get("/staff-transfers").text.contains("wang(示例)"))
            #expect(try await dongxing.post(path + "/answer", from: "/account", yes).status == 303)
            // The county of one side is not the office of both.
            #expect(try await dongxing.post(path + "/decision", from: "/account", yes).status == 403)
            #expect(try await world.duties(world.wang) == ["班主任", "语文"])
            #expect(try await bureau.post(path + "/decision", from: "/account", yes).status == 303)

            #expect(try await world.roles() == ["teacher \(border.id)"])
            #expect(try await world.city.user(.wang).account == account)
            #expect(try await world.duties(world.wang).isEmpty)
            #expect(try await world.duties(world.wang, on: today.adding(days: -1)) == ["班主任", "语文"])
            let li = try await world.city.client(.li)
            let old = try await li.get(world.page).text
            #expect(old.contains("已离开") && old.contains("调动") && !old.contains("江平镇"))
            #expect(try await dongxing.get("/schools/\(border.id)/staff/\(world.wang)").text.contains("在岗"))
            // The second click finds it done.
            #expect(try await bureau.post(path + "/decision", from: "/account", yes).status == 409)
            let deeds = try await world.audited(String(path.split(separator: "/").last!))
            #expect(deeds == ["staff_transfer.done", "staff_transfer.accepted", "staff_transfer.offered"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `inside a county the county decides, but not on what it offered itself`(on database: TestDatabase) async throws
    {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let central = try await world.city.organisation(TestCity.centralSchool)
            let crypto = world.city.platform.crypto
            let pan = try await world.city.database.write { db in
                try StaffService(db, crypto, by: .system).add(
                    NewStaffMember(name: "盘老师", post: "10", from: StaffCity.start), to: central)
            }
            let chen = try await world.city.client(.chen), yes = [("decision", "yes"), ("remark", "")]
            let page = "/schools/\(central.id)/staff/\(pan)"
            #expect(try await chen.post(page + "/transfer", from: "/account", form(to: "防城区第二初级中学(示例)")).status == 303)
            let found = try await world.city.database.read { try StaffTransferStore($0).open(of: pan) }
            let transfer = try #require(found), path = StaffTransferPages.path(transfer.id)
            #expect(transfer.approver == (try await world.city.organisation("450603")).path)
            #expect(try await chen.post(path + "/answer", from: "/account", yes).status == 303)
            #expect(try await chen.post(path + "/decision", from: "/account", yes).status == 403)
            let bureau = try await world.city.client(.bureau)
            #expect(try await bureau.post(path + "/decision", from: "/account", yes).status == 303)
            let posts = try await world.city.database.read { try AppointmentStore($0).history(of: pan) }
            #expect(posts.map(\.schoolName) == ["防城区第二初级中学(示例)", "华石镇中心小学(示例)"])
            #expect(posts.last?.reason == .transfer)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who accepted it for the school does not approve it for the office`(on database: TestDatabase) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let bureau = try await world.city.client(.bureau), path = try await offered(world)
            let yes = [("decision", "yes"), ("remark", "")]
            #expect(try await bureau.post(path + "/answer", from: "/account", yes).status == 303)
            #expect(try await !bureau.get(path).text.contains(path + "/decision"))
            let both = try await bureau.post(path + "/decision", from: "/account", yes)
            #expect(both.status == 403 && both.text.contains("确认接收的调动由其他管理员核准"))
            #expect(try await world.duties(world.wang) == ["班主任", "语文"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a refusal needs a reason, a withdrawal ends it, and another one may follow`(
        on database: TestDatabase
    ) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let li = try await world.city.client(.li), dongxing = try await world.city.client(.dongxing)
            let path = try await offered(world)
            let twice = try await li.post(world.page + "/transfer", from: "/account", form(to: TestCity.borderSchool))
            #expect(twice.status == 409)
            #expect(try await li.post(path + "/withdrawal", from: "/account").status == 303)
            #expect(
                try await dongxing.post(path + "/answer", from: "/account", [("decision", "yes")]).status == 409)
            let second = try await offered(world)
            let bare = try await dongxing.post(second + "/answer", from: "/account", [("decision", "no")])
            #expect(bare.status == 422 && bare.text.contains("不同意时写明原因"))
            let no = [("decision", "no"), ("remark", "编制已满")]
            #expect(try await dongxing.post(second + "/answer", from: "/account", no).status == 303)
            #expect(try await li.get(second).text.contains("编制已满"))
            #expect(try await world.roles().count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a school nobody knows, its own, and a stranger are refused`(on database: TestDatabase) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let li = try await world.city.client(.li)
            for target in ["没有的学校", TestCity.experimentalSchool, ""] {
                let answer = try await li.post(world.page + "/transfer", from: "/account", form(to: target))
                #expect(answer.status == 422 && answer.text.contains("field-target-problem"), "\(target)")
            }
            let path = try await offered(world), chen = try await world.city.client(.chen)
            #expect(try await chen.get(path).status == 404)
            #expect(try await chen.post(path + "/answer", from: "/account", [("decision", "yes")]).status == 404)
            #expect(try await chen.get(world.page).status == 404)
        }
    }

    @Test func `who leaves otherwise takes no transfer along`() async throws {
        try await StaffCity.run(.sqlite) { (world: StaffCity) async throws in
            let path = try await offered(world), li = try await world.city.client(.li)
            let leaving = [("reason", "resignation"), ("until", today.iso)]
            #expect(try await li.post(world.page + "/leaving", from: "/account", leaving).status == 303)
            #expect(try await li.get(path).text.contains("已撤回"))
            #expect(try await world.roles().isEmpty)
        }
    }
}
