import Database
import Directory
import Identity
import Kernel
import Privacy
import TestKit
import Testing
import Web

/// Guardians and pupils decide, the class teacher enters paper, and nobody else sees of it.
@Suite("征求同意") struct ConsentRoutesTests {
    private struct Scene: Sendable {
        let privacy: PrivacyCity
        var city: TestCity { privacy.city }
        var family: String { "/children/\(privacy.pupil)/consents" }
        var board: String { "/classes/\(privacy.classGroup.id)/consents" }

        func born(_ years: Int, daysAgo days: Int = 1) async throws {
            let today = Timestamp.now.day, crypto = city.platform.crypto, pupil = privacy.pupil
            let day = today.adding(days: -days), feb = LocalDate(year: day.year - years, month: 2, day: 28)
            let born = LocalDate(year: day.year - years, month: day.month, day: day.day) ?? feb
            let values = ["birthDate": try #require(born).iso], from = privacy.classGroup.openedOn
            try await city.database.write { db in
                try PersonFactStore(db, crypto).change(
                    values, of: pupil, from: from, source: FactSource(.roll, at: .now, by: "李校长"))
            }
        }

        func standing(_ purpose: PublicationPurpose = .works) async throws -> ConsentStanding? {
            let gate = ConsentGate(crypto: city.platform.crypto), pupil = privacy.pupil, day = Timestamp.now.day
            return try await city.database.read { try gate.standings(of: [pupil], for: purpose, on: day, $0)[pupil] }
        }

        /// Makes a member of the school's staff class teacher of the class.
        func lead(_ member: TestCity.Member) async throws {
            let person = try await city.user(member).person, classGroup = privacy.classGroup
            let school = privacy.school, today = Timestamp.now.day
            try await city.database.write { db in
                try PersonStore(db).appoint(person, at: school.id, post: "23", from: classGroup.openedOn)
                try ClassGroupService(db, by: .system).nameHomeroomTeacher(person, of: classGroup, from: today)
            }
        }

        func answers() async throws -> Int {
            try await city.database.read { try $0.value("SELECT COUNT(*) FROM privacy_consent_answer") ?? 0 }
        }
    }

    private func run(_ database: TestDatabase, _ body: (Scene) async throws -> Void) async throws {
        try await PrivacyCity.run(database) { (privacy: PrivacyCity) async throws in
            try await body(Scene(privacy: privacy))
        }
    }

    private static func answer(_ word: String, _ purpose: String = "works", version: Int = 1) -> [(String, String)] {
        [("purpose", purpose), ("version", String(version)), ("answer", word)]
    }

    @Test(arguments: TestDatabase.allCases)
    func `a guardian agrees, refuses and takes back`(on database: TestDatabase) async throws {
        try await run(database) { (scene: Scene) async throws in
            let parent = try await scene.privacy.account("parent", role: "guardian", of: scene.privacy.guardian)
            let page = try await parent.get(scene.family)
            #expect(page.status == 200 && page.headers[.cacheControl] == "no-store")
            for word in ["作品展示", "第 1 版", "不影响入学", "学籍管理", "依法办理，不需要同意", "怎样投诉"] {
                #expect(page.text.contains(word), "\(word)")
            }
            #expect(!page.text.contains(" checked") && !page.text.contains(" selected"))
            let key = Identifiers.next()
            for _ in 0..<2 {
                let done = try await parent.post(
                    scene.family, from: scene.family, key: key, ConsentRoutesTests.answer("yes"))
                #expect(done.status == 303)
            }
            #expect(try await scene.answers() == 1)
            #expect(try await scene.standing() == .allowed)
            let no = try await parent.post(
                scene.family, from: scene.family, ConsentRoutesTests.answer("no", "images"))
            #expect(no.status == 303)
            #expect(try await scene.standing(.images) == .refused)
            let back = try await parent.post(
                scene.family, from: scene.family, [("purpose", "works"), ("answer", "withdrawn")])
            #expect(back.status == 303)
            #expect(try await scene.standing() == .refused)
            let again = try await parent.post(
                scene.family, from: scene.family, [("purpose", "works"), ("answer", "withdrawn")])
            #expect(again.status == 409 && again.text.contains("没有可以撤回的同意"))
            let after = try await parent.get(scene.family)
            #expect(after.text.contains("撤回了同意") && after.text.contains("表示不同意"))
            // What the law gives the school to do goes on.
            let li = try await scene.city.client(.li)
            #expect(try await li.get("/classes/\(scene.privacy.classGroup.id)").text.contains("孙同学"))
            for told in ["roll", "statistics"] {
                let refused = try await parent.post(
                    scene.family, from: scene.family, ConsentRoutesTests.answer("no", told))
                #expect(refused.status == 404, "\(told)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `nobody answers for another's child, nor on the strength of a relation that does not hold`(
        on database: TestDatabase
    ) async throws {
        try await run(database) { (scene: Scene) async throws in
            let parent = try await scene.privacy.account("parent", role: "guardian", of: scene.privacy.guardian)
            var strangers = [try await scene.privacy.account("other", role: "guardian")]
            for member in [TestCity.Member.wang, .li, .bureau, .zhao] {
                strangers.append(try await scene.city.client(member))
            }
            for stranger in strangers {
                #expect(try await stranger.get(scene.family).status == 404)
                let told = try await stranger.post(
                    scene.family, from: "/consents", ConsentRoutesTests.answer("yes"))
                #expect(told.status == 404)
            }
            let visitor = try await scene.city.client(.visitor).get(scene.family)
            #expect(visitor.status == 303 && visitor.location?.hasPrefix("/sign-in") ?? false)
            let body = FormValues([("answer", "yes"), ("purpose", "works"), ("version", "1")]).encoded
            let forged = try await parent.send(
                .post, scene.family, ["content-type": "application/x-www-form-urlencoded"], Array(body.utf8))
            #expect(forged.status >= 400 && forged.status < 500)
            let guardian = scene.privacy.guardian, today = Timestamp.now.day
            let changes: [(GuardianshipState, LocalDate?)] = [(.pending, nil), (.refused, nil), (.confirmed, today)]
            for change in changes {
                try await scene.city.database.write { db in
                    try db.execute(
                        """
                        UPDATE directory_guardianship SET state = \(change.0), valid_to = \(change.1)
                        WHERE guardian_id = \(guardian)
                        """)
                }
                #expect(try await parent.get(scene.family).status == 404, "\(change)")
                let told = try await parent.post(scene.family, from: "/consents", ConsentRoutesTests.answer("yes"))
                #expect(told.status == 404, "\(change)")
            }
            #expect(try await scene.answers() == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `at 14 the decision passes to the pupil`(on database: TestDatabase) async throws {
        try await run(database) { (scene: Scene) async throws in
            let parent = try await scene.privacy.account("parent", role: "guardian", of: scene.privacy.guardian)
            let pupil = try await scene.privacy.account("sun", role: "student", of: scene.privacy.pupil)
            try await scene.born(13)
            let early = try await pupil.post("/consents", from: "/consents", ConsentRoutesTests.answer("yes"))
            #expect(early.status == 403)
            #expect(try await pupil.get("/consents").text.contains("由家长决定"))
            _ = try await parent.post(scene.family, from: scene.family, ConsentRoutesTests.answer("yes"))
            #expect(try await scene.standing() == .allowed)
            try await scene.born(14)
            #expect(try await scene.standing() == .askAgain)
            let late = try await parent.post(scene.family, from: scene.family, ConsentRoutesTests.answer("yes"))
            #expect(late.status == 403)
            let seen = try await parent.get(scene.family)
            #expect(seen.status == 200 && seen.text.contains("由孩子自己决定"))
            let own = try await pupil.get("/consents")
            #expect(own.text.contains("现在由你自己决定"))
            let told = try await pupil.post("/consents", from: "/consents", ConsentRoutesTests.answer("yes"))
            #expect(told.status == 303)
            #expect(try await scene.standing() == .allowed)
            try await scene.born(18)
            #expect(try await parent.get(scene.family).status == 404)
            #expect(try await pupil.get("/consents").status == 200)
            // Whoever never was a pupil has nothing to decide.
            let teacher = try await scene.city.client(.wang)
            #expect(try await teacher.get("/consents").text.contains("没有要你决定的事项"))
            let strange = try await teacher.post("/consents", from: "/consents", ConsentRoutesTests.answer("yes"))
            #expect(strange.status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the city publishes new words and everybody is asked again`(on database: TestDatabase) async throws {
        try await run(database) { (scene: Scene) async throws in
            let parent = try await scene.privacy.account("parent", role: "guardian", of: scene.privacy.guardian)
            _ = try await parent.post(scene.family, from: scene.family, ConsentRoutesTests.answer("yes"))
            let bureau = try await scene.city.client(.bureau), path = "/privacy/purposes/works/versions/new"
            let form = try await bureau.get(path)
            #expect(form.status == 200 && form.text.contains("要再次征求"))
            let fields = ["title", "aim", "data", "place", "term", "safety", "refusal", "withdrawal", "complaint"]
            var values = fields.map { ($0, "新的\($0)") } + [("number", "2")]
            let empty = try await bureau.post(path, from: path, [("number", "2"), ("title", "作品")])
            #expect(empty.status == 422 && empty.text.contains("填写做什么用"))
            #expect(try await bureau.post(path, from: path, values).status == 303)
            #expect(try await bureau.post(path, from: path, values).status == 409)
            #expect(try await scene.standing() == .askAgain)
            let old = try await parent.post(scene.family, from: scene.family, ConsentRoutesTests.answer("yes"))
            #expect(old.status == 409 && old.text.contains("刚刚更新") && old.text.contains("新的aim"))
            #expect(try await scene.standing() == .askAgain)
            let told = try await parent.post(
                scene.family, from: scene.family, ConsentRoutesTests.answer("yes", version: 2))
            #expect(told.status == 303)
            #expect(try await scene.standing() == .allowed)
            // The words she agreed to first can still be read.
            let first = try await parent.get("/consents/texts/works/versions/1")
            #expect(first.status == 200 && first.text.contains("已有新的说明"))
            #expect(try await parent.get("/consents/texts/works/versions/9").status == 404)
            for member in [TestCity.Member.li, .chen, .wang] {
                #expect(try await scene.city.client(member).get("/privacy/purposes").status == 404)
            }
            values = fields.map { ($0, "广播") } + [("code", "radio"), ("publication", "1")]
            #expect(try await bureau.post("/privacy/purposes/new", from: path, values).status == 303)
            #expect(try await bureau.post("/privacy/purposes/new", from: path, values).status == 422)
            #expect(try await bureau.post("/privacy/purposes/radio/end", from: path).status == 303)
            #expect(try await bureau.post("/privacy/purposes/roll/end", from: path).status == 403)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the class teacher enters paper, and only she and the school see the class`(
        on database: TestDatabase
    ) async throws {
        try await run(database) { (scene: Scene) async throws in
            let wang = try await scene.city.client(.wang), li = try await scene.city.client(.li)
            #expect(try await wang.get(scene.board).status == 404)
            let pupil = scene.privacy.pupil, today = Timestamp.now.day
            let values = [
                ("signedOn", today.iso), ("answer-\(pupil)-works", "yes"), ("answer-\(pupil)-images", "no"),
                ("signer-\(pupil)", scene.privacy.guardian.rawValue),
            ]
            let early = try await li.post(scene.board + "/paper", from: scene.board, values)
            #expect(early.status == 409 && early.text.contains("先在班级页面安排班主任"))
            try await scene.lead(.wang)
            let board = try await wang.get(scene.board)
            #expect(board.status == 200 && board.text.contains("用纸质") && board.text.contains("未答复"))
            #expect(try await wang.get("/classes/\(scene.privacy.classGroup.id)").text.contains(scene.board))
            let notice = try await wang.get(scene.board + "/notice")
            #expect(notice.status == 200 && notice.text.contains("家长签字") && notice.text.contains("作品展示"))
            let wrong = try await wang.post(
                scene.board + "/paper", from: scene.board, [("signedOn", "昨天"), ("answer-\(pupil)-works", "yes")])
            #expect(wrong.status == 422 && wrong.text.contains(#"<option value="yes" selected>"#))
            let key = Identifiers.next()
            for _ in 0..<2 {
                let done = try await wang.post(scene.board + "/paper", from: scene.board, key: key, values)
                #expect(done.status == 303)
            }
            #expect(try await scene.answers() == 2)
            #expect(try await scene.standing() == .allowed)
            #expect(try await li.get(scene.board + "?purpose=images").text.contains("不同意，纸质"))
            // Somebody of the school says that the class teacher signed as witness; who was not there enters nothing.
            let unseen = try await li.post(scene.board + "/paper", from: scene.board, values)
            #expect(unseen.status == 422 && unseen.text.contains("见证签字"))
            let seen = try await li.post(scene.board + "/paper", from: scene.board, values + [("witnessed", "1")])
            #expect(seen.status == 303)
            let bureau = try await scene.city.client(.bureau), above = try await bureau.get(scene.board)
            #expect(above.status == 200 && !above.text.contains("登记纸质同意书"))
            #expect(try await bureau.get(scene.board + "/paper").status == 303)
            #expect(try await bureau.post(scene.board + "/paper", from: scene.board, values).status == 403)
            #expect(try await scene.answers() == 2)
            for member in [TestCity.Member.zhao, .dongxing, .leader, .chen] {
                let stranger = try await scene.city.client(member)
                for path in ["", "/paper", "/notice"] {
                    #expect(try await stranger.get(scene.board + path).status == 404, "\(member) \(path)")
                }
                let told = try await stranger.post(scene.board + "/paper", from: "/account", values)
                #expect(told.status == 404, "\(member)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who has left can still be taken back, and nothing of her is shown`(on database: TestDatabase) async throws {
        try await run(database) { (scene: Scene) async throws in
            let parent = try await scene.privacy.account("parent", role: "guardian", of: scene.privacy.guardian)
            for purpose in ["works", "images"] {
                _ = try await parent.post(scene.family, from: scene.family, ConsentRoutesTests.answer("yes", purpose))
            }
            let pupil = scene.privacy.pupil, today = Timestamp.now.day, guardian = scene.privacy.guardian
            try await scene.city.database.write { db in
                try db.execute(
                    """
                    UPDATE directory_enrolment SET valid_to = \(today), reason = \(LeavingReason.transfer)
                    WHERE person_id = \(pupil)
                    """)
                try db.execute(
                    """
                    UPDATE identity_grant SET valid_to = \(today) WHERE account_id IN (
                        SELECT id FROM identity_account WHERE person_id = \(guardian))
                    """)
            }
            // Works are shown until she leaves, pictures longer.
            #expect(try await scene.standing() == nil)
            #expect(try await scene.standing(.images) == .allowed)
            #expect(try await parent.get("/children").status == 404)
            #expect(try await parent.get("/consents").text.contains(scene.family))
            let back = try await parent.post(
                scene.family, from: scene.family, [("purpose", "images"), ("answer", "withdrawn")])
            #expect(back.status == 303)
            #expect(try await scene.standing(.images) == .refused)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `granting a request to withdraw withdraws`(on database: TestDatabase) async throws {
        try await run(database) { (scene: Scene) async throws in
            let parent = try await scene.privacy.account("parent", role: "guardian", of: scene.privacy.guardian)
            _ = try await parent.post(scene.family, from: scene.family, ConsentRoutesTests.answer("yes"))
            let asked = try await parent.post(
                "/my-data/requests", from: "/my-data",
                [("kind", "withdrawal"), ("text", "都不要了"), ("child", scene.privacy.pupil.rawValue)])
            #expect(asked.status == 303)
            #expect(try await scene.standing() == .allowed)
            let li = try await scene.city.client(.li), list = try await li.get("/privacy/requests")
            let id = try #require(list.text.firstMatch(of: #/\/privacy\/requests\/([0-9a-z]{26})/#)?.output.1)
            let path = "/privacy/requests/\(id)", form = try await li.get(path)
            #expect(form.text.contains("马上生效"))
            let done = try await li.post(path + "/answer", from: path, [("state", "done"), ("text", "已撤回")])
            #expect(done.status == 303)
            #expect(try await scene.standing() == .refused)
            let words = try await parent.get(scene.family)
            #expect(words.text.contains("撤回了同意") && words.text.contains("权利请求"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `figures and report show what lies in the scope`(on database: TestDatabase) async throws {
        try await run(database) { (scene: Scene) async throws in
            let parent = try await scene.privacy.account("parent", role: "guardian", of: scene.privacy.guardian)
            _ = try await parent.post(scene.family, from: scene.family, ConsentRoutesTests.answer("yes"))
            let li = try await scene.city.client(.li).get("/privacy/consents?purpose=works")
            #expect(li.status == 200 && li.text.contains(scene.board) && li.text.contains("100.00%"))
            let bureau = try await scene.city.client(.bureau)
            let city = try await bureau.get("/privacy/consents")
            #expect(city.text.contains("实验小学") && city.text.contains("江平镇第一小学"))
            let chen = try await scene.city.client(.chen).get("/privacy/consents")
            #expect(chen.status == 200 && !chen.text.contains("实验小学"))
            let other = "/privacy/consents?school=\(scene.privacy.school.id)"
            #expect(try await scene.city.client(.chen).get(other).status == 404)
            #expect(try await bureau.get(other).text.contains(scene.board))
            let officer = try await scene.privacy.client("officer")
            let report = try await officer.get("/privacy/minors")
            #expect(report.status == 200 && report.text.contains("用途：作品展示"))
            #expect(!report.text.contains("孙同学"))
            let file = try await officer.get("/privacy/minors?format=csv")
            #expect(file.text.contains("用途：作品展示,同意,1,人"))
            #expect(try await officer.get("/privacy/consents").status == 404)
            let own = try await parent.get("/my-data?child=\(scene.privacy.pupil)")
            #expect(own.text.contains("作品展示（第 1 版）") && own.text.contains(scene.family))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `no page without sign-in holds the name of a pupil`(on database: TestDatabase) async throws {
        try await run(database) { (scene: Scene) async throws in
            let records = try await WalkRecords(in: scene.city), visitor = try await scene.city.client(.visitor)
            let names = try await scene.city.database.read { db in
                try db.column(
                    """
                    SELECT DISTINCT p.name FROM directory_enrolment e JOIN directory_person p ON p.id = e.person_id
                    """, as: String.self)
            }
            #expect(names.contains("孙同学"))
            for route in scene.city.platform.routes where route.method == .get {
                let path = try #require(records.path(of: route)), answer = try await visitor.get(path)
                for name in names { #expect(!answer.text.contains(name), "\(path) \(name)") }
            }
        }
    }
}
