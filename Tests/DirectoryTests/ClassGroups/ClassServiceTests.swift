import Directory
import Kernel
import TestKit
import Testing

@Suite("Classes and their teachers") struct ClassServiceTests {
    private typealias World = RosterWorld
    private func day(_ iso: String) throws -> LocalDate { try #require(LocalDate(iso: iso)) }

    @Test(arguments: TestDatabase.allCases)
    func `a class is named by the day`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = try await world.open(3, stage: .junior, entryYear: 2026, at: world.junior)
            let names = [
                "2026-08-31": "2026级初中(3)班", "2026-09-01": "七年级(3)班", "2027-08-31": "七年级(3)班",
                "2027-09-01": "八年级(3)班", "2029-08-31": "九年级(3)班", "2029-09-01": "2026级初中(3)班",
            ]
            for (iso, name) in names { #expect(classGroup.name(on: try day(iso)) == name, "\(iso)") }
            try await world.classes { try $0.rename(classGroup, number: 4, alias: "海豚班") }
            let renamed = try await world.now(classGroup)
            #expect(renamed.name(on: World.today) == "七年级(4)班（海豚班）" && renamed.revision == 2)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a number is given once among the open classes of a year`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let first = try await world.open(1)
            let again = await problemField { _ = try await world.open(1) }
            #expect(again == "number")
            _ = try await world.open(1, entryYear: 2025)
            let second = try await world.open(2)
            let field = await problemField { try await world.classes { try $0.rename(second, number: 1, alias: "") } }
            #expect(field == "number")
            try await world.classes { try $0.close(first, on: World.today) }
            try await world.classes { try $0.rename(second, number: 1, alias: "") }
            #expect(try await world.now(second).number == 1)
        }
    }

    @Test func `what cannot be a class is told field by field`() async throws {
        try await World.run(.sqlite) { world in
            let draft = ClassDraft(
                stage: .junior, entryYear: 1999, number: 0, alias: String(repeating: "长", count: 21),
                openedOn: World.today.adding(days: 500), years: 9, kind: "10")
            let field = await problemField { _ = try await world.classes { try $0.open(draft, at: world.primary) } }
            #expect(field == "stage,entryYear,years,kind,number,alias,openedOn")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of two who saw the same class one is too late`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let seen = try await world.open()
            try await world.classes { try $0.rename(seen, number: 1, alias: "甲") }
            let isRefused = try await isConflict {
                try await world.classes { try $0.rename(seen, number: 1, alias: "乙") }
            }
            #expect(isRefused)
            #expect(try await world.now(seen).alias == "甲")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a new class teacher ends the one before on her first day`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = try await world.open()
            let other = try await world.database.write { db in
                try StaffService(db, world.crypto, by: World.actor, now: World.now).add(
                    NewStaffMember(name: "李老师", post: "10", from: World.start), to: world.primary)
            }
            try await world.classes { try $0.nameHomeroomTeacher(world.teacher, of: classGroup, from: World.start) }
            try await world.classes { try $0.nameHomeroomTeacher(other, of: classGroup, from: World.today) }
            let (before, after, taught) = try await world.database.read { db in
                let posts = ClassPostStore(db), store = ClassGroupStore(db)
                return (
                    try posts.posts(of: classGroup.id, on: World.today.adding(days: -1)).map(\.personName),
                    try posts.posts(of: classGroup.id, on: World.today).map(\.personName),
                    try store.classes(of: world.teacher, as: .homeroom, on: World.today).count
                )
            }
            #expect(before == ["王老师"] && after == ["李老师"] && taught == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `only the school's own staff teaches, each subject once`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = try await world.open()
            func field(_ person: ID<Person>, _ subject: String) async -> String? {
                await problemField {
                    try await world.classes {
                        try $0.addTeacher(person, of: classGroup, subject: subject, from: World.today)
                    }
                }
            }
            var told: [String?] = []
            for (person, subject) in [
                (world.stranger, "13"), (world.teacher, "99"), (world.teacher, "13"), (world.teacher, "13"),
                (world.teacher, "14"),
            ] {
                told.append(await field(person, subject))
            }
            #expect(told == ["person", "subject", nil, "person", nil])
            let posts = try await world.database.read {
                try ClassPostStore($0).posts(of: world.teacher, on: World.today)
            }
            #expect(posts.map(\.title) == ["语文", "数学"])
            try await world.classes { try $0.endPost(posts[0].id, of: classGroup, on: World.today) }
            let left = try await world.database.read {
                try ClassPostStore($0).posts(of: world.teacher, on: World.today)
            }
            #expect(left.map(\.title) == ["数学"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who leaves the school leaves its classes in the same transaction`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = try await world.open()
            try await world.classes { try $0.nameHomeroomTeacher(world.teacher, of: classGroup, from: World.start) }
            try await world.database.write { db in
                try StaffService(db, world.crypto, by: World.actor, now: World.now).end(
                    world.teacher, at: world.primary, on: World.today)
            }
            let (posts, isStaff) = try await world.database.read { db in
                (
                    try ClassPostStore(db).posts(of: classGroup.id, on: World.today),
                    try PersonStore(db).holdsPost(world.teacher, at: world.primary.id, on: World.today)
                )
            }
            #expect(posts.isEmpty && !isStaff)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a class with pupils closes only together with them`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = try await world.open()
            let pupil = try await world.add("韦一", to: classGroup)
            try await world.classes { try $0.nameHomeroomTeacher(world.teacher, of: classGroup, from: World.start) }
            let isRefused = try await isConflict {
                try await world.classes { try $0.close(classGroup, on: World.today) }
            }
            #expect(isRefused)
            let early = World.start.adding(days: -1)
            let field = await problemField {
                try await world.classes { try $0.close(classGroup, on: early, pupilsLeave: .graduation) }
            }
            #expect(field == "closedOn")
            try await world.classes { try $0.close(classGroup, on: World.today, pupilsLeave: .graduation) }
            let (history, posts, open) = try await world.database.read { db in
                (
                    try EnrolmentStore(db).history(of: pupil).map(\.enrolment),
                    try ClassPostStore(db).posts(of: classGroup.id, on: World.today),
                    try ClassGroupStore(db).classes(of: world.primary.id, on: World.today, within: .everything)
                )
            }
            #expect(history.map(\.reason) == [.graduation] && history[0].until == World.today)
            #expect(posts.isEmpty && open.isEmpty)
            #expect(try await world.members(of: classGroup, on: World.today.adding(days: -1)) == ["韦一"])
        }
    }
}
