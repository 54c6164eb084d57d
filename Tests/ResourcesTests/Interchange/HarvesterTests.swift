import Database
import Directory
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Resources

/// Harvests from beginning to end against sources of the test.
@Suite("Harvests")
struct HarvesterTests {
    struct Bench: Sendable {
        let made: ResourceCity
        let clock = TurnedClock(Timestamp(milliseconds: 1_796_100_000_000))
        let other = OtherPlatform { _ in OutboundResponse(status: 404) }
        let source: ID<HarvestSource>
        let pauses = Pauses()

        init(_ made: ResourceCity) async throws {
            self.made = made
            let now = clock.now
            source = try await made.database.write { db in
                let content = HarvestSource.Content(
                    name: "示例图书馆", baseURL: "https://lib.example/oai", licence: "cc-by", audience: .everybody)
                return try HarvestService(db, by: .system, now: now).register(content)
            }
        }

        var harvester: Harvester {
            let pauses = pauses, clock = clock
            return Harvester(
                database: made.database, client: HarvestClient(outbound: other) { pauses.note($0) }, now: { clock.now })
        }

        func start(isFull: Bool = false) async throws -> ID<Harvest> {
            let now = clock.now, source = source
            return try await made.database.write {
                try HarvestService($0, by: .system, now: now).start(source, isFull: isFull, by: nil)
            }
        }

        func run(isFull: Bool = false) async throws -> Harvest {
            let id = try await start(isFull: isFull)
            guard case .ended(let harvest) = try await harvester.run(id, alive: { _ in }) else {
                throw DomainError.conflict("later")
            }
            return harvest
        }

        /// Answers by what is asked: `Identify`, the beginning, and each token.
        func serve(_ pages: [String: [UInt8]]) {
            other.answer { request in
                if request.url.contains("verb=Identify") {
                    return OutboundResponse(status: 200, body: OAIText.identify)
                }
                let token = request.url.split(separator: "resumptionToken=").dropFirst().first.map(String.init) ?? ""
                guard let page = pages[token] else {
                    return OutboundResponse(status: 200, body: OAIText.error("badResumptionToken"))
                }
                return OutboundResponse(status: 200, body: page)
            }
        }

        func titles(_ text: String = "", _ member: TestCity.Member = .visitor) async throws -> [String] {
            let viewer = ResourceViewer(member == .visitor ? nil : try await made.city.user(member))
            return try await made.database.read { db in
                var filter = ExternalStore.Filter()
                filter.text = text
                return try ExternalStore(db).list(filter, for: viewer, after: nil, limit: 100).rows.map(\.content.title)
                    .sorted()
            }
        }

        func faults(_ harvest: Harvest) async throws -> [HarvestFault] {
            try await made.database.read {
                try HarvestStore($0).faults(of: harvest.id, after: nil, limit: 100).map(\.fault)
            }
        }
    }

    /// How long it was waited, without waiting.
    final class Pauses: Sendable {
        private let seconds = Mutex<[Int]>([])
        func note(_ pause: Int) { seconds.withLock { $0.append(pause) } }
        var all: [Int] { seconds.withLock { $0 } }
    }

    private func bench(_ database: TestDatabase, _ body: (Bench) async throws -> Void) async throws {
        try await ResourceCity.run(database) { try await body(try await Bench($0)) }
    }

    @Test("Everything comes in, then only what is new; what is deleted goes", arguments: TestDatabase.allCases)
    func twice(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            bench.serve([
                "": OAIText.list(OAIText.record("a", "灯塔") + OAIText.record("b", "潮汐表"), token: "2"),
                "2": OAIText.list(OAIText.record("c", "红树林")),
            ])
            let first = try await bench.run()
            #expect(first.state == .done && first.counts.added == 3 && first.counts.pages == 2)
            #expect(first.isFull && first.counts.removed == 0)
            #expect(try await bench.titles() == ["灯塔", "潮汐表", "红树林"].sorted())
            #expect(try await bench.titles("红树") == ["红树林"])
            #expect(try await bench.titles("灯塔 红树").isEmpty)

            bench.serve([
                "": OAIText.list(OAIText.deleted("a") + OAIText.record("b", "潮汐新表") + OAIText.record("c", "红树林"))
            ])
            let second = try await bench.run()
            // A little before what the first answer said, as the source counts moments.
            #expect(bench.other.asked.last?.contains("from=2026-11-30T07%3A00%3A00Z") == true)
            #expect(!second.isFull && second.counts.removed == 1 && second.counts.changed == 1)
            #expect(second.counts.unchanged == 1)
            #expect(try await bench.titles() == ["潮汐新表", "红树林"].sorted())

            bench.serve(["": OAIText.error("noRecordsMatch")])
            let third = try await bench.run()
            #expect(third.state == .done && third.counts == Harvest.Counts())
            #expect(try await bench.titles().count == 2)

            // A whole harvest takes away what does not come any more.
            bench.serve(["": OAIText.list(OAIText.record("c", "红树林"))])
            let whole = try await bench.run(isFull: true)
            #expect(whole.counts.removed == 1 && whole.counts.unchanged == 1)
            #expect(try await bench.titles() == ["红树林"])
        }
    }

    @Test(
        "Three broken answers are told, all good records come in, and the next run goes on",
        arguments: TestDatabase.allCases)
    func broken(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
            let first = OAIText.list(OAIText.record("a", "灯塔 & 海"), token: "2")
            let second = Array(
                text(OAIText.list(OAIText.record("b", "甲") + OAIText.record("c", "乙"), token: "3"))
                    .replacing("</dc:title>", with: "", maxReplacements: 1).utf8)
            let third = Array(
                text(OAIText.list(OAIText.record("d", "丙") + OAIText.record("e", "丁"))).utf8.dropLast(120))
            bench.serve(["": first, "2": second, "3": third])
            let harvest = try await bench.run()
            #expect(harvest.state == .partial && harvest.counts.brokenAnswers == 3)
            #expect(harvest.counts.brokenRecords == 1)
            #expect(try await bench.titles() == ["灯塔 & 海", "乙", "丙"].sorted())
            let faults = try await bench.faults(harvest)
            #expect(faults.map(\.kind) == [.answer, .answer, .record, .answer])
            #expect(faults.allSatisfy { !$0.reason.isEmpty && !$0.place.isEmpty })

            let good = ["": OAIText.list(["a", "b", "c", "d", "e"].map { OAIText.record($0, "好\($0)") }.joined())]
            bench.serve(good)
            let next = try await bench.run()
            #expect(next.state == .done && next.isFull && next.counts.added == 2 && next.counts.changed == 3)
            #expect(try await bench.titles().count == 5)
        }
    }

    @Test("A list without end is noticed", arguments: TestDatabase.allCases)
    func loop(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            bench.serve([
                "": OAIText.list(OAIText.record("a", "甲"), token: "2"),
                "2": OAIText.list(OAIText.record("b", "乙"), token: "3"),
                "3": OAIText.list(OAIText.record("c", "丙"), token: "2"),
            ])
            let harvest = try await bench.run()
            #expect(harvest.state == .partial && harvest.message.contains("没有尽头") && harvest.counts.pages == 3)
            #expect(try await bench.titles().count == 3)
        }
    }

    @Test("A process that died goes on where it was", arguments: TestDatabase.allCases)
    func restart(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            bench.serve([
                "": OAIText.list(OAIText.record("a", "甲"), token: "2"), "2": OAIText.list(OAIText.record("b", "乙")),
            ])
            let id = try await bench.start()
            struct Died: Error {}
            await #expect(throws: Died.self) {
                _ = try await bench.harvester.run(id) { harvest in if harvest.counts.pages == 1 { throw Died() } }
            }
            let before = bench.other.asked.count
            guard case .ended(let harvest) = try await bench.harvester.run(id, alive: { _ in }) else {
                throw DomainError.notFound
            }
            #expect(harvest.state == .done && harvest.counts.added == 2 && harvest.counts.pages == 2)
            #expect(
                bench.other.asked.count == before + 1 && bench.other.asked.last?.hasSuffix("resumptionToken=2") == true)
            // Said twice, it changes nothing.
            #expect(try await bench.harvester.run(id, alive: { _ in }) == .ended(harvest))
            #expect(bench.other.asked.count == before + 1)
        }
    }

    @Test(
        "Patience for a busy source and for faults in passing, and none without end", arguments: TestDatabase.allCases)
    func patience(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let turns = Mutex(0)
            bench.other.answer { request in
                let turn = turns.withLock { turns in
                    turns += 1
                    return turns
                }
                switch turn {
                case 1: return OutboundResponse(status: 503, headers: [("Retry-After", "7")])
                case 2: throw OutboundError.timeout
                case 3:
                    return OutboundResponse(
                        status: 301, headers: [("Location", "https://new.example/oai?verb=Identify")])
                case 4: return OutboundResponse(status: 200, body: OAIText.identify)
                default: return OutboundResponse(status: 200, body: OAIText.list(OAIText.record("a", "甲")))
                }
            }
            #expect(try await bench.run().state == .done)
            #expect(bench.pauses.all == [7, 2])

            bench.other.answer { _ in OutboundResponse(status: 503, headers: [("Retry-After", "600")]) }
            let id = try await bench.start(), now = bench.clock.now
            #expect(try await bench.harvester.run(id, alive: { _ in }) == .later(now.adding(seconds: 600)))
            await #expect(throws: DomainError.self) { _ = try await bench.start() }

            bench.other.answer { _ in throw OutboundError.refusedAddress }
            guard case .ended(let refused) = try await bench.harvester.run(id, alive: { _ in }) else {
                throw DomainError.notFound
            }
            #expect(refused.state == .failed && refused.message.contains("内网"))
            bench.other.answer { _ in throw OutboundError.tooLarge }
            #expect(try await bench.run().message.contains("过长"))
            bench.other.answer { _ in throw OutboundError.timeout }
            #expect(try await bench.run().state == .failed)
        }
    }

    @Test("Who may find what, beside the resources of the city", arguments: TestDatabase.allCases)
    func search(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let evil = #"<script>alert(1)</script>"#.replacing("<", with: "&lt;")
            bench.serve(["": OAIText.list(OAIText.record("a", "潮汐观测手册") + OAIText.record("b", evil))])
            _ = try await bench.run()
            let visitor = try await bench.made.city.client(.visitor)
            let found = try await visitor.get("/resources/search?q=%E6%BD%AE%E6%B1%90%E8%A7%82%E6%B5%8B")
            #expect(found.status == 200 && found.text.contains("外部资源") && found.text.contains("潮汐观测手册"))
            #expect(found.text.contains("https://lib.example/items/a") && found.text.contains("示例图书馆"))
            let list = try await visitor.get("/resources/external")
            #expect(list.text.contains("潮汐观测手册") && !list.text.contains("<script>alert"))
            #expect(try await visitor.get("/resources/external?format=csv").status == 403)

            let bureau = try await bench.made.city.client(.bureau), path = "/resources/sources/\(bench.source)"
            let page = try await bureau.get(path)
            let fields = [
                ("name", "示例图书馆"), ("base", "https://lib.example/oai"), ("format", "oai_dc"), ("set", ""),
                ("licence", ""),
                ("audience", "staff"), ("hours", "24"), ("revision", try #require(page.hidden("revision"))),
            ]
            #expect(try await bureau.post(path, from: path, fields).location == path)
            #expect(try await !visitor.get("/resources/external").text.contains("潮汐观测手册"))
            let wang = try await bench.made.city.client(.wang)
            #expect(try await wang.get("/resources/external").text.contains("潮汐观测手册"))
            #expect(try await wang.get(path).status == 404)
            #expect(try await wang.get("/resources/sources").status == 404)
            let late = try await bureau.post(path, from: path, fields)
            #expect(late.status == 409 && late.text.contains("刚被"))
        }
    }

    @Test("Sources are kept by the city's curators; what is due begins by itself", arguments: TestDatabase.allCases)
    func sources(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let bureau = try await bench.made.city.client(.bureau), root = "/resources/sources"
            let bad = try await bureau.post(
                root, from: root + "/new",
                [("name", ""), ("base", "file:///etc/passwd"), ("hours", "1"), ("set", "a b")])
            #expect(bad.status == 422)
            for words in ["填写名称", "http://", "setSpec", "选择采集间隔"] { #expect(bad.text.contains(words), "\(words)") }
            let twice = try await bureau.post(
                root, from: root + "/new", [("name", "又一个"), ("base", "https://lib.example/oai"), ("hours", "24")])
            #expect(twice.status == 422 && twice.text.contains("已登记为“示例图书馆”"))
            #expect(try await bureau.get(root).text.contains("示例图书馆"))
            let begun = try await bureau.post(root + "/\(bench.source)/harvests", from: root + "/\(bench.source)")
            let report = try #require(begun.location)
            #expect(try await bureau.get(report).text.contains("采集中"))
            let again = try await bureau.post(root + "/\(bench.source)/harvests", from: root + "/\(bench.source)")
            #expect(again.status == 409 && again.text.contains("正在采集"))

            let database = bench.made.database, later = bench.clock.now.adding(days: 400)
            try await database.write { db in
                try db.execute("UPDATE resources_harvest SET state = 'done'")
                try HarvestService.tend(db, now: later)
            }
            let running = try await database.read { try HarvestStore($0).running(of: bench.source) }
            #expect(running?.startedBy == "系统")
        }
    }
}
