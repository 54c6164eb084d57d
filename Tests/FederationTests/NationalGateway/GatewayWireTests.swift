import Foundation
import Kernel
import Testing

@testable import Federation

@Suite("国家平台接口：写法") struct GatewayWireTests {
    private let now = Timestamp(milliseconds: 1_700_000_000_000)

    @Test func `the signature is that of the known vector`() {
        let text = GatewaySignature.text(appID: "demoAppId001", appKey: "demoAppKey001", time: "1700000000000")
        #expect(text == "E5E9D56E6583B85438E424018D9B0977005268EA")
    }

    @Test func `a signature holds in either case and by each good key, and for nothing else`() {
        let text = "E5E9D56E6583B85438E424018D9B0977005268EA"
        func isValid(_ text: String, keys: [String] = ["demoAppKey001"], time: String = "1700000000000") -> Bool {
            GatewaySignature.isValid(text, appID: "demoAppId001", keys: keys, time: time)
        }
        #expect(isValid(text) && isValid(text.lowercased()))
        #expect(isValid(text, keys: ["demoAppKey001", "newer"]) && isValid(text, keys: ["newer", "demoAppKey001"]))
        #expect(!isValid(text, keys: []) && !isValid(text, keys: ["other"]) && !isValid(text, keys: [""]))
        #expect(!isValid(text, time: "1700000000001") && !isValid("") && !isValid("zz") && !isValid(text + "00"))
        #expect(!isValid(String(text.dropLast(2))))
    }

    @Test func `a time is understood in seconds and in milliseconds`() {
        #expect(GatewaySignature.moment("1700000000") == now)
        #expect(GatewaySignature.moment("1700000000000") == now)
        for text in ["", "17", "-1700000000", "1.7e12", "1700000000 ", "99999999999999999999", "今天"] {
            #expect(GatewaySignature.moment(text) == nil, "\(text)")
        }
    }

    @Test(arguments: [(299, true), (300, true), (301, false), (-300, true), (-301, false)])
    func `five minutes either way are allowed`(seconds: Int64, isTimely: Bool) {
        #expect(GatewaySignature.isTimely(now.adding(seconds: seconds), at: now) == isTimely)
    }

    @Test func `keys go to 32 digits and back`() {
        for _ in 0..<50 {
            let id = ID<Account>.new(), text = GatewayKey.text(id)
            #expect(text.utf8.count == 32)
            #expect(GatewayKey.id(text) == id)
            #expect(GatewayKey.id(text.uppercased()) == id)
        }
        #expect((GatewayKey.id("g" + String(repeating: "0", count: 31)) as ID<Account>?) == nil)
        #expect((GatewayKey.id("") as ID<Account>?) == nil)
    }

    @Test func `a ticket has the shape that applications know, and nobody's key in it`() throws {
        let ticket = GatewayTicket.random(at: now)
        let text = String(decoding: try #require(Data(base64Encoded: ticket)), as: UTF8.self)
        #expect(text.utf8.count == 3 + 36 + 13)
        #expect(text.hasSuffix("1700000000000"))
        #expect(UUID(uuidString: String(text.dropFirst(3).prefix(36))) != nil)
        #expect(GatewayTicket.random(at: now) != ticket)
    }

    @Test func `values are read whatever their type and the case of their names`() throws {
        let text = #"{"retcode":0,"Data":{"ValidTime":7200,"accessToken":" t ","list":[1,"2"],"no":null,"yes":true}}"#
        let value = try #require(GatewayValue.parse(Array(text.utf8)))
        #expect(value.value(at: "data.validTime")?.plain == "7200")
        #expect(value.value(at: "data.accesstoken")?.plain == "t")
        #expect(value.value(at: "data.no")?.plain == nil && value.value(at: "data.list")?.plain == nil)
        #expect(value.value(at: "data.yes")?.plain == "true" && value["retCode"]?.plain == "0")
        #expect(value.value(at: "data.missing.deeper") == nil)
        #expect(GatewayValue.parse([0xEF, 0xBB, 0xBF] + Array("{}".utf8)) == .object([:]))
    }

    @Test(arguments: ["", "{", "nonsense", "{\"a\":}", String(repeating: "[", count: 4000)])
    func `what is no JSON, or nested too deep, is nothing`(text: String) {
        #expect(GatewayValue.parse(Array(text.utf8)) == nil)
    }

    @Test func `deep nesting is refused even when it is well formed`() {
        let text = String(repeating: "[", count: 17) + String(repeating: "]", count: 17)
        #expect(GatewayValue.parse(Array(text.utf8)) == nil)
        #expect(GatewayValue.parse(Array(text.dropFirst().dropLast().utf8)) != nil)
        #expect(GatewayValue.parse(Array(#"["[[[[[[[[[[[[[[[[[[[["]"#.utf8)) != nil)
    }

    @Test func `what is written can be read again`() throws {
        let value: GatewayValue = ["a": "中\"文\n", "b": ["1", 2, .null, .flag(false)], "c": ["d": "e"]]
        #expect(GatewayValue.parse(Array(value.json.utf8)) == value)
    }

    @Test func `callers are counted apart, and only for so long`() {
        let meter = RequestMeter()
        #expect(meter.admits("a", limit: 2, per: 60, at: now) && meter.admits("a", limit: 2, per: 60, at: now))
        #expect(!meter.admits("a", limit: 2, per: 60, at: now.adding(seconds: 59)))
        #expect(meter.admits("b", limit: 2, per: 60, at: now))
        #expect(meter.admits("a", limit: 2, per: 60, at: now.adding(seconds: 60)))
    }
}

@Suite("国家平台接口：版本") struct GatewayFlavourTests {
    @Test func `both flavours are shipped`() throws {
        #expect(GatewayFlavours.shipped.all.map(\.name) == ["v1", "v2"])
        let second = try #require(GatewayFlavours.shipped["v2"])
        #expect(second.steps.map(\.kind) == [.token, .ticket, .person, .person] && second.report?.count == 2)
        #expect(second.steps[0].isShared && !second.steps[1].isShared)
        let first = try #require(GatewayFlavours.shipped["v1"])
        #expect(first.steps.map(\.kind) == [.ticket, .token, .person] && !first.steps[1].isShared)
    }

    @Test func `a token that an answer limits in any of the known ways ends a minute before`() {
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        #expect(TokenCache.end("7200", at: now) == now.adding(seconds: 7140))
        #expect(TokenCache.end("1700007200", at: now) == now.adding(seconds: 7140))
        #expect(TokenCache.end("1700007200000", at: now) == now.adding(seconds: 7140))
        #expect(TokenCache.end(nil, at: now) == now.adding(seconds: 540))
        #expect(TokenCache.end("soon", at: now) == now.adding(seconds: 540))
        #expect(TokenCache.end("-5", at: now) < now)
        #expect(TokenCache.end("1e300", at: now) <= now.adding(days: 1))
        #expect(TokenCache.end("nan", at: now) <= now.adding(days: 1))
    }

    @Test func `a folder adds flavours and replaces shipped ones; a broken file is named`() throws {
        let folder = NSTemporaryDirectory() + "santong-flavours-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(ProvincialPlatform.flavour.utf8).write(to: URL(fileURLWithPath: folder + "/jx.json"))
        #expect(try GatewayFlavours(folder: folder).all.map(\.name) == ["jx", "v1", "v2"])
        try Data("{}".utf8).write(to: URL(fileURLWithPath: folder + "/broken.json"))
        let error = #expect(throws: GatewayFlavours.Unreadable.self) { try GatewayFlavours(folder: folder) }
        #expect(error?.description.contains("broken.json") ?? false)
        #expect(try GatewayFlavours(folder: folder + "/none").all.count == 2)
    }
}
