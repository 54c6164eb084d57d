import Database
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Resources

/// Finding resources in the browser.
@Suite("Pages of the resource search")
struct SearchRoutesTests {
    private func path(_ text: String, _ more: String = "") -> String {
        SearchPages.root + "?q=" + URLCoding.encode(text) + more
    }

    @Test("The page says what matched, and each role finds its own", arguments: TestDatabase.allCases)
    func page(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let long = String(repeating: "很长的标题", count: 20)
            _ = try await made.published(ResourceCity.content("灯塔教案", .city))
            _ = try await made.published(ResourceCity.content(long, .city), on: "SYW31-01-02")
            let zhao = try await made.city.client(.zhao), visitor = try await made.city.client(.visitor)
            let empty = try await zhao.get(SearchPages.root)
            #expect(empty.status == 200 && empty.text.contains("要找什么？"))
            let hit = try await zhao.get(path("灯塔"))
            #expect(hit.text.contains("<mark>灯塔</mark>教案") && hit.text.contains("符合：标题"))
            #expect(hit.text.contains("找到 1 项"))
            let near = try await zhao.get(path("登塔教案"))
            #expect(near.text.contains("相近：标题") && near.text.contains("没有完全符合的"))
            #expect(try await zhao.get(path("很长的标题")).text.contains(long.prefix(5)))
            #expect(try await zhao.get(path("鲸鱼骨架")).text.contains("没有找到"))
            #expect(try await visitor.get(path("灯塔")).text.contains("没有找到"))
            #expect(try await visitor.get(path("灯塔")).text.contains("保存这次查找") == false)
            #expect(try await zhao.get(path("灯塔", "&stage=3")).text.contains("没有找到"))
            #expect(try await zhao.get(path("灯塔", "&stage=2&subject=13&grade=P3&level=city")).text.contains("找到 1 项"))
            #expect(try await zhao.get(path("灯塔", "&place=school")).text.contains("没有找到"))
            #expect(try await zhao.get(path("灯塔", "&school=\(made.school.id)")).text.contains("只看"))
            for odd in ["&stage=%00", "&page=-5", "&page=99999999999999999999", "&school=nobody", "&level=none"] {
                let answer = try await zhao.get(path("灯塔", odd))
                #expect(answer.status == 200 || answer.status == 400, "\(odd)")
            }
            let sheet = try await zhao.get(path("灯塔", "&format=csv"))
            #expect(sheet.status == 200 && sheet.text.contains("灯塔教案"))
        }
    }

    @Test("A search is kept, found again and removed by its owner only", arguments: TestDatabase.allCases)
    func kept(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let zhao = try await made.city.client(.zhao), wang = try await made.city.client(.wang)
            let from = path("灯塔", "&stage=2"), address = "q=" + URLCoding.encode("灯塔") + "&stage=2"
            let unnamed = try await zhao.post(SearchPages.saved, from: from, [("address", address), ("name", " ")])
            #expect(unnamed.status == 422 && unnamed.text.contains("填写名称") && unnamed.text.contains("灯塔"))
            let nothing = try await zhao.post(SearchPages.saved, from: from, [("address", "x=1"), ("name", "空")])
            #expect(nothing.status == 422)
            for name in ["灯塔的课", "灯塔和路"] {
                let sent = try await zhao.post(SearchPages.saved, from: from, [("address", address), ("name", name)])
                #expect(sent.location == SearchPages.saved)
            }
            let list = try await zhao.get(SearchPages.saved)
            #expect(list.text.contains("灯塔和路") && !list.text.contains("灯塔的课"))
            #expect(list.text.contains("/resources/search?q=%E7%81%AF%E5%A1%94"))
            #expect(try await wang.get(SearchPages.saved).text.contains("还没有保存的查找"))
            let id: String? = try await made.database.read { try $0.value("SELECT id FROM resources_saved_search") }
            let removal = "\(SearchPages.saved)/\(try #require(id))/removal"
            #expect(try await wang.post(removal, from: SearchPages.saved).status == 404)
            #expect(try await zhao.post(removal, from: SearchPages.saved).location == SearchPages.saved)
            #expect(try await zhao.get(SearchPages.saved).text.contains("还没有保存的查找"))
        }
    }

    @Test("Kept searches are told to their owner and go with her", arguments: TestDatabase.allCases)
    func personalData(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let zhao = try await made.city.user(.zhao)
            try await made.database.write {
                try SavedSearchService($0, by: zhao, now: .now).save("灯塔", "q=%E7%81%AF%E5%A1%94")
            }
            let data = made.city.platform.resources.personalData
            #expect(try await data.items(of: zhao.person).contains { $0.group == "常用查找" && $0.isErasable })
            #expect(try await data.erase(zhao.person, wholly: false, by: "系统").contains("1 个常用查找"))
            #expect(try await data.items(of: zhao.person).allSatisfy { $0.group != "常用查找" })
        }
    }
}
