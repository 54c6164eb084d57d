import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Connectivity

/// A roster that is entered in part gives no figures of that part.
@Suite("Whether rosters are whole") struct RosterCompletionTests {
    private static let start = LocalDate(iso: "2015-09-01")!
    private static var today: LocalDate { Timestamp.now.day }

    /// A class with so many pupils.
    private func enrol(_ pupils: Int, teachers: Int = 0, at school: Organisation, _ database: Database) async throws {
        let crypto = InternationalCrypto(KeyRing.generate())
        try await database.write { db in
            let now = Timestamp(startOf: Self.start)
            let group = try ClassGroupService(db, by: .system, now: now).open(
                ClassDraft(stage: .primary, entryYear: 2015, number: 1, openedOn: Self.start), at: school)
            let service = EnrolmentService(db, crypto, by: .system, now: now)
            for place in 0..<pupils {
                let person = try PersonStore(db).insert(name: "学生\(place)", at: now)
                try service.enrol(person, in: group, from: Self.start)
            }
            for place in 0..<teachers {
                let person = try PersonStore(db).insert(name: "教师\(place)", at: now)
                try PersonStore(db).appoint(person, at: school.id, post: "10", from: Self.start, at: now)
            }
        }
    }

    private func path(_ world: RegisterWorld) -> String { "/register/schools/\(world.school.id)/roster" }

    private func say(
        _ world: RegisterWorld, _ user: CurrentUser, complete: Bool, from day: LocalDate, reason: String = ""
    ) async throws -> WebResponse {
        try await world.ask(
            user, .post, path(world),
            form: [("complete", complete ? "1" : "0"), ("from", day.iso), ("reason", reason)])
    }

    @Test
    func `told figures stand until the school says that its roster is whole, and again from when that is taken back`()
        async throws
    {
        try await RegisterWorld.run { (world: RegisterWorld) async throws in
            _ = try await world.tell([.classes: 9, .students: 400, .access: 10], on: RegisterWorld.day)
            try await enrol(5, at: world.school, world.database)
            let head = world.user(at: world.school), county = world.user(at: world.county)
            #expect(try await world.record()[.students] == 400)
            let asked = try await world.ask(head, "/register/schools/\(world.school.id)/edit")
            #expect(Set(asked.formFields.map(\.name)).contains("students"))
            #expect(asked.shownText.contains("花名册已录 5 名学生"))

            let since = Self.today.adding(days: -10), until = Self.today.adding(days: -3)
            #expect(try await say(world, county, complete: true, from: since).status == 303)
            #expect(try await world.record(on: since.adding(days: -1))[.students] == 400)
            #expect(try await world.record(on: since)[.students] == 5)
            let page = try await world.ask(head, path(world)).shownText
            #expect(page.contains("学籍已录全") && page.contains("李校长") && page.contains("登记 400 人"))
            let quiet = try await world.ask(head, "/register/schools/\(world.school.id)/edit")
            #expect(!Set(quiet.formFields.map(\.name)).contains("students"))
            let school = world.school.id
            let values = try await world.database.read { try FacilityStore($0).values(of: school, on: Self.today) }
            let value = try #require(values.first { $0.field == "students" })
            #expect(value.recordedBy == "李校长" && value.note.contains(since.iso))

            // The school's word is taken back above it only, and with a reason.
            await #expect(throws: DomainError.self) {
                _ = try await say(world, head, complete: false, from: until, reason: "还缺一个年级")
            }
            let bare = try await say(world, county, complete: false, from: until)
            #expect(bare.status == 422 && bare.shownText.contains("填写收回的原因"))
            let early = try await say(world, county, complete: false, from: since.adding(days: -1), reason: "还缺一个年级")
            #expect(early.status == 422 && early.shownText.contains("还缺一个年级"))
            #expect(try await say(world, county, complete: false, from: until, reason: "还缺一个年级").status == 303)
            #expect(try await world.record(on: until.adding(days: -1))[.students] == 5)
            #expect(try await world.record(on: until)[.students] == 400)
            #expect(try await world.ask(head, path(world)).shownText.contains("还缺一个年级"))
            // What a person has taken back the platform does not set again.
            _ = try await world.tell([.students: 4], on: until)
            #expect(try await RosterCompletionService(database: world.database).prove() == 0)
        }
    }

    @Test func `a school without a roster, of another place or told of tomorrow is refused`() async throws {
        try await RegisterWorld.run { (world: RegisterWorld) async throws in
            let head = world.user(at: world.school)
            let empty = try await say(world, head, complete: true, from: Self.today)
            #expect(empty.status == 409 && empty.shownText.contains("花名册里还没有学生，先导入花名册。"))
            try await enrol(2, at: world.school, world.database)
            let early = try await say(world, head, complete: true, from: Self.today.adding(days: -400))
            #expect(early.status == 422 && early.shownText.contains("由区县标明"))
            let county = world.user(at: world.county)
            let before = try await say(world, county, complete: true, from: Self.start.adding(days: -1))
            #expect(before.status == 422 && before.shownText.contains("这一天花名册里还没有学生"))
            let late = try await say(world, head, complete: true, from: Self.today.adding(days: 1))
            #expect(late.status == 422 && late.shownText.contains("不能晚于今天"))
            let strangers = [
                world.user(at: world.stranger), world.user(at: world.school, [.registerView, .registerEdit]),
                world.user(at: world.stranger, [.registerView, .rosterComplete]),
            ]
            for stranger in strangers {
                await #expect(throws: DomainError.self) {
                    _ = try await say(world, stranger, complete: true, from: Self.today)
                }
            }
            #expect(try await say(world, head, complete: true, from: Self.today).status == 303)
            let again = try await say(world, head, complete: true, from: Self.today)
            #expect(again.status == 409 && again.shownText.contains("已是“学籍已录全”"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the platform notes a roster that has reached the register, once`(on database: TestDatabase) async throws {
        try await withImportSite(database) { (site: ImportSite) async throws in
            let sheet = "学校标识码,学校名称,乡镇,办学类型,城乡分类,班级数,在校学生数,专任教师数,普通教室(间)\n"
            _ = try await site.csv(sheet + "2145060201,港口区第一小学,渔州坪街道,211,111,1,4,2,9\n")
            let school = try #require(try await site.school("2145060201"))
            let service = RosterCompletionService(database: site.database)
            try await enrol(3, teachers: 1, at: school, site.database)
            #expect(try await service.prove() == 0)
            #expect(try await site.record("2145060201")[.students] == 4)
            try await site.database.write { db in
                try db.execute("UPDATE connectivity_value SET value = 3 WHERE field = 'students'")
            }
            // One of two teachers is not all.
            #expect(try await service.prove() == 0)
            try await site.database.write { db in
                try db.execute("UPDATE connectivity_value SET value = 1 WHERE field = 'teachers'")
            }
            #expect(try await service.prove() == 1)
            #expect(try await service.prove() == 0)
            let (state, audits) = try await site.database.read { db in
                (
                    try RosterCompletionStore(db).state(of: school.id, on: Self.today),
                    try db.value(
                        "SELECT COUNT(*) FROM platform_audit_entry WHERE action = 'facility_register.roster_completed'",
                        as: Int.self)
                )
            }
            #expect(state?.isComplete == true && state?.origin == .platform && audits == 1)
            #expect(state?.note == "花名册 3 人，登记 3 人")
        }
    }

    /// A school that was counted before the word existed goes on to be; one whose roster is behind the register is not.
    @Test(arguments: TestDatabase.allCases)
    func `an installation that had rosters shows the same figures`(on database: TestDatabase) async throws {
        let all = PlatformModule.migrations + DirectoryModule.migrations + ConnectivityModule.migrations
        let before = all.filter { $0.name != "connectivity/0003-roster-completion" }
        try await database.withDatabase(migrations: before) { database, _ in
            let schools = try await database.write { db -> [Organisation] in
                try CitySetup.prepare(db)
                let town = try OrganisationStore(db).find(code: "450603102", within: .everything)
                let service = OrganisationService(db, by: .system, source: "test")
                return try ["甲小学", "乙小学", "丙小学"].map { name in
                    try service.add(
                        .init(
                            kind: .school, code: nil, name: name,
                            profile: SchoolProfile(schoolType: "211", urbanRural: "121", isCentral: false)), below: town
                    )
                }
            }
            for school in schools { try await enrol(3, at: school, database) }
            // Of the first nothing was ever told, of the second fewer, of the third more than its roster has.
            try await database.write { db in
                for (school, told) in [(schools[1], 2.0), (schools[2], 400.0)] {
                    try FacilityStore(db).tell(
                        [
                            FacilityChange(
                                organisation: school.id, field: "students", value: told, validFrom: Self.start)
                        ], source: .form, by: "李校长", now: .now)
                }
            }
            _ = try await database.migrate(all)
            let figures = try await database.read { db in
                try schools.map { try FacilityStore(db).record(of: $0.id, on: Self.start)[.students] }
            }
            #expect(figures == [3, 3, 400])
        }
    }

    @Test func `what proves a roster`() {
        var roster = RosterCount()
        let told = FacilityRecord([FacilityField.students.id: 10, FacilityField.teachers.id: 2])
        #expect(RosterCompletion.proof(roster, told) == nil)
        roster.classes = 1
        roster.pupilsByStage = [.primary: 9]
        #expect(RosterCompletion.proof(roster, told) == nil)
        roster.pupilsByStage = [.primary: 11]
        #expect(RosterCompletion.proof(roster, told) == "花名册 11 人，登记 10 人")
        roster.teachers = 1
        #expect(RosterCompletion.proof(roster, told) == nil)
        roster.teachers = 2
        #expect(RosterCompletion.proof(roster, told) != nil)
        #expect(RosterCompletion.proof(roster, FacilityRecord()) == nil)
    }
}
