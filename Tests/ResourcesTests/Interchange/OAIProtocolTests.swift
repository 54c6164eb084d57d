import Kernel
import Platform
import Testing

@testable import Resources

/// The rules of requests, tokens and moments.
@Suite("OAI-PMH requests")
struct OAIProtocolTests {
    private func request(_ pairs: [(String, String)]) throws -> OAIRequest {
        try OAIArguments(pairs.map { (name: $0.0, value: $0.1) }).request()
    }

    private func code(_ pairs: [(String, String)]) -> OAIError.Code? {
        do {
            _ = try request(pairs)
            return nil
        } catch { return (error as? OAIError)?.code }
    }

    @Test("Good requests are understood")
    func good() throws {
        #expect(try request([("verb", "Identify")]) == .identify)
        #expect(try request([("verb", "ListSets")]) == .sets)
        #expect(try request([("verb", "ListMetadataFormats")]) == .formats(identifier: nil))
        #expect(
            try request([("verb", "GetRecord"), ("identifier", "x"), ("metadataPrefix", "lom")])
                == .record(identifier: "x", format: .lom))
        guard
            case .list(let list) = try request([
                ("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("from", "2026-01-01"), ("until", "2026-01-02"),
                ("set", "stage-2:subject-13"),
            ])
        else { throw OAIError(.badVerb, "") }
        #expect(list.from.map(OAIDate.text) == "2026-01-01T00:00:00Z")
        #expect(list.until.map(OAIDate.text) == "2026-01-02T23:59:59Z" && list.set == "stage-2:subject-13")
        #expect(
            try request([("verb", "ListIdentifiers"), ("resumptionToken", "t")])
                == .resume(.identifiers, token: "t"))
    }

    @Test(
        "Bad ones get the code of the protocol",
        arguments: [
            ([], .badVerb), ([("verb", "")], .badVerb), ([("verb", "listrecords")], .badVerb),
            ([("verb", "Identify"), ("verb", "Identify")], .badVerb),
            ([("verb", "Identify"), ("x", "1")], .badArgument),
            ([("verb", "Identify"), ("set", "a")], .badArgument), ([("verb", "GetRecord")], .badArgument),
            ([("verb", "GetRecord"), ("identifier", "x")], .badArgument),
            ([("verb", "GetRecord"), ("identifier", "x"), ("metadataPrefix", "marc")], .cannotDisseminateFormat),
            ([("verb", "ListRecords")], .badArgument),
            ([("verb", "ListRecords"), ("metadataPrefix", "")], .badArgument),
            ([("verb", "ListRecords"), ("metadataPrefix", "marc")], .cannotDisseminateFormat),
            ([("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("metadataPrefix", "lom")], .badArgument),
            ([("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("from", "2026-13-01")], .badArgument),
            ([("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("from", "2026-01-01T00:00:00")], .badArgument),
            (
                [
                    ("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("from", "2026-01-01"),
                    ("until", "2026-01-01T00:00:00Z"),
                ], .badArgument
            ),
            (
                [
                    ("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("from", "2026-02-01"),
                    ("until", "2026-01-01"),
                ],
                .badArgument
            ),
            ([("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("set", "a:")], .badArgument),
            ([("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("set", "a b")], .badArgument),
            ([("verb", "ListRecords"), ("resumptionToken", "t"), ("metadataPrefix", "oai_dc")], .badArgument),
            ([("verb", "ListSets"), ("resumptionToken", "t")], .badResumptionToken),
        ] as [([(String, String)], OAIError.Code)])
    func bad(_ pairs: [(String, String)], _ expected: OAIError.Code) {
        #expect(code(pairs) == expected, "\(pairs)")
    }

    @Test("Moments have two forms and no other")
    func moments() {
        #expect(OAIDate.parse("2024-02-29")?.granularity == .day)
        #expect(OAIDate.parse("2026-12-01T23:59:59Z")?.first.milliseconds == 1_796_169_599_000)
        for text in [
            "2026-02-29", "2026-1-1", "2026-12-01T24:00:00Z", "2026-12-01T23:60:00Z", "2026-12-01T23:59:59.0Z",
            "2026-12-01T23:59:59+08:00", "2026-12-01 23:59:59Z", "", "20261201", "2026-12-01T2a:00:00Z",
        ] { #expect(OAIDate.parse(text) == nil, "\(text)") }
        let moment = Timestamp(milliseconds: 1_796_169_599_987)
        #expect(OAIDate.text(moment) == "2026-12-01T23:59:59Z")
        #expect(OAIDate.floor(moment).milliseconds == 1_796_169_599_000)
    }

    private static let list = OAIList(
        verb: .records, format: .lom, from: Timestamp(milliseconds: 1_000), until: nil, set: "stage-2",
        after: "0190aaaaaaaaaaaaaaaaaaaaaa", cursor: 100, total: 250, begun: Timestamp(milliseconds: 5_000))

    private func token(_ secret: UInt8 = 1) -> OAIToken {
        OAIToken(crypto: FixedKey(secret: secret))
    }

    @Test("A token gives back where the list stands, and only to its verb, its maker and its day")
    func tokens() throws {
        let now = Timestamp(milliseconds: 1_796_169_599_000), text = token().encode(OAIProtocolTests.list, now: now)
        #expect(try token().decode(text, for: .records, now: now) == OAIProtocolTests.list)
        #expect(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        let bad: [(String, OAIList.Verb, OAIToken, Timestamp)] = [
            (text, .identifiers, token(), now), (text, .records, token(2), now),
            (text, .records, token(), now.adding(days: 2)), (text + "x", .records, token(), now),
            (String(text.dropLast()), .records, token(), now), ("", .records, token(), now),
            (".", .records, token(), now), ("x" + text, .records, token(), now),
            (String(repeating: "a", count: 5_000), .records, token(), now), ("中文.中文", .records, token(), now),
        ]
        for (text, verb, token, moment) in bad {
            do {
                _ = try token.decode(text, for: verb, now: moment)
                Issue.record("taken: \(text.prefix(40))")
            } catch { #expect((error as? OAIError)?.code == .badResumptionToken) }
        }
    }

    @Test("Every changed character of a token is noticed")
    func forged() {
        let now = Timestamp(milliseconds: 1_796_169_599_000)
        let bytes = Array(token().encode(OAIProtocolTests.list, now: now).utf8)
        for place in bytes.indices {
            var changed = bytes
            changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: changed, as: UTF8.self)
            let list = try? token().decode(text, for: .records, now: now)
            // The last character of a part may hold bits that mean nothing.
            if let list { #expect(list == OAIProtocolTests.list) }
        }
    }

    @Test("Identifiers name the site and a resource of it")
    func identifiers() {
        let item = ID<Item>.new()
        let own = OAIIdentifiers(base: "https://edu.example.gov.cn:8443/x")
        #expect(own.text(item) == "oai:edu.example.gov.cn:\(item)" && own.item(own.text(item)) == item)
        for text in ["", "oai:other.cn:\(item)", "oai:edu.example.gov.cn:", "oai:edu.example.gov.cn:\(item)x"] {
            #expect(own.item(text) == nil)
        }
        for base in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:80"] {
            #expect(OAIIdentifiers(base: base).domain == "santong.invalid")
        }
    }

    @Test("Whoever asks too often, or one too many at once, is told when to come again")
    func gate() {
        let gate = OAIGate(perMinute: 2, atOnce: 2), now = Timestamp(milliseconds: 1_796_169_610_000)
        #expect(gate.enter("a", now: now) == nil)
        #expect(gate.enter("b", now: now) == nil)
        #expect(gate.enter("c", now: now) == 5)
        gate.leave()
        #expect(gate.enter("a", now: now) == nil)
        gate.leave()
        #expect(gate.enter("a", now: now) == 50)
        #expect(gate.enter("b", now: now) == nil)
        gate.leave()
        #expect(gate.enter("a", now: now.adding(seconds: 60)) == nil)
    }
}

/// Crypto of a test, of which only the keyed hash is used.
struct FixedKey: CryptoProvider {
    let secret: UInt8

    func seal(_ plain: [UInt8], context: String) throws -> [UInt8] { plain }
    func open(_ sealed: [UInt8], context: String) throws -> [UInt8] { sealed }
    func lookupKey(_ text: String, purpose: String) -> [UInt8] {
        HMAC<SHA256>(key: [secret]).authenticate(purpose + text)
    }
    func needsResealing(_ sealed: [UInt8]) -> Bool { false }
    func under(_ ring: KeyRing) -> any CryptoProvider { self }
}
