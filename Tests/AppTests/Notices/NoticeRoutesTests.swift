import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import App

/// Notices in the browser.
@Suite("Pages of notices") struct NoticeRoutesTests {
    private static let kind = CityPlatform.noticeKinds.first { !$0.isDuty }!

    private func send(
        _ text: String, to member: TestCity.Member = .wang, path: String = "/account", _ city: TestCity
    ) async throws {
        let person = try await city.user(member).person
        try await city.database.write { db in
            let notice = NoticeDraft(NoticeRoutesTests.kind, text, path: path, key: text)
            try Notices.send(notice, to: [person], now: .now, on: db)
        }
    }

    private func only(_ city: TestCity, of member: TestCity.Member = .wang) async throws -> Notice {
        try #require(try await city.notices(of: member).first)
    }

    @Test(
        "The number stands in the head of every page, in words too, and opening takes it away",
        arguments: TestDatabase.allCases)
    func opening(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let wang = try await city.client(.wang), number = #"<span class="bar-count">1</span>"#
            let empty = try await wang.get("/notices")
            #expect(empty.status == 200 && empty.text.contains("没有消息") && !empty.text.contains("bar-count"))
            try await send("“灯塔<教案>”被退回修改", path: "/account?from=notice", city)
            for page in ["/account", "/notices", "/missing"] {
                let answer = try await wang.get(page)
                #expect(answer.text.contains(number) && answer.text.contains("条未读"), "\(page)")
            }
            let list = try await wang.get("/notices")
            #expect(list.text.contains("“灯塔&lt;教案&gt;”被退回修改") && list.text.contains("未读</span>"))
            // Looking at the list, or fetching ahead whatever a link leads to, reads nothing.
            let id = try await only(city).id
            #expect(try await wang.get(NoticePages.path(id)).status == 404)
            #expect(try await wang.get(NoticePages.path(id) + "/open").status == 405)
            #expect(try await city.notices(of: .wang).count == 1)
            let opened = try await wang.post(NoticePages.path(id) + "/open", from: "/notices")
            #expect(opened.status == 303 && opened.location == "/account?from=notice")
            let after = try await wang.get("/notices")
            #expect(!after.text.contains("bar-count") && after.text.contains("已读</span>"))
            #expect(try await city.notices(of: .wang).isEmpty)
            // Again: it leads there and is as read as before.
            #expect(try await wang.post(NoticePages.path(id) + "/open", from: "/notices").status == 303)
        }
    }

    @Test("Nobody sees, opens or marks another's; a visitor has none", arguments: TestDatabase.allCases)
    func others(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            try await send("只给王老师", city)
            let li = try await city.client(.li), path = NoticePages.path(try await only(city).id)
            #expect(try await !li.get("/notices").text.contains("只给王老师"))
            for deed in ["/open", "/read"] {
                #expect(try await li.post(path + deed, from: "/notices").status == 404, "\(deed)")
            }
            _ = try await li.post("/notices/read", from: "/notices")
            #expect(try await city.notices(of: .wang).count == 1)
            let visitor = try await city.client(.visitor)
            #expect(try await visitor.get("/notices").location?.hasPrefix("/sign-in") == true)
            #expect(try await !visitor.get("/").text.contains("bar-notices"))
        }
    }

    @Test("Where it leads asks again who may see it", arguments: TestDatabase.allCases)
    func lost(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.borderSchool)
            try await send("别的学校的一件事", path: "/schools/\(school.id)/staff", city)
            let wang = try await city.client(.wang), path = NoticePages.path(try await only(city).id)
            let way = try #require(try await wang.post(path + "/open", from: "/notices").location)
            #expect(try await wang.get(way).status == 404)
        }
    }

    @Test("One and all are marked by their buttons", arguments: TestDatabase.allCases)
    func marking(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            for text in ["一", "二", "三"] { try await send(text, city) }
            let wang = try await city.client(.wang), first = try await only(city).id
            let one = try await wang.post(NoticePages.path(first) + "/read", from: "/notices")
            #expect(one.location == "/notices")
            #expect(try await city.notices(of: .wang).count == 2)
            let until = try #require(try await wang.get("/notices").hidden("until"))
            _ = try await wang.post("/notices/read", from: "/notices", [("until", until)])
            #expect(try await city.notices(of: .wang).isEmpty)
            let unread = try await wang.get("/notices?state=unread")
            #expect(unread.text.contains("没有未读的消息") && !unread.text.contains("name=\"until\""))
            // Whatever a program sends in its place, nothing breaks.
            #expect(try await wang.post("/notices/read", from: "/notices", [("until", "x")]).status == 303)
        }
    }

    @Test("Many are paged, and counted to a hundred", arguments: TestDatabase.allCases)
    func paging(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let person = try await city.user(.wang).person
            try await city.database.write { db in
                for index in 0..<120 {
                    let notice = NoticeDraft(NoticeRoutesTests.kind, "第\(index)条", path: "/account", key: "\(index)")
                    try Notices.send(notice, to: [person], now: .now, on: db)
                }
            }
            let wang = try await city.client(.wang)
            var path: String? = "/notices", seen = 0
            while let page = path {
                let answer = try await wang.get(page)
                #expect(answer.status == 200 && answer.text.contains(#"<span class="bar-count">99+</span>"#))
                seen += answer.text.matches(of: #/>第\d+条</button>/#).count
                path = answer.text.firstMatch(of: #/href="(\/notices\?[^"]*after=[^"]*)" rel="next"/#).map {
                    String($0.1).replacing("&amp;", with: "&")
                }
            }
            #expect(seen == 120)
            for broken in ["?after=x", "?after=AA", "?format=csv", "?state=x&sort=y"] {
                #expect(try await wang.get("/notices" + broken).status == 200, "\(broken)")
            }
        }
    }

    @Test("What she does not want is not told any more", arguments: TestDatabase.allCases)
    func settings(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let wang = try await city.client(.wang), path = "/notices/settings"
            let page = try await wang.get(path)
            #expect(page.text.contains(NoticeRoutesTests.kind.title) && page.text.contains("退回修改"))
            let duty = try #require(CityPlatform.noticeKinds.first { $0.isDuty })
            #expect(!page.text.contains(#"value="\#(duty.name)""#))
            #expect(try await wang.post(path, from: path, [("kind", "x.y.z")]).location == path)
            try await send("不要的", city)
            #expect(try await city.notices(of: .wang).isEmpty)
            _ = try await wang.post(path, from: path, [("kind", NoticeRoutesTests.kind.name)])
            try await send("又要了", city)
            #expect(try await city.notices(of: .wang).count == 1)
        }
    }

    @Test("The record kept about her shows them, and an erasure takes them", arguments: TestDatabase.allCases)
    func personalData(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            try await send("写给王老师的", city)
            let person = try await city.user(.wang).person, muted: Set = [NoticeRoutesTests.kind.name]
            try await city.database.write { try NoticeStore($0).setMuted(muted, by: person, now: .now) }
            let source = NoticePersonalData(database: city.database, kinds: CityPlatform.noticeKinds)
            let items = try await source.items(of: person)
            #expect(items.map(\.value) == ["写给王老师的", NoticeRoutesTests.kind.title])
            #expect(items.allSatisfy { $0.isErasable })
            #expect(try await source.erase(person, wholly: false, by: "李校长") == ["1 条消息"])
            #expect(try await source.items(of: person).isEmpty)
            #expect(try await source.erase(person, wholly: true, by: "李校长").isEmpty)
        }
    }
}
