import Database
import Directory
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Resources

/// Where a harvest ends before its source does, and where it goes on after its process died.
@Suite("Bounds of harvests")
struct HarvestBoundsTests {
    private typealias Bench = HarvesterTests.Bench

    private func bench(_ database: TestDatabase, _ body: (Bench) async throws -> Void) async throws {
        try await ResourceCity.run(database) { try await body(try await Bench($0)) }
    }

    private func records(_ numbers: Range<Int>) -> String {
        numbers.map { OAIText.record("r\($0)", "第\($0)条") }.joined()
    }

    private func count(_ bench: Bench) async throws -> Int {
        let source = bench.source
        return try await bench.made.database.read { try ExternalStore($0).count(of: source) }
    }

    private func harvest(_ id: ID<Harvest>, _ bench: Bench) async throws -> Harvest {
        try await bench.made.database.read { try HarvestStore($0).harvest(id) }
    }

    /// A harvester whose task is cancelled when it looks at the clock the given time, as if its process died there.
    private func dying(_ bench: Bench, at look: Int) -> Harvester {
        let looks = Mutex(0), clock = bench.clock
        return Harvester(database: bench.made.database, client: HarvestClient(outbound: bench.other) { _ in }) {
            let number = looks.withLock { looks in
                looks += 1
                return looks
            }
            if number == look { withUnsafeCurrentTask { $0?.cancel() } }
            return clock.now
        }
    }

    private func runDying(_ id: ID<Harvest>, _ bench: Bench, at look: Int) async throws {
        let harvester = dying(bench, at: look)
        let task = Task { _ = try await harvester.run(id, alive: { _ in }) }
        await #expect(throws: (any Error).self) { try await task.value }
    }

    private func end(_ id: ID<Harvest>, _ bench: Bench) async throws -> Harvest {
        guard case .ended(let harvest) = try await bench.harvester.run(id, alive: { _ in }) else {
            throw DomainError.notFound
        }
        return harvest
    }

    @Test("Stopped by hand it ends before the next page and keeps what came", arguments: TestDatabase.allCases)
    func stopped(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            bench.serve([
                "": OAIText.list(records(0..<2), token: "2"), "2": OAIText.list(records(2..<4), token: "3"),
                "3": OAIText.list(records(4..<6)),
            ])
            let id = try await bench.start(), source = bench.source, city = bench.made.database
            let bureau = try await bench.made.city.client(.bureau), path = "/resources/sources/\(source)"
            let name = try await bench.made.city.user(.bureau).name
            #expect(try await bureau.get(path).text.contains("停止采集"))
            try await city.write { try $0.execute("UPDATE platform_job SET state = 'running'") }
            let outcome = try await bench.harvester.run(id) { harvest in
                guard harvest.counts.pages == 1 else { return }
                let answer = try await bureau.post(path + "/harvests/\(id)/stop", from: path)
                #expect(answer.location == path + "/harvests/\(id)")
                #expect(try await bureau.get(path).text.contains("\(name)已要求停止"))
            }
            guard case .ended(let harvest) = outcome else { throw DomainError.notFound }
            #expect(harvest.state == .partial && harvest.counts.pages == 1 && harvest.message.contains("由\(name)停止"))
            #expect(try await count(bench) == 2)
            #expect(bench.other.asked.allSatisfy { !$0.contains("resumptionToken") })
            let report = try await bureau.get(path + "/harvests/\(id)")
            #expect(report.text.contains("由\(name)停止") && report.text.contains("中断"))
            // It has ended; a later word changes nothing, and the next begins anew.
            #expect(try await bureau.post(path + "/harvests/\(id)/stop", from: path).location == path)
            let again = try await bench.run()
            #expect(again.state == .done && again.isFull && again.counts.added == 4 && again.counts.unchanged == 2)
        }
    }

    @Test("One that waits for a busy source is stopped at once", arguments: TestDatabase.allCases)
    func waiting(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let id = try await bench.start(), source = bench.source, now = bench.clock.now
            try await bench.made.database.write { db in
                try HarvestService(db, by: .system, now: now).stop(id, of: source)
            }
            #expect(try await harvest(id, bench).state == .partial)
            let ended = try await end(id, bench)
            #expect(ended.state == .partial && bench.other.asked.isEmpty)
            // So is one whose source says that it is busy while somebody asks for the end.
            let second = try await bench.start()
            let goesOn = try await bench.made.database.write { db in
                try db.execute("UPDATE platform_job SET state = 'running' WHERE state = 'waiting'")
                let service = HarvestService(db, by: .system, now: now)
                try service.stop(second, of: source)
                #expect(try HarvestStore(db).harvest(second).state == .running)
                return try service.postpone(second, to: now.adding(seconds: 600))
            }
            #expect(!goesOn)
            #expect(try await harvest(second, bench).state == .partial)
            let other = ID<HarvestSource>.new()
            await #expect(throws: DomainError.self) {
                try await bench.made.database.write { db in
                    try HarvestService(db, by: .system, now: now).stop(id, of: other)
                }
            }
        }
    }

    @Test(
        "A source that is busy for ever keeps no other from being harvested, and ends", arguments: TestDatabase.allCases
    )
    func busy(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let now = bench.clock.now
            func service<T: Sendable>(_ body: @escaping @Sendable (HarvestService) throws -> T) async throws -> T {
                try await bench.made.database.write { try body(HarvestService($0, by: .system, now: now)) }
            }
            var others: [ID<HarvestSource>] = []
            for name in ["甲", "乙"] {
                let content = HarvestSource.Content(
                    name: name, baseURL: "https://\(name == "甲" ? "a" : "b").example/oai", licence: "cc-by",
                    audience: .everybody)
                others.append(try await service { try $0.register(content) })
            }
            let first = try await bench.start(), source = bench.source, second = others[0], third = others[1]
            let other = try await service { try $0.start(second, isFull: false, by: nil) }
            await #expect(throws: DomainError.self) {
                try await service { try $0.start(third, isFull: false, by: nil) }
            }
            try await bench.made.database.write { try $0.execute("UPDATE platform_job SET state = 'done'") }
            for id in [first, other] {
                #expect(try await service { try $0.postpone(id, to: now.adding(seconds: 1)) })
            }
            // Nobody is asked each second, whatever she says.
            let due: Int? = try await bench.made.database.read {
                try $0.value("SELECT MIN(due_at) FROM platform_job WHERE state = 'waiting'")
            }
            #expect(due.map { Timestamp(milliseconds: Int64($0)) } == now.adding(seconds: 60))
            _ = try await service { try $0.start(third, isFull: false, by: nil) }

            for _ in 1..<HarvestService.mostPostponements {
                #expect(try await service { try $0.postpone(first, to: now.adding(seconds: 600)) })
            }
            #expect(try await !service { try $0.postpone(first, to: now.adding(seconds: 600)) })
            let ended = try await harvest(first, bench)
            #expect(ended.state == .failed && ended.source == source && ended.message.contains("一直繁忙"))
        }
    }

    @Test(
        "What would grow without end is not read, and a token of that kind not kept", arguments: TestDatabase.allCases)
    func growing(_ database: TestDatabase) async throws {
        let some = Array("a&b &amp; &#65; &#0; &&;".utf8), many = [UInt8](repeating: UInt8(ascii: "&"), count: 1000)
        #expect(
            try HarvestText.repaired(some, most: 100) == "a&amp;b &amp; &#65; &amp;#0; &amp;&amp;;")
        #expect(try HarvestText.repaired(many, most: 5000).utf8.count == 5000)
        #expect(throws: ExternalFault.self) { try HarvestText.repaired(many, most: 4999) }
        try await bench(database) { bench in
            bench.serve(["": OAIText.list(records(0..<2), token: String(repeating: "t", count: 5000))])
            let harvest = try await bench.run()
            #expect(harvest.state == .partial && harvest.counts.added == 2 && harvest.token.isEmpty)
            #expect(harvest.message.contains("续传标记过长"))
        }
    }

    @Test("At the limit of its source it ends, also within an answer, and says so", arguments: TestDatabase.allCases)
    func limit(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let source = bench.source, now = bench.clock.now
            func set(_ most: Int) async throws {
                try await bench.made.database.write { db in
                    let known = try HarvestStore(db).source(source)
                    var content = known.content
                    content.mostRecords = most
                    try HarvestService(db, by: .system, now: now).change(source, at: known.revision, content)
                }
            }
            for wrong in [0, 2_000_001] {
                await #expect(throws: DomainError.self) { try await set(wrong) }
            }
            #expect(
                try await bench.made.database.read { try HarvestStore($0).source(source).content.mostRecords }
                    == 200_000)
            bench.serve([
                "": OAIText.list(records(0..<2), token: "2"), "2": OAIText.list(records(2..<4), token: "3"),
                "3": OAIText.list(records(4..<5)),
            ])
            try await set(3)
            let cut = try await bench.run()
            #expect(cut.state == .partial && cut.message.contains("记录上限 3 条") && cut.counts.records == 3)
            #expect(try await count(bench) == 3 && bench.other.asked.last?.hasSuffix("resumptionToken=2") == true)
            try await set(4)
            let atEnd = try await bench.run()
            #expect(atEnd.state == .partial && atEnd.counts.records == 4 && atEnd.counts.unchanged == 3)
            #expect(bench.other.asked.last?.hasSuffix("resumptionToken=2") == true)
            // Exactly so many is not too many.
            try await set(5)
            #expect(try await bench.run().state == .done)
        }
    }

    @Test(
        "An answer is written in slices; what is kept when the process dies is not counted again",
        arguments: TestDatabase.allCases)
    func slices(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            bench.serve(["": OAIText.list(records(0..<120))])
            let id = try await bench.start()
            try await runDying(id, bench, at: 2)
            let before = try await harvest(id, bench)
            #expect(before.state == .running && before.kept == 50 && before.counts.added == 50)
            #expect(before.counts.pages == 0)
            #expect(try await count(bench) == 50)
            let ended = try await end(id, bench)
            #expect(ended.state == .done && ended.counts.added == 120 && ended.counts.records == 120)
            #expect(ended.counts.unchanged == 0 && ended.counts.pages == 1)
            #expect(try await count(bench) == 120)
        }
    }

    @Test("A process that dies after the last page asks for nothing again", arguments: TestDatabase.allCases)
    func through(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            bench.serve(["": OAIText.list(records(0..<120))])
            _ = try await bench.run()
            bench.serve(["": OAIText.list(records(0..<10))])
            let id = try await bench.start(isFull: true)
            // The first look is for the page; the second and third are for what did not come.
            try await runDying(id, bench, at: 3)
            let before = try await harvest(id, bench), asked = bench.other.asked.count
            #expect(before.state == .running && before.isThrough && before.counts.removed == 50)
            let ended = try await end(id, bench)
            #expect(ended.state == .done && ended.counts.removed == 110 && ended.counts.unchanged == 10)
            #expect(ended.counts.pages == 1 && bench.other.asked.count == asked)
            #expect(try await count(bench) == 10)
        }
    }

    @Test(
        "While it is harvested a source keeps its address, and is not harvested twice", arguments: TestDatabase.allCases
    )
    func meanwhile(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let source = bench.source, now = bench.clock.now, city = bench.made.database
            func change(_ body: @escaping @Sendable (inout HarvestSource.Content) -> Void) async throws {
                try await city.write { db in
                    let known = try HarvestStore(db).source(source)
                    var content = known.content
                    body(&content)
                    try HarvestService(db, by: .system, now: now).change(source, at: known.revision, content)
                }
            }
            // Of two that begin at once one comes through.
            let begun = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        do {
                            _ = try await bench.start()
                            return true
                        } catch {
                            guard case DomainError.conflict = error else { Issue.record(error); return false }
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(begun == 1)
            let running: Int? = try await city.read {
                try $0.value("SELECT COUNT(*) FROM resources_harvest WHERE state = 'running'")
            }
            #expect(running == 1)
            await #expect(throws: DomainError.self) { try await change { $0.baseURL = "https://other.example/oai" } }
            await #expect(throws: DomainError.self) { try await change { $0.set = "maps" } }
            await #expect(throws: DomainError.self) { try await change { $0.audience = .staff } }
            try await change { $0.name = "新名称" }
            #expect(try await city.read { try HarvestStore($0).source(source).content.name } == "新名称")
            try await city.write { try $0.execute("UPDATE resources_harvest SET state = 'done'") }
            try await change { $0.baseURL = "https://other.example/oai" }
        }
    }

    @Test("What was typed stays when somebody was faster, and can be saved then", arguments: TestDatabase.allCases)
    func typed(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let bureau = try await bench.made.city.client(.bureau), path = "/resources/sources/\(bench.source)"
            func fields(_ name: String, _ revision: String) -> [(String, String)] {
                [
                    ("name", name), ("base", "https://lib.example/oai"), ("format", "oai_dc"), ("hours", "72"),
                    ("audience", "everybody"), ("most", "1234"), ("revision", revision),
                ]
            }
            let revision = try #require(try await bureau.get(path).hidden("revision"))
            #expect(try await bureau.post(path, from: path, fields("甲馆", revision)).location == path)
            let late = try await bureau.post(path, from: path, fields("乙馆", revision))
            #expect(late.status == 409 && late.text.contains("刚被") && late.text.contains("乙馆"))
            #expect(late.text.contains("value=\"1234\""))
            let next = try #require(late.hidden("revision"))
            #expect(next != revision)
            // A mistake in what was typed is no reason to overlook who was faster.
            let wrong = try await bureau.post(path, from: path, fields("", revision))
            #expect(wrong.status == 422 && wrong.hidden("revision") == revision)
            #expect(try await bureau.post(path, from: path, fields("乙馆", next)).location == path)
            #expect(try await bureau.get(path).text.contains("一次 1234 条"))
        }
    }
}
