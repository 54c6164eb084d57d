import Database
import Directory
import Identity
import Kernel
import Platform
import TestKit
import Testing

@testable import Federation

@Suite("微信绑定") struct WeChatAccountTests {
    @Test(arguments: TestDatabase.allCases)
    func `a parent changes phone and WeChat and keeps account, roles and children`(on kind: TestDatabase) async throws {
        try await withWeChat(kind) { city in
            let parent = try await city.database.write { db -> ID<Person> in
                let store = PersonStore(db)
                let parent = try store.insert(name: "张母", at: .now)
                for child in ["张一", "张二"] {
                    let id = try store.insert(name: child, at: .now)
                    try db.execute(
                        """
                        INSERT INTO directory_guardianship (id, guardian_id, child_id, valid_from, recorded_at, recorded_by)
                        VALUES (\(Identifiers.next()), \(parent), \(id), '2015-09-01', 0, 'test')
                        """)
                }
                return parent
            }
            let account = try await city.open("parent", .guardian, person: parent)
            try await city.bind("oOld", to: "parent")
            func state() async throws -> [String] {
                try await city.database.read { db in
                    let record = try AccountStore(db).find(account, within: .everything, at: .now)
                    return try GuardianshipStore(db).wards(of: record.person, on: Timestamp.now.day).map(\.name)
                        + record.grants.map { $0.role.rawValue } + [record.login]
                }
            }
            let before = try await state()
            #expect(Set(before) == ["张一", "张二", "guardian", "parent"])

            let phone = city.visitor
            #expect(try await city.arrive(phone, as: "oOld").location == "/")
            #expect(try await phone.post("/account/wechat/unbind", from: "/account").location == "/account")
            #expect(try await city.arrive(city.visitor, as: "oOld").location == "/wechat/unbound")
            let fresh = city.visitor
            #expect(try await city.arrive(fresh, as: "oNew").location == "/wechat/unbound")
            _ = try await city.signIn(fresh, "parent", from: "/wechat/unbound")
            #expect(try await fresh.post("/wechat/bind", from: "/wechat/bind").location == "/account")
            #expect(try await city.arrive(city.visitor, as: "oNew").location == "/")
            #expect(try await state() == before)
            #expect(try await city.audit("account.wechat_unbound").count == 1)
            #expect(try await city.audit("account.wechat_bound").count == 2)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `one WeChat belongs to one account and one account has one WeChat`(on kind: TestDatabase) async throws {
        try await withWeChat(kind) { city in
            for login in ["mei", "lan"] { try await city.open(login) }
            try await city.bind("oMei", to: "mei")
            let lan = city.visitor
            _ = try await city.arrive(lan, as: "oLan")
            _ = try await city.signIn(lan, "lan", from: "/wechat/unbound")
            let other = try await city.arrive(lan, as: "oMei", "?bind=1")
            #expect(other.status == 409)
            #expect(other.text.contains("这个微信已绑定其他账号"))
            #expect(try await lan.get("/account").text.contains("某lan"))
            _ = try await city.arrive(lan, as: "oLan", "?bind=1")
            _ = try await lan.post("/wechat/bind", from: "/wechat/bind")
            let own = try await city.arrive(lan, as: "oLan", "?bind=1")
            #expect(own.text.contains("这个微信已经绑定你的账号"))
            #expect(try await city.arrive(lan, as: "oThird", "?bind=1").location == "/wechat/bind")
            let second = try await lan.get("/wechat/bind")
            #expect(second.status == 409)
            #expect(second.text.contains("先在“我的账号”解除绑定"))
            let pressed = try await lan.post("/wechat/bind", from: "/account")
            #expect(pressed.status == 409)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `two people who bind one WeChat at once do not both succeed`(on kind: TestDatabase) async throws {
        try await withWeChat(kind) { city in
            var users: [CurrentUser] = []
            for login in ["mei", "lan", "zhu"] {
                try await city.open(login)
                users.append(try await city.user(login))
            }
            let service = try city.service()
            let bound = await withTaskGroup(of: Bool.self) { group in
                for user in users {
                    group.addTask {
                        do {
                            try await service.bind(WeChatIdentity(openID: "oOne", unionID: "u"), to: user, address: "")
                            return true
                        } catch DomainError.conflict { return false } catch { return true }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(bound == 1)
        }
    }

    @Test func `binding is for whoever has only just shown who she is`() async throws {
        try await withWeChat(.sqlite) { city in
            try await city.open("mei")
            let phone = city.visitor
            #expect(try await phone.get("/wechat/sign-in?bind=1").location?.hasPrefix("/sign-in?return=") == true)
            #expect(try await phone.get("/wechat/bind").location?.hasPrefix("/sign-in?return=") == true)
            _ = try await city.arrive(phone, as: "oMei")
            _ = try await city.signIn(phone, "mei", from: "/wechat/unbound")
            try await city.database.write { db in
                try db.execute("UPDATE identity_session SET created_at = created_at - 601000")
            }
            #expect(try await phone.get("/wechat/bind").text.contains("再用密码登录一次"))
            #expect(try await phone.post("/wechat/bind", from: "/wechat/bind").status == 200)
            #expect(try await city.service().binding(of: city.user("mei").account) == nil)
            _ = try await city.signIn(phone, "mei", from: "/wechat/bind")
            #expect(try await phone.post("/wechat/bind", from: "/wechat/bind").location == "/account")
            #expect(try await phone.post("/wechat/bind", from: "/account").status == 400)
        }
    }

    @Test func `a way begun for one account does not bind another`() async throws {
        try await withWeChat(.sqlite) { city in
            for login in ["mei", "lan"] { try await city.open(login) }
            let browser = city.visitor
            _ = try await city.signIn(browser, "mei", from: "/sign-in")
            let state = try await city.start(browser, "?bind=1")
            _ = try await city.signIn(browser, "lan", from: "/account")
            let answer = try await browser.get(
                "/wechat/callback?code=\(city.wechat.code(for: "oMei"))&state=\(state)")
            #expect(answer.status == 400)
            #expect(city.wechat.sent.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `whoever manages an account takes its WeChat off, nobody else`(on kind: TestDatabase) async throws {
        try await withWeChat(kind) { city in
            let mei = try await city.open("mei")
            try await city.bind("oMei", to: "mei")
            let path = "/accounts/\(mei)/wechat/unbind"
            for (member, status) in [
                (TestCity.Member.wang, 404), (.dongxing, 404), (.leader, 404), (.audit, 404), (.visitor, 303),
            ] {
                let client = try await city.city.client(member)
                let answer = try await client.post(path, from: "/account")
                #expect(answer.status == status, "\(member)")
            }
            #expect(try await city.service().binding(of: mei) != nil)
            let li = try await city.city.client(.li)
            #expect(try await li.get("/accounts/\(mei)").text.contains("解除微信绑定"))
            #expect(try await li.post(path, from: "/accounts/\(mei)").location == "/accounts/\(mei)")
            #expect(try await city.service().binding(of: mei) == nil)
            #expect(try await li.post(path, from: "/accounts/\(mei)").status == 409)
            #expect(try await city.audit("account.wechat_unbound").map(\.actorName) == ["li(示例)"])
        }
    }

    @Test func `a suspended account does not sign in, a locked one waits, and its holder is told`() async throws {
        try await withWeChat(.sqlite) { city in
            let mei = try await city.open("mei")
            try await city.bind("oMei", to: "mei")
            for _ in 0..<5 {
                _ = try await city.visitor.post("/sign-in", from: "/sign-in", [("login", "mei"), ("password", "no")])
            }
            let locked = try await city.arrive(city.visitor, as: "oMei")
            #expect(locked.status == 429)
            #expect(locked.text.contains("15 分钟后再试"))
            try await city.database.write { db in
                let store = AccountStore(db), service = AccountService(db, by: .system)
                try service.unlock(store.find(mei, within: .everything, at: .now))
                try service.suspend(store.find(mei, within: .everything, at: .now))
            }
            let phone = city.visitor
            let suspended = try await city.arrive(phone, as: "oMei")
            #expect(suspended.status == 403)
            #expect(suspended.text.contains("已停用"))
            #expect(try await phone.get("/account").location?.hasPrefix("/sign-in") == true)
            #expect(try await city.audit("account.sign_in_failed").contains { $0.detail == "mei，微信" })
        }
    }

    @Test func `an address that keeps sending wrong codes is not passed on to WeChat`() async throws {
        try await withWeChat(.sqlite) { city in
            for _ in 0..<30 {
                let browser = city.visitor
                _ = try await browser.get("/wechat/callback?code=guess&state=\(city.start(browser))")
            }
            let answer = try await city.arrive(city.visitor, as: "oMei")
            #expect(answer.status == 429)
            #expect(city.wechat.sent.count == 30)
        }
    }

    @Test func `an administrator still owes the second factor`() async throws {
        try await withWeChat(.sqlite) { city in
            try await city.bind("oChen", to: "chen")
            let phone = city.visitor
            #expect(try await city.arrive(phone, as: "oChen").status == 303)
            #expect(try await phone.get("/accounts").location?.hasPrefix("/sign-in/confirm") == true)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a new service account finds people by their union id`(on kind: TestDatabase) async throws {
        try await withWeChat(kind) { city in
            try await city.open("mei")
            try await city.bind("oOld", to: "mei", unionID: "uMei")
            #expect(try await city.arrive(city.visitor, as: "oNew", unionID: "uOther").location == "/wechat/unbound")
            #expect(try await city.arrive(city.visitor, as: "oNew", unionID: "uMei").location == "/")
            #expect(try await city.arrive(city.visitor, as: "oNew").location == "/")
            #expect(try await city.arrive(city.visitor, as: "oOld").location == "/wechat/unbound")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `no id of WeChat stands readable in the database`(on kind: TestDatabase) async throws {
        try await withWeChat(kind) { city in
            try await city.open("mei")
            try await city.bind("oCanary7", to: "mei", unionID: "uCanary7")
            _ = try await city.arrive(city.visitor, as: "oCanary7", unionID: "uCanary7")
            let values = try await city.database.read { db in
                try db.rows("SELECT openid_key, openid, unionid_key, unionid FROM federation_wechat_binding") { row in
                    try row.blob(0) + row.blob(1) + row.blob(2) + row.blob(3)
                }
            }
            #expect(values.count == 1)
            #expect(!String(decoding: values.joined(), as: UTF8.self).contains("Canary7"))
            let details = try await city.database.read {
                try AuditLog.list(within: .everything, action: "", limit: 100, on: $0).map { $0.detail + $0.subject }
            }
            #expect(!details.joined().contains("Canary7"))
        }
    }

    @Test func `settings that cannot work are refused`() {
        #expect(
            WeChatSettings(appID: "wx1", appSecret: "s", openURL: "https://a/", apiURL: "http://b")?.openURL
                == "https://a")
        for (app, secret, open) in [
            ("", "s", "https://a"), ("wx1", "", "https://a"), ("wx 1", "s", "https://a"), ("wx1", "s&x=1", "https://a"),
            ("wx1", "s", "ftp://a"), ("wx1", "s", "https://a?b"), ("wx1", "s", "a"),
        ] {
            #expect(WeChatSettings(appID: app, appSecret: secret, openURL: open) == nil, "\(app) \(secret) \(open)")
        }
    }
}
