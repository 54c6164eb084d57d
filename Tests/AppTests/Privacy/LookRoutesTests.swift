import Directory
import Identity
import Kernel
import TestKit
import Testing

/// The way from a masked number to the whole one and into the record of the data officer.
@Suite("查看完整信息") struct LookRoutesTests {
    @Test(arguments: TestDatabase.allCases)
    func `a clerk gives a reason, sees the number once, and the officer reads of it`(
        on database: TestDatabase
    ) async throws {
        try await PrivacyCity.run(database) { (scene: PrivacyCity) async throws in
            let clerk = try await scene.account("clerk", role: "roll_keeper")
            let page = try await clerk.get("/classes/\(scene.classGroup.id)/pupils/\(scene.pupil)")
            #expect(page.text.contains(scene.lookPath) && !page.text.contains(PrivacyCity.citizenNumber))
            let form = try await clerk.get(scene.lookPath)
            #expect(form.status == 200 && form.text.contains("身份证号") && form.text.contains("住址"))
            #expect(!form.text.contains(PrivacyCity.citizenNumber) && !form.text.contains(PrivacyCity.address))

            let refused = try await clerk.post(scene.lookPath, from: scene.lookPath, [("item", "address")])
            #expect(refused.status == 422 && !refused.text.contains(PrivacyCity.address))
            let key = Identifiers.next(), values = [("item", "citizen_number"), ("reason", "10"), ("note", "")]
            let shown = try await clerk.post(scene.lookPath, from: scene.lookPath, key: key, values)
            #expect(shown.status == 200 && shown.text.contains(PrivacyCity.citizenNumber))
            #expect(shown.headers[.cacheControl] == "no-store")
            #expect(!shown.text.contains(PrivacyCity.address))
            let again = try await clerk.post(scene.lookPath, from: scene.lookPath, key: key, values)
            #expect(again.status == 303 && again.location == scene.lookPath)

            let officer = try await scene.client("officer")
            let record = try await officer.get("/privacy/looks")
            #expect(record.status == 200)
            for word in ["clerk(示例)", "学籍管理员", "孙同学", "身份证号", "核对学籍信息", "防城港市实验小学"] {
                #expect(record.text.contains(word), "\(word)")
            }
            #expect(!record.text.contains(PrivacyCity.citizenNumber))
            #expect(record.text.contains("共 1 条") || record.text.contains("1 条"))
            #expect(try await officer.get("/privacy/looks?by=nobody").text.contains("没有查看记录"))
            #expect(try await officer.get("/privacy/looks?person=孙&reason=10").text.contains("孙同学"))
            let file = try await officer.get("/privacy/looks?format=csv")
            #expect(file.status == 200 && file.text.contains("孙同学") && file.text.contains("核对学籍信息"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who may not look is told of nothing`(on database: TestDatabase) async throws {
        try await PrivacyCity.run(database) { (scene: PrivacyCity) async throws in
            let officer = try await scene.client("officer")
            // A teacher of the school who does not lead the class, the leader, other places, and the officer herself.
            var strangers = [officer, try await scene.account("head", role: "school_leader")]
            for member in [TestCity.Member.wang, .zhao, .dongxing, .leader, .system] {
                strangers.append(try await scene.city.client(member))
            }
            for stranger in strangers {
                #expect(try await stranger.get(scene.lookPath).status == 404)
                let answer = try await scene.look("citizen_number", by: stranger)
                #expect(answer.status == 404 && !answer.text.contains(PrivacyCity.citizenNumber))
            }
            #expect(try await officer.get("/privacy/looks").text.contains("没有查看记录"))
            #expect(try await officer.get("/privacy/looks/unusual").status == 200)
            let clerk = try await scene.account("clerk", role: "roll_keeper")
            _ = try await scene.look("phone", of: scene.guardian, by: clerk)
            // The record of a school is for its own.
            let other = try await scene.city.client(.dongxing).get("/privacy/looks")
            #expect(other.status == 200 && !other.text.contains("孙同学"))
            #expect(try await clerk.get("/privacy/looks").status == 404)
            #expect(try await scene.client("head").get("/privacy/looks").text.contains("孙同学家长"))
        }
    }
}
