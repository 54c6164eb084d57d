import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Resources

/// What other platforms get of our resources.
@Suite("OAI-PMH provider")
struct OAIProviderTests {
    /// A city with its provider, on a clock of the test.
    struct Bench: Sendable {
        let made: ResourceCity
        let clock = TurnedClock()
        let provider: OAIProvider
        let records: PublicRecords

        init(_ made: ResourceCity) {
            self.made = made
            let clock = clock, platform = made.city.platform, consent = platform.resources.office.consent
            provider = OAIProvider(
                database: made.database, site: .init(name: "示例 <平台>", contact: "oai@edu.example.cn"),
                address: SiteAddress("https://edu.example.cn"), token: OAIToken(crypto: platform.crypto),
                consent: consent, now: { clock.now })
            records = PublicRecords(database: made.database, consent: consent, now: { clock.now })
        }

        func ask(_ verb: String, _ pairs: [(String, String)] = []) async throws -> XMLTree {
            let all = [("verb", verb)] + pairs
            return try XMLTree(try await provider.answer(all.map { (name: $0.0, value: $0.1) }))
        }

        /// Takes over what changed, and lets the date of it come.
        func publish() async throws {
            try await records.catchUp()
            clock.advance(PublicRecords.ahead + 2)
        }

        /// Everything, page by page: identifier, and whether it is deleted. Counts pages.
        func harvest(
            _ verb: String = "ListRecords", _ pairs: [(String, String)] = [("metadataPrefix", "oai_dc")],
            between: (Int) async throws -> Void = { _ in }
        ) async throws -> (records: [(id: String, isDeleted: Bool)], pages: Int, first: String) {
            var found: [(String, Bool)] = [], pages = 0, arguments = pairs, first = ""
            while true {
                let answer = try await ask(verb, arguments)
                if first.isEmpty { first = answer["responseDate"]?.text ?? "" }
                guard let list = answer[verb] else { return (found, pages, first) }
                pages += 1
                for entry in list.children where entry.name != "resumptionToken" {
                    let header = entry.name == "header" ? entry : entry["header"]
                    found.append((header?["identifier"]?.text ?? "", header?.attributes["status"] == "deleted"))
                }
                let token = list["resumptionToken"]?.text ?? ""
                if token.isEmpty { return (found, pages, first) }
                arguments = [("resumptionToken", token)]
                try await between(pages)
            }
        }

        func id(_ item: ID<Item>) -> String { "oai:edu.example.cn:\(item)" }

        /// Public resources without files, by the shortest way, and their marks.
        func fill(_ count: Int) async throws -> [ID<Item>] {
            let made = made, now = clock.now
            return try await made.database.write { db in
                try (0..<count).map { number in
                    let content = ResourceCity.content("第 \(number) 个", .public)
                    let id = try ItemWritingStore(db).insert(
                        content, at: made.school.id, adapting: nil, by: "", now: now)
                    try db.execute(
                        "UPDATE resources_item SET state = 'published', version = 1, published_at = \(now) WHERE id = \(id)"
                    )
                    try PublicRecordStore(db).mark(id, now: now)
                    return id
                }
            }
        }
    }

    private func bench(_ database: TestDatabase, _ body: (Bench) async throws -> Void) async throws {
        try await ResourceCity.run(database) { try await body(Bench($0)) }
    }

    @Test(
        "The site says who it is, in which formats it speaks and what sets there are", arguments: TestDatabase.allCases)
    func identify(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let empty = try await bench.ask("ListSets")
            #expect(empty["error"]?.attributes["code"] == "noSetHierarchy")
            _ = try await bench.made.published(ResourceCity.content("灯塔 & <海>", .public))
            try await bench.publish()
            let identify = try #require(try await bench.ask("Identify")["Identify"])
            #expect(identify["repositoryName"]?.text == "示例 <平台>")
            #expect(identify["baseURL"]?.text == "https://edu.example.cn/oai")
            #expect(identify["deletedRecord"]?.text == "persistent" && identify["protocolVersion"]?.text == "2.0")
            #expect(identify["adminEmail"]?.text == "oai@edu.example.cn")
            let formats = try await bench.ask("ListMetadataFormats")["ListMetadataFormats"]
            #expect(formats?.children.compactMap { $0["metadataPrefix"]?.text } == ["oai_dc", "lom"])
            let sets = try #require(try await bench.ask("ListSets")["ListSets"])
            let specs = sets.children.compactMap { $0["setSpec"]?.text }
            #expect(specs.contains("stage-2") && specs.contains { $0.hasPrefix("stage-2:subject-") })
            #expect(specs.contains { $0.hasPrefix("area-") })
        }
    }

    @Test("A record tells the resource in both formats", arguments: TestDatabase.allCases)
    func record(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            var content = ResourceCity.content("灯塔 & <海>\u{1}", .public)
            (content.tags, content.minutes, content.summary) = (["灯塔"], 40, "一课时")
            let id = try await bench.made.published(content), identifier = bench.id(id)
            try await bench.publish()
            let asked = [("identifier", identifier), ("metadataPrefix", "oai_dc")]
            let record = try #require(try await bench.ask("GetRecord", asked).at("GetRecord", "record"))
            let core = try #require(record.at("metadata", "dc"))
            #expect(core["title"]?.text == "灯塔 & <海>")
            #expect(core.all("identifier").map(\.text) == ["https://edu.example.cn/resources/\(id)", identifier])
            #expect(core.all("rights").last?.text == "https://creativecommons.org/licenses/by/4.0/")
            #expect(record.at("header", "setSpec") != nil)
            let lom = try #require(
                try await bench.ask("GetRecord", [("identifier", identifier), ("metadataPrefix", "lom")])
                    .at("GetRecord", "record", "metadata", "lom"))
            #expect(
                lom.children.map(\.name) == [
                    "general", "lifeCycle", "metaMetadata", "technical", "educational", "rights", "classification",
                ])
            let title = lom.at("general", "title", "string")
            #expect(title?.text == "灯塔 & <海>" && title?.attributes["language"] == "zh-CN")
            #expect(lom.at("educational", "typicalLearningTime", "duration")?.text == "PT40M")
            #expect(lom.at("classification", "taxonPath")?.all("taxon").last?.at("entry", "string")?.text == "灯塔下的路")
            let read = try #require(HarvestMetadata.read(lom))
            #expect(read.title == "灯塔 & <海>" && read.link == "https://edu.example.cn/resources/\(id)")
            #expect(LicenceWords.code(of: read.licence) == "cc-by")
        }
    }

    @Test(
        "Only what is public and may be is told; what no longer is stays as deleted", arguments: TestDatabase.allCases)
    func openness(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let open = try await bench.made.published(ResourceCity.content("公开的", .public))
            _ = try await bench.made.published(ResourceCity.content("全市的", .city))
            _ = try await bench.made.draft(ResourceCity.content("草稿", .public))
            try await bench.publish()
            let before = try await bench.harvest()
            #expect(before.records.map(\.id) == [bench.id(open)] && !before.records[0].isDeleted)
            let day = before.first
            try await bench.made.review(.bureau) { try $0.takeDown(open, reason: "有错") }
            // Whatever the record says yet, nobody gets what is not public any more.
            let early = try await bench.harvest()
            #expect(early.records.map(\.isDeleted) == [true])
            try await bench.publish()
            let after = try await bench.harvest("ListIdentifiers", [("metadataPrefix", "lom"), ("from", day)])
            #expect(after.records.map(\.id) == [bench.id(open)] && after.records[0].isDeleted)
            let gone = try await bench.ask("ListMetadataFormats", [("identifier", bench.id(open))])
            #expect(gone["error"]?.attributes["code"] == "noMetadataFormats")
            try await bench.made.review(.bureau) { try $0.restore(open) }
            try await bench.publish()
            #expect(try await bench.harvest().records.map(\.isDeleted) == [false])
        }
    }

    @Test("Pages hold every record once, with cursor and size, by either verb", arguments: TestDatabase.allCases)
    func pages(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let ids = try await bench.fill(230)
            try await bench.publish()
            let first = try #require(
                try await bench.ask("ListRecords", [("metadataPrefix", "lom")]).at("ListRecords", "resumptionToken"))
            #expect(first.attributes["completeListSize"] == "230" && first.attributes["cursor"] == "0")
            #expect(first.attributes["expirationDate"] != nil)
            for verb in ["ListRecords", "ListIdentifiers"] {
                let found = try await bench.harvest(verb)
                #expect(found.records.map(\.id) == ids.map(bench.id), "\(verb)")
                #expect(found.pages == (verb == "ListRecords" ? 3 : 1))
            }
            let other = try await bench.ask("ListIdentifiers", [("resumptionToken", first.text)])
            #expect(other["error"]?.attributes["code"] == "badResumptionToken")
        }
    }

    @Test("While records change nothing is lost and nothing comes twice", arguments: TestDatabase.allCases)
    func moving(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let ids = try await bench.fill(230), made = bench.made
            try await bench.publish()
            func touch(_ some: [ID<Item>], deleting: Bool) async throws {
                let now = bench.clock.now
                try await made.database.write { db in
                    for id in some {
                        if deleting {
                            try db.execute("UPDATE resources_item SET state = 'taken_down' WHERE id = \(id)")
                        } else {
                            try db.execute(
                                "UPDATE resources_item SET content = REPLACE(content, '第', '新') WHERE id = \(id)")
                        }
                        try PublicRecordStore(db).mark(id, now: now)
                    }
                }
                try await bench.publish()
            }
            // What was given and what is still to come change while the list is read.
            let whole = try await bench.harvest { page in
                try await touch([ids[page], ids[220 + page]], deleting: false)
                try await touch([ids[10 + page], ids[210 + page]], deleting: true)
            }
            #expect(whole.records.map(\.id) == ids.map(bench.id))
            #expect(whole.pages == 3)
            // Asked again from the first answer on, exactly what changed comes.
            let again = try await bench.harvest("ListRecords", [("metadataPrefix", "oai_dc"), ("from", whole.first)])
            let changed = [1, 2, 11, 12, 211, 212, 221, 222]
            #expect(again.records.map(\.id) == changed.map { bench.id(ids[$0]) })
            #expect(again.records.filter(\.isDeleted).map(\.id) == [11, 12, 211, 212].map { bench.id(ids[$0]) })
            let later = OAIDate.text(bench.clock.now.adding(seconds: 60))
            let none = try await bench.ask("ListRecords", [("metadataPrefix", "oai_dc"), ("from", later)])
            #expect(none["error"]?.attributes["code"] == "noRecordsMatch")
        }
    }

    @Test(
        "A change is dated ahead of its commit, and dated anew when that took too long",
        arguments: TestDatabase.allCases)
    func dates(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let ids = try await bench.fill(2), start = bench.clock.now
            try await bench.records.catchUp()
            let early = try await bench.ask("ListIdentifiers", [("metadataPrefix", "oai_dc")])
            #expect(early["ListIdentifiers"]?.all("header").count == 2, "told at once, dated ahead")
            bench.clock.advance(PublicRecords.ahead + 2)
            #expect(try await bench.harvest().records.count == 2)
            // As a process that died between writing and looking at the clock leaves it.
            let (database, stale) = (bench.made.database, OAIDate.floor(start))
            try await database.write { db in
                try db.execute(
                    "UPDATE resources_public_record SET is_settled = 0, datestamp = \(stale) WHERE item_id = \(ids[0])")
            }
            try await bench.records.catchUp()
            let found = try await database.read { try PublicRecordStore($0).find(ids[0]) }
            #expect(try #require(found).datestamp > bench.clock.now)
            #expect(try await database.read { try PublicRecordStore($0).unsettled() } == nil)
        }
    }

    @Test(
        "What shows pupils does not leave the site, nor the name of such a parent", arguments: TestDatabase.allCases)
    func pupils(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let ids = try await bench.fill(2), now = bench.clock.now
            try await bench.publish()
            #expect(try await bench.harvest().records.count == 2)
            try await bench.made.database.write { db in
                var content = ResourceCity.content("小海的画", .public)
                content.pupilUses = [PupilUse.works.rawValue]
                try db.execute("UPDATE resources_item SET content = \(content.json) WHERE id = \(ids[0])")
                try db.execute("UPDATE resources_item SET adapted_from = \(ids[0]) WHERE id = \(ids[1])")
                for id in ids { try PublicRecordStore(db).mark(id, now: now) }
            }
            try await bench.publish()
            let told = try await bench.harvest().records
            #expect(told.filter(\.isDeleted).count == 1 && told.count == 2)
            let child = try await bench.ask(
                "GetRecord", [("metadataPrefix", "lom"), ("identifier", try #require(told.first { !$0.isDeleted }).id)])
            #expect(child.wholeText.contains("第 1 个"))
            #expect(!child.wholeText.contains(ids[0].rawValue) && !child.wholeText.contains("第 0 个"))
        }
    }

    @Test("What becomes of a parent is told of its adaptations", arguments: TestDatabase.allCases)
    func adaptations(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let made = bench.made, parent = try await made.published(ResourceCity.content("灯塔", .public))
            let child = try await bench.fill(1)[0]
            try await made.database.write { db in
                try db.execute("UPDATE resources_item SET adapted_from = \(parent) WHERE id = \(child)")
            }
            try await bench.publish()
            func record() async throws -> PublicRecord? {
                try await made.database.read { try PublicRecordStore($0).find(child) }
            }
            let asked = [("metadataPrefix", "oai_dc"), ("identifier", bench.id(child))]
            let before = try #require(try await record())
            #expect(try await bench.ask("GetRecord", asked).wholeText.contains(parent.rawValue))
            try await made.review(.bureau) { try $0.takeDown(parent, reason: "有错") }
            try await bench.publish()
            let after = try #require(try await record())
            #expect(after.datestamp > before.datestamp && !after.isDeleted)
            #expect(try await !bench.ask("GetRecord", asked).wholeText.contains(parent.rawValue))
        }
    }

    @Test("A long list is not counted to its end, and comes whole all the same", arguments: TestDatabase.allCases)
    func uncounted(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let ids = try await bench.fill(230)
            try await bench.publish()
            var provider = bench.provider
            provider.mostCounted = 150
            let now = bench.clock.now,
                list = OAIList(
                    verb: .records, format: .lom, from: nil, until: nil, set: nil)
            #expect(
                try await bench.made.database.read { try PublicRecordStore($0).count(list, now: now, most: 150) } == 151
            )
            var arguments = [(name: "metadataPrefix", value: "oai_dc")], found: [String] = [], sizes: [String?] = []
            while true {
                let answer = try XMLTree(try await provider.answer([(name: "verb", value: "ListRecords")] + arguments))
                let page = try #require(answer["ListRecords"]), token = try #require(page["resumptionToken"])
                found += page.all("record").compactMap { $0.at("header", "identifier")?.text }
                sizes.append(token.attributes["completeListSize"])
                if token.text.isEmpty { break }
                arguments = [(name: "resumptionToken", value: token.text)]
            }
            #expect(found == ids.map(bench.id) && sizes == [nil, nil, "230"])
        }
    }

    @Test("What did not change keeps its date", arguments: TestDatabase.allCases)
    func unchanged(_ database: TestDatabase) async throws {
        try await bench(database) { bench in
            let id = try await bench.fill(1)[0], database = bench.made.database, now = bench.clock.now
            try await bench.publish()
            let first = try await database.read { try PublicRecordStore($0).find(id) }
            try await database.write { try PublicRecordStore($0).mark(id, now: now) }
            try await bench.publish()
            let second = try await database.read { try PublicRecordStore($0).find(id) }
            #expect(first != nil && first == second)
        }
    }

    @Test("The door answers GET and POST alike, and errors with 200", arguments: TestDatabase.allCases)
    func door(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let visitor = try await made.city.client(.visitor)
            let get = try await visitor.get("/oai?verb=Identify")
            #expect(get.status == 200 && get.text.contains("<Identify>"))
            #expect(get.headers[.contentType] == "text/xml; charset=utf-8")
            let form = ["content-type": "application/x-www-form-urlencoded"]
            let post = try await visitor.send(.post, "/oai", form, Array("verb=Identify".utf8))
            #expect(post.status == 200 && post.text.contains("<Identify>"))
            // What a POST says stands in its body alone.
            let mixed = try await visitor.send(.post, "/oai?verb=Identify", form, Array("verb=Nothing".utf8))
            #expect(mixed.status == 200 && mixed.text.contains("code=\"badVerb\""))
            #expect(!mixed.text.contains("<request verb"))
            let bad = try await visitor.get("/oai?verb=GetRecord&identifier=oai:x:y&metadataPrefix=oai_dc")
            #expect(bad.status == 200 && bad.text.contains("code=\"idDoesNotExist\""))
            #expect(bad.text.contains("<request verb=\"GetRecord\" identifier=\"oai:x:y\""))
        }
    }
}
