import Contracts
import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// The deeds on sites, news and collections.
@Suite("Sites and collections")
struct SiteServiceTests {
    private func found(_ made: ResourceCity, _ code: String, _ member: TestCity.Member) async throws -> Site? {
        let user = member == .visitor ? nil : try await made.city.user(member)
        return try await made.database.read { db in
            do { return try SiteStore(db).find(code, for: user) } catch DomainError.notFound { return nil }
        }
    }

    @Test(
        "Only who fills the place's site changes it, and everybody sees it once it is there",
        arguments: TestDatabase.allCases)
    func publishing(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let content = SiteContent(name: "东兴市资源网", slots: [.newest])
            for member in [TestCity.Member.chen, .li, .zhao, .leader] {
                await #expect(throws: DomainError.self, "\(member)") {
                    try await made.site(member) { try $0.change(ResourceCity.county, at: 0, content) }
                }
                #expect(try await found(made, ResourceCity.county, member) == nil, "\(member)")
            }
            // Nothing to publish yet.
            await #expect(throws: DomainError.self) { try await made.site { try $0.publish(ResourceCity.county) } }
            try await made.site { try $0.change(ResourceCity.county, at: 0, content) }
            #expect(try await found(made, ResourceCity.county, .visitor) == nil)
            try await made.site { try $0.publish(ResourceCity.county) }
            let site = try #require(try await found(made, ResourceCity.county, .visitor))
            #expect(site.name == "东兴市资源网" && site.openedOn == Timestamp.now.day && site.revision == 2)
            // Of two who save at once the second is told.
            await #expect(throws: DomainError.self) {
                try await made.site(.bureau) { try $0.change(ResourceCity.county, at: 1, content) }
            }
            try await made.site(.bureau) { try $0.change(ResourceCity.county, at: 2, content) }
            try await made.site { try $0.close(ResourceCity.county) }
            #expect(try await found(made, ResourceCity.county, .visitor) == nil)
            #expect(try await found(made, ResourceCity.county, .dongxing)?.openedOn == Timestamp.now.day)
            // 市直 has none, and neither has a school.
            #expect(try await found(made, "450601", .bureau) == nil)
            #expect(try await found(made, TestCity.borderSchool, .bureau) == nil)
        }
    }

    @Test("A slot shows no collection of another site", arguments: TestDatabase.allCases)
    func foreignSlot(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.collections(.chen) {
                try $0.create(CollectionContent(kind: .topic, title: "别的", summary: ""), on: ResourceCity.other)
            }
            await #expect(throws: DomainError.self) {
                try await made.site {
                    try $0.change(ResourceCity.county, at: 0, SiteContent(name: "网", slots: [.collection(id)]))
                }
            }
        }
    }

    @Test("What is not to be said in public is not taken", arguments: TestDatabase.allCases)
    func words(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let day = Timestamp.now.day
            for text in ["联系 13800138000", "身份证 11010519491231002X"] {
                let problems = await #expect(throws: DomainError.self) {
                    try await made.news {
                        _ = try $0.create(
                            SiteNewsContent(title: "通知", body: text, from: day), on: ResourceCity.county)
                    }
                }
                guard case .invalid(let found)? = problems else {
                    Issue.record("\(text) was refused for another reason")
                    continue
                }
                #expect(found.map(\.field) == ["body"], "\(text)")
                #expect(found.allSatisfy { !$0.message.contains("13800138000") }, "the number is masked")
            }
        }
    }

    @Test("News is shown from its day to its day, while it is published", arguments: TestDatabase.allCases)
    func news(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let today = Timestamp.now.day, place = try await made.city.organisation(ResourceCity.county).id
            func shown(on day: LocalDate) async throws -> [String] {
                try await made.database.read {
                    try SiteNewsStore($0).shown(at: place, on: day, limit: 10).map(\.content.title)
                }
            }
            let (early, late) = try await made.news { service in
                func add(_ title: String, _ from: LocalDate, _ until: LocalDate?) throws -> ID<SiteNews> {
                    try service.create(
                        SiteNewsContent(title: title, body: "内容", from: from, until: until), on: ResourceCity.county)
                }
                return (
                    try add("短", today.adding(days: -2), today.adding(days: -1)), try add("长", today, nil)
                )
            }
            #expect(try await shown(on: today) == [])
            try await made.news {
                try $0.publish(early, on: ResourceCity.county)
                try $0.publish(late, on: ResourceCity.county)
            }
            #expect(try await shown(on: today) == ["长"])
            #expect(try await shown(on: today.adding(days: -1)) == ["短"])
            try await made.news { try $0.withdraw(late, on: ResourceCity.county) }
            #expect(try await shown(on: today) == [])
            // Not by way of another site.
            await #expect(throws: DomainError.self) {
                try await made.news(.chen) { try $0.publish(late, on: ResourceCity.other) }
            }
        }
    }

    @Test(
        "A collection takes what is open, in an order, and shows each viewer what she may see",
        arguments: TestDatabase.allCases)
    func collecting(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let open = try await made.opened(ResourceCity.open("公开的"))
            let city = try await made.published(ResourceCity.content("全市的", .city))
            let own = try await made.published(ResourceCity.content("本校的", .school))
            let draft = try await made.draft(ResourceCity.open("草稿"), by: .zhao)
            let id = try await made.openSite(with: [open, city])
            for item in [own, draft] {
                await #expect(throws: DomainError.self) { try await made.collections { try $0.add(item, to: id) } }
            }
            await #expect(throws: DomainError.self) { try await made.collections(.chen) { try $0.add(open, to: id) } }
            func titles(_ member: TestCity.Member) async throws -> [String] {
                let viewer = ResourceViewer(member == .visitor ? nil : try await made.city.user(member))
                return try await made.database.read {
                    try CollectionStore($0).items(of: id, for: viewer).map(\.content.title)
                }
            }
            #expect(try await titles(.visitor) == ["公开的"])
            #expect(try await titles(.wang) == ["公开的", "全市的"])
            try await made.collections { try $0.move(city, isUp: true, in: id) }
            #expect(try await titles(.wang) == ["全市的", "公开的"])
            try await made.collections { try $0.move(city, isUp: true, in: id) }
            #expect(try await titles(.wang) == ["全市的", "公开的"], "at the end nothing happens")
            try await made.collections { try $0.move(city, isUp: false, in: id) }
            // Twice is once.
            try await made.collections { try $0.add(open, to: id) }
            #expect(try await titles(.wang) == ["公开的", "全市的"])
            try await made.review(.bureau) { try $0.takeDown(open, reason: "换新") }
            #expect(try await titles(.visitor) == [])
            #expect(try await titles(.dongxing) == ["全市的"])
            try await made.collections { try $0.remove(city, from: id) }
            #expect(try await titles(.wang) == [])
        }
    }

    @Test("A county counts once its site shows a resource of its own to everybody", arguments: TestDatabase.allCases)
    func counties(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let source = SiteIndicators(database: made.database, seconds: 0), today = Timestamp.now.day
            let county = try await made.city.organisation(ResourceCity.county).id
            func figures(on day: LocalDate) async throws -> (live: Int, all: Int, own: SchoolFigure?) {
                let all = try await source.figures(on: day).compactMapValues { $0[SiteIndicators.countySite] }
                return (all.values.count { $0 == .value(1, over: 1) }, all.count, all[county])
            }
            #expect(try await figures(on: today).all == 0, "before the first nobody has told")
            let before = try await source.revision()
            // Of a school of the city: not the county's own.
            let foreign = try await made.published(ResourceCity.open("别处的"))
            let day = today.adding(days: -10), id = try await made.openSite(with: [foreign], day: day)
            #expect(try await figures(on: today).all == 0)
            let item = try await made.opened(ResourceCity.open("自己的"))
            try await made.collections { try $0.add(item, to: id) }
            let live = try await figures(on: today)
            #expect(live.live == 1 && live.all == 4 && live.own == .value(1, over: 1))
            #expect(try await source.revision() != before)
            #expect(try await figures(on: day).live == 1)
            #expect(try await figures(on: day.adding(days: -1)).all == 0)
            try await made.collections { try $0.withdraw(id) }
            #expect(try await figures(on: today).live == 0)
            try await made.collections { try $0.publish(id) }
            try await made.review(.bureau) { try $0.takeDown(item, reason: "换新") }
            #expect(try await figures(on: today).live == 0)
        }
    }
}
