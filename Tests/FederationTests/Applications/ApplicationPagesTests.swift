import Foundation
import HTTPTypes
import Kernel
import TestKit
import Testing

@testable import Federation

@Suite("应用页面")
struct ApplicationPagesTests {
    private static let root = "/applications/registry"
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array("picture".utf8)

    private func form(_ owner: String, _ changes: [String: String] = [:]) -> [(String, String)] {
        let fields = [
            "name": "图书馆", "summary": "借阅", "level": "school", "owner": owner, "contact": "李老师",
            "contact_phone": "0770-1234567",
            "redirects": "https://lib.example.cn/callback\r\nhttps://lib.example.cn/two",
            "launch_url": "https://lib.example.cn/", "protocols": "openid", "audience": "teacher",
        ]
        let values = fields.merging(changes) { $1 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return values + [("scopes", "openid"), ("scopes", "profile")]
    }

    private func send(
        _ client: TestClient, _ fields: [(String, String)], logo: [UInt8] = [], to path: String = root,
        from page: String = root + "/new"
    ) async throws -> TestAnswer {
        try await client.upload(
            path, from: page, field: "logo", fileName: logo.isEmpty ? "" : "logo.png", logo, fields)
    }

    private func path(of answer: TestAnswer) throws -> String { try #require(answer.location) }

    @Test(arguments: TestDatabase.allCases)
    func `from the application to the teacher's launcher`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool).id.rawValue
            let li = try await city.client(.li), bureau = try await city.client(.bureau)
            let wang = try await city.client(.wang), zhao = try await city.client(.zhao)
            let path = try self.path(of: try await send(li, form(school), logo: ApplicationPagesTests.png))
            #expect(try await wang.get("/applications").text.contains("还没有应用"))
            #expect(try await li.post(path + "/submit", from: path).status == 303)
            let waiting = try await bureau.get(ApplicationPagesTests.root + "?state=waiting")
            #expect(waiting.text.contains(path))
            let shown = try await bureau.get(path)
            let subject = try #require(shown.hidden("subject"))
            #expect(shown.text.contains("https://lib.example.cn/two"))
            let decision = [("decision", "approve"), ("remark", "同意"), ("subject", subject)]
            #expect(try await bureau.post(path + "/decision", from: path, decision).status == 303)

            let key = Identifiers.next()
            let keys = try await li.post(path + "/keys", from: path, key: key)
            #expect(keys.status == 200)
            let secret =
                keys.text.components(separatedBy: "<code>").dropFirst()
                .map { $0.components(separatedBy: "</code>")[0] }.last ?? ""
            #expect(secret.utf8.count == 43)
            let again = try await li.post(path + "/keys", from: path, key: key)
            #expect(again.status == 303 && !again.text.contains(secret))
            #expect(try await li.post(path + "/keys", from: path).status == 409)
            for client in [li, bureau] { #expect(try await !client.get(path).text.contains(secret)) }

            let launcher = try await wang.get("/applications")
            #expect(launcher.text.contains(#"href="https://lib.example.cn/""#))
            #expect(try await !zhao.get("/applications").text.contains("图书馆"))
            #expect(try await !li.get("/applications").text.contains("lib.example.cn"))
            let picture = try #require(
                launcher.text.components(separatedBy: #"src="/applications/logos/"#).dropFirst().first)
            let logo = try await wang.get("/applications/logos/" + picture.prefix(64))
            #expect(logo.headers[.contentType] == "image/png" && logo.bytes == ApplicationPagesTests.png)
            #expect(logo.headers[.xContentTypeOptions] == "nosniff")

            let reason = [("reason", "有漏洞")]
            #expect(try await bureau.post(path + "/suspend", from: path, [("reason", "")]).status == 422)
            #expect(try await bureau.post(path + "/suspend", from: path, reason).status == 303)
            #expect(try await wang.get("/applications").text.contains("还没有应用"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an application of another school does not exist, and looking is not doing`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let border = try await city.organisation(TestCity.borderSchool).id.rawValue
            let dongxing = try await city.client(.dongxing), li = try await city.client(.li)
            let path = try self.path(of: try await send(dongxing, form(border)))
            let deeds = [
                "submit", "withdraw", "decision", "keys", "keys/rotate", "keys/revoke", "take-over", "suspend",
                "resume", "retire",
            ]
            let values = [
                ("decision", "approve"), ("subject", "1"), ("reason", "x"), ("kind", "client_secret"),
                ("secret", Identifiers.next()),
            ]
            for member in [TestCity.Member.li, .chen] {
                let client = try await city.client(member)
                for page in ["", "/edit", "/use"] {
                    #expect(try await client.get(path + page).status == 404, "\(page)")
                }
                for deed in deeds {
                    #expect(
                        try await client.post("\(path)/\(deed)", from: ApplicationPagesTests.root, values).status
                            == 404, "\(deed)")
                }
                #expect(try await !client.get(ApplicationPagesTests.root).text.contains("图书馆"))
            }
            let foreign = try await send(li, form(border))
            #expect(foreign.status == 422 && foreign.text.contains("field-owner-problem"))
            let security = try await city.client(.security)
            let seen = try await security.get(path)
            #expect(seen.status == 200 && !seen.text.contains("data-confirm"))
            for deed in deeds {
                #expect(
                    [403, 404].contains(try await security.post("\(path)/\(deed)", from: path, values).status),
                    "\(deed)")
            }
            for member in [TestCity.Member.wang, .system, .audit, .leader] {
                #expect(try await city.client(member).get(path).status == 404)
            }
        }
    }

    @Test func `bad input is told at its fields and stays in them`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let li = try await city.client(.li)
            let hostile = [
                "name": "<script>alert(1)</script>", "redirects": "http://evil.cn/\nhttps://good.cn@evil.cn/",
                "launch_url": "javascript:alert(1)", "contact_phone": "", "level": "galaxy", "audience": "nobody",
            ]
            let answer = try await send(li, form("nowhere", hostile), logo: Array("<svg onload=alert(1)>".utf8))
            #expect(answer.status == 422)
            for field in ["name", "redirects", "launch_url", "contact_phone", "level", "owner", "audience", "logo"] {
                #expect(answer.text.contains("field-\(field)-problem"), "\(field)")
            }
            #expect(!answer.text.contains("<script>alert"))
            #expect(!answer.text.contains("href=\"javascript"))
            #expect(answer.text.contains("https://good.cn@evil.cn/"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a form sent twice registers one application, and a form of an older state nothing`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool).id.rawValue
            let li = try await city.client(.li)
            let path = try self.path(of: try await send(li, form(school)))
            let edit = path + "/edit"
            let revision = try #require(try await li.get(edit).hidden("revision"))
            let first = try await send(li, form(school, ["name": "新图书馆", "revision": revision]), to: path, from: edit)
            #expect(first.location == path)
            let second = try await send(li, form(school, ["name": "旧图书馆", "revision": revision]), to: path, from: edit)
            #expect(second.status == 409)
            #expect(try await li.get(path).text.contains("新图书馆"))
            let key = Identifiers.next()
            for _ in 1...2 { #expect(try await li.post(path + "/submit", from: path, key: key).status == 303) }
            let submitted = try await city.database.read {
                try $0.value("SELECT COUNT(*) FROM federation_review", as: Int.self)
            }
            #expect(submitted == 1)
            #expect(try await li.post(path + "/submit", from: path).status == 409)
        }
    }

    @Test func `the page of use counts, draws and exports`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let keys = try await city.platform.federation.applications.register(.sample, owner: nil, level: .city)
            let id = try #require(
                try await city.database.read { try ApplicationStore($0).find(clientID: keys.clientID) }
            ).id
            try await city.database.write { db in
                try ApplicationUse.note(id, account: .new(), by: .openID, at: .now, on: db)
                try ApplicationUse.failed(id, by: .openID, "密钥不正确", at: .now, on: db)
            }
            let bureau = try await city.client(.bureau)
            let path = "\(ApplicationPagesTests.root)/\(id)/use"
            let page = try await bureau.get(path)
            #expect(page.text.contains("每天登录次数") && page.text.contains("密钥不正确"))
            let file = try await bureau.get(path + "?format=csv")
            #expect(file.text.contains("OpenID Connect,1,1"))
            #expect(try await city.client(.li).get(path).status == 404)
            #expect(keys.clientSecret?.utf8.count == 43)
        }
    }
}
