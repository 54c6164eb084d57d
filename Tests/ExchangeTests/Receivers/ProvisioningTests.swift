import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

/// Another system that takes people by SCIM, with the faults of real ones.
final class ReceivingSystem: OutboundHTTP, @unchecked Sendable {
    private let lock = NSLock()
    private(set) var users: [String: JSONValue] = [:]
    private var faults = Steps(seed: 11)
    private(set) var requests = 0
    /// Of a hundred requests, so many go wrong.
    var faultShare = 0
    /// Answers of one kind only.
    var onlyStatus: Int?

    func send(_ request: OutboundRequest) async throws -> OutboundResponse {
        try lock.withLock {
            requests += 1
            if let onlyStatus { return OutboundResponse(status: onlyStatus) }
            guard faults.next(100) < faultShare else { return try answer(request) }
            switch faults.next(4) {
            case 0: return OutboundResponse(status: 500)
            case 1: return OutboundResponse(status: 429, headers: [("Retry-After", "1")])
            case 2: throw OutboundError.timeout
            default:
                // Done, but nobody hears of it.
                _ = try answer(request)
                throw OutboundError.timeout
            }
        }
    }

    private func answer(_ request: OutboundRequest) throws -> OutboundResponse {
        let path = String(request.url.dropFirst("https://oa.example/scim/v2/Users".count))
        let body = request.body.isEmpty ? JSONValue.null : try JSONReader.read(request.body)
        switch request.method {
        case .post:
            let document = try ScimDocument(reading: body, as: .user), name = body["userName"]?.text ?? ""
            if users.values.contains(where: { $0["userName"]?.text == name }) { return OutboundResponse(status: 409) }
            let id = Identifiers.next()
            users[id] = document.value.setting("id", to: .text(id))
            return OutboundResponse(status: 201, body: users[id]!.bytes)
        case .patch:
            let id = String(path.dropFirst())
            guard let known = users[id] else { return OutboundResponse(status: 404) }
            users[id] = try ScimPatch(body).apply(to: ScimDocument(stored: known, as: .user)).value
            return OutboundResponse(status: 200, body: users[id]!.bytes)
        default: return OutboundResponse(status: 200, body: list(path).bytes)
        }
    }

    private func list(_ path: String) -> JSONValue {
        var found = users.keys.sorted().compactMap { users[$0] }
        if let part = path.split(separator: "filter=").last, path.contains("filter="),
            let text = String(part).removingPercentEncoding, let filter = try? ScimFilterReader.read(text)
        {
            found = found.filter(filter.matches)
        }
        return .members([
            ("Resources", .list(found)), ("totalResults", .integer(Int64(found.count))), ("startIndex", .integer(1)),
        ])
    }

    func lose(_ id: String) { lock.withLock { users[id] = nil } }
}

@Suite("下发人员") struct ProvisioningTests {
    struct World: Sendable {
        let database: Database
        let crypto: any CryptoProvider
        let system: ReceivingSystem
        let receiver: Receiver
        let place: Organisation
        let schools: [Organisation]

        func turn() async throws -> Int {
            try await Provisioning(
                database: database, crypto: crypto, gate: NoAccounts(), outbound: system, now: { .now }, rate: 100_000
            ).run()
        }

        /// Turns until nobody waits, as if the pauses were over each time.
        func settle() async throws {
            let crypto = crypto, id = receiver.id
            for _ in 0..<200 {
                _ = try await turn()
                if try await database.read({ try ReceiverStore($0, crypto).counts(id).due }) == 0 { return }
                try await database.write { db in
                    try db.execute("UPDATE exchange_delivery SET due_at = 0")
                    try db.execute("UPDATE exchange_receiver SET rests_until = 0")
                }
            }
        }

        func compare() async throws -> Int {
            try await ReceiverComparison(
                database: database, crypto: crypto, gate: NoAccounts(), outbound: system, now: { .now }
            ).run(receiver.id)
        }

        func hire(_ count: Int) async throws -> [ID<Person>] {
            let crypto = crypto, schools = schools
            return try await database.write { db in
                let service = StaffService(db, crypto, by: .system)
                return try (0..<count).map { index in
                    try service.add(
                        NewStaffMember(name: "教师\(index)", post: "10", from: LocalDate(iso: "2020-09-01")!),
                        to: schools[index % schools.count])
                }
            }
        }
    }

    struct NoAccounts: AccountGate {
        func logins(of people: [ID<Person>], _ db: Connection) throws -> [ID<Person>: PersonLogin] { [:] }
        func holder(ofLogin name: String, _ db: Connection) throws -> ID<Person>? { nil }
        func setOpen(
            _ isOpen: Bool, for person: ID<Person>, within scope: DataScope, by actor: AuditActor, now: Timestamp,
            _ db: Connection
        ) throws {}
    }

    private func run(_ kind: TestDatabase, _ body: (World) async throws -> Void) async throws {
        let migrations = PlatformModule.migrations + DirectoryModule.migrations + ExchangeModule.migrations
        try await kind.withDatabase(migrations: migrations) { database, _ in
            let crypto = InternationalCrypto(KeyRing.generate())
            let (place, schools, receiver) = try await database.write { db in
                try CitySetup.prepare(db)
                let service = OrganisationService(db, by: .system, source: "test")
                let town = try OrganisationStore(db).find(code: "450603102", within: .everything)!
                let profile = SchoolProfile(schoolType: "211", urbanRural: "121", isCentral: false)
                let schools = try ["甲小学", "乙小学"].map {
                    try service.add(.init(kind: .school, code: nil, name: $0, profile: profile), below: town)
                }
                let place = try OrganisationStore(db).find(code: "450603", within: .everything)!
                let store = ReceiverStore(db, crypto), id = ReceiverID.new()
                try store.insert(
                    id, name: "办公系统", baseURL: "https://oa.example/scim/v2", token: "t", organisation: place.id,
                    by: "test", at: .now)
                return (place, schools, try store.find(id, within: .everything))
            }
            try await body(
                World(
                    database: database, crypto: crypto, system: ReceivingSystem(), receiver: receiver, place: place,
                    schools: schools))
        }
    }

    @Test(arguments: TestDatabase.allCases, [0, 30])
    func `people are entered, moved and shut out, whatever goes wrong on the way`(
        on kind: TestDatabase, _ faultShare: Int
    ) async throws {
        try await run(kind) { (world: World) async throws in
            world.system.faultShare = faultShare
            let people = try await world.hire(60)
            try await world.settle()
            #expect(world.system.users.count == 60)
            let crypto = world.crypto, schools = world.schools
            try await world.database.write { db in
                let service = StaffService(db, crypto, by: .system), today = Timestamp.now.day
                for person in people[0..<20] {
                    let from = schools[people.firstIndex(of: person)! % 2],
                        to = schools[(people.firstIndex(of: person)! + 1) % 2]
                    try service.end(person, at: from, on: today)
                    try PersonStore(db).appoint(person, at: to.id, post: "10", from: today)
                }
                for person in people[20..<40] {
                    try service.end(person, at: schools[people.firstIndex(of: person)! % 2], on: today)
                }
            }
            try await world.settle()
            world.system.faultShare = 0
            #expect(try await world.compare() == 0)
            let users = world.system.users.values
            #expect(users.count == 60)
            #expect(users.filter { $0["active"]?.flag == false }.count == 20)
            // All is told: another turn has nothing to do.
            let before = world.system.requests
            #expect(try await world.turn() == 0)
            #expect(world.system.requests == before)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a refused token rests the receiver, and what is lost there is entered again`(on kind: TestDatabase)
        async throws
    {
        try await run(kind) { (world: World) async throws in
            _ = try await world.hire(5)
            world.system.onlyStatus = 401
            #expect(try await world.turn() == 0)
            let asked = world.system.requests
            #expect(asked <= 5)
            #expect(try await world.turn() == 0)
            #expect(world.system.requests == asked, "nobody is asked while the receiver rests")
            world.system.onlyStatus = nil
            try await world.settle()
            #expect(world.system.users.count == 5)
            let lost = try #require(world.system.users.keys.first)
            world.system.lose(lost)
            #expect(try await world.compare() == 1)
            let crypto = world.crypto, id = world.receiver.id
            let people = try await world.database.read { try ReceiverStore($0, crypto).known(id) }
            let person = try #require(people.first { $0.remote == lost }?.person)
            try await world.database.write { db in
                let source = FactSource(.school, at: .now, by: "test")
                try PersonFactStore(db, crypto).change(
                    ["name": "新名"], of: person, from: Timestamp.now.day, source: source)
            }
            try await world.settle()
            #expect(world.system.users.count == 5)
            #expect(try await world.compare() == 0)
        }
    }

    @Test func `pauses grow to an hour`() {
        #expect((1...4).map { ReceiverRules.pause(after: $0) } == [5, 10, 20, 40])
        #expect(ReceiverRules.pause(after: 30) == 3600)
    }
}
