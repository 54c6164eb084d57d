import App
import Database
import Directory
import Kernel
import Platform
import Resources

/// Opens the resource sites of the city and the four counties, each with what is its own: the sea, the port, the mountains,
/// the border.
struct SiteLoading {
    private let platform: CityPlatform
    private let resources: ResourceLoading
    private let schools: [DemoSchool]
    private let entered: [Int: Organisation]
    private let now = Timestamp.now

    init(
        _ platform: CityPlatform, _ resources: ResourceLoading, _ schools: [DemoSchool],
        _ entered: [Int: Organisation]
    ) {
        (self.platform, self.resources, self.schools, self.entered) = (platform, resources, schools, entered)
    }

    private struct Place {
        let code: String
        let name: String
        /// Who fills the site.
        let curator: String
        /// Who wrote, and at which school; the first of the county where none is named.
        let author: String
        var school: String?
        let opened: String
        let topic: String
        let words: String
        /// Titles, each with the code of its lesson.
        let resources: [(title: String, lesson: String)]
    }

    private static let places = [
        Place(
            code: "450602", name: "港口区", curator: "gangkou", author: "gangkou", opened: "2016-10-12",
            topic: "港口与大海", words: "码头、航道和渔港里的语文与数学。",
            resources: [("港口里的数学：集装箱怎么数", "SSX31-04-02"), ("渔港的清晨习作指导", "SYW31-01-02")]),
        Place(
            code: "450603", name: "防城区", curator: "chen", author: "shiqiao", school: DemoSchool.bridgePoint,
            opened: "2015-11-20", topic: "山里的乡土课堂", words: "金花茶、八角和山歌，教学点也能上的乡土课。",
            resources: [("八角林里的观察课", "SYW31-02-02"), ("跟着山歌学朗读", "SYW31-02-03")]),
        Place(
            code: "450621", name: "上思县", curator: "shangsi", author: "shangsi", opened: "2017-05-18",
            topic: "十万大山", words: "十万大山的植物、溪水和壮乡的节日。",
            resources: [("十万大山的溪水", "SYW31-02-01"), ("壮乡节日主题阅读", "SYW31-03-03")]),
        Place(
            code: "450681", name: "东兴市", curator: "dongxing", author: "zhao", school: DemoSchool.border,
            opened: "2017-06-01", topic: "京族与边境", words: "京族的独弦琴、哈节和边境小镇的生活。",
            resources: [("独弦琴的声音", "SYW31-02-01"), ("边境小镇的一天", "SYW31-03-02")]),
    ]

    func run(_ tell: @Sendable (String) -> Void) async throws {
        guard let bureau = try? await resources.user("shiju") else { return }
        var all: [ID<Item>] = []
        for place in SiteLoading.places {
            guard let school = school(of: place), let opened = LocalDate(iso: place.opened) else { continue }
            let author = try await resources.user(place.author), curator = try await resources.user(place.curator)
            var items: [ID<Item>] = []
            for one in place.resources {
                let content = ItemContent(
                    title: one.title, type: "lesson-plan", nodes: [], summary: place.words, tags: [place.topic],
                    licence: "cc-by", isStated: true, visibility: .public)
                items.append(try await resources.publish(content, on: one.lesson, by: author, at: school, [bureau]))
            }
            all += items
            try await open(
                SiteStart(
                    code: place.code, name: "\(place.name)数字教育资源网", introduction: "\(place.name)各学校公开的教学资源，免费使用。",
                    openedOn: opened,
                    news: [
                        SiteStart.News(
                            "资源网站开通", "\(place.name)数字教育资源网开通。各学校公开的资源，不用登录就能查看和下载。", from: opened)
                    ],
                    collections: [SiteStart.Collection(place.topic, place.words, isLocal: true, items: items)]),
                by: curator)
        }
        guard !all.isEmpty, let opened = LocalDate(iso: "2015-09-10") else { return }
        try await open(
            SiteStart(
                code: "450600", name: "防城港市数字教育资源网", introduction: "全市各学校公开的教学资源。不登录也能查看公开的资源。",
                openedOn: opened,
                news: [SiteStart.News("资源网站开通", "全市和各县(市、区)的资源网站陆续开通。", from: opened)],
                collections: [
                    SiteStart.Collection("海边的家乡", "写海、写山、写边境的资源，各县(市、区)推荐。", isLocal: true, items: all),
                    SiteStart.Collection(
                        "三年级语文", "三年级上册的教案。", isLocal: false, items: Array(all.prefix(3))),
                ]), by: bureau)
        tell("resource sites of the city and \(SiteLoading.places.count) counties")
    }

    private func school(of place: Place) -> Organisation? {
        let found = schools.first { school in
            guard school.county == place.code, !school.isMerged, !school.isUnknown else { return false }
            return place.school.map { $0 == school.name } ?? true
        }
        return found.flatMap { entered[$0.number] }
    }

    private func open(_ start: SiteStart, by user: CurrentUser) async throws {
        let now = now
        try await platform.database.write { try start.open(by: user, now: now, on: $0) }
    }
}
