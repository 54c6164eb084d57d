import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Identity

@Suite("开通账号") struct OnboardingTests {
    /// A class of 实验小学 led by 王老师 with two pupils.
    private struct ClassWorld: Sendable {
        let city: TestCity
        let classGroup: ClassGroup
        let pupils: [ID<Person>]
        var path: String { ClassAccountRoutes.path(classGroup.id) }

        func states() async throws -> [ID<Person>: OnboardingState] {
            let pupils = pupils
            return try await city.database.read { try OnboardingStore($0).accounts(of: pupils, at: .now) }
        }
    }

    private static let password = "Tuo7luo!Boat"

    private func withClass(
        _ database: TestDatabase, _ body: @escaping (ClassWorld) async throws -> Void
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool)
            let wang = try await city.user(.wang).person
            let crypto = city.platform.crypto, today = Timestamp.now.day
            let (classGroup, pupils) = try await city.database.write { db in
                let classes = ClassGroupService(db, by: .system)
                let year = SchoolYear(containing: today)
                let one = try classes.open(
                    ClassDraft(stage: .primary, entryYear: year.start, number: 1, openedOn: year.firstDay), at: school)
                try PersonStore(db).appoint(wang, at: school.id, post: "10", from: year.firstDay)
                try classes.nameHomeroomTeacher(wang, of: one, from: year.firstDay)
                let enrolments = EnrolmentService(db, crypto, by: .system)
                let pupils = try ["孙同学", "韦小红"].map {
                    try enrolments.add(NewPupil(name: $0), to: one, from: year.firstDay)
                }
                return (one, pupils)
            }
            try await body(ClassWorld(city: city, classGroup: classGroup, pupils: pupils))
        }
    }

    /// The codes on a page of slips, by the name they stand under.
    private func slips(_ text: String) -> [(login: String, code: String)] {
        let codes = text.components(separatedBy: "<code>").dropFirst().map { $0.components(separatedBy: "</code>")[0] }
        return stride(from: 0, to: codes.count - 1, by: 2).map { (codes[$0], codes[$0 + 1]) }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a class teacher opens accounts, prints slips, and a pupil makes hers her own`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { world in
            let wang = try await world.city.client(.wang)
            #expect(try await wang.get(world.path).text.contains("为全班开通账号（2 人）"))
            #expect(try await wang.post(world.path, from: world.path).status == 303)
            #expect(try await world.states().count == 2)
            let sheet = try await wang.post(world.path + "/slips", from: world.path)
            #expect(sheet.status == 200)
            let slips = slips(sheet.text)
            #expect(slips.count == 2)
            let pupil = TestClient(world.city.platform.pipeline)
            func activate(_ code: String, _ password: String) async throws -> TestAnswer {
                try await pupil.post(
                    "/activate", from: "/activate",
                    [("login", slips[0].login), ("code", code), ("password", password), ("repeated", password)])
            }
            #expect(try await activate("AAAA-BBBB-CCCC", Self.password).status == 422)
            // A weak password does not use the code up.
            #expect(try await activate(slips[0].code, "12345678").status == 422)
            #expect(try await activate(slips[0].code.lowercased(), Self.password).status == 303)
            #expect(try await pupil.get("/account").text.contains(slips[0].login))
            let other = TestClient(world.city.platform.pipeline)
            let again = try await other.post(
                "/activate", from: "/activate",
                [
                    ("login", slips[0].login), ("code", slips[0].code), ("password", Self.password),
                    ("repeated", Self.password),
                ])
            #expect(again.status == 422)
            // The second print is for those only who have no password yet.
            #expect(self.slips(try await wang.post(world.path + "/slips", from: world.path).text).count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a reset takes the old password and every session at once`(on database: TestDatabase) async throws {
        try await withClass(database) { world in
            let wang = try await world.city.client(.wang)
            _ = try await wang.post(world.path, from: world.path)
            let states = try await world.states()
            let login = try #require(states[world.pupils[0]]).login
            let token = try await world.city.platform.identity.startSession(login: login)
            let hash = try await world.city.platform.hasher.hash(Self.password)
            let account = try #require(states[world.pupils[0]]).account
            try await world.city.database.write {
                try AccountStore($0).setPassword(hash, mustChange: false, of: account, at: .now)
            }
            let sheet = try await wang.post(
                world.path + "/slips", from: world.path, [("person", world.pupils[0].rawValue)])
            #expect(slips(sheet.text).map(\.login) == [login])
            #expect(try await world.city.platform.identity.authenticate(token) == nil)
            let browser = TestClient(world.city.platform.pipeline)
            let answer = try await browser.post(
                "/sign-in", from: "/sign-in", [("login", login), ("password", Self.password)])
            #expect(answer.status == 422)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a card signs a pupil in until it is printed anew, and nobody else`(on database: TestDatabase) async throws {
        try await withClass(database) { world in
            let wang = try await world.city.client(.wang)
            _ = try await wang.post(world.path, from: world.path)
            let states = try await world.states(), crypto = world.city.platform.crypto
            let people = [AccountOpening.Candidate(person: world.pupils[0], name: "孙同学", place: "")]
            @Sendable func card() async throws -> String {
                try await world.city.database.write {
                    try AccountOpening($0, crypto, by: .system, now: .now).cards(for: people)[0].path
                }
            }
            let first = try await card()
            let pupil = TestClient(world.city.platform.pipeline)
            #expect(try await pupil.get(first).text.contains("以孙同学登录"))
            #expect(try await pupil.get("/account").status == 303)
            #expect(try await pupil.post(first, from: first).status == 303)
            #expect(try await pupil.get("/account").status == 200)
            let second = try await card()
            let stranger = TestClient(world.city.platform.pipeline)
            #expect(try await stranger.get(first).status == 404)
            #expect(try await stranger.post(first, from: "/sign-in").status == 404)
            // A pupil who becomes more than a pupil is not let in by a card.
            let account = try #require(states[world.pupils[0]]).account
            let school = world.classGroup.school
            try await world.city.database.write {
                try AccountService($0, by: .system).grant(
                    .schoolLeader, at: school, from: Timestamp.now.day, until: nil, to: account)
            }
            #expect(try await stranger.post(second, from: "/sign-in").status == 404)
            // And the class teacher can no longer reset her password.
            let refused = try await wang.post(
                world.path + "/slips", from: world.path, [("person", world.pupils[0].rawValue)])
            #expect(refused.status == 403)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a card is no proof of who agrees: a pupil's yes waits for her password, her no does not`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { world in
            let wang = try await world.city.client(.wang), city = world.city, pupil = world.pupils[0]
            _ = try await wang.post(world.path, from: world.path)
            let crypto = city.platform.crypto, hash = try await city.platform.hasher.hash(Self.password)
            let known = try #require(try await world.states()[pupil]), opened = world.classGroup.openedOn
            let card = try await city.database.write { db in
                let source = FactSource(.roll, at: .now, by: "李校长")
                try PersonFactStore(db, crypto).change(
                    ["birthDate": "2010-01-02"], of: pupil, from: opened, source: source)
                try AccountStore(db).setPassword(hash, mustChange: false, of: known.account, at: .now)
                return try AccountOpening(db, crypto, by: .system, now: .now)
                    .cards(for: [AccountOpening.Candidate(person: pupil, name: "孙同学", place: "")])[0].path
            }
            let browser = TestClient(city.platform.pipeline)
            #expect(try await browser.post(card, from: card).status == 303)
            func say(_ word: String) async throws -> String? {
                try await browser.post(
                    "/consents", from: "/consents", [("purpose", "works"), ("version", "1"), ("answer", word)]
                ).location
            }
            func words() async throws -> [String] {
                try await city.database.read { try $0.column("SELECT word FROM privacy_consent_answer ORDER BY id") }
            }
            let back = "/sign-in?again=1&return=%2Fconsents%3Fchosen%3Dworks"
            #expect(try await say("yes") == back)
            #expect(try await browser.get(back).text.contains("登录卡不能代替密码"))
            // The card once more proves no more.
            #expect(try await browser.post(card, from: card).status == 303)
            #expect(try await say("yes") == back)
            #expect(try await words().isEmpty)
            #expect(try await say("no") == "/consents")
            let proof = try await browser.post(
                "/sign-in", from: back, [("login", known.login), ("password", Self.password), ("return", "/consents")])
            #expect(proof.status == 303)
            #expect(try await say("yes") == "/consents")
            #expect(try await words() == ["no", "yes"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `only the class teacher and the school reach the accounts of a class`(on database: TestDatabase) async throws {
        try await withClass(database) { world in
            for (member, status) in [
                (TestCity.Member.wang, 200), (.li, 200), (.bureau, 200), (.zhao, 404), (.chen, 404), (.leader, 404),
                (.system, 404), (.security, 404), (.audit, 404), (.visitor, 303),
            ] {
                let client = try await world.city.client(member)
                #expect(try await client.get(world.path).status == status, "\(member)")
                if status == 404 {
                    let answer = try await client.post(world.path + "/cards", from: "/account")
                    #expect(answer.status == 404, "\(member)")
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a school opens accounts for all its pupils and staff, and leaving it ends their rights there`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { world in
            let school = try await world.city.organisation(TestCity.experimentalSchool)
            let crypto = world.city.platform.crypto
            let person = try await world.city.database.write {
                try StaffService($0, crypto, by: .system).add(
                    NewStaffMember(name: "陆老师", post: "10", from: Timestamp.now.day), to: school)
            }
            let li = try await world.city.client(.li), path = StaffAccountRoutes.path(school.id)
            #expect(try await li.get(path).text.contains("陆老师"))
            #expect(try await li.post(path + "/staff", from: path).status == 303)
            #expect(try await li.post(path + "/pupils", from: path).status == 303)
            #expect(try await world.states().count == 2)
            let account = try #require(try await world.city.database.read { try AccountStore($0).account(of: person) })
            let open = { @Sendable () async throws -> [Role] in
                try await world.city.database.read { db in
                    (try AccountStore(db).grants(of: [account])[account] ?? [])
                        .filter { $0.holds(on: Timestamp.now.day) }.map(\.role)
                }
            }
            #expect(try await open() == [.teacher])
            let staff = "/schools/\(school.id)/staff"
            #expect(try await li.post(staff + "/end", from: staff, [("person", person.rawValue)]).status == 303)
            #expect(try await open().isEmpty)
            #expect(try await world.city.client(.zhao).get(path).status == 404)
        }
    }
}

@Suite("账号的一生") struct AccountLifeTests {
    @Test(arguments: TestDatabase.allCases)
    func `a transfer keeps the account and ends the old school's rights with the next request`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let wang = try await city.client(.wang), bureau = try await city.client(.bureau)
            let account = try await city.user(.wang).account, path = "/accounts/\(account)"
            let old = try await city.organisation(TestCity.experimentalSchool)
            let new = try await city.organisation(TestCity.borderSchool)
            #expect(try await wang.get("/schools/\(old.id)").status == 200)
            #expect(try await wang.get("/schools/\(new.id)").status == 404)
            let answer = try await bureau.post(
                path + "/transfer", from: path, [("leaving", old.id.rawValue), ("joining", new.id.rawValue)])
            #expect(answer.status == 303)
            #expect(try await wang.get("/schools/\(old.id)").status == 404)
            #expect(try await wang.get("/schools/\(new.id)").status == 200)
            // A school cannot move its teachers to another.
            let li = try await city.client(.li)
            #expect(try await li.get(path).status == 404)
            let same = try await bureau.post(
                path + "/transfer", from: path, [("leaving", new.id.rawValue), ("joining", new.id.rawValue)])
            #expect(same.status == 422)
            // By now she is on the staff of the new school: both schools and their office have a word in it.
            let round = try await bureau.post(
                path + "/transfer", from: path, [("leaving", new.id.rawValue), ("joining", old.id.rawValue)])
            #expect(round.status == 422 && round.text.contains("教师调动"))
            #expect(round.text.contains("/schools/\(new.id)/staff"))
            #expect(try await wang.get("/schools/\(new.id)").status == 200)
            #expect(try await wang.get("/schools/\(old.id)").status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `closing an account leaves no way in and tells others`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let wang = try await city.client(.wang), li = try await city.client(.li)
            let account = try await city.user(.wang).account, path = "/accounts/\(account)"
            #expect(try await li.post(path + "/suspend", from: path).status == 303)
            #expect(try await li.post(path + "/close", from: path).status == 303)
            #expect(try await wang.get("/account").status == 303)
            let (login, events) = try await city.database.read { db in
                (
                    try AccountStore(db).find(account, within: .everything, at: .now).login,
                    try db.value(
                        "SELECT COUNT(*) FROM platform_event WHERE kind = 'identity.account.closed'", as: Int.self)
                )
            }
            #expect(login == "#\(account)" && events == 1)
            #expect(try await li.post(path + "/close", from: "/account").status == 409)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an account of staff that nobody uses for half a year is suspended, a pupil's is not`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let past = Timestamp.now.adding(days: -IdentityModule.idleDays - 1)
            try await city.database.write { try $0.execute("UPDATE identity_account SET created_at = \(past)") }
            try await city.database.write { db in
                let school = try #require(
                    try OrganisationStore(db).find(code: TestCity.experimentalSchool, within: .everything))
                let pupil = NewAccount(
                    name: "孙同学", login: "sun", role: .student, organisation: school.id, from: past.day)
                try AccountService(db, by: .system, now: past).create(pupil, passwordHash: "!", mustChange: false)
            }
            let token = try await city.platform.identity.startSession(login: "li")
            try await city.platform.identity.forgetOld()
            let states = try await city.database.read { db in
                try ["wang", "li", "sun"].map { try AccountStore(db).find(login: $0, at: .now)?.state }
            }
            // 李校长 has just used hers.
            #expect(states == [.suspended, .active, .active])
            // Taken out of suspension, it has time again.
            let wang = try await city.database.read { try AccountStore($0).find(login: "wang", at: .now) }
            let account = try #require(wang)
            try await city.database.write { try AccountService($0, by: .system).resume(account) }
            try await city.platform.identity.forgetOld()
            let again = try await city.database.read { try AccountStore($0).find(login: "wang", at: .now)?.state }
            #expect(again == .active)
            #expect(try await city.platform.identity.authenticate(token) != nil)
        }
    }
}
