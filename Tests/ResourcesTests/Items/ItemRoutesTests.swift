import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Resources

/// Resources in the browser.
@Suite("Pages of resources")
struct ItemRoutesTests {
    @Test("A teacher writes, the school publishes, another finds it on the lesson", arguments: TestDatabase.allCases)
    func way(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let wang = try await made.city.client(.wang), li = try await made.city.client(.li)
            let node = try await made.node(), new = ItemPages.root + "/new?node=\(node.id)"
            var fields = [
                ("textbook", node.textbook.rawValue), ("type", "lesson-plan"), ("node", node.id.rawValue),
                ("licence", "cc-by"), ("origin", "original"), ("visibility", "city"), ("audience", "teacher"),
                ("language", "zh-CN"),
            ]
            let untitled = try await wang.upload(
                ItemPages.root, from: new, field: "file", fileName: "教案.txt", Array("内容".utf8),
                fields + [("summary", "键入的简介")])
            #expect(untitled.status == 422 && untitled.text.contains("填写标题"))
            #expect(untitled.text.contains("键入的简介"))
            // What was sent along waits, chosen, for the form to be right.
            let kept = try #require(untitled.text.firstMatch(of: #/name="upload" value="([0-9a-z]{26})" checked/#)).1
            fields += [("title", "灯塔教案"), ("stated", "1")]
            let sent = try await wang.upload(
                ItemPages.root, from: new, field: "file", fileName: "附件.txt", Array("又".utf8),
                fields + [("upload", String(kept))])
            let path = try #require(sent.location, "\(sent.text.suffix(800))")
            #expect(try await wang.post(path + "/submission", from: path).location == path)
            let page = try await li.get(path), revision = try #require(page.hidden("revision"))
            #expect(try await li.get(ItemPages.root + "/reviews").text.contains("灯塔教案"))
            let unsure = try await li.post(path + "/review", from: path, [("revision", revision), ("decision", "no")])
            #expect(unsure.status == 422 && unsure.text.contains("退回时写明原因"))
            _ = try await li.post(path + "/review", from: path, [("revision", revision), ("decision", "yes")])
            let bureau = try await made.city.client(.bureau)
            let next = try #require(try await bureau.get(path).hidden("revision"))
            _ = try await bureau.post(path + "/review", from: path, [("revision", next), ("decision", "yes")])

            let zhao = try await made.city.client(.zhao), lesson = TextbookPages.path(node.id)
            #expect(try await zhao.get(lesson).text.contains("灯塔教案"))
            #expect(try await zhao.get(TextbookPages.path(node.textbook)).text.contains("1 项资源"))
            #expect(try await zhao.get("/resources?q=dtja").text.contains("灯塔教案"))
            let visitor = try await made.city.client(.visitor)
            #expect(try await !visitor.get(lesson).text.contains("灯塔教案"))
            #expect(try await visitor.get(path).status == 404)
            #expect(try await zhao.get(path + "/edit").status == 404)
            #expect(try await zhao.post(path + "/takedown", from: "/account", [("reason", "x")]).status == 404)
        }
    }

    @Test("A file goes to whoever may see the resource, in parts and once", arguments: TestDatabase.allCases)
    func files(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("海", .public))
            let file = try await made.database.read { try ItemStore($0).files(of: id) }.first
            let path = ItemPages.path(try #require(file), of: id)
            let visitor = try await made.city.client(.visitor)
            let whole = try await visitor.get(path)
            #expect(whole.text == "海" && whole.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            let part = try await visitor.get(path, headers: ["range": "bytes=0-0"])
            #expect(part.status == 206 && part.bytes.count == 1)
            let tag = try #require(whole.headers[.eTag])
            #expect(try await visitor.get(path, headers: ["if-none-match": tag]).status == 304)
            let draft = try await made.draft(ResourceCity.content("稿", .public))
            let hidden = try await made.database.read { try ItemStore($0).files(of: draft) }.first
            #expect(try await visitor.get(ItemPages.path(try #require(hidden), of: draft)).status == 404)
            // A file of one resource is not reached by way of another.
            #expect(try await visitor.get(ItemPages.path(try #require(hidden), of: id)).status == 404)
        }
    }

    @Test("Of two people who edit at once, one is told and keeps what she typed", arguments: TestDatabase.allCases)
    func conflict(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("教案")), path = ItemPages.path(id) + "/edit"
            let node = try await made.node()
            let wang = try await made.city.client(.wang), li = try await made.city.client(.li)
            let revision = try #require(try await wang.get(path).hidden("revision"))
            func form(_ title: String, _ revision: String) -> [(String, String)] {
                [
                    ("revision", revision), ("title", title), ("type", "lesson-plan"), ("node", node.id.rawValue),
                    ("licence", "cc-by"), ("origin", "original"), ("visibility", "school"), ("audience", "teacher"),
                    ("language", "zh-CN"),
                ]
            }
            #expect(try await li.post(path, from: path, form("管理员改的", revision)).status == 303)
            let late = try await wang.post(path, from: path, form("老师改的", revision))
            #expect(late.status == 409)
            #expect(late.text.contains("刚被li(示例)修改") && late.text.contains("老师改的"))
            let fresh = try #require(late.hidden("revision"))
            #expect(try await wang.post(path, from: path, form("老师改的", fresh)).status == 303)
        }
    }

    @Test("Her archive holds the originals, also of what was taken down", arguments: TestDatabase.allCases)
    func archive(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("灯塔教案", .city))
            _ = try await made.draft(ResourceCity.content("草稿"))
            let li = try await made.city.client(.li), wang = try await made.city.client(.wang)
            _ = try await li.post(ItemPages.path(id) + "/takedown", from: ItemPages.path(id), [("reason", "换新")])
            let answer = try await wang.get(ItemPages.root + "/mine/archive")
            #expect(answer.status == 200 && answer.bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]))
            for words in ["resources.json", "index.html", "files/\(id)/1-教案.txt", "FCG:RES:\(id)"] {
                #expect(answer.text.contains(words), "\(words)")
            }
            let zhao = try await made.city.client(.zhao)
            #expect(try await !zhao.get(ItemPages.root + "/mine/archive").text.contains("灯塔教案"))
        }
    }
}
