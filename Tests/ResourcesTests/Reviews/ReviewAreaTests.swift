import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// Subjects that are given to reviewers.
@Suite("Reviewers by subject") struct ReviewAreaTests {
    @Test("A desk leaves out what others have, never what nobody has")
    func narrowing() {
        let (a, b, c) = (ID<Account>("a"), ID<Account>("b"), ID<Account>("c"))
        func given(_ pairs: [(String, ID<Account>)]) -> [ReviewArea] {
            pairs.map { ReviewArea(area: $0.0, account: $0.1, byName: "", at: .now) }
        }
        let all = given([("2-13", a), ("2-14", b), ("2-41", a), ("2-41", b)]), active: Set = [a, b, c]
        #expect(DeskNarrowing.hidden(from: a, all, active: active) == ["2-14"])
        #expect(DeskNarrowing.hidden(from: b, all, active: active) == ["2-13"])
        #expect(DeskNarrowing.hidden(from: c, all, active: active) == [])
        // Whoever lost the right has no subjects any more, and they are everybody's again.
        #expect(DeskNarrowing.hidden(from: a, all, active: [a, c]) == [])
    }

    @Test("An administrator gives and takes subjects; others may not", arguments: TestDatabase.allCases)
    func pages(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let li = try await made.city.client(.li), root = ReviewAreaPages.root
            let account = try await made.city.user(.li).account
            #expect(try await li.get(root).text.contains("li(示例)"))
            #expect(try await made.city.client(.wang).get(root).status == 404)
            #expect(try await li.get(root + "?place=\(made.border.id)").status == 404)
            let wrong = try await li.post(root, from: root, [("area", "9-99"), ("account", "nobody")])
            #expect(wrong.status == 422 && wrong.text.contains("选择审核员"))
            let sent = try await li.post(root, from: root, [("area", "2-14"), ("account", account.rawValue)])
            #expect(sent.status == 303, "\(sent.text.suffix(600))")
            #expect(try await li.get(root).text.contains("小学数学"))
            // What was given to nobody stays on her desk, and so it does when somebody else has it and she asks for all.
            let id = try await made.draft(ResourceCity.content("灯塔教案"))
            try await made.review(.wang) { try $0.submit(id) }
            #expect(try await li.get(ReviewPages.root).text.contains("灯塔教案"))
            let other = ID<Account>.new(), school = made.school.id
            try await made.database.write { db in
                _ = try ReviewAreaStore(db).give("2-13", to: other, at: school, by: "", now: .now)
            }
            #expect(try await li.get(ReviewPages.root).text.contains("灯塔教案"), "the other may not review here")
            var filter = DeskFilter()
            filter.hidden = ["2-13"]
            let asked = filter, scope = DataScope([made.school.path])
            let (hidden, shown) = try await made.database.read { db in
                (
                    try DeskStore(db).list(asked, within: scope, after: nil, limit: 5).count,
                    try DeskStore(db).count(DeskFilter(), within: scope)
                )
            }
            #expect(hidden == 0 && shown == 1)
            _ = try await li.post(root + "/removal", from: root, [("area", "2-14"), ("account", account.rawValue)])
            #expect(try await made.database.read { try ReviewAreaStore($0).list(at: [school]).map(\.area) } == ["2-13"])
        }
    }
}
