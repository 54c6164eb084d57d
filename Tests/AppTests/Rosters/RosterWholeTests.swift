import Database
import Directory
import Identity
import Kernel
import TestKit
import Testing

/// Whoever keeps the rosters of a school calls them whole; whoever tells its lines and rooms does not.
@Suite("学籍已录全的权限") struct RosterWholeTests {
    @Test(arguments: TestDatabase.allCases)
    func `the keeper of the roll calls the roster of her own school whole`(on database: TestDatabase) async throws {
        try await PrivacyCity.run(database) { (scene: PrivacyCity) async throws in
            let keeper = try await scene.account("keeper", role: "roll_keeper")
            let technician = try await scene.account("technician", role: "technician")
            let own = "/register/schools/\(scene.school.id)/roster"
            let other = try await scene.city.organisation(TestCity.borderSchool)
            let foreign = "/register/schools/\(other.id)/roster"
            let values = [("complete", "1"), ("from", Timestamp.now.day.iso)]
            // She is shown the figures and no form.
            let shown = try await technician.get(own)
            #expect(shown.status == 200 && !shown.text.contains("action=\"\(own)\""))
            #expect(try await technician.post(own, from: own, values).status == 404)
            #expect(try await keeper.post(foreign, from: own, values).status == 404)
            #expect(try await keeper.get(own).text.contains("action=\"\(own)\""))
            #expect(try await keeper.post(own, from: own, values).status == 303)
            #expect(try await keeper.get(own).text.contains("keeper(示例)"))
            // What was said is taken back above the school.
            let back = [("complete", "0"), ("from", Timestamp.now.day.iso), ("reason", "缺一个年级")]
            #expect(try await keeper.post(own, from: own, back).status == 404)
            let bureau = try await scene.city.client(.bureau)
            #expect(try await bureau.post(own, from: own, back).status == 303)
        }
    }
}
