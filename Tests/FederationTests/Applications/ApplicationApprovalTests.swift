import Kernel
import TestKit
import Testing

@testable import Federation

/// The kind of a `DomainError`, to compare by.
private func kind(_ error: any Error) -> String {
    switch error as? DomainError {
    case .notFound: "notFound"
    case .forbidden: "forbidden"
    case .conflict: "conflict"
    case .invalid(let problems): "invalid " + problems.map(\.field).joined(separator: ",")
    default: "\(error)"
    }
}

private func refusal(_ deed: () async throws -> Void) async -> String {
    do {
        try await deed()
        return "done"
    } catch { return kind(error) }
}

@Suite("应用审批")
struct ApplicationApprovalTests {
    @Test(arguments: TestDatabase.allCases)
    func `what a school's administrator hands in goes to her county, and a step above is the bureau's`(
        on database: TestDatabase
    ) async throws {
        try await withApplications(database) { world in
            let id = try await world.apply(.li, .school, at: TestCity.experimentalSchool)
            #expect(try await world.record(id).step == .county)
            #expect(await refusal { try await world.decide(.li, id) } == "forbidden")
            #expect(await refusal { try await world.decide(.chen, id) } == "notFound")
            try await world.decide(.bureau, id)
            let record = try await world.record(id)
            #expect(record.state == .active && record.step == nil)
            #expect(await refusal { try await world.decide(.bureau, id) } == "conflict")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `for a school that did not apply itself both school and county decide`(on database: TestDatabase) async throws
    {
        try await withApplications(database) { world in
            let id = try await world.apply(.bureau, .school, at: TestCity.experimentalSchool)
            #expect(try await world.record(id).step == .school)
            #expect(await refusal { try await world.decide(.bureau, id) } == "forbidden")
            try await world.decide(.li, id)
            #expect(try await world.record(id).step == .county)
            #expect(await refusal { try await world.decide(.li, id) } == "forbidden")
            #expect(await refusal { try await world.decide(.bureau, id) } == "forbidden")
            let second = try await world.secondBureau()
            try await world.act(second) { administration in
                let found = try administration.find(id)
                let decision = ApplicationAdministration.Decision(
                    isApproved: true, remark: "", subject: String(found.record.revision))
                _ = try administration.decide(id, decision)
            }
            #expect(try await world.record(id).state == .active)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `nobody approves her own application, whatever her office`(on database: TestDatabase) async throws {
        try await withApplications(database) { world in
            let county = try await world.apply(.chen, .county, at: "450603")
            #expect(await refusal { try await world.decide(.chen, county) } == "forbidden")
            try await world.decide(.bureau, county)
            let city = try await world.apply(.bureau, .city, at: "450600")
            #expect(await refusal { try await world.decide(.bureau, city) } == "forbidden")
            // Sent in by another hand than the one that answers for it: neither may decide.
            try await world.act(.bureau) { try $0.withdraw(city) }
            let second = try await world.secondBureau()
            try await world.act(second) { try $0.submit(city) }
            #expect(await refusal { try await world.decide(.bureau, city) } == "forbidden")
            let subject = String(try await world.record(city).revision)
            let decision = ApplicationAdministration.Decision(isApproved: true, remark: "", subject: subject)
            #expect(await refusal { try await world.act(second) { _ = try $0.decide(city, decision) } } == "forbidden")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a level belongs to its kind of owner, and an owner to the applicant's organisations`(
        on database: TestDatabase
    ) async throws {
        try await withApplications(database) { world in
            func outcome(_ member: TestCity.Member, _ level: ApplicationLevel, _ owner: String) async -> String {
                await refusal { _ = try await world.apply(member, level, at: owner) }
            }
            #expect(await outcome(.li, .city, TestCity.experimentalSchool) == "invalid level")
            #expect(await outcome(.li, .school, TestCity.borderSchool) == "invalid owner")
            #expect(await outcome(.li, .city, "450600") == "invalid owner")
            #expect(await outcome(.chen, .school, "450603") == "invalid level")
            #expect(await outcome(.wang, .personal, TestCity.experimentalSchool) == "invalid owner")
            let personal = try await world.apply(.li, .personal, at: TestCity.experimentalSchool)
            #expect(try await world.record(personal).step == .city)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `sent back it can be changed and handed in again, and a decision on an older version is refused`(
        on database: TestDatabase
    ) async throws {
        try await withApplications(database) { world in
            let id = try await world.apply(.li, .school, at: TestCity.experimentalSchool)
            let seen = String(try await world.record(id).revision)
            try await world.decide(.bureau, id, approve: false)
            let refused = try await world.record(id)
            #expect(refused.state == .refused)
            try await world.act(.li) { administration in
                var content = ApplicationContent.sample
                content.redirects = ["https://lib.example.cn/other"]
                let waits = try administration.change(
                    id, to: content.canonical, owner: nil, level: nil, logo: nil, revision: refused.revision)
                #expect(!waits)
                try administration.submit(id)
            }
            #expect(await refusal { try await world.act(.li) { try $0.submit(id) } } == "conflict")
            let old = ApplicationAdministration.Decision(isApproved: true, remark: "", subject: seen)
            #expect(await refusal { try await world.act(.bureau) { _ = try $0.decide(id, old) } } == "conflict")
            try await world.decide(.bureau, id)
            #expect(try await world.content(id).redirects == ["https://lib.example.cn/other"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a changed address waits while the old one holds, a changed contact does not wait`(
        on database: TestDatabase
    ) async throws {
        try await withApplications(database) { world in
            let id = try await world.active()
            func change(_ edit: @escaping @Sendable (inout ApplicationContent) -> Void) async throws -> Bool {
                let revision = try await world.record(id).revision
                var content = try await world.content(id)
                edit(&content)
                let wanted = content
                return try await world.act(.li) {
                    try $0.change(id, to: wanted, owner: nil, level: nil, logo: nil, revision: revision)
                }
            }
            #expect(try await !change { $0.contact = "黄老师" })
            #expect(try await world.record(id).contact == "黄老师")
            #expect(try await change { $0.redirects = ["https://lib.example.cn/new"] })
            #expect(try await world.content(id).redirects == ["https://lib.example.cn/callback"])
            #expect(await refusal { _ = try await change { $0.scopes = ["openid"] } } == "conflict")
            #expect(await refusal { try await world.decide(.li, id) } == "forbidden")
            try await world.decide(.bureau, id, approve: false)
            #expect(try await world.content(id).redirects == ["https://lib.example.cn/callback"])
            #expect(world.ended.all.isEmpty)
            #expect(try await change { $0.scopes = ["openid"] })
            try await world.decide(.bureau, id)
            #expect(try await world.content(id).scopes == ["openid"])
            #expect(world.ended.all == [id])
            #expect(try await world.record(id).state == .active)
        }
    }
}

@Suite("应用密钥")
struct ApplicationKeyTests {
    @Test(arguments: TestDatabase.allCases)
    func `keys are collected once by the applicant, and not before the approval`(
        on database: TestDatabase
    ) async throws {
        try await withApplications(database) { world in
            var content = ApplicationContent.sample
            content.protocols = [.openID, .gateway]
            let id = try await world.apply(.li, .school, at: TestCity.experimentalSchool, content)
            #expect(await refusal { try await world.act(.li) { _ = try $0.collectKeys(id) } } == "conflict")
            try await world.decide(.bureau, id)
            #expect(await refusal { try await world.act(.bureau) { _ = try $0.collectKeys(id) } } == "forbidden")
            let keys = try await world.act(.li) { try $0.collectKeys(id) }
            let secret = try #require(keys.clientSecret), appKey = try #require(keys.appKey)
            #expect(secret.utf8.count == 43 && appKey.utf8.count >= 32)
            #expect(await refusal { try await world.act(.li) { _ = try $0.collectKeys(id) } } == "conflict")
            #expect(try await world.isSecret(secret, of: id))
            #expect(try await !world.isSecret(appKey, of: id))
            let crypto = world.city.platform.crypto
            let found = try await world.city.database.read {
                try ApplicationStore($0).appKeys(of: id, at: ApplicationWorld.start, crypto)
            }
            #expect(found == [appKey])
            for entry in try await world.audit() {
                #expect(!entry.detail.contains(secret) && !entry.detail.contains(appKey))
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `after a change both secrets hold for seven days, and a revoked one not a moment`(
        on database: TestDatabase
    ) async throws {
        try await withApplications(database) { world in
            let id = try await world.active(), start = ApplicationWorld.start
            let first = try #require(try await world.act(.li) { try $0.collectKeys(id) }.clientSecret)
            let later = start.adding(days: 10)
            let second = try #require(
                try await world.act(.li, at: later) { try $0.rotateKey(id, .clientSecret) }.clientSecret)
            #expect(try await world.isSecret(first, of: id, at: later.adding(days: 7).adding(seconds: -1)))
            #expect(try await !world.isSecret(first, of: id, at: later.adding(days: 7)))
            #expect(try await world.isSecret(second, of: id, at: later.adding(days: 700)))
            let live = try await world.city.database.read { try ApplicationSecretStore($0).live(of: id, at: later) }
            #expect(live.map(\.hint) == [second, first].map { String($0.suffix(4)) })
            try await world.act(.li, at: later) { try $0.revokeKey(id, live[1].id) }
            #expect(try await !world.isSecret(first, of: id, at: later))
            #expect(
                await refusal { try await world.act(.li, at: later) { try $0.revokeKey(id, live[1].id) } } == "conflict"
            )
            let other = try await world.active()
            #expect(
                await refusal { try await world.act(.li, at: later) { try $0.revokeKey(other, live[0].id) } }
                    == "conflict")
            for _ in 1...2 { try await world.act(.li, at: later) { _ = try $0.rotateKey(id, .clientSecret) } }
            #expect(
                await refusal { try await world.act(.li, at: later) { _ = try $0.rotateKey(id, .clientSecret) } }
                    == "conflict")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who approved an application cannot take it over`(on database: TestDatabase) async throws {
        try await withApplications(database) { world in
            let id = try await world.active()
            #expect(await refusal { try await world.act(.bureau) { try $0.takeOver(id) } } == "forbidden")
            let second = try await world.secondBureau()
            try await world.act(second) { try $0.takeOver(id) }
            #expect(await refusal { try await world.act(.li) { _ = try $0.collectKeys(id) } } == "forbidden")
            try await world.act(second) { _ = try $0.collectKeys(id) }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a suspended application speaks no protocol, its tokens end, and it can be resumed`(
        on database: TestDatabase
    ) async throws {
        try await withApplications(database) { world in
            let id = try await world.active()
            #expect(try await world.record(id).application.speaks(.openID))
            #expect(await refusal { try await world.act(.li) { try $0.suspend(id, reason: "停") } } == "forbidden")
            try await world.act(.bureau) { try $0.suspend(id, reason: "有漏洞") }
            #expect(try await !world.record(id).application.speaks(.openID))
            #expect(world.ended.all == [id])
            #expect(await refusal { try await world.act(.bureau) { try $0.suspend(id, reason: "停") } } == "conflict")
            #expect(await refusal { try await world.act(.li) { try $0.resume(id) } } == "forbidden")
            try await world.act(.bureau) { try $0.resume(id) }
            #expect(try await world.record(id).application.speaks(.openID))
            let secret = try #require(try await world.act(.li) { try $0.collectKeys(id) }.clientSecret)
            try await world.act(.li) { try $0.retire(id) }
            #expect(try await !world.isSecret(secret, of: id))
            #expect(await refusal { try await world.act(.bureau) { try $0.resume(id) } } == "conflict")
            let actions = Set(try await world.audit().map(\.action))
            #expect(actions.isSuperset(of: ["application.suspended", "application.resumed", "application.retired"]))
            #expect(actions.allSatisfy { ApplicationAuditWords.titles[$0] != nil })
        }
    }
}

@Suite("应用使用")
struct ApplicationUseTests {
    @Test(arguments: TestDatabase.allCases)
    func `times and persons are counted by day, before and after the day is summed up`(
        on database: TestDatabase
    ) async throws {
        try await withApplications(database) { world in
            let id = try await world.active(), now = ApplicationWorld.start, next = now.adding(days: 1)
            let anna = ID<Account>.new(), bert = ID<Account>.new()
            let expected = [
                ApplicationUseDay(day: next.day, way: .openID, times: 1, persons: 1),
                ApplicationUseDay(day: now.day, way: .cas, times: 1, persons: 1),
                ApplicationUseDay(day: now.day, way: .openID, times: 3, persons: 2),
            ]
            try await world.city.database.write { db in
                for account in [anna, anna, bert] {
                    try ApplicationUse.note(id, account: account, by: .openID, at: now, on: db)
                }
                try ApplicationUse.note(id, account: bert, by: .cas, at: now, on: db)
                try ApplicationUse.note(id, account: bert, by: .openID, at: next, on: db)
            }
            func days() async throws -> [ApplicationUseDay] {
                try await world.city.database.read { try ApplicationUseStore($0).days(of: id, from: now.day) }
            }
            #expect(try await days() == expected)
            for _ in 1...2 {
                try await world.city.database.write { try ApplicationUse.fold(before: next.day, on: $0) }
                #expect(try await days() == expected)
            }
            let kept = try await world.city.database.read {
                try $0.column("SELECT account_id FROM federation_use", as: String.self)
            }
            #expect(kept == [bert.rawValue])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `equal failures are counted, the last first`(on database: TestDatabase) async throws {
        try await withApplications(database) { world in
            let id = try await world.active(), now = ApplicationWorld.start
            try await world.city.database.write { db in
                try ApplicationUse.failed(id, by: .openID, "回调地址没有登记", at: now, on: db)
                try ApplicationUse.failed(id, by: .openID, "密钥不正确", at: now.adding(seconds: 1), on: db)
                try ApplicationUse.failed(id, by: .openID, "回调地址没有登记", at: now.adding(seconds: 2), on: db)
            }
            let failures = try await world.city.database.read {
                try ApplicationUseStore($0).failures(of: id, limit: 20)
            }
            #expect(failures.map(\.reason) == ["回调地址没有登记", "密钥不正确"])
            #expect(failures.map(\.times) == [2, 1])
        }
    }
}
