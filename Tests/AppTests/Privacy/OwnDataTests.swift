import Directory
import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Testing

/// What a person, and a parent for her child, reads of what is held.
@Suite("我的信息") struct OwnDataTests {
    private func runJobs(_ city: TestCity) async throws {
        let runner = JobRunner(database: city.database, handlers: city.platform.jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }

    @Test(arguments: TestDatabase.allCases)
    func `a parent sees her child's data masked, who looked, and takes a copy`(
        on database: TestDatabase
    ) async throws {
        try await PrivacyCity.run(database) { (scene: PrivacyCity) async throws in
            let clerk = try await scene.account("clerk", role: "roll_keeper")
            _ = try await scene.look("address", by: clerk)
            let parent = try await scene.account("parent", role: "guardian", of: scene.guardian)
            let child = "/my-data?child=\(scene.pupil)"
            let own = try await parent.get("/my-data")
            #expect(own.status == 200 && own.text.contains("139****0123") && !own.text.contains(PrivacyCity.phone))
            #expect(own.text.contains(child))
            let page = try await parent.get(child)
            #expect(page.headers[.cacheControl] == "no-store")
            for word in ["450699**********14", "全国学籍系统", "学籍管理员", "联系家长", "家庭地址"] {
                #expect(page.text.contains(word), "\(word)")
            }
            // Who looked, by office and not by name.
            #expect(!page.text.contains("clerk(示例)"))
            #expect(!page.text.contains(PrivacyCity.address) && !page.text.contains(PrivacyCity.citizenNumber))
            let full = try await parent.get(child + "&full=1")
            #expect(full.text.contains(PrivacyCity.address) && full.text.contains(PrivacyCity.citizenNumber))

            let asked = try await parent.post("/my-data/copy", from: child, [("child", scene.pupil.rawValue)])
            #expect(asked.status == 303 && asked.location?.hasPrefix("/jobs/") == true)
            #expect(try await parent.get("/my-data/copy?child=\(scene.pupil)&format=json").status == 404)
            try await runJobs(scene.city)
            let json = try await parent.get("/my-data/copy?child=\(scene.pupil)&format=json")
            #expect(json.status == 200 && json.text.contains(PrivacyCity.address))
            let document = try await parent.get("/my-data/copy?child=\(scene.pupil)&format=html")
            #expect(document.text.contains(PrivacyCity.citizenNumber) && document.text.contains("学籍管理员"))
            let workbook = try await parent.get("/my-data/copy?child=\(scene.pupil)&format=xlsx")
            let path = scene.city.folder + "/copy.xlsx"
            try Data(workbook.bytes).write(to: URL(fileURLWithPath: path))
            let cells = try CanarySearch.cells(of: path)
            #expect(cells.contains(PrivacyCity.address) && cells.contains("学籍管理员"))
            // Hers, not the child's.
            #expect(try await parent.get("/my-data/copy?format=json").status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `other people's children do not exist`(on database: TestDatabase) async throws {
        try await PrivacyCity.run(database) { (scene: PrivacyCity) async throws in
            for client in [try await scene.city.client(.wang), try await scene.city.client(.li)] {
                #expect(try await client.get("/my-data?child=\(scene.pupil)").status == 404)
                #expect(try await client.get("/my-data/copy?child=\(scene.pupil)").status == 404)
                let asked = try await client.post("/my-data/copy", from: "/my-data", [("child", scene.pupil.rawValue)])
                #expect(asked.status == 404)
                #expect(try await client.get("/my-data").status == 200)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a request to delete takes what is optional, and the school answers`(on database: TestDatabase) async throws {
        try await PrivacyCity.run(database) { (scene: PrivacyCity) async throws in
            let pupil = try await scene.account("sun", role: "student", of: scene.pupil)
            let empty = try await pupil.post("/my-data/requests", from: "/my-data", [("kind", "deletion")])
            #expect(empty.status == 422)
            let asked = try await pupil.post(
                "/my-data/requests", from: "/my-data", [("kind", "deletion"), ("text", "请删除我的邮箱")])
            #expect(asked.status == 303)
            let li = try await scene.city.client(.li)
            let list = try await li.get("/privacy/requests")
            let id = try #require(list.text.firstMatch(of: #/\/privacy\/requests\/([0-9a-z]{26})/#)?.output.1)
            let path = "/privacy/requests/\(id)"
            #expect(try await li.get(path).text.contains("请删除我的邮箱"))
            #expect(try await scene.city.client(.dongxing).get(path).status == 404)
            let answer = [("state", "done"), ("text", "已删除邮箱")]
            let whole = try await li.post(path + "/answer", from: path, answer + [("erasure", "whole")])
            #expect(whole.status == 409 && whole.text.contains("永久保存"))
            let done = try await li.post(path + "/answer", from: path, answer + [("erasure", "optional")])
            #expect(done.status == 303)
            let again = try await li.post(path + "/answer", from: path, answer)
            #expect(again.status == 409)
            let page = try await pupil.get("/my-data")
            #expect(page.text.contains("已删除邮箱") && !page.text.contains("电子信箱"))
            #expect(page.text.contains("家庭地址"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the bureau counts, confirms and deletes`(on database: TestDatabase) async throws {
        try await PrivacyCity.run(database) { (scene: PrivacyCity) async throws in
            let clerk = try await scene.account("clerk", role: "roll_keeper")
            _ = try await scene.look("address", by: clerk)
            _ = try await scene.look("phone", of: scene.guardian, by: clerk)
            let old = Timestamp.now.adding(days: -1100)
            try await scene.city.database.write { db in
                try db.execute("UPDATE directory_look SET at = \(old) WHERE subject_id = \(scene.pupil)")
            }
            let bureau = try await scene.city.client(.bureau), path = "/privacy/retention"
            _ = try await bureau.post(path + "/count", from: path)
            try await runJobs(scene.city)
            let counted = try await bureau.get(path)
            #expect(counted.text.contains("确认删除 1 条"))
            let run = try #require(counted.hidden("run"))
            _ = try await bureau.post(path + "/confirmation", from: path, [("run", run)])
            try await runJobs(scene.city)
            let left = try await scene.city.database.read { try LookStore($0).list(within: .everything, limit: 9) }
            #expect(left.map(\.subject) == [scene.guardian])
            #expect(try await scene.city.client(.li).get(path).status == 404)
            let wrong = try await bureau.post(path + "/holds", from: path, [("reason", ""), ("number", "13900000000")])
            #expect(wrong.status == 422)
            let held = try await bureau.post(
                path + "/holds", from: path, [("kind", "looks"), ("number", PrivacyCity.phone), ("reason", "诉讼")])
            #expect(held.status == 303)
            #expect(try await bureau.get(path).text.contains("孙同学家长"))
        }
    }
}
