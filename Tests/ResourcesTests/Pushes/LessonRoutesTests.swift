import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Resources

/// Lessons and pushes in the browser.
@Suite("Pages of lessons")
struct LessonRoutesTests {
    private func form(_ made: LessonCity, _ items: [ID<Item>], _ group: ClassGroup, period: String = "1") -> [(
        String, String
    )] {
        items.map { ("item", $0.rawValue) } + [
            ("day-\(group.id)", LessonCity.monday.iso), ("period-\(group.id)", period),
        ]
    }

    @Test("From the lesson in the textbook to the class, opened and counted", arguments: TestDatabase.allCases)
    func way(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let first = try await made.made.published(ResourceCity.content("灯塔教案"))
            let second = try await made.made.published(ResourceCity.content("给学生的", audience: ["teacher", "student"]))
            let node = try await made.made.node().id, path = PushPages.formPath(node)
            let wang = try await made.city.client(.wang)
            #expect(try await wang.get(TextbookPages.path(node)).text.contains("推送到班级"))
            let page = try await wang.get(path).text
            #expect(page.contains("三年级(1)班") && !page.contains("三年级(2)班") && page.contains("灯塔教案"))

            let none = try await wang.post(path, from: path, form(made, [first], made.own, period: ""))
            #expect(none.status == 422 && none.text.contains("至少给一个班选择节次"))
            let empty = try await wang.post(path, from: path, form(made, [], made.own))
            #expect(empty.status == 422 && empty.text.contains("至少选一项资源"))
            let wrong = try await wang.post(
                path, from: path, form(made, [first], made.own) + [("order-\(first)", "很前")])
            #expect(wrong.status == 422 && wrong.text.contains("顺序填 1 到 99 的数字") && wrong.text.contains("很前"))

            // The same form twice, and a new form with the same, are one push.
            let fields = form(made, [first, second], made.own) + [("order-\(second)", "1"), ("order-\(first)", "2")]
            let key = Identifiers.next()
            let sent = try await wang.post(path, from: path, key: key, fields)
            let push = try #require(sent.location, "\(sent.text.suffix(800))")
            #expect(try await wang.post(path, from: path, key: key, fields).location == push)
            #expect(try await wang.post(path, from: path, fields).location == push)
            let twice = fields + form(made, [], made.own)
            #expect(try await wang.post(path, from: path, twice).location == push)
            #expect(try await made.count("resources_lesson") == 1)

            let id = ID<Push>(String(try #require(push.split(separator: "/").last)))
            let lesson = try await made.lesson(of: id), here = LessonPages.path(lesson.id)
            let today = try await wang.get(LessonPages.root).text
            #expect(today.contains("灯塔下的路") && today.contains("还没有在课上打开") && today.contains("第1节 08:00—08:40"))
            let shown = try await wang.get(here).text
            #expect(shown.contains("现在打开，计入第1节的课堂使用") && shown.contains("上课打开"))
            let titles = try ["给学生的", "灯塔教案"].map { try #require(shown.range(of: $0)).lowerBound }
            #expect(titles == titles.sorted(), "in the order that was typed")
            let opened = try await wang.post(here + "/openings", from: here, [("item", first.rawValue)])
            #expect(opened.location == ItemPages.path(first))
            #expect(try await wang.get(here).text.contains("第1节已计入课堂使用"))
            #expect(try await wang.get(LessonPages.path(ofClass: made.own.id)).text.contains("第1节已计入"))

            // Taken down, it leaves the page of the class and of its sender.
            try await made.made.review(.li) { try $0.takeDown(first, reason: "换新") }
            #expect(try await wang.get(push).text.contains("有 1 项资源已下架或不再开放"))
            let gone = try await wang.post(here + "/openings", from: here, [("item", first.rawValue)])
            #expect(gone.status == 404)
            #expect(try await wang.post(push + "/withdrawal", from: push).location == push)
            #expect(try await wang.get(here).text.contains("这次推送已经撤回"))
            #expect(try await wang.post(push + "/withdrawal", from: push).status == 409)
        }
    }

    @Test("Other schools, other teachers and visitors find none of it", arguments: TestDatabase.allCases)
    func strangers(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("灯塔教案", .city))
            let lesson = try await made.sent([item]), here = LessonPages.path(lesson.id)
            let push = PushPages.path(lesson.push), node = try await made.made.node().id
            let path = PushPages.formPath(node)
            for member in [TestCity.Member.zhao, .dongxing, .leader, .system] {
                let client = try await made.city.client(member)
                #expect(try await client.get(here).status == 404, "\(member)")
                #expect(try await client.get(push).status == 404, "\(member)")
                #expect(try await client.get(LessonPages.path(ofClass: made.own.id)).status == 404, "\(member)")
                #expect(try await client.get("/schools/\(made.made.school.id)/light-pack").status == 404, "\(member)")
                #expect(try await client.get("/schools/\(made.made.school.id)/periods").status == 404, "\(member)")
                let opened = try await client.post(here + "/openings", from: "/account", [("item", item.rawValue)])
                #expect(opened.status == 404, "\(member)")
                #expect(try await client.post(push + "/withdrawal", from: "/account").status == 404, "\(member)")
            }
            // 李校长 sees her school's class, but opens nothing in its name.
            let li = try await made.city.client(.li)
            #expect(try await li.get(here).status == 200)
            #expect(try await !li.get(here).text.contains("上课打开"))
            #expect(try await li.post(here + "/openings", from: here, [("item", item.rawValue)]).status == 404)
            // 赵老师 cannot send to the class, nor name a class that is none.
            let zhao = try await made.city.client(.zhao)
            #expect(try await zhao.post(path, from: path, form(made, [item], made.own)).status == 404)
            let odd = [("item", item.rawValue), ("day-none", LessonCity.monday.iso), ("period-none", "1")]
            #expect(try await [404, 422].contains(zhao.post(path, from: path, odd).status))
            let visitor = try await made.city.client(.visitor)
            #expect(try await visitor.get(here).status == 303)
            #expect(try await made.count("resources_opening") == 0)
        }
    }

    @Test("A school sets its times and its budget, and takes the pack of a day home", arguments: TestDatabase.allCases)
    func school(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("灯塔教案"))
            _ = try await made.sent([item])
            let li = try await made.city.client(.li), school = made.made.school.id
            let times = BellPages.path(school), pack = LightPackPages.path(school)
            let wrong = try await li.post(times, from: times, [("start-1", "08:00"), ("end-1", "07:00")])
            #expect(wrong.status == 422 && wrong.text.contains("5 到 120 分钟"))
            #expect(
                try await li.post(times, from: times, [("start-1", "08:10"), ("end-1", "08:50")]).location == times)
            #expect(try await li.get(times).text.contains("08:50"))
            #expect(try await li.post(pack, from: pack, [("megabytes", "3")]).status == 422)
            #expect(try await li.post(pack, from: pack, [("megabytes", "20")]).location == pack)
            let query = "?day=" + LessonCity.monday.iso
            let page = try await li.get(pack + query).text
            #expect(page.contains("20 MB") && page.contains("灯塔教案"))
            let manifest = try await li.get(pack + "/manifest" + query)
            #expect(manifest.text.contains("\"budgetBytes\" : 20000000"))
            let archive = try await li.get(pack + "/archive" + query)
            #expect(archive.status == 200 && archive.bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]))
            #expect(archive.text.contains("manifest.json") && archive.text.contains("灯塔教案"))
            let wang = try await made.city.client(.wang)
            #expect(try await wang.get(pack + query).status == 200)
            #expect(try await wang.post(pack, from: pack, [("megabytes", "50")]).status == 404)
            #expect(try await wang.post(times, from: times, [("start-1", "09:00"), ("end-1", "09:40")]).status == 404)
        }
    }

    @Test("A researcher sends to the grade of her place", arguments: TestDatabase.allCases)
    func grade(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("全市教案", .city))
            _ = try await made.made.published(ResourceCity.content("校内教案"))
            let node = try await made.made.node().id, path = PushPages.formPath(node)
            let bureau = try await made.city.client(.bureau), page = try await bureau.get(path).text
            #expect(page.contains("全部三年级") && page.contains("全市教案") && !page.contains("校内教案"))
            let county = try await made.city.organisation("450681")
            let fields = [("to", "grade"), ("place", county.id.rawValue), ("item", item.rawValue)]
            #expect(try await bureau.post(path, from: path, fields).status == 422)
            let sent = try await bureau.post(path, from: path, fields + [("day", LessonCity.tuesday.iso)])
            let push = try #require(sent.location, "\(sent.text.suffix(600))")
            let shown = try await bureau.get(push).text
            #expect(shown.contains("全部三年级") && shown.contains("江平镇第一小学"))
            let zhao = try await made.city.client(.zhao)
            #expect(try await zhao.get(LessonPages.root).text.contains("当天任一节"))
        }
    }
}
