import Database
import Directory
import Identity
import Kernel
import TestKit
import Testing

@testable import Resources

/// What pupils and their families see of lessons.
@Suite("Lessons of pupils")
struct PupilLessonTests {
    @Test(
        "A pupil and a confirmed guardian see what is meant for pupils; others' children none",
        arguments: TestDatabase.allCases)
    func readers(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let hidden = try await made.made.published(ResourceCity.content("教师的教案", .city))
            let shown = try await made.made.published(
                ResourceCity.content("给学生的", .city, audience: ["teacher", "student"]))
            let lesson = try await made.sent([hidden, shown]), own = made.own, far = made.far
            // The members stand in for a pupil of each class, and for a guardian.
            let people = try await [made.city.user(.audit).person, made.city.user(.security).person]
            try await made.database.write { db in
                for (person, group) in zip(people, [own, far]) {
                    try db.execute(
                        """
                        INSERT INTO directory_enrolment (id, person_id, school_id, class_id, valid_from, recorded_at,
                            recorded_by, changed_at)
                        VALUES (\(Identifiers.next()), \(person), \(group.school), \(group.id), '2024-09-01', 0, '', 0)
                        """)
                }
            }
            let pupil = try await made.city.client(.audit), stranger = try await made.city.client(.security)
            let today = try await pupil.get(LessonPages.ownPath).text
            #expect(today.contains("灯塔下的路") && today.contains("1 项资源"))
            let page = try await pupil.get(LessonPages.path(lesson.id)).text
            #expect(page.contains("给学生的") && !page.contains("教师的教案") && !page.contains("上课打开"))
            #expect(try await stranger.get(LessonPages.path(lesson.id)).status == 404)
            #expect(try await stranger.get(LessonPages.ownPath).text.contains("今天没有推送的资源"))
            let wang = try await made.city.client(.wang)
            #expect(try await wang.get(LessonPages.ownPath).text.contains("你现在不在任何班级"))
            // 王老师 is nobody's guardian here.
            #expect(try await wang.get(LessonPages.path(ofChild: people[0])).status == 404)
        }
    }

    @Test("A confirmed guardian finds the lessons of her child, and of nobody else's", arguments: TestDatabase.allCases)
    func guardian(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let shown = try await made.made.published(
                ResourceCity.content("给学生的", .city, audience: ["teacher", "student"]))
            let hidden = try await made.made.published(ResourceCity.content("教师的教案", .city))
            let lesson = try await made.sent([hidden, shown]), own = made.own, school = made.made.school
            let child = try await made.city.user(.audit).person, other = try await made.city.user(.security).person
            let day = LocalDate(year: 2024, month: 9, day: 1)!, now = made.clock.now
            let parent = try await made.database.write { db in
                for (person, group) in [(child, own), (other, made.far)] {
                    try db.execute(
                        """
                        INSERT INTO directory_enrolment (id, person_id, school_id, class_id, valid_from, recorded_at,
                            recorded_by, changed_at)
                        VALUES (\(Identifiers.next()), \(person), \(group.school), \(group.id), '2024-09-01', 0, '', 0)
                        """)
                }
                let account = try AccountService(db, by: .system).create(
                    NewAccount(
                        name: "家长(示例)", login: "parent", role: .guardian, organisation: school.id,
                        from: OrganisationService.always), passwordHash: "!", mustChange: false)
                let guardian: ID<Person>? = try db.value(
                    "SELECT person_id FROM identity_account WHERE id = \(account)")
                let parent = try #require(guardian)
                try GuardianshipStore(db).insert(
                    [NewGuardianship(guardian: parent, child: child, relation: nil, order: 1)], .confirmed, .school,
                    from: day, by: "李校长", at: now)
                // Of the other child the school has not confirmed anything yet.
                try GuardianshipStore(db).insert(
                    [NewGuardianship(guardian: parent, child: other, relation: nil, order: 1)], .pending, .declared,
                    from: day, by: "家长", at: now)
                return parent
            }
            let token = try await made.city.platform.identity.startSession(login: "parent")
            let client = TestClient(made.city.platform.pipeline, session: token)
            let page = try await client.get(LessonPages.path(ofChild: child)).text
            #expect(page.contains("灯塔下的路") && page.contains("今天的课"), "\(parent)")
            let shownPage = try await client.get(LessonPages.path(lesson.id)).text
            #expect(shownPage.contains("给学生的") && !shownPage.contains("教师的教案"))
            #expect(try await client.get(LessonPages.path(ofChild: other)).status == 404)
            #expect(try await client.get("/children/\(child)").text.contains("今天的课"))
            // What was taken back is gone for families, and the address with it.
            try await made.push { try $0.withdraw(lesson.push) }
            #expect(try await client.get(LessonPages.path(lesson.id)).status == 404)
            // A child who has left the class takes her guardian along.
            try await made.database.write {
                try $0.execute(
                    "UPDATE directory_enrolment SET valid_to = '2026-10-01', reason = '29' WHERE person_id = \(child)")
            }
            #expect(try await client.get(LessonPages.path(ofChild: child)).text.contains("孩子现在不在任何班级"))
        }
    }
}
