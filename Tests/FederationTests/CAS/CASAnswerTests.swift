import Foundation
import Testing

@testable import Federation

@Suite("CAS 应答") struct CASAnswerTests {
    private let hostile = "王</cas:user><cas:user>admin</cas:user>&\"'\u{0}\u{1B}]]>\u{FFFF}"

    private var identity: CASIdentity {
        CASIdentity(
            user: hostile,
            attributes: [CASAttribute("name", hostile), CASAttribute("role", list: ["teacher", "school_admin"])])
    }

    @Test func `a name cannot write XML`() throws {
        let text = CASAnswer.xml(.success(identity))
        let reader = XMLReader(text)
        #expect(reader.isWellFormed)
        #expect(reader.texts["cas:user"] == ["王</cas:user><cas:user>admin</cas:user>&\"'\u{FFFD}\u{FFFD}]]>\u{FFFD}"])
        #expect(reader.texts["cas:name"]?.count == 1)
        #expect(reader.texts["cas:role"] == ["teacher", "school_admin"])
    }

    @Test func `a name cannot write JSON`() throws {
        let text = CASAnswer.json(.success(identity))
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [String: [String: Any]]])
        let success = try #require(object["serviceResponse"]?["authenticationSuccess"])
        #expect(success["user"] as? String == hostile)
        let attributes = try #require(success["attributes"] as? [String: Any])
        #expect(attributes["role"] as? [String] == ["teacher", "school_admin"])
    }

    @Test func `each version refuses in its own words`() {
        #expect(CASAnswer.plain(.failure(.invalidTicket)) == "no\n\n")
        #expect(
            CASAnswer.xml(.failure(.invalidService)).contains(#"<cas:authenticationFailure code="INVALID_SERVICE">"#))
        #expect(CASAnswer.json(.failure(.invalidRequest)).contains(#""code":"INVALID_REQUEST""#))
        #expect(CASAnswer.plain(.success(CASIdentity(user: "wang", attributes: []))) == "yes\nwang\n")
    }

    @Test func `a sign-out names the ticket and nobody`() {
        let text = SAMLLogoutRequest.text(ticket: "ST-<1>", at: .init(milliseconds: 1_443_600_000_000))
        let reader = XMLReader(text)
        #expect(reader.isWellFormed)
        #expect(reader.texts["samlp:SessionIndex"] == ["ST-<1>"])
        #expect(text.contains(#"IssueInstant="2015-09-30T08:00:00.000Z""#))
    }
}
