import Database
import Directory
import Foundation
import HTTPTypes
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Exchange

extension ExchangeCity {
    /// Sends a signed request as another system would.
    func signed(
        _ method: HTTPRequest.Method, _ path: String, query: [(String, String)] = [], _ body: String = "",
        app: String = "hr", nonce: String = Identifiers.next(), at time: Timestamp = .now, secret: String? = nil,
        tampered: String? = nil
    ) async throws -> (status: Int, body: JSONValue) {
        let values = FormValues(query.map { (name: $0.0, value: $0.1) }), seconds = time.milliseconds / 1000
        let text = RequestSignature.text(
            method: method.rawValue, path: "/exchange/v1" + path, query: values, body: Array(body.utf8), time: seconds,
            nonce: nonce)
        let code = HMAC<SM3>(key: Array((secret ?? "secret-of-" + app).utf8)).authenticate(text)
        let target = "/exchange/v1" + path + (query.isEmpty ? "" : "?" + values.encoded)
        let answer = try await TestClient(city.platform.pipeline).send(
            method, target,
            [
                "x-app": app, "x-ts": String(seconds), "x-nonce": nonce, "x-sign": Hex.encode(code).uppercased(),
                "content-type": "application/json",
            ], Array((tampered ?? body).utf8))
        return (answer.status, (try? JSONReader.read(answer.bytes)) ?? .null)
    }

    /// All records of the data set after the cursor, and the cursor behind them.
    func pull(
        _ dataset: String, since: String = "0", limit: Int = 1000, app: String = "hr"
    ) async throws -> (records: [JSONValue], next: String) {
        var records: [JSONValue] = [], next = since
        while true {
            let page = try await signed(
                .get, "/" + dataset, query: [("since", next), ("limit", String(limit))], app: app)
            #expect(page.status == 200, "\(page.body.json)")
            records += page.body["records"]?.list ?? []
            next = page.body["next"]?.text ?? ""
            if page.body["more"]?.flag != true { return (records, next) }
        }
    }

    func openClass(_ number: Int, at school: Organisation) async throws -> ClassGroup {
        let year = SchoolYear(containing: Timestamp.now.day).start
        return try await city.database.write { db in
            try ClassGroupService(db, by: .system).open(
                ClassDraft(
                    stage: .primary, entryYear: year, number: number, openedOn: SchoolYear(start: year).firstDay),
                at: school)
        }
    }

    func addPupil(_ name: String, to classGroup: ClassGroup, number: String? = nil) async throws -> ID<Person> {
        let crypto = city.platform.crypto
        return try await city.database.write { db in
            let numbers = try number.map { [try PersonIdentifier(.citizenNumber, $0)] } ?? []
            return try EnrolmentService(db, crypto, by: .system).add(
                NewPupil(name: name, identifiers: numbers), to: classGroup, from: classGroup.openedOn)
        }
    }
}

@Suite("数据交换接口") struct CityInterfaceTests {
    private static let number = "450699200809010014"

    @Test func `a signature is right for one request, in time, and once`() async throws {
        try await ExchangeCity.run(.sqlite) { (world: ExchangeCity) async throws in
            #expect(try await world.signed(.get, "/datasets").status == 200)
            #expect(try await world.signed(.get, "/datasets", secret: "wrong").status == 401)
            #expect(try await world.signed(.get, "/datasets", app: "unknown").status == 401)
            #expect(try await world.signed(.get, "/datasets", app: "nobody").status == 403)
            #expect(try await world.signed(.get, "/orgs", query: [("since", "0"), ("limit", "5")]).status == 200)
            for seconds in [-400, 400] as [Int64] {
                let answer = try await world.signed(.get, "/datasets", at: Timestamp.now.adding(seconds: seconds))
                #expect(answer.status == 401)
            }
            #expect(try await world.signed(.get, "/datasets", at: Timestamp.now.adding(seconds: -200)).status == 200)
            let nonce = Identifiers.next()
            #expect(try await world.signed(.get, "/datasets", nonce: nonce).status == 200)
            #expect(try await world.signed(.get, "/datasets", nonce: nonce).status == 401)
            let changed = try await world.signed(.post, "/students", #"{"records":[]}"#, tampered: #"{"records":[1]}"#)
            #expect(changed.status == 401)
            #expect(try await world.signed(.get, "/nothing").status == 404)
            #expect(try await world.signed(.get, "/orgs", query: [("limit", "1001")]).status == 422)
            #expect(try await world.signed(.post, "/students", #"{"records":[{}]}"#, app: "reader").status == 403)
        }
    }

    /// Anybody may send such a header.
    @Test(arguments: [String(Int64.min), String(Int64.max), "-1", "253402300800", "9223372036854775808", "1e3", ""])
    func `a time that no clock shows is refused`(time: String) async throws {
        try await ExchangeCity.run(.sqlite) { (world: ExchangeCity) async throws in
            let headers = [
                "x-app": "hr", "x-ts": time, "x-nonce": "12345678", "x-sign": String(repeating: "a", count: 64),
            ]
            let client = TestClient(world.city.platform.pipeline)
            #expect(try await client.send(.get, "/exchange/v1/datasets", headers, []).status == 401)
        }
    }

    @Test func `what is signed is spelled in one way`() {
        let query = FormValues([(name: "b", value: "2"), (name: "a", value: "中 文")])
        let text = RequestSignature.text(
            method: "GET", path: "/exchange/v1/orgs", query: query, body: [], time: 1_800_000_000, nonce: "abcdefgh")
        #expect(
            text == """
                GET
                /exchange/v1/orgs
                a=%E4%B8%AD%20%E6%96%87&b=2
                1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b
                1800000000
                abcdefgh
                """)
    }

    @Test(arguments: TestDatabase.allCases)
    func `who follows gets everything once, then what changed and nothing else`(on database: TestDatabase) async throws
    {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let group = try await world.openClass(1, at: world.school),
                other = try await world.openClass(1, at: world.border)
            var pupils: [ID<Person>] = []
            for index in 1...12 { pupils.append(try await world.addPupil("学生\(index)", to: group)) }
            _ = try await world.addPupil("外校", to: other)
            let full = try await world.pull("students", limit: 5)
            #expect(full.records.compactMap { $0["src_id"]?.text }.sorted() == pupils.map(\.rawValue).sorted())
            #expect(full.records.allSatisfy { $0["deleted"]?.flag == false && $0["src"]?.text == "santong" })
            #expect(try await world.pull("students", since: full.next).records.isEmpty)

            let crypto = world.city.platform.crypto, changed = pupils[3], gone = pupils[7]
            try await world.city.database.write { db in
                let source = FactSource(.school, at: .now, by: "test")
                try PersonFactStore(db, crypto).change(
                    ["sex": "2"], of: changed, from: Timestamp.now.day, source: source)
                try EnrolmentService(db, crypto, by: .system).end(gone, in: group, on: Timestamp.now.day, .transfer)
            }
            let delta = try await world.pull("students", since: full.next)
            #expect(Set(delta.records.compactMap { $0["src_id"]?.text }) == [changed.rawValue, gone.rawValue])
            let left = try #require(delta.records.first { $0["src_id"]?.text == gone.rawValue })
            #expect(left["deleted"]?.flag == true && left["name"] == nil)
            #expect(delta.records.first { $0["src_id"]?.text == changed.rawValue }?["facts"]?["sex"]?.text == "2")
            #expect(try await world.pull("students", since: delta.next).records.isEmpty)
            #expect(try await world.pull("classes").records.count == 1)
            #expect(
                try await world.pull("orgs").records.compactMap { $0["code"]?.text } == [TestCity.experimentalSchool])
            #expect(try await world.pull("enrolments").records.filter { $0["deleted"]?.flag == true }.count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `numbers go to those who may have them, and that is recorded`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let group = try await world.openClass(1, at: world.school)
            _ = try await world.addPupil("学生", to: group, number: Self.number)
            let open = try await world.pull("students"), masked = try await world.pull("students", app: "reader")
            #expect(open.records.first?["numbers"]?["citizen_number"]?.text == Self.number)
            #expect(masked.records.count == 1 && !masked.records[0].json.contains(Self.number))
            let entries = try await world.city.database.read {
                try AuditLog.list(within: .everything, action: "exchange.sensitive_pulled", limit: 5, on: $0)
            }
            #expect(entries.count == 1 && entries[0].organisationPath == world.school.path)
            #expect(!entries[0].detail.contains(Self.number))
            let looks = try await world.city.database.read { try LookStore($0).list(within: .everything, limit: 5) }
            #expect(looks.count == 1 && looks.first?.people == 1 && looks.first?.looker.name == "人事系统hr")
        }
    }

    /// Changes take their time before they are seen: a cursor must not run past one that is seen later.
    @Test(arguments: TestDatabase.allCases)
    func `a change that is committed late is not lost`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let group = try await world.openClass(1, at: world.school)
            var generator = Steps(seed: 7)
            var known: [String: Int64] = [:], cursor = "0", expected: [String: Int64] = [:]
            var pupils: [ID<Person>] = []
            for index in 1...10 { pupils.append(try await world.addPupil("学生\(index)", to: group)) }
            for round in 1...25 {
                for _ in 0..<generator.next(4) {
                    let person = pupils[generator.next(pupils.count)]
                    // Up to forty minutes before it is seen.
                    let began = Timestamp.now.adding(seconds: -Int64(generator.next(2400)))
                    let crypto = world.city.platform.crypto
                    let moment = try await world.city.database.write { db -> Int64 in
                        let source = FactSource(.school, at: began, by: "test")
                        let changed = try PersonFactStore(db, crypto).change(
                            ["classNumber": String(round)], of: person, from: Timestamp.now.day, source: source)
                        return changed.isEmpty ? 0 : 1
                    }
                    if moment == 1 { expected[person.rawValue, default: 0] += 1 }
                }
                let before = expected, delta = try await world.pull("students", since: cursor, limit: 3)
                cursor = delta.next
                for record in delta.records {
                    let id = record["src_id"]?.text ?? ""
                    if round > 1 {
                        #expect((before[id] ?? 0) != known[id] ?? -1, "\(id) did not change in round \(round)")
                    }
                    known[id] = before[id] ?? 0
                    #expect(record["facts"]?["classNumber"]?.text == nil || before[id] != nil)
                }
                for (id, count) in before { #expect(known[id] == count, "round \(round): \(id) was lost") }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a system tells what it answers for, once, and the rest is refused`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let group = try await world.openClass(1, at: world.school)
            let person = try await world.addPupil("学生", to: group, number: Self.number)
            func push(_ version: Int, _ facts: String, number: String = Self.number) async throws -> JSONValue {
                let body =
                    #"{"records":[{"src_id":"S1","version":\#(version),"match":{"citizen_number":"\#(number)"},"facts":{\#(facts)}}]}"#
                let answer = try await world.signed(.post, "/students", body)
                #expect(answer.status == 200, "\(answer.body.json)")
                return answer.body["results"]?.list?.first ?? .null
            }
            #expect(try await push(1, #""ethnicity":"壮族""#)["result"]?.text == "refused")
            try await world.city.database.write { db in
                try ExchangeOwnerStore(db).set(
                    "app-hr", owner: .roll, clientID: "hr", name: "学籍", by: .system, now: .now)
            }
            let first = try await push(2, #""ethnicity":"壮族","talent":"围棋","bloodType":"不知道的""#)
            #expect(first["result"]?.text == "applied" && first["changed"]?.list == [.text("ethnicity")])
            #expect(first["not_yours"]?.list == [.text("talent")] && first["flagged"]?.list == [.text("bloodType")])
            #expect(try await push(2, #""ethnicity":"壮族""#)["result"]?.text == "unchanged")
            #expect(try await push(1, #""ethnicity":"汉族""#)["result"]?.text == "stale")
            #expect(try await push(3, #""ethnicity":"汉族""#, number: "450699200809010022")["result"]?.text == "applied")
            let crypto = world.city.platform.crypto
            let facts = try await world.city.database.read { try PersonFactStore($0, crypto).latest(of: person) }
            #expect(facts?["ethnicity"] == "01" && facts?.values["ethnicity"]?.source.kind == .exchange)
            let runs = try await world.city.database.read {
                try ExchangeRunStore($0).list(within: .everything, after: nil, limit: 20)
            }
            #expect(runs.contains { $0.way == .push && $0.changed == 1 && $0.flagged == 1 })
            let raw: [[UInt8]] = try await world.city.database.read {
                try $0.column("SELECT sealed FROM exchange_raw_value")
            }
            #expect(raw.count == 1)
            #expect(try await world.signed(.post, "/orgs", #"{"records":[{}]}"#).status == 422)
        }
    }
}

/// The same pseudo-random steps in every run.
struct Steps {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }
}
