import Foundation
import Kernel
import TestKit
import Testing
import Web

@testable import Resources

/// What public resources tell programs, and how other sites show them.
@Suite("Descriptions and embeds")
struct MarkupTests {
    static let hostile = "</script>]]>\u{2028}\"\\ 😀 & <b>"

    private func blocks(_ page: String) throws -> [[String: Any]] {
        try page.matches(of: #/<script type="application\/ld\+json">([^<]*)<\/script>/#).map { match in
            let found = try JSONSerialization.jsonObject(with: Data(match.1.utf8))
            return try #require(found as? [String: Any])
        }
    }

    @Test("A resource is a LearningResource with level, lesson, licence and author", arguments: TestDatabase.allCases)
    func item(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            var content = ResourceCity.open("灯塔")
            (content.summary, content.minutes, content.tags) = (MarkupTests.hostile, 40, ["海"])
            let id = try await made.opened(content), visitor = try await made.city.client(.visitor)
            let page = try await visitor.get(ItemPages.path(id)), found = try blocks(page.text)
            let resource = try #require(found.first { $0["@type"] as? String == "LearningResource" })
            #expect(resource["@context"] as? String == "https://schema.org")
            #expect(resource["name"] as? String == "灯塔" && resource["inLanguage"] as? String == "zh-CN")
            #expect(resource["description"] as? String == content.summary)
            #expect(resource["educationalLevel"] as? [String] == ["小学三年级"])
            #expect((resource["teaches"] as? [String])?.count == 1)
            #expect(resource["license"] as? String == "https://creativecommons.org/licenses/by/4.0/")
            #expect(resource["learningResourceType"] as? String == "教案")
            #expect(resource["timeRequired"] as? String == "PT40M")
            #expect((resource["author"] as? [[String: String]])?.first?["name"] == "zhao(示例)")
            #expect((resource["publisher"] as? [String: String])?["name"] == made.border.name)
            #expect(resource["encodingFormat"] as? [String] == ["text/plain"])
            #expect((resource["url"] as? String)?.hasSuffix(ItemPages.path(id)) == true)
            #expect(found.contains { $0["@type"] as? String == "BreadcrumbList" })
            for words in ["og:title", "rel=\"canonical\"", "application/json+oembed", "name=\"description\""] {
                #expect(page.text.contains(words), "\(words)")
            }
            #expect(!page.text.contains("noindex"))
        }
    }

    @Test("What is not open to everybody tells programs nothing", arguments: TestDatabase.allCases)
    func closed(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("全市的", .city)), li = try await made.city.client(.li)
            let page = try await li.get(ItemPages.path(id))
            #expect(page.status == 200 && !page.text.contains("ld+json") && !page.text.contains("嵌入代码"))
            let visitor = try await made.city.client(.visitor)
            #expect(try await visitor.get(EmbedPages.path(id)).status == 404)
        }
    }

    /// Marks a resource as one that shows pupils, with nobody named whose consent could be missing.
    private func showPupils(_ id: ID<Item>, _ made: ResourceCity) async throws {
        try await made.database.write { db in
            guard var content = try ItemStore(db).look(for: id)?.content else { return }
            content.pupilUses = ["works"]
            try db.execute("UPDATE resources_item SET content = \(content.json), travels = 0 WHERE id = \(id)")
        }
    }

    @Test(
        "What shows pupils stays on the site: in no feed, map, frame or description", arguments: TestDatabase.allCases)
    func pupils(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.opened(ResourceCity.open("学生的画"))
            let other = try await made.opened(ResourceCity.open("别的"))
            let collection = try await made.openSite(with: [id, other]), visitor = try await made.city.client(.visitor)
            let ways = [
                SitePages.feed(ResourceCity.county), CollectionPages.feed(collection),
                SchoolResourcePages.feed(made.border.id),
            ]
            for way in ways { #expect(try await visitor.get(way).text.contains("学生的画"), "\(way)") }
            #expect(try await visitor.get("/sitemaps/1").text.contains(id.rawValue))
            try await showPupils(id, made)
            for way in ways {
                let feed = try await visitor.get(way)
                #expect(feed.status == 200 && !feed.text.contains("学生的画") && feed.text.contains("别的"), "\(way)")
            }
            let map = try await visitor.get("/sitemaps/1").text
            #expect(!map.contains(id.rawValue) && map.contains(other.rawValue))
            #expect(try await visitor.get(EmbedPages.path(id)).status == 404)
            let page = try await visitor.get(ItemPages.path(id))
            #expect(page.status == 200 && page.text.contains("noindex") && !page.text.contains("ld+json"))
            #expect(try await !visitor.get(CollectionPages.path(collection)).text.contains(#""name":"学生的画""#))
        }
    }

    @Test(
        "Only the frame of a resource may stand in other sites, and it does nothing", arguments: TestDatabase.allCases)
    func frames(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.opened(ResourceCity.open("灯塔")), visitor = try await made.city.client(.visitor)
            let frame = try await visitor.get(EmbedPages.path(id))
            let policy = try #require(frame.headers[.contentSecurityPolicy])
            #expect(policy.contains("frame-ancestors *") && policy.contains("script-src 'none'"))
            #expect(policy.contains("form-action 'none'") && policy.contains("media-src 'self'"))
            #expect(frame.headers[.init("x-frame-options")!] == nil)
            #expect(frame.headers[values: .setCookie].isEmpty)
            #expect(frame.text.contains(#"<base target="_blank">"#), "links of the figures open beside the frame")
            #expect(!frame.text.contains("<form") && !frame.text.contains("<script") && frame.text.contains("灯塔"))
            let page = try await visitor.get(ItemPages.path(id))
            #expect(page.headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true)
            #expect(page.headers[.init("x-frame-options")!] == "DENY")
            // Signed in, it is the same frame.
            #expect(try await made.city.client(.zhao).get(EmbedPages.path(id)).text == frame.text)
            try await made.review(.bureau) { try $0.takeDown(id, reason: "换新") }
            #expect(try await visitor.get(EmbedPages.path(id)).status == 404)
        }
    }

    @Test("oEmbed answers for addresses of this site and for open resources alone", arguments: TestDatabase.allCases)
    func oEmbed(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let title = #"</script>"x" & 😀"#
            let id = try await made.opened(ResourceCity.open(title)), visitor = try await made.city.client(.visitor)
            let address = made.city.platform.address, page = address.absolute(ItemPages.path(id))
            func ask(_ url: String, _ more: String = "") async throws -> TestAnswer {
                try await visitor.get(OEmbed.path + "?url=" + URLCoding.encode(url) + more)
            }
            let answer = try await ask(page, "&maxwidth=100&maxheight=9999999999")
            #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
            let found = try #require(try JSONSerialization.jsonObject(with: Data(answer.bytes)) as? [String: Any])
            #expect(found["version"] as? String == "1.0" && found["type"] as? String == "rich")
            #expect(found["title"] as? String == title && found["author_name"] as? String == "zhao(示例)")
            #expect(found["width"] as? Int == 100 && found["height"] as? Int == OEmbed.usualHeight)
            let html = try #require(found["html"] as? String)
            #expect(html.hasPrefix("<iframe ") && html.contains(EmbedPages.path(id)) && !html.contains("</script>"))
            #expect(try await ask(page + "?q=1#files").status == 200)
            for url in ["", "https://evil.example/resources/\(id)", address.absolute("/resources/"), page + "x"] {
                #expect(try await ask(url).status == 404, "\(url)")
            }
            #expect(try await ask(page, "&format=xml").status == 501)
            let city = try await made.published(ResourceCity.content("全市的", .city))
            #expect(try await ask(address.absolute(ItemPages.path(city))).status == 404)
        }
    }

    @Test("Every public licence that has a deed is named by its address")
    func licences() {
        #expect(ItemMarkup.licence("cc-by-nc-sa") == "https://creativecommons.org/licenses/by-nc-sa/4.0/")
        #expect(ItemMarkup.licence("public-domain") == "https://creativecommons.org/publicdomain/mark/1.0/")
        for licence in ResourceLists.licences {
            #expect((ItemMarkup.licence(licence.code) != nil) == licence.isPublic, "\(licence.code)")
        }
    }
}
