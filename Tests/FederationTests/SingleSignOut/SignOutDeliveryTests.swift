import Contracts
import Database
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation

@Suite("单点退出") struct SignOutDeliveryTests {
    private func enter(
        _ application: Application, _ info: SessionInfo, _ reference: String = "ST-1",
        at address: String = "https://good.example/app", in city: SingleSignOutCity
    ) async throws {
        try await city.database.write { db in
            try ParticipationStore(db).record(
                lineage: info.lineage, account: info.user.account, application: application.id, kind: .cas,
                reference: reference, address: address, at: .now)
        }
    }

    private func tickets(_ network: FakeNetwork) -> [String] {
        network.sent.map { request in
            let form = URLCoding.parse(request.body) ?? FormValues()
            return XMLReader(form.raw("logoutRequest") ?? "").texts["samlp:SessionIndex"]?.first ?? ""
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `one sign-out is told to every application of the session, once`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            let library = try await city.register()
            let office = try await city.register("办公系统", ["https://office.example/*"])
            let (_, wang) = try await city.session(.wang), (_, other) = try await city.session(.wang)
            try await enter(library, wang, "ST-1", in: city)
            try await enter(library, wang, "ST-2", in: city)
            try await enter(office, wang, "ST-3", at: "https://office.example/", in: city)
            try await enter(office, wang, "ST-4", at: "", in: city)
            try await enter(library, other, "ST-5", in: city)
            try await city.settle()
            #expect(city.network.sent.isEmpty)
            try await city.signOut(wang)
            try await city.settle()
            #expect(tickets(city.network).sorted() == ["ST-1", "ST-2", "ST-3"])
            #expect(Set(city.network.sent.map(\.url)) == ["https://good.example/app", "https://office.example/"])
            #expect(city.network.sent.allSatisfy { $0.method == .post && $0.timeout == 5 })
            let lines = try await city.audit("application.sign_out_told")
            #expect(lines.count == 3 && lines.allSatisfy(\.succeeded))
            #expect(!lines.contains { $0.detail.contains("ST-") })
            // The outbox may deliver twice.
            let again = SessionEnded(lineage: wang.lineage, account: wang.user.account.rawValue)
            try await city.database.write { try Outbox.post(again, on: $0) }
            try await city.settle()
            #expect(city.network.sent.count == 3)
            let left = try await city.database.read { try ParticipationStore($0).list(lineage: other.lineage) }
            #expect(left.map(\.reference) == ["ST-5"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a sign-in by ticket takes part, at the address registered for it`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            _ = try await city.register()
            _ = try await city.register(
                "办公系统", ["https://office.example/*"], logoutURL: "https://office.example/logout")
            let (_, info) = try await city.session(.wang)
            var given: [String] = []
            for text in ["https://good.example/a?b=c", "https://office.example/"] {
                let address = try #require(ServiceAddress(text))
                let ticket = try #require(try await city.cas.issue(for: city.visitor(info), to: address))
                given.append(ticket)
                _ = try await city.cas.validate(
                    .init(
                        ticket: ticket, service: text, renew: false, wantsProxy: false, wantsAttributes: false,
                        address: "")
                ).get()
            }
            try await city.signOut(info)
            try await city.settle()
            #expect(tickets(city.network).sorted() == given.sorted())
            #expect(
                city.network.sent.map(\.url).sorted() == [
                    "https://good.example/a?b=c", "https://office.example/logout",
                ])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an application that does not answer is asked again, and holds up nobody`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            let library = try await city.register()
            let office = try await city.register("办公系统", ["https://office.example/*"])
            let (_, wang) = try await city.session(.wang)
            try await enter(library, wang, "ST-1", in: city)
            try await enter(library, wang, "ST-2", in: city)
            try await enter(office, wang, "ST-3", at: "https://office.example/", in: city)
            city.network.answer { request in
                if request.url.contains("good.example") { throw OutboundError.timeout }
                return OutboundResponse(status: 302)
            }
            try await city.signOut(wang)
            try await city.settle()
            // The second line to the silent application was not even tried.
            #expect(city.network.sent.map(\.url).sorted() == ["https://good.example/app", "https://office.example/"])
            let lines = try await city.audit("application.sign_out_told")
            #expect(lines.filter { !$0.succeeded }.map(\.subject) == [library.id.rawValue])
            #expect(lines.filter(\.succeeded).map(\.subject) == [office.id.rawValue])
            city.network.answer { _ in OutboundResponse(status: 200) }
            city.clock.advance(seconds: 3600)
            let runner = JobRunner(
                database: city.database, handlers: city.federation.errands, logger: TestDatabase.logger)
            while try await runner.runOne(now: Timestamp.now.adding(seconds: 3600)) {}
            #expect(tickets(city.network).suffix(2).sorted() == ["ST-1", "ST-2"])
            #expect(try await city.notices().map(\.state) == [.done, .done, .done])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a refusal is final and told to the operators`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            let library = try await city.register()
            let (_, wang) = try await city.session(.wang)
            try await enter(library, wang, in: city)
            city.network.answer { _ in OutboundResponse(status: 404) }
            try await city.signOut(wang)
            try await city.settle()
            let jobs = try await city.notices()
            #expect(jobs.map(\.state) == [.failed])
            #expect(jobs.first?.message == "图书馆：应答 404")
            #expect(jobs.first?.title == "通知退出：图书馆")
        }
    }

    @Test(arguments: [
        (200, SignOnProtocol.cas, true, false), (204, .cas, true, false), (302, .cas, true, false),
        (302, .openID, false, false), (200, .openID, true, false), (400, .openID, false, false),
        (404, .cas, false, false), (408, .cas, false, true), (429, .cas, false, true), (500, .cas, false, true),
        (503, .openID, false, true),
    ])
    func `a status says whether it was heard`(_ status: Int, _ way: SignOnProtocol, _ isHeard: Bool, _ mayPass: Bool) {
        let outcome = SignOutDelivery.Outcome(status: status, way)
        #expect(outcome.isDelivered == isHeard)
        #expect(outcome.mayPass == mayPass)
    }

    @Test(arguments: TestDatabase.allCases)
    func `entering again by the same reference renews the address`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            let library = try await city.register()
            let (_, wang) = try await city.session(.wang)
            try await enter(library, wang, in: city)
            try await enter(library, wang, at: "https://good.example/other", in: city)
            let known = try await city.database.read { try ParticipationStore($0).list(lineage: wang.lineage) }
            #expect(known.map(\.address) == ["https://good.example/other"])
        }
    }
}
