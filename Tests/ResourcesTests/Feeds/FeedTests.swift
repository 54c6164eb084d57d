import Database
import Foundation
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Resources

/// Feeds and the map of the site.
@Suite("Feeds")
struct FeedTests {
    private func read(_ answer: TestAnswer, _ element: String) throws -> FeedReader {
        let reader = FeedReader(answer.bytes, element)
        try #require(reader.isWellFormed, "not well-formed: \(answer.text.prefix(400))")
        return reader
    }

    @Test("Text that XML cannot carry is carried away, and marks mean nothing")
    func hostile() throws {
        let text = "]]> </title><x/> \u{1}\u{8}\u{FFFE}\u{FFFF} & \"'😀\u{E000}"
        let entry = AtomFeed.Entry(
            id: "tag:a,2015:1", title: text, summary: text, link: "https://a.example/1", authors: [text],
            published: Timestamp(milliseconds: 0), updated: Timestamp(milliseconds: 1),
            categories: [(text, text)], rights: text)
        let feed = AtomFeed(
            id: "tag:a,2015:0", title: text, subtitle: text, author: text, own: "https://a.example/f",
            first: "https://a.example/f", next: nil, page: "https://a.example/", changedAt: Timestamp(milliseconds: 0),
            entries: [entry])
        let reader = FeedReader(feed.xml.bytes, "title")
        #expect(reader.isWellFormed)
        let clean = "]]> </title><x/> \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD} & \"'😀\u{E000}"
        #expect(reader.texts == [clean, clean])
    }

    @Test("The authority of a tag is the host alone")
    func authority() {
        #expect(AtomFeed.authority(SiteAddress("https://edu.example.gov.cn")) == "edu.example.gov.cn")
        #expect(AtomFeed.authority(SiteAddress("http://127.0.0.1:8080/")) == "127.0.0.1")
    }

    @Test("A feed is paged to its end without a gap, the latest first", arguments: TestDatabase.allCases)
    func pages(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let item = try await made.opened(ResourceCity.open("样本"))
            let count = AtomFeed.length + 3
            // The same moment for several: the key decides.
            try await made.database.write { db in
                for number in 1..<count {
                    let id = ID<Item>.new()
                    try db.execute(
                        """
                        INSERT INTO resources_item (id, school_id, state, revision, version, content, title, words, type,
                            type_group, visibility, origin, for_pupils, created_at, changed_at, changed_by,
                            published_at, reason)
                        SELECT \(id), school_id, state, revision, version, content, title, words, type, type_group,
                            visibility, origin, for_pupils, created_at, changed_at, changed_by, published_at, reason
                        FROM resources_item WHERE id = \(item)
                        """)
                    let opened = Timestamp(milliseconds: 1_766_000_000_000 + Int64(number / 3))
                    try db.execute("UPDATE resources_item SET opened_at = \(opened) WHERE id = \(id)")
                }
            }
            let visitor = try await made.city.client(.visitor)
            let base = made.city.platform.address.base
            for start in ["/sites/450681/feed.atom", SchoolResourcePages.feed(made.border.id)] {
                if start.hasPrefix("/sites") {
                    try await made.site { service in
                        try service.change(ResourceCity.county, at: 0, SiteContent(name: "网"))
                        try service.publish(ResourceCity.county)
                    }
                }
                var way: String? = start, ids: [String] = [], steps = 0
                while let path = way, steps < 5 {
                    let answer = try await visitor.get(path), reader = try read(answer, "id")
                    ids += reader.texts.dropFirst()
                    way = reader.links["next"].map { String($0.dropFirst(base.count)) }
                    #expect(reader.links["first"] == base + start)
                    steps += 1
                }
                #expect(ids.count == count && Set(ids).count == count && steps == 2, "\(start)")
            }
            #expect(try await visitor.get("/sites/450681/feed.atom?after=nonsense").status == 200)
        }
    }

    @Test("Behind the last entry of a school a feed is as old as the newest of them", arguments: TestDatabase.allCases)
    func beyond(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let visitor = try await made.city.client(.visitor), id = try await made.opened(ResourceCity.open("琴"))
            let behind = "?after=1-\(id)", path = SchoolResourcePages.feed(made.border.id)
            let first = try read(try await visitor.get(path), "updated").texts
            let end = try await visitor.get(path + behind)
            #expect(end.status == 200 && !end.text.contains("<entry>"))
            #expect(try read(end, "updated").texts == Array(first.prefix(1)) && !end.text.contains("1970"))
            // A school that has opened nothing has none, wherever it is asked from.
            #expect(try await visitor.get(SchoolResourcePages.feed(made.school.id) + behind).status == 404)
        }
    }

    @Test("Who has it already is told so, until something is withdrawn", arguments: TestDatabase.allCases)
    func unchanged(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let item = try await made.opened(ResourceCity.open("独弦琴")), id = try await made.openSite(with: [item])
            let visitor = try await made.city.client(.visitor)
            for path in [SitePages.feed(ResourceCity.county), CollectionPages.feed(id)] {
                let answer = try await visitor.get(path)
                #expect(answer.headers[.contentType] == AtomFeed.contentType)
                let tag = try #require(answer.headers[.eTag])
                let again = try await visitor.get(path, headers: ["if-none-match": tag])
                #expect(again.status == 304 && again.bytes.isEmpty && again.headers[.eTag] == tag)
                let bare = ["if-none-match": String(tag.dropFirst("W/".count))]
                #expect(try await visitor.get(path, headers: bare).status == 304)
                // No date knows of what is withdrawn: who goes by dates is given the whole.
                let late = ["if-modified-since": "Sun, 06 Nov 2094 08:49:37 GMT"]
                #expect(try await visitor.get(path, headers: late).status == 200)
                #expect(try read(answer, "title").texts.last == "独弦琴")
            }
            let before = try await visitor.get(SitePages.feed(ResourceCity.county))
            let tag = try #require(before.headers[.eTag])
            try await made.review(.bureau) { try $0.takeDown(item, reason: "换新") }
            let after = try await visitor.get(SitePages.feed(ResourceCity.county), headers: ["if-none-match": tag])
            #expect(after.status == 200 && !after.text.contains("独弦琴"))
            #expect(try await !visitor.get(CollectionPages.feed(id)).text.contains("独弦琴"))
            #expect(try await !visitor.get("/sitemaps/1").text.contains(item.rawValue))
            #expect(try await !visitor.get(SitePages.path(ResourceCity.county)).text.contains("独弦琴"))
            // Brought back, it is there again, and said to whoever has the shorter one.
            let short = try #require(after.headers[.eTag])
            try await made.review(.bureau) { try $0.restore(item) }
            let again = try await visitor.get(SitePages.feed(ResourceCity.county), headers: ["if-none-match": short])
            #expect(again.status == 200 && again.text.contains("独弦琴"))
            #expect(try await visitor.get(CollectionPages.feed(id)).text.contains("独弦琴"))
        }
    }

    @Test("News has a feed of its own, without drafts and what is yet to come", arguments: TestDatabase.allCases)
    func news(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            _ = try await made.openSite(with: [try await made.opened(ResourceCity.open("琴"))])
            let today = Timestamp.now.day
            try await made.news { service in
                for (title, from, isPublished) in [
                    ("已发的", today, true), ("草稿的", today, false), ("明天的", today.adding(days: 1), true),
                ] {
                    let id = try service.create(
                        SiteNewsContent(title: title, body: "内容", from: from), on: ResourceCity.county)
                    if isPublished { try service.publish(id, on: ResourceCity.county) }
                }
            }
            let visitor = try await made.city.client(.visitor), path = SiteNewsPages.feed(ResourceCity.county)
            let feed = try await visitor.get(path), known = ["if-none-match": try #require(feed.headers[.eTag])]
            #expect(try read(feed, "title").texts.dropFirst() == ["已发的"])
            #expect(try await visitor.get(path, headers: known).status == 304)
            let place = try await made.city.organisation(ResourceCity.county).id
            let shown = try await made.database.read { db in
                try SiteNewsStore(db).shown(at: place, on: today, limit: 1).map(\.id)
            }
            try await made.news { try $0.withdraw(shown[0], on: ResourceCity.county) }
            let after = try await visitor.get(path, headers: known)
            #expect(after.status == 200)
            #expect(try read(after, "title").texts.dropFirst() == [])
        }
    }

    @Test("The map of the site leads to everything open and to nothing else", arguments: TestDatabase.allCases)
    func map(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let item = try await made.opened(ResourceCity.open("琴")), id = try await made.openSite(with: [item])
            let closed = try await made.published(ResourceCity.content("全市的", .city))
            let visitor = try await made.city.client(.visitor), base = made.city.platform.address.base
            let parts = try read(try await visitor.get("/sitemap.xml"), "loc").texts
            #expect(parts == [base + "/sitemaps/0", base + "/sitemaps/1"])
            var places: [String] = []
            for part in parts {
                places += try read(try await visitor.get(String(part.dropFirst(base.count))), "loc").texts
            }
            for path in [SitePages.path(ResourceCity.county), CollectionPages.path(id), ItemPages.path(item)] {
                #expect(places.contains(base + path), "\(path)")
            }
            #expect(!places.contains { $0.contains(closed.rawValue) })
            for part in ["2", "-1", "x", "99999999999"] {
                #expect(try await visitor.get("/sitemaps/" + part).status == 404, "\(part)")
            }
            #expect(try await visitor.get("/robots.txt").text.contains("Sitemap: \(base)/sitemap.xml"))
        }
    }

    @Test(
        "The newest of a county are merged from its schools, and those of the city are all",
        arguments: TestDatabase.allCases)
    func places(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let first = try await made.opened(ResourceCity.open("一"))
            let city = try await made.published(ResourceCity.open("市直的"))
            let second = try await made.opened(ResourceCity.open("二"))
            let county = try await made.city.organisation(ResourceCity.county).path
            func newest(_ place: OrganisationPath, _ limit: Int, after: OpenItemStore.Place? = nil) async throws
                -> OpenItemStore.Slice
            {
                try await made.database.read { try OpenItemStore($0).newest(in: place, after: after, limit: limit) }
            }
            #expect(try await newest(.city, 9).items.map(\.item.id) == [second, city, first])
            let one = try await newest(county, 1)
            #expect(one.items.map(\.item.id) == [second] && one.next != nil)
            let rest = try await newest(county, 9, after: one.next)
            #expect(rest.items.map(\.item.id) == [first] && rest.next == nil)
            let other = try await made.city.organisation(ResourceCity.other).path
            #expect(try await newest(other, 9).items.isEmpty)
        }
    }

    @Test("The parts of a map begin where the one before ends", arguments: TestDatabase.allCases)
    func parts(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            var all: [ID<Item>] = []
            for number in 1...5 { all.append(try await made.opened(ResourceCity.open("第 \(number) 个"))) }
            let sorted = all.sorted()
            let (bounds, parts) = try await made.database.read { db in
                let store = OpenItemStore(db), bounds = try store.bounds(every: 2)
                let starts = [nil] + bounds.map(Optional.some), ends = bounds.map(Optional.some) + [nil]
                return (
                    bounds,
                    try zip(starts, ends).map { try store.leaves(from: $0, to: $1, limit: 9).map(\.id) }
                )
            }
            #expect(bounds == [sorted[2], sorted[4]])
            #expect(parts == [Array(sorted[0...1]), Array(sorted[2...3]), [sorted[4]]])
        }
    }
}
