import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// What is drawn, who looks at it, and what comes of it.
@Suite("Samples of what is published") struct SampleTests {
    private static func ids(_ range: ClosedRange<Int>, _ letter: String) -> [ID<Item>] {
        range.map { ID<Item>("\(letter)\($0)") }
    }

    private static func draw(_ seed: UInt64, _ published: [(ItemVisibility, [ID<Item>])]) -> [ID<Item>] {
        var draw = SampleDraw(seed: seed)
        for (reach, ids) in published { for id in ids { draw.add(id, reach) } }
        return draw.chosen
    }

    @Test("The same seed draws the same, in whatever order they are read; another draws others")
    func draw() {
        let published: [(ItemVisibility, [ID<Item>])] = [
            (.school, SampleTests.ids(1...30, "s")), (.county, SampleTests.ids(1...200, "c")),
            (.city, SampleTests.ids(1...300, "a")), (.public, SampleTests.ids(1...100, "p")),
        ]
        let first = SampleTests.draw(7, published)
        #expect(first == SampleTests.draw(7, published.reversed().map { ($0.0, $0.1.reversed()) }))
        #expect(first != SampleTests.draw(8, published))
        #expect(Set(first).count == first.count)
        // Each kind of readers has its share: 2 of 30, 10 of 200, 20 of 400.
        #expect(first.count { $0.rawValue.hasPrefix("s") } == 2 && first.count { $0.rawValue.hasPrefix("c") } == 10)
        #expect(first.count { "ap".contains($0.rawValue.first ?? " ") } == 20)
        #expect(SampleTests.draw(1, []) == [])
        let many = SampleTests.draw(3, [(.school, SampleTests.ids(1...9000, "m"))])
        #expect(many.count == SampleDraw.most && Set(many).count == many.count)
    }

    @Test("Of a few one is drawn, of very many no more than people can look at")
    func sizes() {
        #expect([0, 1, 20, 21, 100, 1_000_000].map(SampleDraw.size) == [0, 1, 1, 2, 5, SampleDraw.most])
    }

    @Test("Every resource has the same chance, however its id begins")
    func chance() {
        let all = SampleTests.ids(1...400, "x")
        var drawn: [ID<Item>: Int] = [:]
        for seed in 1...200 {
            let seed = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
            for id in SampleTests.draw(seed, [(.school, all)]) { drawn[id, default: 0] += 1 }
        }
        // 200 draws of 20 of 400: ten for each in the mean.
        #expect(drawn.count >= 395 && (drawn.values.max() ?? 0) <= 30)
    }

    private func run(_ made: ResourceCity, at now: Timestamp = .now) async throws {
        let calendar = made.city.platform.resources.office.calendar
        try await SampleDrawing(database: made.database, calendar: calendar).run(now: now) { 42 }
    }

    private func waiting(_ made: ResourceCity) async throws -> [Sample] {
        try await made.database.read {
            try SampleStore($0).open(within: DataScope([.city]), after: nil, limit: 50).rows
        }
    }

    private func decide(
        _ made: ResourceCity, _ id: ID<Sample>, _ member: TestCity.Member, _ outcome: Sample.State?, _ note: String = ""
    ) async throws {
        let user = try await made.city.user(member), office = made.city.platform.resources.office
        try await made.database.write { db in
            try SampleService(db, by: user, now: .now, office: office).decide(id, outcome, note: note)
        }
    }

    @Test("A unit draws once a month, of what only a school sees too", arguments: TestDatabase.allCases)
    func months(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let own = try await made.published(ResourceCity.content("本校的"))
            let city = try await made.published(ResourceCity.content("全市的", .city))
            _ = try await made.draft(ResourceCity.content("草稿"))
            try await run(made)
            try await run(made)
            let drawn = try await waiting(made)
            #expect(Set(drawn.map(\.item)) == [own, city] && drawn.count == 2)
            #expect(drawn.allSatisfy { $0.due > Timestamp.now.day && $0.unit == made.school.path.unit })
            let month = SampleMonth(Timestamp.now.day), today = Timestamp.now.day
            let rounds = try await made.database.read {
                try SampleStore($0).rounds(within: .everything, since: month, on: today)
            }
            let round = try #require(rounds.first { $0.drawn > 0 })
            #expect(round.published == 2 && round.schoolOnly == 1 && round.seed == "2a" && round.done == 0)
            // What still waits is not drawn a second time in the next month.
            try await run(made, at: .now.adding(days: 31))
            #expect(try await waiting(made).count == 2)
        }
    }

    @Test("A school that comes from another unit in the month is not drawn twice", arguments: TestDatabase.allCases)
    func moved(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("本校的")), unit = made.border.path.unit
            try await run(made)
            try await made.database.write { db in
                try db.execute("DELETE FROM resources_sample_round")
                try db.execute("UPDATE resources_sample SET unit_path = \(unit), state = 'in_order'")
            }
            try await run(made)
            let looks = try await made.database.read { try SampleStore($0).looks(at: id) }
            #expect(looks.map(\.state) == [.inOrder])
            #expect(try await waiting(made).isEmpty)
        }
    }

    @Test("Order, a remark and a takedown; a school's own reviewer has no say", arguments: TestDatabase.allCases)
    func outcomes(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("灯塔教案", .city))
            try await run(made)
            let sample = try #require(try await waiting(made).first)
            for member in [TestCity.Member.li, .wang, .chen, .dongxing, .leader] {
                await #expect(throws: DomainError.self, "\(member)") {
                    try await decide(made, sample.id, member, .inOrder)
                }
            }
            for (outcome, note) in [(nil, "x"), (Sample.State.remark, ""), (.void, "x"), (.takenDown, "")] {
                await #expect(throws: DomainError.self) { try await decide(made, sample.id, .bureau, outcome, note) }
            }
            try await decide(made, sample.id, .bureau, .takenDown, "图片没有授权")
            await #expect(throws: DomainError.self) { try await decide(made, sample.id, .bureau, .inOrder) }
            let (item, takedown) = try await made.database.read {
                (try ItemStore($0).look(for: id), try TakedownStore($0).open(of: id))
            }
            #expect(item?.state == .takenDown && takedown?.cause == .sample && takedown?.level == .city)
            #expect(takedown?.reason == "图片没有授权")
        }
    }

    @Test("Nobody looks at her own, and what went down before anybody looked ends", arguments: TestDatabase.allCases)
    func own(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("灯塔教案", .city))
            try await run(made)
            let sample = try #require(try await waiting(made).first), bureau = try await made.city.user(.bureau)
            try await made.database.write { db in
                try ItemWritingStore(db).note(writers: [bureau.person], of: id, version: 1)
            }
            await #expect(throws: DomainError.self) { try await decide(made, sample.id, .bureau, .inOrder) }
            #expect(try await waiting(made).count == 1)
            try await made.review(.li) { try $0.takeDown(id, reason: "换新") }
            try await made.database.write { try SampleStore($0).voidHidden(now: .now) }
            let ended = try await made.database.read { try SampleStore($0).looks(at: id) }
            #expect(ended.map(\.state) == [.void])
        }
    }

    @Test("From the desk to the result and the figures; the author reads the remark", arguments: TestDatabase.allCases)
    func pages(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("灯塔教案"))
            try await run(made)
            let bureau = try await made.city.client(.bureau), wang = try await made.city.client(.wang)
            let desk = try await bureau.get(SamplePages.root)
            #expect(desk.text.contains("灯塔教案") && desk.text.contains("本校"))
            let sample = try #require(try await waiting(made).first), path = SamplePages.path(sample.id)
            let li = try await made.city.client(.li)
            let empty = try await li.get(SamplePages.root)
            #expect(empty.text.contains("学校没有要查的") && !empty.text.contains("灯塔教案"))
            #expect(try await li.get(path).status == 404)
            #expect(try await wang.get(SamplePages.root).status == 404)
            let wrong = try await bureau.post(path, from: path, [("decision", "remark"), ("note", "")])
            #expect(wrong.status == 422 && wrong.text.contains("写明问题在哪里"))
            let sent = try await bureau.post(path, from: path, [("decision", "remark"), ("note", "补上板书")])
            #expect(sent.location == SamplePages.root)
            #expect(try await bureau.post(path, from: path, [("decision", "in_order")]).status == 409)
            #expect(try await wang.get(ItemPages.path(id)).text.contains("补上板书"))
            let done = try await bureau.get(SamplePages.root + "?state=done")
            #expect(done.text.contains("补上板书") && done.text.contains("提醒作者"))
            #expect(try await bureau.get(SamplePages.root + "/figures").text.contains("2a"))
            #expect(try await bureau.get(SamplePages.root + "/figures?format=csv").status == 200)
        }
    }
}
