import Foundation
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation

@Suite("国家平台接口：调用") struct GatewayInterfaceTests {
    private func ticket(_ city: GatewayCity, _ application: GatewayApplication, _ member: TestCity.Member) async throws
        -> String
    {
        let answer = try await city.client(member).get("/gateway/open/\(application.application.id)")
        let location = answer.location ?? ""
        let mark = try #require(location.range(of: "ticket="))
        let end = try #require(location.range(of: "&sysCode=450600"))
        return try #require(URLCoding.decode(location[mark.upperBound..<end.lowerBound].utf8, plusIsSpace: false))
    }

    @Test(arguments: TestDatabase.allCases)
    func `an application of the second flavour learns who came from the launcher`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let application = try await city.register(), machine = try await city.client(.visitor)
            let answer = try await city.client(.wang).get("/gateway/open/\(application.application.id)")
            #expect(answer.status == 303 && answer.location?.hasPrefix("https://app.example/enter?ticket=") ?? false)
            let token = try await machine.token(application)
            let ticket = try await ticket(city, application, .wang)
            let told = try await machine.call(
                "/userSession/validaTicket?accessToken=\(token)", ["ticket": .text(ticket)])
            #expect(told.code == "000000" && told.value(at: "data.name")?.plain == "wang(示例)")
            #expect(told.value(at: "userInfo.personId") == told.value(at: "data.userId"))
            #expect(told.value(at: "data.userIdentity")?.plain == "1")
            #expect(told.value(at: "data.orgName")?.plain == "防城港市实验小学(示例)")
            let again = try await machine.call(
                "/userSession/validaTicket?accessToken=\(token)", ["ticket": .text(ticket)])
            #expect(again.code == "300006")
            let session = try #require(told.value(at: "data.usessionId")?.plain)
            let person = try #require(told.value(at: "data.personId")?.plain)
            let of = "?accessToken=\(token)"
            let login = try await machine.call("/userSession/getLoginUserInfo" + of, ["usessionId": .text(session)])
            #expect(login.value(at: "data.personId")?.plain == person)
            let detail = try await machine.call("/baseInfo/user/getUserById" + of, ["personId": .text(person)])
            #expect(detail.value(at: "userInfo.loginAccount")?.plain == "wang")
            let place = try #require(detail.value(at: "data.orgId")?.plain)
            let organisation = try await machine.call("/baseInfo/org/getOrgInfo" + of, ["orgId": .text(place)])
            #expect(organisation.value(at: "orgInfo.orgCode")?.plain == TestCity.experimentalSchool)
            let teaching = try await machine.call("/baseInfo/user/getTeachingInfo" + of, ["personId": .text(person)])
            #expect(teaching.code == "000000" && teaching["teachList"] == .list([]))
            let real = try await machine.call(
                "/userSession/validateSession" + of, ["userId": .text(person), "loginAccount": "wang"])
            #expect(real.code == "000000")
            let linked = try await machine.call(
                "/cert/independentAppValidateUser" + of,
                ["userId": "77", "loginAccount": "x", "personId": .text(person)])
            #expect(linked.code == "000000")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an application of the first flavour does the same in small letters`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let application = try await city.register(), machine = try await city.client(.visitor)
            let ticket = try await ticket(city, application, .wang)
            let checked = try await machine.get("/aamif/ticketValidate?ticket=" + URLCoding.encode(ticket))
            #expect(checked.status == 200 && checked.headers[.contentType]?.hasPrefix("application/xml") ?? false)
            let parts = checked.text.components(separatedBy: "cas:user>")
            let session = try #require(parts.count == 3 ? parts[1].replacingOccurrences(of: "</", with: "") : nil)
            let again = try await machine.get("/aamif/ticketValidate?ticket=" + URLCoding.encode(ticket))
            #expect(
                again.text.contains("cas:authenticationFailure code=\"300006\"") && !again.text.contains("cas:user"))
            let time = String(Timestamp.now.milliseconds / 1000)
            let signed = application.signed(at: time)
            let answer = try await machine.call(
                "/apigateway/getaccesstoken",
                [
                    "appid": .text(application.id), "timestamp": .number(time), "keyinfo": signed["keyInfo"] ?? "",
                    "usessionid": .text(session),
                ])
            let token = try #require(answer.value(at: "tokenInfo.token")?.plain)
            let person = try await machine.ask("/aam/rest/user/getuserinfo/\(session)?token=\(token)")
            #expect(person.value(at: "userinfo.name")?.plain == "wang(示例)")
            #expect(
                GatewayKey.id(person.value(at: "userinfo.personid")?.plain ?? "")
                    == (try await city.session(.wang)).user.account)
            let none = try await machine.ask("/aam/rest/user/getuserinfo/0000?token=\(token)")
            #expect(none.code == "300006")
            #expect(try await machine.ask("/aam/rest/user/getuserinfo/\(session)?token=none").code == "200002")
        }
    }

    @Test func `calls are understood as real clients write them`() async throws {
        try await withGateway(.sqlite) { city in
            let application = try await city.register(), machine = try await city.client(.visitor)
            let milliseconds = Timestamp.now.milliseconds
            func granted(_ fields: [String: GatewayValue], type: String = "application/json") async throws -> Bool {
                let answer = try await machine.call("/apigateway/getAccessToken", fields, type: type)
                return answer.value(at: "data.accessToken") == answer.value(at: "tokenInfo.token")
                    && answer.value(at: "data.accessToken")?.plain != nil && answer.code == "000000"
            }
            var fields = application.signed(at: String(milliseconds), lowerCase: true)
            #expect(try await granted(fields))
            fields = application.signed(at: String(milliseconds + 1))
            fields["timeStamp"] = .number(String(milliseconds + 1))
            fields["appKey"] = .text(application.key)
            #expect(try await granted(fields))
            #expect(try await granted(application.signed(at: String(milliseconds / 1000))))
            // JSON under the type of a form, and under none that anybody knows.
            #expect(
                try await granted(
                    application.signed(at: String(milliseconds + 2)), type: "application/x-www-form-urlencoded"))
            #expect(try await granted(application.signed(at: String(milliseconds + 3)), type: "text/plain"))
            let form = FormValues(
                application.signed(at: String(milliseconds + 4)).map { (name: $0.key, value: $0.value.plain ?? "") })
            let answer = try await machine.send(
                .post, "/apigateway/getAccessToken", ["content-type": "application/x-www-form-urlencoded"],
                Array(form.encoded.utf8))
            #expect(answer.text.contains("\"retCode\":\"000000\""))
        }
    }

    @Test func `nonsense is answered with a code`() async throws {
        try await withGateway(.sqlite) { city in
            let machine = try await city.client(.visitor)
            for body in [
                "", "{", "[]", "null", "\"x\"", "{\"appId\":{\"a\":[]}}", String(repeating: "{\"a\":", count: 3000),
            ] {
                let answer = try await machine.send(
                    .post, "/apigateway/getAccessToken", ["content-type": "application/json"], Array(body.utf8))
                #expect(answer.status == 200 && answer.text.contains("\"retCode\":\"20000"), "\(body.prefix(20))")
            }
            for route in city.platform.federation.routes() where route.body == .machine && route.path.contains("Info") {
                #expect(try await machine.call(route.path, [:]).code == "200001", "\(route.path)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `scopes and the owner's place limit what an application reads`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let machine = try await city.client(.visitor)
            let wide = try await city.register(),
                narrow = try await city.register("校内应用", owner: TestCity.experimentalSchool, level: .school)
            let bare = try await city.register("外联系统", scopes: [])
            let zhao = GatewayKey.text(try await city.city.user(.zhao).account)
            let wang = GatewayKey.text(try await city.city.user(.wang).account)
            let school = GatewayKey.text(try await city.city.organisation(TestCity.experimentalSchool).id)
            let far = GatewayKey.text(try await city.city.organisation(TestCity.borderSchool).id)
            func call(_ application: GatewayApplication, _ path: String, _ fields: [String: GatewayValue]) async throws
                -> GatewayValue
            {
                try await machine.call(path + "?accessToken=" + machine.token(application), fields)
            }
            #expect(try await call(wide, "/baseInfo/user/getUserById", ["personId": .text(zhao)]).code == "000000")
            #expect(try await call(narrow, "/baseInfo/user/getUserById", ["personId": .text(wang)]).code == "000000")
            #expect(try await call(narrow, "/baseInfo/user/getUserById", ["personId": .text(zhao)]).code == "200002")
            #expect(try await call(bare, "/baseInfo/user/getUserById", ["personId": .text(wang)]).code == "200002")
            let own = try await call(
                narrow, "/baseInfo/user/getUserList", ["orgId": .text(school), "start": 1, "end": 10])
            guard case .list(let people)? = own["userList"] else { throw DomainError.notFound }
            #expect(Set(people.compactMap { $0["loginAccount"]?.plain }) == ["li", "wang"])
            #expect(own.value(at: "data.total")?.plain == "2")
            #expect(try await call(narrow, "/baseInfo/user/getUserList", ["orgId": .text(far)]).code == "200002")
            #expect(try await call(bare, "/baseInfo/user/getUserList", ["orgId": .text(school)]).code == "200002")
            #expect(
                try await call(wide, "/baseInfo/user/getUserList", ["orgId": .text(far), "start": 5, "end": 1]).code
                    == "200002")
            let one = try await call(narrow, "/baseInfo/getOrgList", ["pageNo": 1, "pageSize": 10])
            #expect(one.value(at: "data.total")?.plain == "1")
            let border = try await call(
                wide, "/baseInfo/getOrgList", ["areaCode": "450681", "orgType": "1", "orgName": "第一"])
            guard case .list(let found)? = border["orgList"] else { throw DomainError.notFound }
            #expect(found.compactMap { $0["orgCode"]?.plain } == [TestCity.borderSchool])
            #expect(found.first?["areaCode"]?.plain == "450681" && found.first?["cityCode"]?.plain == "450600")
            #expect(
                try await call(wide, "/baseInfo/getOrgList", ["cityCode": "450100"]).value(at: "data.total")?.plain
                    == "0")
            #expect(try await call(wide, "/baseInfo/getOrgList", ["pageSize": 10_001]).code == "200002")
            let keys = try await call(
                wide, "/baseInfo/getUserkeyInfo", ["sysCode": "450600", "personId": [.text(wang), .text(zhao)]])
            guard case .list(let both)? = keys["userList"] else { throw DomainError.notFound }
            #expect(both.count == 2)
            // Without scopes an application learns of its visitor that she is the same one, and nothing else.
            let ticket = try await ticket(city, bare, .wang)
            let told = try await call(bare, "/userSession/validaTicket", ["ticket": .text(ticket)])
            #expect(told.code == "000000" && told.value(at: "data.personId")?.plain == wang)
            #expect(told.value(at: "data.name") == nil && told.value(at: "data.orgId") == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a report of use counts a sign-in once`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let application = try await city.register(), machine = try await city.client(.visitor)
            let token = try await machine.token(application)
            let wang = GatewayKey.text(try await city.city.user(.wang).account)
            let report: [String: GatewayValue] = [
                "userId": .text(wang), "loginAccount": "wang", "type": "0", "orgId": "x", "userIdentity": "1",
            ]
            func times() async throws -> Int {
                try await city.database.read {
                    try $0.value("SELECT COALESCE(SUM(times), 0) FROM federation_use", as: Int.self) ?? 0
                }
            }
            let path = "/cert/independentAppRegister?accessToken=\(token)"
            #expect(try await machine.call(path, report).code == "000000")
            #expect(try await times() == 1)
            let ticket = try await ticket(city, application, .wang)
            _ = try await machine.call("/userSession/validaTicket?accessToken=\(token)", ["ticket": .text(ticket)])
            #expect(try await times() == 2)
            #expect(try await machine.call(path, report).code == "000000")
            #expect(try await times() == 2)
            #expect(try await machine.call(path, report.merging(["type": "7"]) { $1 }).code == "200002")
            #expect(try await machine.call(path, report.merging(["loginAccount": "li"]) { $1 }).code == "200002")
            #expect(try await machine.call(path, report.filter { $0.key != "orgId" }).code == "200001")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a sign-out here ends the session there and tells the application`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let application = try await city.register(logoutURL: "https://app.example/logout")
            let machine = try await city.client(.visitor), browser = try await city.client(.wang)
            let location = try await browser.get("/gateway/open/\(application.application.id)").location ?? ""
            let ticket = location.components(separatedBy: "ticket=")[1].components(separatedBy: "&")[0]
            let token = try await machine.token(application)
            let told = try await machine.call(
                "/userSession/validaTicket?accessToken=\(token)",
                ["ticket": .text(URLCoding.decode(ticket.utf8, plusIsSpace: false) ?? "")])
            let session = try #require(told.value(at: "data.usessionId")?.plain)
            let path = "/userSession/getLoginUserInfo?accessToken=\(token)"
            #expect(try await machine.call(path, ["usessionId": .text(session)]).code == "000000")
            #expect(try await browser.post("/sign-out", from: "/account").status == 303)
            try await city.settle()
            #expect(try await machine.call(path, ["usessionId": .text(session)]).code == "300006")
            #expect(city.national.calls.contains("/logout"))
        }
    }
}
