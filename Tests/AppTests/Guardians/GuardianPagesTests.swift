import Database
import Directory
import Identity
import Kernel
import Platform
import TestKit
import Testing

/// The guardians of a class, and what a guardian sees, over HTTP.
@Suite("Pages of guardians") struct GuardianPagesTests {
    private typealias Member = TestCity.Member
    private static let number = "G450699200809010014", phone = "19900000001"

    /// A class of 实验小学 led by 王老师 with two pupils; the first has 学籍号.
    private struct Scene: Sendable {
        let city: TestCity
        let classGroup: ClassGroup
        let children: [ID<Person>]
        var path: String { ClassPages.path(classGroup.id) }

        func page(_ child: Int = 0) -> String { PupilPages.path(children[child], in: classGroup.id) }

        func guardians(_ child: Int = 0) async throws -> [Guardianship] {
            let id = children[child]
            return try await city.database.read {
                try GuardianshipStore($0).guardians(of: [id], on: Timestamp.now.day)[id] ?? []
            }
        }

        /// A parent with an account at the school, a guardian of the first child unless told otherwise.
        func parent(_ login: String, of child: Int? = 0) async throws -> (client: TestClient, person: ID<Person>) {
            let school = classGroup.school, known = child.map { children[$0] }
            let person = try await city.database.write { db in
                let person = try PersonStore(db).insert(name: "家长" + login, at: .now)
                if let known {
                    try GuardianshipStore(db).insert(
                        [NewGuardianship(guardian: person, child: known)], .confirmed, .school,
                        from: Timestamp.now.day, by: "李校长", at: .now)
                }
                try AccountService(db, by: .system).create(
                    NewAccount(
                        name: "家长" + login, login: login, role: .guardian, organisation: school,
                        from: Timestamp.now.day, person: person), passwordHash: "!", mustChange: false)
                return person
            }
            let session = try await city.platform.identity.startSession(login: login)
            return (TestClient(city.platform.pipeline, session: session), person)
        }
    }

    private func withClass(
        _ database: TestDatabase, _ body: @escaping (Scene) async throws -> Void
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool)
            let wang = try await city.user(.wang).person
            let crypto = city.platform.crypto, year = SchoolYear(containing: Timestamp.now.day)
            let (classGroup, children) = try await city.database.write { db in
                let classes = ClassGroupService(db, by: .system)
                let one = try classes.open(
                    ClassDraft(stage: .primary, entryYear: year.start, number: 1, openedOn: year.firstDay), at: school)
                try PersonStore(db).appoint(wang, at: school.id, post: "10", from: year.firstDay)
                try classes.nameHomeroomTeacher(wang, of: one, from: year.firstDay)
                let enrolments = EnrolmentService(db, crypto, by: .system)
                let numbers = [try PersonIdentifier(.studentNumber, GuardianPagesTests.number)]
                let first = try enrolments.add(NewPupil(name: "韦一", identifiers: numbers), to: one, from: year.firstDay)
                return (one, [first, try enrolments.add(NewPupil(name: "韦二"), to: one, from: year.firstDay)])
            }
            try await body(Scene(city: city, classGroup: classGroup, children: children))
        }
    }

    private static let mother = [("name", "李梅"), ("relation", "2"), ("order", "1"), ("phone", phone)]

    @Test(arguments: TestDatabase.allCases)
    func `a school adds, corrects and ends a guardian; the class teacher sees who has none`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { scene in
            let li = try await scene.city.client(.li), wang = try await scene.city.client(.wang)
            let form = scene.page() + "/guardians/new"
            let bad = try await li.post(form, from: form, [("name", "李梅"), ("relation", ""), ("phone", "123")])
            #expect(bad.status == 422 && bad.text.contains("选择与学生的关系") && bad.text.contains("手机号应为 11 位"))
            #expect(bad.text.contains("value=\"李梅\""))
            let key = Identifiers.next()
            for _ in 0..<2 {
                let added = try await li.post(form, from: form, key: key, Self.mother)
                #expect(added.location == scene.page() + "#guardians", "\(added.text.prefix(2000))")
            }
            let own = try #require(try await scene.guardians().first)
            #expect(try await scene.guardians().count == 1)
            let page = try await li.get(scene.page()).text
            for word in ["李梅", "母亲，第一监护人", "199****0001", "已确认"] { #expect(page.contains(word), "\(word)") }
            #expect(!page.contains(Self.phone))
            let list = try await wang.get(scene.path + "/guardians").text
            #expect(list.contains("没有家长（1）") && list.contains("李梅（母亲，第一监护人，199****0001）"))
            let none = try await wang.get(scene.path + "/guardians?show=none").text
            #expect(none.contains("韦二") && !none.contains("李梅"))

            let address = scene.page() + "/guardians/" + own.id.rawValue
            #expect(try await li.post(address, from: address, [("relation", "3"), ("order", "")]).status == 303)
            #expect(try await scene.guardians().map(\.relationTitle) == ["祖父母"])
            #expect(try await li.post(address + "/end", from: address).status == 303)
            #expect(try await scene.guardians().isEmpty)
            #expect(try await li.get(address).status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a sibling's guardian is offered before she is bound`(on database: TestDatabase) async throws {
        try await withClass(database) { scene in
            let li = try await scene.city.client(.li)
            _ = try await li.post(scene.page() + "/guardians/new", from: "/account", Self.mother)
            let form = scene.page(1) + "/guardians/new"
            let offer = try await li.post(form, from: form, Self.mother)
            #expect(offer.status == 200 && offer.text.contains("是同一人，登记为家长") && offer.text.contains("是本校韦一的家长"))
            #expect(try await scene.guardians(1).isEmpty)
            #expect(try await li.post(form, from: form, Self.mother + [("same", "1")]).status == 303)
            #expect(try await scene.guardians(1).first?.guardian == (try await scene.guardians().first?.guardian))
            let other = try await li.post(form, from: form, Self.mother.map { $0.0 == "name" ? ("name", "黄河") : $0 })
            #expect(other.status == 422 && !other.text.contains("李梅"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `guardians are the business of the school and its class teacher`(on database: TestDatabase) async throws {
        try await withClass(database) { scene in
            let li = try await scene.city.client(.li)
            _ = try await li.post(scene.page() + "/guardians/new", from: "/account", Self.mother)
            let own = try #require(try await scene.guardians().first)
            let address = scene.page() + "/guardians/" + own.id.rawValue
            for (member, list, edit) in [
                (Member.bureau, 200, 200), (.wang, 200, 404), (.zhao, 404, 404), (.dongxing, 404, 404),
                (.system, 404, 404),
            ] {
                let client = try await scene.city.client(member)
                #expect(try await client.get(scene.path + "/guardians").status == list, "\(member)")
                for path in [address, scene.page() + "/guardians/new"] {
                    #expect(try await client.get(path).status == edit, "\(member) \(path)")
                }
                if edit == 404 {
                    #expect(try await client.post(address + "/end", from: "/account").status == 404, "\(member)")
                    let answer = try await client.post(scene.page() + "/guardians/new", from: "/account", Self.mother)
                    #expect(answer.status == 404, "\(member)")
                }
            }
            // A teacher who does not lead the class sees it and not its families.
            let other = try await scene.city.database.write { db in
                let zhao = NewAccount(
                    name: "黄老师", login: "huang", role: .teacher, organisation: scene.classGroup.school,
                    from: Timestamp.now.day)
                let account = try AccountService(db, by: .system).create(zhao, passwordHash: "!", mustChange: false)
                return try AccountStore(db).find(account, within: .everything, at: .now).person
            }
            let classGroup = scene.classGroup
            try await scene.city.database.write { db in
                try PersonStore(db).appoint(other, at: classGroup.school, post: "10", from: Timestamp.now.day)
                try ClassGroupService(db, by: .system).addTeacher(
                    other, of: classGroup, subject: "13", from: Timestamp.now.day)
            }
            let session = try await scene.city.platform.identity.startSession(login: "huang")
            let huang = TestClient(scene.city.platform.pipeline, session: session)
            #expect(try await huang.get(scene.path).status == 200)
            #expect(try await huang.get(scene.path + "/guardians").status == 404)
            #expect(try await scene.guardians().count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a guardian sees her own child and nobody else's, until the relation ends`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { scene in
            let (parent, person) = try await scene.parent("mei"), (stranger, _) = try await scene.parent("he", of: 1)
            #expect(try await parent.get("/").location == "/children")
            let list = try await parent.get("/children").text
            for word in ["韦一", "防城港市实验小学", "一年级(1)班", "wang(示例)"] { #expect(list.contains(word), "\(word)") }
            #expect(!list.contains("韦二"))
            let page = try await parent.get(ChildPages.path(scene.children[0])).text
            #expect(page.contains("G450699**********14") && !page.contains(Self.number))
            #expect(page.contains("/my-data?child=\(scene.children[0])"))
            for path in [ChildPages.path(scene.children[1]), scene.page(), scene.path + "/guardians"] {
                #expect(try await parent.get(path).status == 404, "\(path)")
            }
            #expect(try await stranger.get(ChildPages.path(scene.children[0])).status == 404)
            #expect(try await scene.city.client(.wang).get(ChildPages.path(scene.children[0])).status == 404)
            #expect(try await TestClient(scene.city.platform.pipeline).get("/children").status == 303)

            let own = try #require(try await scene.guardians().first { $0.guardian == person })
            let address = scene.page() + "/guardians/" + own.id.rawValue
            #expect(try await scene.city.client(.li).post(address + "/end", from: address).status == 303)
            #expect(try await parent.get(ChildPages.path(scene.children[0])).status == 404)
            #expect(try await parent.get("/my-data?child=\(scene.children[0])").status == 404)
            #expect(try await parent.get("/children").status == 404, "the role has ended with the relation")
            #expect(try await stranger.get("/children").status == 200)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a child of age is told of and not shown`(on database: TestDatabase) async throws {
        try await withClass(database) { scene in
            let (parent, _) = try await scene.parent("mei"), child = scene.children[0]
            let born = Timestamp.now.day.adding(days: -18 * 365 - 10).iso
            try await scene.city.database.write {
                try $0.execute("UPDATE directory_person SET birth_date = \(born) WHERE id = \(child)")
            }
            let list = try await parent.get("/children").text
            #expect(list.contains("已成年") && !list.contains("一年级(1)班"))
            #expect(try await parent.get(ChildPages.path(child)).status == 404)
            #expect(try await parent.get("/my-data?child=\(child)").status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `declaring answers the same for pupils who exist and who do not; the school decides`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { scene in
            let (parent, _) = try await scene.parent("he", of: 1), form = "/children/declare"
            func declare(_ name: String, _ number: String, key: String? = nil) async throws -> TestAnswer {
                try await parent.post(
                    form, from: form, key: key, [("name", name), ("studentNumber", number), ("relation", "1")])
            }
            let unknown = try await declare("韦一", "G450699200809010022"),
                before = try await parent.get("/children").text
            let key = Identifiers.next()
            let known = try await declare("韦一", Self.number, key: key), after = try await parent.get("/children").text
            _ = try await declare("韦一", Self.number, key: key)
            #expect(unknown.status == 303 && known.status == 303 && unknown.location == known.location)
            // Only the day of one more declaration stands there.
            let day = "<li>\(Timestamp.now.day.chinese)提交</li>"
            #expect(before.components(separatedBy: day).count == 2 && after.components(separatedBy: day).count == 3)
            #expect(!before.contains("韦一") && !after.contains("韦一"))
            let pending = try #require(try await scene.guardians().first)
            #expect(try await scene.guardians().count == 1 && pending.state == .pending)
            #expect(try await parent.get(ChildPages.path(scene.children[0])).status == 404)
            #expect(!(try await parent.get("/my-data").text.contains("韦一")))

            let li = try await scene.city.client(.li), address = scene.page() + "/guardians/" + pending.id.rawValue
            #expect(try await scene.city.client(.wang).get(scene.path + "/guardians?show=pending").text.contains("韦一"))
            let mute = try await li.post(address + "/refusal", from: address, [("reason", "")])
            #expect(mute.status == 422 && mute.text.contains("填写原因，家长会看到"))
            #expect(try await li.post(address + "/refusal", from: address, [("reason", "户口簿上没有")]).status == 303)
            #expect(try await parent.get("/children").text.contains("韦一：学校没有确认，户口簿上没有"))
            _ = try await declare("韦一", Self.number)
            let again = try #require(try await scene.guardians().first)
            let second = scene.page() + "/guardians/" + again.id.rawValue
            #expect(try await li.post(second + "/confirmation", from: second).status == 303)
            #expect(try await li.post(second + "/confirmation", from: second).status == 409)
            #expect(try await parent.get(ChildPages.path(scene.children[0])).status == 200)
            // What the school has decided is not a declaration any more.
            for _ in 0..<4 { _ = try await declare("韦一", "G450699200809010022") }
            #expect(try await declare("韦一", "G450699200809010022").status == 429)
        }
    }
}
