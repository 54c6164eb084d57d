import Demo
import Directory
import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation

@Suite("从国家平台到来") struct ArrivalTests {
    static let sides: [NationalPlatform.Settings] = [
        GatewayCity.settings(.v1), GatewayCity.settings(.v2, .data), GatewayCity.settings(.v2, .top),
    ]

    @Test(arguments: TestDatabase.allCases, [0, 1, 2])
    func `a linked person is in, from each kind of platform`(on kind: TestDatabase, side: Int) async throws {
        let settings = ArrivalTests.sides[side]
        try await withGateway(kind, settings) { city in
            let counterpart = try await city.addCounterpart(flavour: settings.flavour.rawValue)
            try await city.link(GatewayCity.wang.key, GatewayCity.wang.name, with: .wang, at: counterpart)
            let browser = try await city.client(.visitor)
            let answer = try await browser.get(city.national.way(for: GatewayCity.wang.key))
            #expect(answer.status == 303 && answer.location == "/", "\(answer.text.suffix(600))")
            #expect(try await browser.get("/account").text.contains("wang(示例)"))
            let entries = try await city.audit("account.signed_in")
            #expect(entries.count == 1 && entries[0].detail.contains("国家或省平台"))
            #expect(try await city.audit("gateway.arrival_refused").isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who is not linked signs in once and confirms`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let counterpart = try await city.addCounterpart(), browser = try await city.client(.wang)
            let answer = try await browser.get(city.national.way(for: GatewayCity.wang.key))
            #expect(answer.status == 303 && answer.location == "/gateway/link")
            let page = try await browser.get("/gateway/link")
            #expect(page.text.contains("确认关联") && page.text.contains("防城港市实验小学(示例)"))
            let linked = try await browser.post("/gateway/link", from: "/gateway/link")
            #expect(linked.status == 303 && linked.location == "/gateway/links")
            #expect(try await browser.get("/gateway/links").text.contains("自治区平台"))
            #expect(try await city.audit("gateway.linked").count == 1)
            // From now on she needs no password.
            let other = try await city.client(.visitor)
            #expect(try await other.get(city.national.way(for: GatewayCity.wang.key)).location == "/")
            #expect(try await other.get("/account").text.contains("wang(示例)"))
            let ended = try await browser.post("/gateway/links/\(counterpart.id)/end", from: "/gateway/links")
            #expect(ended.status == 303)
            let third = try await city.client(.visitor)
            #expect(try await third.get(city.national.way(for: GatewayCity.wang.key)).location == "/gateway/link")
            let welcome = try await third.get("/gateway/link")
            #expect(welcome.text.contains("/sign-in?return=%2Fgateway%2Flink") && !welcome.text.contains("确认关联"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an account of another name is never linked, nor is one linked by its name alone`(
        on kind: TestDatabase
    ) async throws {
        try await withGateway(kind) { city in
            try await city.addCounterpart(linksExactly: true)
            let visitor = try await city.client(.visitor)
            #expect(try await visitor.get(city.national.way(for: GatewayCity.wang.key)).location == "/gateway/link")
            let browser = try await city.client(.li)
            _ = try await browser.get(city.national.way(for: GatewayCity.wang.key))
            let page = try await browser.get("/gateway/link")
            #expect(page.text.contains("姓名与本平台账号的姓名不一致"))
            #expect(!page.text.contains("确认关联"))
            #expect(try await browser.post("/gateway/link", from: "/gateway/link").status == 403)
            #expect(try await city.audit("gateway.linked").isEmpty)
            // A browser that has not arrived has nothing to link.
            let bystander = try await city.client(.wang)
            #expect(try await bystander.get("/gateway/link").status == 404)
            #expect(try await bystander.post("/gateway/link", from: "/account").status == 409)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `with trust in its numbers, a platform's person is linked by the same number and name`(
        on kind: TestDatabase
    ) async throws {
        var settings = GatewayCity.settings()
        settings.people = [
            NationalPlatform.Person(
                key: "k1", name: "wang(示例)", login: "a", identity: "0", school: "", studentNumber: ArrivalTests.number),
            NationalPlatform.Person(
                key: "k2", name: "别人", login: "b", identity: "0", school: "", studentNumber: ArrivalTests.number),
        ]
        try await withGateway(kind, settings) { city in
            let crypto = city.platform.crypto, wang = try await city.city.user(.wang)
            try await city.database.write { db in
                try PersonIdentifierStore(db, crypto).set(
                    PersonIdentifier(.studentNumber, ArrivalTests.number), of: wang.person, by: "test", at: .now)
            }
            let counterpart = try await city.addCounterpart(linksExactly: true)
            let visitor = try await city.client(.visitor)
            #expect(try await visitor.get(city.national.way(for: "k2")).location == "/gateway/link")
            #expect(try await visitor.get(city.national.way(for: "k1")).location == "/")
            #expect(try await city.audit("gateway.linked").map(\.detail) == ["自治区平台，按学籍号自动关联"])
            let other = try await city.client(.visitor),
                held = try await city.database.read {
                    try CounterpartStore($0, crypto).person(of: wang.account, at: counterpart.id)
                }
            #expect(held == "k1")
            #expect(try await other.get(city.national.way(for: "k2")).location == "/gateway/link")
        }
    }

    static let number = "G450699200809010014"

    static let faults: [(fault: NationalPlatform.Fault, title: String)] = [
        (.ticketDead, "登录链接已失效"), (.tokenRefused, "暂时不能从对方平台登录"), (.timeout, "对方平台没有应答"),
        (.unreachable, "对方平台没有应答"), (.malformed, "对方平台的应答有误"), (.personUnknown, "对方平台没有你的信息"),
        (.notRealName, "先完成实名认证"),
    ]

    @Test(arguments: TestDatabase.allCases, 0..<3)
    func `each failure has its page and leaves one entry`(on kind: TestDatabase, side: Int) async throws {
        let settings = ArrivalTests.sides[side]
        try await withGateway(kind, settings) { city in
            let counterpart = try await city.addCounterpart(flavour: settings.flavour.rawValue)
            try await city.link(GatewayCity.wang.key, GatewayCity.wang.name, with: .wang, at: counterpart)
            for (index, known) in ArrivalTests.faults.enumerated() {
                // In the first flavour who is unknown has no session, which is the same to us.
                city.national.misbehave(nil)
                let way = city.national.way(for: GatewayCity.wang.key)
                city.national.misbehave(known.fault)
                // A kept token would hide that none is given.
                city.national.forgetTokens()
                let platform = try GatewayCity(city.city, city.national)
                let answer = try await platform.client(.visitor).get(way)
                await platform.platform.hasher.shutdown()
                #expect(answer.text.contains("<h1>\(known.title)</h1>"), "\(known.fault): \(answer.text.suffix(800))")
                #expect([403, 502, 503].contains(answer.status))
                #expect(answer.text.contains("/sign-in"))
                #expect(answer.text.contains("system.example.edu.cn") == (known.fault == .notRealName))
                #expect(try await city.audit("gateway.arrival_refused").count == index + 1, "\(known.fault)")
            }
            #expect(try await city.audit("account.signed_in").isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who comes from nowhere, or with nothing, is told so`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let visitor = try await city.client(.visitor)
            #expect(try await visitor.get("/gateway/arrive?ticket=abc&sysCode=450000").text.contains("没有接入这个平台"))
            let counterpart = try await city.addCounterpart()
            #expect(try await visitor.get("/gateway/arrive?ticket=abc&sysCode=990000").status == 403)
            #expect(try await visitor.get("/gateway/arrive?ticket=abc&sysCode=450000").text.contains("登录链接已失效"))
            #expect(try await visitor.get("/gateway/arrive/\(counterpart.id)?ticket=abc").text.contains("登录链接已失效"))
            #expect(try await visitor.get("/gateway/arrive/\(Identifiers.next())?ticket=abc").text.contains("没有接入这个平台"))
            let long = "/gateway/arrive?sysCode=450000&ticket=" + String(repeating: "a", count: 600)
            #expect(try await visitor.get(long).text.contains("登录链接已失效"))
            #expect(try await city.audit("gateway.arrival_refused").count == 6)
            #expect(try await visitor.get("/gateway/arrive").status == 400)
            #expect(try await city.audit("gateway.arrival_refused").count == 6)
            // Nothing that a visitor wrote went on to the counterpart but the ticket.
            #expect(!city.national.calls.contains { $0.contains("990000") })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a platform that is switched off lets nobody in`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let counterpart = try await city.addCounterpart(), admin = try await city.client(.bureau)
            try await city.link(GatewayCity.wang.key, GatewayCity.wang.name, with: .wang, at: counterpart)
            #expect(
                try await admin.post(
                    "/gateway/counterparts/\(counterpart.id)/suspend", from: "/gateway/counterparts/\(counterpart.id)"
                ).status == 303)
            let visitor = try await city.client(.visitor)
            #expect(try await visitor.get(city.national.way(for: GatewayCity.wang.key)).text.contains("没有接入这个平台"))
            #expect(city.national.calls.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `somebody else's session is not taken over without a word`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let counterpart = try await city.addCounterpart()
            try await city.link(GatewayCity.wang.key, GatewayCity.wang.name, with: .wang, at: counterpart)
            let browser = try await city.client(.li)
            #expect(try await browser.get(city.national.way(for: GatewayCity.wang.key)).location == "/gateway/link")
            #expect(try await browser.get("/account").text.contains("li(示例)"))
            let page = try await browser.get("/gateway/link")
            #expect(page.text.contains("/gateway/change"))
            let changed = try await browser.post("/gateway/change", from: "/gateway/link")
            #expect(changed.status == 303 && changed.location == "/")
            #expect(try await browser.get("/account").text.contains("wang(示例)"))
            let own = try await city.client(.wang)
            #expect(try await own.get(city.national.way(for: GatewayCity.wang.key)).location == "/")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `use is reported afterwards, only where it is switched on`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let counterpart = try await city.addCounterpart(reportsUse: false)
            try await city.link(GatewayCity.wang.key, GatewayCity.wang.name, with: .wang, at: counterpart)
            _ = try await city.client(.visitor).get(city.national.way(for: GatewayCity.wang.key))
            try await city.settle()
            #expect(city.national.reports.isEmpty)
            let reporting = try await city.addCounterpart(systemCode: "000000", reportsUse: true)
            try await city.link(GatewayCity.wang.key, GatewayCity.wang.name, with: .wang, at: reporting)
            let way = city.national.way(for: GatewayCity.wang.key).replacingOccurrences(of: "450000", with: "000000")
            _ = try await city.client(.visitor).get(way)
            #expect(city.national.reports.isEmpty)
            try await city.settle()
            let report = try #require(city.national.reports.first)
            #expect(city.national.reports.count == 1)
            #expect(report["loginAccount"] == "wang" && report["userIdentity"] == "1" && report["type"] == "0")
            #expect(report["orgName"] == "防城港市实验小学(示例)" && report["cityCode"] == "450600")
        }
    }
}
