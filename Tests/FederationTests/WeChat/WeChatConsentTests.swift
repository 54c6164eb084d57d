import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Federation
@testable import Identity

@Suite("微信绑定和同意") struct WeChatConsentTests {
    private struct Word: ServiceConsent {
        let isGiven: Bool

        func allows(
            _ purpose: ServicePurpose, of person: ID<Person>, on day: LocalDate, _ db: Connection
        ) throws -> Bool {
            isGiven && purpose == .wechat
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `without consent no WeChat is bound, and one that was ends at its next use`(
        on database: TestDatabase
    ) async throws {
        try await withWeChat(database) { city in
            let account = try await city.open("sun"), user = try await city.user("sun")
            var service = try city.service()
            let identity = WeChatIdentity(openID: "oSun", unionID: nil)
            service.consent = Word(isGiven: false)
            let refusing = service
            await #expect(throws: DomainError.self) { try await refusing.bind(identity, to: user, address: "") }
            service.consent = Word(isGiven: true)
            let allowing = service
            try await allowing.bind(identity, to: user, address: "")
            #expect(try await allowing.binding(of: account) != nil)
            let visit = SignInVisit(address: "10.0.0.1", browser: "", previous: nil)
            let outcome = try await refusing.finish(
                refusing.start(for: nil, way: "/"), code: city.wechat.code(for: "oSun"), visit)
            guard case .unbound = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(try await allowing.binding(of: account) == nil)
        }
    }
}
