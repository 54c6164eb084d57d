import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

@Suite("Pupils of classes") struct EnrolmentServiceTests {
    private typealias World = RosterWorld

    private func history(_ world: World, _ pupil: ID<Person>) async throws -> [Enrolment] {
        try await world.database.read { try EnrolmentStore($0).history(of: pupil).map(\.enrolment) }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a pupil is in one class at a time`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let (first, second) = (try await world.open(1), try await world.open(2))
            let pupil = try await world.add("韦一", to: first, studentNumber: "G" + World.boy)
            let again = await problemField { _ = try await world.add("韦一", to: first, studentNumber: "G" + World.boy) }
            #expect(again == "name")
            let beside = await problemField {
                _ = try await world.add("韦一", to: second, studentNumber: "G" + World.boy)
            }
            #expect(beside == "name")
            let later = await problemField {
                try await world.pupils { try $0.enrol(pupil, in: second, from: World.today) }
            }
            #expect(later == "name")
            let school = try await world.database.read { try EnrolmentStore($0).school(of: pupil, on: World.today) }
            #expect(school == world.primary.id)
            let before = try await world.database.read { db in
                try EnrolmentStore(db).school(of: pupil, on: World.start.adding(days: -1))
            }
            #expect(before == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `moving ends one class on the day the other begins`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let (first, second) = (try await world.open(1), try await world.open(2))
            let pupil = try await world.add("韦一", to: first)
            try await world.pupils { try $0.move(pupil, from: first, to: second, on: World.today) }
            #expect(try await world.members(of: first, on: World.today.adding(days: -1)) == ["韦一"])
            #expect(try await world.members(of: first).isEmpty)
            #expect(try await world.members(of: second) == ["韦一"])
            #expect(try await history(world, pupil).map(\.reason) == [nil, .classChange])
            let counts = try await world.database.read { db in
                try EnrolmentStore(db).counts(of: world.primary.id, on: World.today)
            }
            #expect(counts == [second.id: 1])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a pupil known by a number keeps her person at the next school`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let (old, new) = (
                try await world.open(entryYear: 2021), try await world.open(stage: .junior, at: world.junior)
            )
            let pupil = try await world.add("韦一", to: old, studentNumber: "G" + World.boy)
            let early = await problemField { _ = try await world.add("韦一", to: new, studentNumber: "G" + World.boy) }
            #expect(early == "name")
            try await world.pupils { try $0.end(pupil, in: old, on: World.start, .graduation) }
            let other = await problemField { _ = try await world.add("韦二", to: new, studentNumber: "G" + World.boy) }
            #expect(other == "studentNumber")
            #expect(try await world.add("韦一", to: new, studentNumber: "G" + World.boy) == pupil)
            #expect(try await history(world, pupil).map(\.school) == [world.junior.id, world.primary.id])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `numbers of two people make no third`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = try await world.open()
            _ = try await world.add("韦一", to: classGroup, studentNumber: "G" + World.boy)
            try await world.pupils { service in
                let numbers = [try PersonIdentifier(.citizenNumber, World.girl)]
                try service.add(NewPupil(name: "韦二", identifiers: numbers), to: classGroup, from: World.start)
            }
            let field = await problemField {
                try await world.pupils { service in
                    let numbers = [
                        try PersonIdentifier(.studentNumber, "G" + World.boy),
                        try PersonIdentifier(.citizenNumber, World.girl),
                    ]
                    try service.add(NewPupil(name: "韦一", identifiers: numbers), to: classGroup, from: World.start)
                }
            }
            #expect(field == "documentNumber")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `siblings have one parent by one phone`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = try await world.open()
            let children = try await world.pupils { service in
                let phone = try PersonIdentifier(.phone, "19900000001")
                return try ["韦一", "韦二"].map { name in
                    try service.add(NewPupil(name: name, guardianPhone: phone), to: classGroup, from: World.start)
                }
            }
            let (guardians, found) = try await world.database.read { db in
                let store = GuardianshipStore(db)
                let guardians = try store.confirmedGuardians(of: children, on: World.today)
                let guardian = try PersonIdentifierStore(db, world.crypto).find("19900000001").first?.person
                return (
                    guardians, try guardian.map { try store.confirmedChildren(of: $0, on: World.today).map(\.name) }
                )
            }
            #expect(guardians.values.map { $0.map(\.name) } == [["韦一家长"], ["韦一家长"]])
            #expect(found == ["韦二", "韦一"] || found == ["韦一", "韦二"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `no number reaches the audit log`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = try await world.open()
            let pupil = try await world.add("韦一", to: classGroup, studentNumber: "G" + World.boy)
            try await world.pupils { service in
                try service.tell([try PersonIdentifier(.citizenNumber, World.boy)], of: pupil, in: classGroup)
            }
            let entries = try await world.database.read {
                try AuditLog.of(subject: pupil.rawValue, limit: 9, on: $0)
            }
            #expect(entries.map(\.action) == ["pupil.numbers_told", "pupil.added"])
            #expect(entries.allSatisfy { !$0.detail.contains("0809") })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a pupil in 休学 is in no class and stays on the roll`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let (first, second) = (try await world.open(1), try await world.open(2))
            let (back, gone) = (try await world.add("韦一", to: first), try await world.add("韦二", to: first))
            try await world.pupils { service in
                for pupil in [back, gone] { try service.suspend(pupil, in: first, on: World.today.adding(days: -9)) }
            }
            func suspended(_ day: LocalDate) async throws -> [String] {
                try await world.database.read { db in
                    try EnrolmentStore(db).suspended(of: world.primary.id, on: day).map(\.name)
                }
            }
            #expect(try await world.members(of: first).isEmpty)
            #expect(try await suspended(World.today.adding(days: -10)).isEmpty)
            #expect(try await suspended(World.today.adding(days: -3)) == ["韦二", "韦一"])
            try await world.pupils { service in
                try service.enrol(back, in: second, from: World.today.adding(days: -2))
                try service.endSuspended(gone, of: first, on: World.today.adding(days: -1), .withdrawal)
            }
            #expect(try await suspended(World.today.adding(days: -3)).count == 2)
            #expect(try await suspended(World.today.adding(days: -2)) == ["韦二"])
            #expect(try await suspended(World.today).isEmpty)
            #expect(try await history(world, gone).map(\.reason) == [.withdrawal, .suspension])
            var isFoundAgain = true
            do {
                try await world.pupils { try $0.endSuspended(gone, of: first, on: World.today, .death) }
            } catch DomainError.notFound { isFoundAgain = false }
            #expect(!isFoundAgain)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `numbers of the record are told once`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = try await world.open()
            let pupil = try await world.add("韦一", to: classGroup, studentNumber: "G" + World.boy)
            func tell(_ kind: PersonIdentifierKind, _ text: String, type: String = "") async -> String? {
                await problemField {
                    try await world.pupils { service in
                        let number = try PersonIdentifier(kind, text, documentType: type)
                        try service.tell([number], of: pupil, in: classGroup)
                    }
                }
            }
            var told = [await tell(.studentNumber, "G" + World.girl), await tell(.studentNumber, "G" + World.boy)]
            told += [await tell(.citizenNumber, World.boy), await tell(.citizenNumber, World.girl)]
            told.append(await tell(.document, "E1234567", type: "A"))
            #expect(told == ["studentNumber", nil, nil, "documentNumber", "documentNumber"])
            try await world.pupils { try $0.end(pupil, in: classGroup, on: World.today, .transfer) }
            let back = await problemField {
                try await world.pupils { service in
                    let numbers = [
                        try PersonIdentifier(.studentNumber, "G" + World.boy),
                        try PersonIdentifier(.document, "E1234567", documentType: "A"),
                    ]
                    try service.add(NewPupil(name: "韦一", identifiers: numbers), to: classGroup, from: World.today)
                }
            }
            #expect(back == "documentNumber")
        }
    }

    @Test func `key data that are known do not change by the way`() {
        let source = FactSource(.roll, at: World.now, by: "李校长")
        let known = PersonFacts(["sex": PersonFact("1", from: source)], from: World.start)
        #expect(throws: DomainError.self) { try KeyFieldLock.check(["sex": "2"], knowing: known) }
        #expect(throws: Never.self) {
            try KeyFieldLock.check(["sex": "1", "ethnicity": "08", "health": "1"], knowing: known)
            try KeyFieldLock.check(["sex": "2"], knowing: nil)
        }
    }

    @Test func `dates keep to the class and to today`() async throws {
        try await World.run(.sqlite) { world in
            let classGroup = try await world.open()
            func field(_ day: LocalDate) async -> String? {
                await problemField {
                    _ = try await world.pupils { try $0.add(NewPupil(name: "韦一"), to: classGroup, from: day) }
                }
            }
            var told: [String?] = []
            for day in [World.start.adding(days: -1), World.today.adding(days: 200), World.today.adding(days: 20)] {
                told.append(await field(day))
            }
            #expect(told == ["from", "from", nil])
            #expect(try await world.members(of: classGroup).isEmpty)
            #expect(try await world.members(of: classGroup, on: World.today.adding(days: 20)) == ["韦一"])
            let namesake = await field(World.today)
            #expect(namesake == "name")
        }
    }

    @Test func `a pasted list is read line by line`() throws {
        let text = """
            韦 一\tG\(World.boy)

            韦二，g\(World.girl)
            李小 明 G450699200809010013
            Anna Wei
            G\(World.boy)
            黄三 G\(World.boy)
            Anna Wei
            """
        let lines = try PupilPaste.lines(text)
        #expect(lines.map(\.number) == [1, 3, 4, 5, 6, 7, 8])
        #expect(lines.map(\.name) == ["韦一", "韦二", "李小明", "Anna Wei", "", "黄三", "Anna Wei"])
        #expect(lines[0].masked == "G450699**********14" && lines[0].problem == nil && lines[1].problem == nil)
        #expect(lines[2].problem?.contains("核对每一位") ?? false)
        #expect(lines[3].problem == nil && lines[4].problem == "缺少姓名")
        #expect(lines[5].problem == "学籍号与第 1 行相同")
        #expect(lines[6].problem?.contains("第 5 行同名") ?? false)
        // Browsers send both signs at the end of a line.
        #expect(try PupilPaste.lines("韦一\r\n韦二\r\n").map(\.name) == ["韦一", "韦二"])
        #expect(throws: DomainError.self) { try PupilPaste.lines("\n \n") }
        #expect(throws: DomainError.self) { try PupilPaste.lines(String(repeating: "韦一\n", count: 201)) }
    }
}
