import Foundation
import Kernel
import TestKit
import Testing

@testable import Plan

@Suite struct `Targets as a file` {
    private func municipal(_ city: TestCity) async throws -> PlanTargetSet {
        try #require(try await city.database.read { try PlanTargetStore($0).set(code: "municipal-2015-2017") })
    }

    private func file(_ client: TestClient, _ path: String) async throws -> String {
        let answer = try await client.get(path + "/file")
        #expect(answer.status == 200)
        #expect(answer.headers[.contentDisposition]?.contains(".json") == true)
        return answer.text
    }

    private func preview(_ client: TestClient, _ path: String, _ text: String) async throws -> TestAnswer {
        try await client.upload(
            path + "/import", from: path + "/import", field: "file", fileName: "targets.json", Array(text.utf8),
            [("from", "2016-01-01")])
    }

    /// The file without T1, with another aim of T12 and a new target.
    private func edited(_ text: String) throws -> String {
        var object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        var targets = try #require(object["targets"] as? [[String: Any]])
        targets.removeAll { $0["id"] as? String == "T1" }
        let place = try #require(targets.firstIndex { $0["id"] as? String == "T12" })
        targets[place]["threshold"] = 40
        var new = targets[place]
        (new["id"], new["title"]) = ("T35", "<b>新的目标</b>")
        targets.append(new)
        object["targets"] = targets
        return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    @Test(arguments: TestDatabase.allCases)
    func `what is sent out can be taken in again and changes nothing`(_ database: TestDatabase) async throws {
        try await withTestCity(database) { city in
            let bureau = try await city.client(.bureau), set = try await municipal(city)
            let path = TargetSetPages.path(set.id), text = try await file(bureau, path)
            let read = try TargetSetFile(json: Data(text.utf8))
            let shipped = try #require(try TargetSetFile.shipped().first { $0.layer == .municipal })
            #expect(read == shipped)
            let answer = try await preview(bureau, path, text)
            #expect(answer.status == 200)
            #expect(answer.text.contains("文件与现有目标相同") && !answer.text.contains("/acceptance"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `changes are shown first and written when they are accepted, all from the day`(
        _ database: TestDatabase
    ) async throws {
        try await withTestCity(database) { city in
            let bureau = try await city.client(.bureau), set = try await municipal(city)
            let path = TargetSetPages.path(set.id), text = try edited(try await file(bureau, path))
            func targets() async throws -> [PlanTarget] {
                try await city.database.read { try PlanTargetStore($0).current(set: set.id) }
            }
            let shown = try await preview(bureau, path, text)
            #expect(shown.status == 200)
            for word in ["&lt;b&gt;新的目标&lt;/b&gt;", "<del>≥ 30 Mbit/s", "<ins>≥ 40 Mbit/s", "1 项目标将从 2016-01-01 起停用"] {
                #expect(shown.text.contains(word), "\(word)")
            }
            #expect(!shown.text.contains("<b>新的"))
            #expect(try await targets().count == 34)

            let accept = path + "/import/acceptance"
            let form = [
                ("content", text), ("from", "2016-01-01"), ("mark", try #require(shown.hidden("mark"))),
            ]
            let accepted = try await bureau.post(accept, from: path, form)
            #expect(accepted.status == 303 && accepted.location == path)
            let after = try await targets()
            #expect(after.count == 34 && after.last?.code == "T35" && !after.contains { $0.code == "T1" })
            let changed = try #require(after.first { $0.code == "T12" })
            #expect(changed.definition.threshold == 40 && changed.version == 2 && changed.validFrom.iso == "2016-01-01")
            let before = try await city.database.read {
                try PlanTargetStore($0).targets(of: set.id, on: LocalDate(iso: "2015-12-31")!)
            }
            #expect(before.count == 34 && before.first { $0.code == "T12" }?.definition.threshold == 30)

            // The same look again is at a set that has moved on.
            #expect(try await bureau.post(accept, from: path, form).status == 409)
            #expect(try await targets() == after)
        }
    }

    @Test func `a target that has ended counts again when a file has it`() async throws {
        try await withTestCity(.sqlite) { city in
            let bureau = try await city.client(.bureau), set = try await municipal(city)
            let path = TargetSetPages.path(set.id), whole = try await file(bureau, path)
            func take(_ text: String) async throws {
                let shown = try await preview(bureau, path, text)
                let form = [("content", text), ("from", "2016-01-01"), ("mark", try #require(shown.hidden("mark")))]
                #expect(try await bureau.post(path + "/import/acceptance", from: path, form).status == 303)
            }
            try await take(try edited(whole))
            try await take(whole)
            let targets = try await city.database.read { try PlanTargetStore($0).current(set: set.id) }
            let codes = Set(targets.map(\.code))
            #expect(targets.count == 34 && codes.contains("T1") && !codes.contains("T35"))
        }
    }

    @Test(arguments: [
        ("{", "文件不是有效的 JSON"), (#""indicator":"school-connected""#, "没有“made-up”这个指标"),
        (#""id":"T1""#, "代号为1到12个字母"), (#""operator":">=""#, "比较方式只能是"),
    ])
    func `a file that breaks the rules is refused with its reasons`(part: String, words: String) async throws {
        try await withTestCity(.sqlite) { city in
            let bureau = try await city.client(.bureau), set = try await municipal(city)
            let path = TargetSetPages.path(set.id)
            let text = try TargetSetFile(json: Data(try await file(bureau, path).utf8)).json(isSpaced: false)
            let broken = [
                "{": "x", #""indicator":"school-connected""#: #""indicator":"made-up""#, #""id":"T1""#: #""id":"T 1""#,
                #""operator":">=""#: #""operator":">""#,
            ]
            let whole = String(decoding: text, as: UTF8.self)
            let sent = whole.replacing(part, with: try #require(broken[part]), maxReplacements: 1)
            let answer = try await preview(bureau, path, sent)
            #expect(answer.status == 422)
            #expect(answer.text.contains(words), "\(words)")
        }
    }

    @Test func `only those who may change the set may send a file, and only a small one`() async throws {
        try await withTestCity(.sqlite) { city in
            let set = try await municipal(city), path = TargetSetPages.path(set.id)
            let leader = try await city.client(.leader), bureau = try await city.client(.bureau)
            _ = try await file(leader, path)
            #expect(try await leader.get(path + "/import").status == 404)
            #expect(try await !leader.get(path).text.contains("/import"))
            #expect(try await bureau.get(path).text.contains("/import"))
            let large = String(repeating: " ", count: TargetSetChanges.largestFile + 1)
            let answer = try await preview(bureau, path, large)
            #expect(answer.status == 422 && answer.text.contains("最大允许 200 KB"))
        }
    }
}
