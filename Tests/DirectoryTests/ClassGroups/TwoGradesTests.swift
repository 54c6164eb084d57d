import Database
import Kernel
import TestKit
import Testing

@testable import Directory

@Suite("Classes with two grades") struct TwoGradesTests {
    private typealias World = RosterWorld

    /// 三、四年级 in the school year 2026.
    private func open(_ world: World, _ number: Int = 1) async throws -> ClassGroup {
        let primary = world.primary
        return try await world.classes {
            let draft = ClassDraft(
                stage: .primary, entryYear: 2024, number: number, openedOn: World.start, secondEntryYear: 2023)
            return try $0.open(draft, at: primary)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `it is named after both, and each pupil is of one`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let combined = try await open(world), third = LocalDate(iso: "2027-09-01")!
            #expect(combined.name(on: World.today) == "三、四年级复式(1)班" && combined.kind == "12")
            #expect(combined.name(on: third) == "四、五年级复式(1)班")
            #expect(combined.cohortName == "2024、2023级小学复式(1)班")
            #expect(combined.grades(on: World.today).map(\.code) == ["P3", "P4"])
            try await world.pupils { service in
                _ = try service.add(NewPupil(name: "韦一"), to: combined, from: World.start)
                _ = try service.add(NewPupil(name: "韦二"), to: combined, entryYear: 2023, from: World.start)
            }
            let members = try await world.database.read {
                try EnrolmentStore($0).members(of: combined.id, on: World.today)
            }
            let grades = members.map { "\($0.name)\(combined.grade(of: $0, on: World.today)?.code ?? "")" }
            #expect(grades.sorted() == ["韦一P3", "韦二P4"])
            let other = await problemField {
                try await world.pupils {
                    _ = try $0.add(NewPupil(name: "韦三"), to: combined, entryYear: 2022, from: World.start)
                }
            }
            #expect(other == "entryYear")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a pupil moved into it keeps her own grade`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let combined = try await open(world), fourth = try await world.open(2, entryYear: 2023)
            let fifth = try await world.open(3, entryYear: 2022)
            let (own, down) = (try await world.add("韦一", to: fourth), try await world.add("韦二", to: fifth))
            try await world.pupils { service in
                try service.move(own, from: fourth, to: combined, on: World.today)
                try service.move(down, from: fifth, to: combined, entryYear: 2023, on: World.today, .repeating)
            }
            let members = try await world.database.read {
                try EnrolmentStore($0).members(of: combined.id, on: World.today)
            }
            #expect(members.map(\.entryYear) == [2023, 2023])
            let left = try await world.database.read { try EnrolmentStore($0).history(of: down).last?.enrolment.reason }
            #expect(left == .repeating && left?.title == "留级")
        }
    }

    @Test(arguments: [
        (ClassStage.primary, 2024, 2024), (.primary, 2024, 2010), (.kindergarten, 2025, 2024), (.senior, 2025, 2024),
    ])
    func `only two years of a stage that has such classes`(stage: ClassStage, first: Int, second: Int) {
        let draft = ClassDraft(
            stage: stage, entryYear: first, number: 1, openedOn: World.start, secondEntryYear: second)
        let types: [ClassStage: String] = [.primary: "211", .kindergarten: "111", .senior: "342"]
        let problems = ClassRules.collected {
            try ClassRules.check(draft, schoolType: types[stage] ?? "", today: World.today)
        }
        #expect(problems.map(\.field) == ["secondEntryYear"])
    }

    @Test(arguments: TestDatabase.allCases)
    func `its page shows the pupils grade by grade`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool), client = try await city.client(.li)
            let today = Timestamp.now.day, year = SchoolYear(containing: today).start
            let form = [
                ("stage", "2"), ("entryYear", String(year)), ("secondEntryYear", String(year - 1)), ("number", "1"),
                ("openedOn", SchoolYear(start: year).firstDay.iso),
            ]
            let path = try #require(
                try await client.post("/schools/\(school.id)/classes/new", from: "/account", form).location)
            let pupil = [("name", "韦一"), ("from", today.iso)]
            let asked = try await client.post(path + "/pupils/new", from: "/account", pupil)
            #expect(asked.status == 422 && asked.text.contains("选择年级") && asked.text.contains("二年级"))
            let added = try await client.post(
                path + "/pupils/new", from: "/account", pupil + [("entryYear", String(year - 1))])
            #expect(added.location == path)
            let pasted = [("lines", "韦二\n韦三"), ("from", today.iso), ("accept", "1"), ("entryYear", String(year))]
            #expect(try await client.post(path + "/pupils/paste", from: "/account", pasted).location == path)
            let text = try await client.get(path).text
            #expect(text.contains("一、二年级复式(1)班"))
            #expect(text.contains("一年级学生（2 人）") && text.contains("二年级学生（1 人）"))
        }
    }
}
