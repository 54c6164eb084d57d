import Contracts
import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Connectivity

/// What a school's own roster counts, nobody is asked for.
@Suite("Figures of the register from rosters") struct RosterOwnershipTests {
    private static let start = LocalDate(iso: "2015-09-01")!

    /// A whole roster: classes of the stage with so many pupils each, and a teacher unless told otherwise.
    private func enrol(
        _ sizes: [Int], stage: ClassStage = .primary, teachers: Int = 1, at school: Organisation, _ database: Database
    ) async throws {
        let crypto = InternationalCrypto(KeyRing.generate())
        try await database.write { db in
            let now = Timestamp(startOf: Self.start)
            let classes = ClassGroupService(db, by: .system, now: now)
            let pupils = EnrolmentService(db, crypto, by: .system, now: now)
            for (index, size) in sizes.enumerated() {
                let group = try classes.open(
                    ClassDraft(stage: stage, entryYear: 2015, number: index + 1, openedOn: Self.start), at: school)
                for place in 0..<size {
                    let person = try PersonStore(db).insert(name: "学生\(index)-\(place)", at: now)
                    try pupils.enrol(person, in: group, from: Self.start)
                }
            }
            for index in 0..<teachers {
                let person = try PersonStore(db).insert(name: "教师\(index)", at: now)
                try PersonStore(db).appoint(person, at: school.id, post: "10", from: Self.start, at: now)
            }
            try RosterCompletionService.markWhole(school, from: Self.start, by: .system, now: now, db)
        }
    }

    @Test func `counted figures stand in the record of their days, told ones before`() async throws {
        try await RegisterWorld.run { (world: RegisterWorld) async throws in
            let early = LocalDate(iso: "2014-09-30")!
            _ = try await world.tell(
                [.classes: 9, .students: 400, .teachers: 20, .staff: 22, .egress: 40, .access: 40], on: early)
            try await enrol([3, 4], at: world.school, world.database)
            let before = try await world.record(on: Self.start.adding(days: -1)), now = try await world.record()
            #expect(before[.classes] == 9 && before[.students] == 400)
            #expect(now[.classes] == 2 && now[.students] == 7 && now[.primaryStudents] == 7)
            #expect(now[.teachers] == 1 && now[.staff] == 1)
            #expect(now[.egress] == 40 && now[.juniorStudents] == nil)
            #expect(try await world.record(of: world.neighbour).isEmpty)
        }
    }

    @Test func `a school without staff on its roster keeps what was told of them`() async throws {
        try await RegisterWorld.run { (world: RegisterWorld) async throws in
            _ = try await world.tell([.students: 400, .teachers: 20, .staff: 22], on: RegisterWorld.day)
            try await enrol([5], teachers: 0, at: world.school, world.database)
            let record = try await world.record()
            #expect(record[.students] == 5 && record[.teachers] == 20 && record[.staff] == 22)
        }
    }

    @Test func `the form shows them with their source and does not ask`() async throws {
        try await RegisterWorld.run { (world: RegisterWorld) async throws in
            _ = try await world.tell([.classes: 9, .access: 10], on: RegisterWorld.day)
            try await enrol([3, 4], at: world.school, world.database)
            let user = world.user(at: world.school), path = "/register/schools/\(world.school.id)/edit"
            let page = try await world.ask(user, path), names = Set(page.formFields.map(\.name))
            #expect(page.shownText.contains("来源：花名册") && page.shownText.contains("7 人"))
            for field in [FacilityField.classes, .students, .primaryStudents, .teachers, .staff] {
                #expect(!names.contains(field.id), "\(field.id)")
            }
            // A form opened before there was a roster: its figure is left out, the rest is taken.
            var fields = page.formFields.filter { $0.name != "access_mbps" }
            fields += [("access_mbps", "30"), ("classes", "12")]
            let saved = try await world.ask(user, .post, path, form: fields)
            #expect(saved.status == 303, "\(saved.shownText.suffix(600))")
            let record = try await world.record()
            #expect(record[.access] == 30 && record[.classes] == 2)
            #expect(try await world.history().filter { $0.field == "classes" }.map(\.value) == [9])
        }
    }

    @Test func `a pupil who comes while a form is open is no conflict`() async throws {
        try await RegisterWorld.run { (world: RegisterWorld) async throws in
            try await enrol([3], at: world.school, world.database)
            let user = world.user(at: world.school), path = "/register/schools/\(world.school.id)/edit"
            let page = try await world.ask(user, path)
            let crypto = InternationalCrypto(KeyRing.generate()), school = world.school.id
            try await world.database.write { db in
                let groups = try ClassGroupStore(db).classes(of: school, on: Timestamp.now.day, within: .everything)
                let late = try PersonStore(db).insert(name: "后来", at: .now)
                try EnrolmentService(db, crypto, by: .system).enrol(
                    late, in: try #require(groups.first), from: Self.start)
            }
            let fields = page.formFields.filter { $0.name != "access_mbps" } + [("access_mbps", "30")]
            #expect(try await world.ask(user, .post, path, form: fields).status == 303)
        }
    }

    @Test func `the interface says where a figure comes from and refuses another`() async throws {
        try await RegisterWorld.run { (world: RegisterWorld) async throws in
            try await enrol([3, 4], at: world.school, world.database)
            let user = world.user(at: world.school), path = "/api/v1/schools/\(world.school.id)/facilities"
            let shown = try await world.ask(user, .get, path).shownText
            #expect(shown.contains(#""source":"roster""#))
            func put(_ values: String) async throws -> WebResponse {
                try await world.ask(user, .put, path, json: #"{"validFrom":"2015-10-01","values":\#(values)}"#)
            }
            do {
                _ = try await put(#"{"classes":3,"lines":1}"#)
                Issue.record("a figure of the roster was taken")
            } catch DomainError.invalid(let problems) {
                #expect(problems.map(\.field) == ["classes"])
                #expect(problems[0].message.contains("花名册"))
            }
            #expect(try await put(#"{"classes":2,"lines":1}"#).status == 200)
            #expect(try await world.record()[.lines] == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a workbook that differs is told so and not refused`(on database: TestDatabase) async throws {
        try await withImportSite(database) { (site: ImportSite) async throws in
            let sheet = "学校标识码,学校名称,乡镇,办学类型,城乡分类,班级数,在校学生数,专任教师数,普通教室(间)\n"
            let row = "2145060201,港口区第一小学,渔州坪街道,211,111,"
            #expect(try await site.csv(sheet + row + "6,240,14,9\n").new == 1)
            let school = try #require(try await site.school("2145060201"))
            try await enrol([3, 4], at: school, site.database)
            let outcome = try await site.csv(sheet + row + "7,250,1,10\n")
            #expect(outcome.changed == 1 && outcome.refused == 0)
            let line = try #require(try await site.lines(outcome, .changed).first)
            #expect(line.content.changes.map(\.label) == ["普通教室"])
            #expect(
                line.content.notes == [
                    "班级数以花名册为准：花名册 2，文件 7", "在校学生数以花名册为准：花名册 7，文件 250",
                ])
            let record = try await site.record("2145060201")
            #expect(record[.classes] == 2 && record[.students] == 7 && record[.ordinaryRooms] == 10)
            #expect(try await site.csv(sheet + row + "7,250,1,10\n").unchanged == 1)
        }
    }

    @Test func `figures of the plan are counted and lead to the classes`() async throws {
        try await RegisterWorld.run { (world: RegisterWorld) async throws in
            _ = try await world.tell([.access: 30, .egress: 30, .classes: 9, .students: 400, .studentComputers: 7])
            let module = FacilityIndicators(
                database: world.database, rosterSeconds: 0, path: FacilityPages.rowsPath)
            let first = try await module.revision()
            try await enrol([3, 4], at: world.school, world.database)
            #expect(try await module.revision() != first)
            let today = Timestamp.now.day, figures = try await module.figures(on: today)[world.school.id]
            #expect(figures?["egress-per-class"] == .value(30, over: 2))
            #expect(figures?["students-per-computer-primary"] == .value(7, over: 7))
            let sources = try await module.sources(of: "egress-per-class", school: world.school.id, on: today)
            let classes = try #require(sources.first { $0.label == "班级数" })
            #expect(classes.origin == "花名册" && classes.value == "2 个")
            #expect(classes.path == "/schools/\(world.school.id)/classes?on=\(today.iso)")
        }
    }

    @Test func `a change of the rosters is noticed after its time`() async throws {
        try await RegisterWorld.run { (world: RegisterWorld) async throws in
            let mark = KeptMark(seconds: 60), now = Timestamp.now
            func asked(_ seconds: Int64) async throws -> String {
                try await world.database.read { db in
                    try mark.value(at: now.adding(seconds: seconds)) { try RosterCountStore(db).revision() }
                }
            }
            let first = try await asked(0)
            try await enrol([3], at: world.school, world.database)
            #expect(try await asked(59) == first)
            #expect(try await asked(60) != first)
        }
    }
}
