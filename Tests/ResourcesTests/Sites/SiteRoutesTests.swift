import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// Sites in the browser.
@Suite("Pages of sites")
struct SiteRoutesTests {
    @Test("A curator fills the front page, and a visitor reads it without signing in", arguments: TestDatabase.allCases)
    func way(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let item = try await made.opened(ResourceCity.open("独弦琴的声音"))
            let curator = try await made.city.client(.dongxing), visitor = try await made.city.client(.visitor)
            let site = SitePages.path(ResourceCity.county)
            #expect(try await visitor.get(site).status == 404)
            #expect(try await curator.get(site).text.contains("网站还没有开通"))

            let new = CollectionPages.new(ResourceCity.county)
            let unnamed = try await curator.post(
                site + "/collections", from: new, [("title", ""), ("kind", "local"), ("summary", "键入的简介")])
            #expect(unnamed.status == 422 && unnamed.text.contains("填写专题名称") && unnamed.text.contains("键入的简介"))
            let made1 = try await curator.post(
                site + "/collections", from: new, [("title", "京族三岛"), ("kind", "local"), ("summary", "海上的")])
            let desk = try #require(made1.location, "\(made1.text.suffix(600))")
            let collection = String(desk.dropLast("/edit".count))
            func publish(_ path: String) async throws -> TestAnswer {
                let revision = try #require(try await curator.get(path).hidden("revision"), "\(path)")
                return try await curator.post(path + "/publication", from: path, [("revision", revision)])
            }
            let empty = try await publish(collection)
            #expect(empty.status == 409 && empty.text.contains("先收录至少一个资源"))
            #expect(try await curator.get(desk + "?q=dxq").text.contains("收录“独弦琴的声音”"))
            let added = try await curator.post(collection + "/items", from: desk, [("item", item.rawValue)])
            #expect(added.location == desk)
            // What has changed since it was looked at is not published unread.
            #expect(
                try await curator.post(collection + "/publication", from: desk, [("revision", "1")]).status == 409)
            #expect(try await publish(collection).location == collection)

            let news = try await curator.post(
                site + "/news", from: site + "/news/new",
                [("title", "开通了"), ("body", "第一段\n第二段"), ("from", Timestamp.now.day.iso), ("until", "")])
            let notice = try #require(news.location, "\(news.text.suffix(600))")
            #expect(try await visitor.get(notice).status == 404, "a draft")
            #expect(try await publish(notice).location == notice)

            let edit = site + "/edit", id = String(try #require(collection.split(separator: "/").last))
            let revision = try #require(try await curator.get(edit).hidden("revision"))
            let wrong = try await curator.post(
                site, from: edit,
                [("revision", revision), ("name", "键入的名称"), ("slot1", "news"), ("slot2", "news")])
            #expect(wrong.status == 422 && wrong.text.contains("这个栏目已经选过") && wrong.text.contains("键入的名称"))
            let saved = try await curator.post(
                site, from: edit,
                [
                    ("revision", revision), ("name", "东兴市资源网"), ("introduction", "海边"), ("slot1", "news"),
                    ("slot2", "collection:\(id)"), ("slot3", "newest"), ("slot4", "selected"),
                ])
            #expect(saved.status == 303, "\(saved.text.suffix(600))")
            #expect(try await visitor.get(site).status == 404)
            #expect(try await publish(site).location == site)

            let front = try await visitor.get(site)
            for words in ["东兴市资源网", "开通了", "京族三岛", "本地特色", "独弦琴的声音", "application/atom+xml"] {
                #expect(front.text.contains(words), "\(words)")
            }
            #expect(!front.text.contains("编辑网站"))
            #expect(try await visitor.get(SitePages.root).text.contains("4 个县(市、区)中 1 个"))
            let list = try await visitor.get(collection)
            #expect(list.status == 200 && list.text.contains("独弦琴的声音") && !list.text.contains("编辑专题"))
            #expect(try await visitor.get(notice).text.contains("<p>第二段</p>"))
            #expect(try await visitor.get(ItemPages.path(item)).text.contains("京族三岛"))
            let school = SchoolResourcePages.path(made.border.id)
            #expect(try await visitor.get(school).text.contains("独弦琴的声音"))

            // Another county's curator changes nothing here.
            let chen = try await made.city.client(.chen)
            for path in [edit, site + "/news/desk", notice + "/edit", desk] {
                #expect(try await chen.get(path).status == 404, "\(path)")
            }
            for path in [site, site + "/closure", notice + "/withdrawal", collection + "/withdrawal", collection] {
                #expect(try await chen.post(path, from: "/account", [("revision", "1")]).status == 404, "\(path)")
            }
            #expect(try await chen.get(collection).text.contains("编辑专题") == false)
            _ = try await curator.post(site + "/closure", from: site)
            for path in [site, collection, notice, collection + "/feed.atom", site + "/feed.atom"] {
                #expect(try await visitor.get(path).status == 404, "\(path)")
            }
        }
    }

    @Test("From the page of a resource into a collection", arguments: TestDatabase.allCases)
    func choosing(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let item = try await made.opened(ResourceCity.open("渔歌")), path = ItemPages.path(item)
            let other = try await made.opened(ResourceCity.open("先收的")), id = try await made.openSite(with: [other])
            let curator = try await made.city.client(.dongxing), chooser = path + "/collections"
            #expect(try await curator.get(path).text.contains("收入专题"))
            #expect(try await !made.city.client(.zhao).get(path).text.contains("收入专题"))
            #expect(try await curator.get(chooser).text.contains("收入“京族与边境”"))
            let sent = try await curator.post(
                CollectionPages.path(id) + "/items", from: chooser, [("item", item.rawValue), ("back", "item")])
            #expect(sent.location == chooser)
            #expect(try await curator.get(chooser).text.contains("已收录"))
            #expect(try await made.city.client(.zhao).get(chooser).status == 404)
            let draft = try await made.draft(ResourceCity.open("草稿"), by: .zhao)
            #expect(try await curator.get(ItemPages.path(draft) + "/collections").status == 404)
        }
    }

    @Test("A school that has opened nothing has no page outside", arguments: TestDatabase.allCases)
    func school(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let path = SchoolResourcePages.path(made.border.id), visitor = try await made.city.client(.visitor)
            _ = try await made.draft(ResourceCity.open("草稿"), by: .zhao)
            #expect(try await visitor.get(path).status == 404)
            #expect(try await visitor.get(path + "/feed.atom").status == 404)
            #expect(try await made.city.client(.zhao).get(path).status == 200)
            #expect(try await visitor.get(SchoolResourcePages.path(ID("01j00000000000000000000000"))).status == 404)
            _ = try await made.opened(ResourceCity.open("打开的"))
            let page = try await visitor.get(path)
            #expect(page.text.contains("打开的") && !page.text.contains("草稿"))
            #expect(try await visitor.get(path + "?format=csv").status == 403)
        }
    }

    @Test("Titles that mean something to HTML, XML and JSON mean nothing on any page", arguments: TestDatabase.allCases)
    func hostile(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let title = #"</script><b>x ]]> "q" & 😀 'a'"#
            let item = try await made.opened(ResourceCity.open(title)), visitor = try await made.city.client(.visitor)
            let id = try await made.openSite(with: [item])
            try await made.collections {
                try $0.change(id, at: 3, CollectionContent(kind: .topic, title: title, summary: title))
            }
            for path in [
                ItemPages.path(item), CollectionPages.path(id), SitePages.path(ResourceCity.county),
                EmbedPages.path(item), SchoolResourcePages.path(made.border.id),
            ] {
                let page = try await visitor.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(!page.text.contains("<b>x") && page.text.contains("😀"), "\(path)")
            }
        }
    }
}
