import Kernel
import Platform
import TestKit
import Testing

@testable import Federation

@Suite("CAS 票据") struct CASServiceTests {
    private let here = "https://good.example/app?x=1"

    private func ask(
        _ ticket: String, _ service: String? = nil, renew: Bool = false, wantsProxy: Bool = false
    ) -> CASService.Validation {
        CASService.Validation(
            ticket: ticket, service: service ?? here, renew: renew, wantsProxy: wantsProxy, wantsAttributes: true,
            address: "198.51.100.7")
    }

    private func failure(_ outcome: Result<CASIdentity, CASFailure>) -> CASFailure? {
        if case .failure(let failure) = outcome { failure } else { nil }
    }

    private func ticket(
        in city: SingleSignOutCity, _ member: TestCity.Member = .wang, isFresh: Bool = false
    ) async throws -> String {
        let (_, info) = try await city.session(member)
        let address = try #require(ServiceAddress(here))
        return try #require(try await city.cas.issue(for: city.visitor(info, isFresh: isFresh), to: address))
    }

    @Test func `has the shape of the protocol`() {
        let ticket = ServiceTicket.random()
        #expect(ticket.hasPrefix("ST-") && ticket.utf8.count <= 256)
        #expect(
            ticket.utf8.allSatisfy {
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0)
            })
        #expect(ServiceTicket.hash(ticket) != nil)
        #expect(ServiceTicket.hash("ST-" + String(repeating: "g", count: 64)) == nil)
        #expect(ServiceTicket.hash(String(ticket.dropLast())) == nil)
    }

    @Test(arguments: TestDatabase.allCases)
    func `tells once who the person is`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            let application = try await city.register()
            let ticket = try await ticket(in: city)
            let stored = try await city.database.read { db in
                try db.first("SELECT hash FROM federation_cas_ticket") { try $0.blob(0) }
            }
            #expect(stored == ServiceTicket.hash(ticket))
            let identity = try await city.cas.validate(ask(ticket)).get()
            #expect(identity.user == "wang")
            #expect(identity.attributes.contains(CASAttribute("name", "wang(示例)")))
            #expect(identity.attributes.contains(CASAttribute("role", list: ["teacher"])))
            #expect(identity.attributes.contains(CASAttribute("organisation", list: ["防城港市实验小学(示例)"])))
            #expect(identity.attributes.contains(CASAttribute("organisationCode", list: [TestCity.experimentalSchool])))
            #expect(failure(try await city.cas.validate(ask(ticket))) == .invalidTicket)
            let entered = try await city.audit("application.entered")
            #expect(entered.map(\.subject) == [application.id.rawValue])
            #expect(entered.map(\.actorName) == ["wang(示例)"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of many questions at the same moment one is answered`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            _ = try await city.register()
            let asked = ask(try await ticket(in: city))
            let successes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<12 { group.addTask { try await city.cas.validate(asked).map { _ in true }.or(false) } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(successes == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `is burnt by a wrong question`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            _ = try await city.register()
            _ = try await city.register("办公系统", ["https://office.example/*"])
            for wrong in [
                "https://office.example/", here + "&y=2", "https://good.example/app?x=%31",
                "https://GOOD.example/app?x=1",
            ] {
                let ticket = try await ticket(in: city)
                #expect(failure(try await city.cas.validate(ask(ticket, wrong))) == .invalidService, "\(wrong)")
                #expect(failure(try await city.cas.validate(ask(ticket))) == .invalidTicket, "\(wrong)")
            }
            let proxied = try await ticket(in: city)
            #expect(failure(try await city.cas.validate(ask(proxied, wantsProxy: true))) == .unauthorizedServiceProxy)
            #expect(failure(try await city.cas.validate(ask(proxied))) == .invalidTicket)
            #expect(try await city.audit("application.ticket_refused").count == 5)
            #expect(try await city.audit("application.entered").isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `is dead after ten seconds`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            _ = try await city.register()
            let first = try await ticket(in: city)
            city.clock.advance(seconds: 9)
            #expect(failure(try await city.cas.validate(ask(first))) == nil)
            let second = try await ticket(in: city)
            city.clock.advance(seconds: 10)
            #expect(failure(try await city.cas.validate(ask(second))) == .invalidTicket)
            _ = try await ticket(in: city)
            city.clock.advance(seconds: 60)
            _ = try await ticket(in: city)
            let kept: Int? = try await city.database.read { try $0.value("SELECT COUNT(*) FROM federation_cas_ticket") }
            #expect(kept == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `satisfies renew only right after a sign-in`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            _ = try await city.register()
            let old = try await ticket(in: city)
            #expect(failure(try await city.cas.validate(ask(old, renew: true))) == .invalidTicket)
            let fresh = try await ticket(in: city, isFresh: true)
            #expect(failure(try await city.cas.validate(ask(fresh, renew: true))) == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `dies with the session and with the application`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            let application = try await city.register()
            let (_, info) = try await city.session(.wang)
            let address = try #require(ServiceAddress(here))
            let first = try #require(try await city.cas.issue(for: city.visitor(info), to: address))
            try await city.signOut(info)
            #expect(failure(try await city.cas.validate(ask(first))) == .invalidTicket)
            #expect(try await city.cas.issue(for: city.visitor(info), to: address) == nil)
            let second = try await ticket(in: city)
            try await city.federation.applications.suspend(clientID: application.clientID, reason: "检查")
            #expect(failure(try await city.cas.validate(ask(second))) == .invalidService)
            #expect(try await city.cas.application(of: address) == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `tells only what was approved`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            _ = try await city.register(scopes: [])
            let identity = try await city.cas.validate(ask(try await ticket(in: city))).get()
            let names = identity.attributes.map(\.name.description)
            #expect(names == ["authenticationDate", "longTermAuthenticationRequestTokenUsed", "isFromNewLogin"])
        }
    }

    @Test(arguments: [
        "", "ST-", "ST-1", "PT-1", "no ticket", "ST-" + String(repeating: "0", count: 64),
        "ST-" + String(repeating: "图", count: 64), "ST-' OR 1=1 --",
    ])
    func `is not guessed`(_ text: String) async throws {
        try await withSingleSignOut(.sqlite) { city in
            _ = try await city.register()
            let expected: CASFailure = text.hasPrefix("PT-") ? .invalidTicketSpec : .invalidTicket
            #expect(failure(try await city.cas.validate(ask(text))) == expected)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `goes to the application whose address is closest`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            let wide = try await city.register("门户", ["https://good.example/*"])
            let narrow = try await city.register("图书馆", ["https://good.example/library/*"])
            func application(_ text: String) async throws -> String? {
                try await city.cas.application(of: try #require(ServiceAddress(text)))?.clientID
            }
            #expect(try await application("https://good.example/library/x") == narrow.clientID)
            #expect(try await application("https://good.example/libraryx") == wide.clientID)
            #expect(try await application("https://other.example/") == nil)
        }
    }
}

extension Result {
    /// The value, or another one for a failure.
    fileprivate func or(_ other: Success) -> Success {
        if case .success(let value) = self { value } else { other }
    }
}
