import Database
import Kernel
import Testing

@testable import Connectivity

@Suite("Telling values") struct FacilityTellingTests {
    @Test func `a value holds from its day until the next later one`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6], on: RegisterWorld.later)
            _ = try await world.tell([.classes: 5])
            #expect(try await world.record(on: LocalDate(iso: "2015-09-29")!)[.classes] == nil)
            #expect(try await world.record(on: RegisterWorld.day)[.classes] == 5)
            #expect(try await world.record(on: LocalDate(iso: "2016-03-30")!)[.classes] == 5)
            #expect(try await world.record(on: RegisterWorld.later)[.classes] == 6)
        }
    }

    @Test func `what is in force already is not written again`() async throws {
        try await RegisterWorld.run { world in
            #expect(try await world.tell([.classes: 6, .students: 240]) == 2)
            let revision = try await world.database.read { try FacilityStore($0).revision() }
            #expect(try await world.tell([.classes: 6, .students: 240]) == 0)
            #expect(try await world.tell([.classes: 6], on: RegisterWorld.later) == 0)
            #expect(try await world.database.read { try FacilityStore($0).revision() } == revision)
            #expect(try await world.tell([.classes: 7, .students: 240]) == 1)
            #expect(try await world.tell([.classes: 6], on: RegisterWorld.later) == 1)
        }
    }

    @Test func `a correction for the same day supersedes and keeps the old value`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6])
            _ = try await world.tell([.classes: 7], source: .form, by: "李校长")
            let history = try await world.history()
            #expect(history.map(\.value) == [7, 6])
            #expect(history.map(\.state) == [.current, .superseded])
            #expect(history[1].origin == "工作簿 防城区(定稿)!K12")
            #expect(history[0].origin == "学校填报")
        }
    }

    @Test func `two values for one day in one telling leave the last in force`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 5])
            let id = world.school.id
            let changes = [6.0, 7, 7].map {
                FacilityChange(organisation: id, field: "classes", value: $0, validFrom: RegisterWorld.day)
            }
            let count = try await world.database.write {
                try FacilityStore($0).tell(changes, source: .api, batch: "b", by: "接口", now: .now)
            }
            #expect(count == 2)
            #expect(try await world.record()[.classes] == 7)
            #expect(try await world.history().map(\.state) == [.current, .superseded, .superseded])
            _ = try await world.database.write { try FacilityStore($0).undo(batch: "b", now: .now) }
            #expect(try await world.record()[.classes] == 5)
        }
    }

    @Test func `a change of every figure of many schools supersedes each of its own`() async throws {
        try await RegisterWorld.run { world in
            let schools = [world.school, world.neighbour, world.stranger]
            for round in 1...2 {
                let changes = schools.enumerated().flatMap { index, school in
                    FacilityField.all.map { field in
                        FacilityChange(
                            organisation: school.id, field: field.id, value: Double(round * 100 + index),
                            validFrom: RegisterWorld.day)
                    }
                }
                let count = try await world.database.write {
                    try FacilityStore($0).tell(changes, source: .workbook, batch: "b\(round)", by: "陈主任", now: .now)
                }
                #expect(count == 3 * FacilityField.all.count)
            }
            let everything = try await world.database.read {
                try FacilityStore($0).records(within: .everything, on: RegisterWorld.day)
            }
            for (index, school) in schools.enumerated() {
                #expect(everything[school.id]?.values.values.allSatisfy { $0 == Double(200 + index) } ?? false)
            }
            let undone = try await world.database.write { try FacilityStore($0).undo(batch: "b2", now: .now) }
            #expect(undone == 3 * FacilityField.all.count)
            #expect(try await world.record(of: world.neighbour)[.classes] == 101)
        }
    }

    @Test func `records keep to the scope`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6])
            _ = try await world.tell([.classes: 9], of: world.stranger)
            let path = world.county.path
            let seen = try await world.database.read {
                try FacilityStore($0).records(within: DataScope([path]), on: RegisterWorld.later)
            }
            #expect(seen.keys.map { $0 } == [world.school.id])
            let none = try await world.database.read {
                try FacilityStore($0).records(within: .nothing, on: RegisterWorld.later)
            }
            #expect(none.isEmpty)
        }
    }
}

/// The register as one would think of it: a list of statements, looked through from the end.
private struct NaiveRegister {
    struct Statement {
        let school: Int, field: String, day: Int, value: Double, batch: Int
        var isUndone = false
    }
    var statements: [Statement] = []

    func value(_ school: Int, _ field: String, on day: Int) -> Double? {
        var best: Statement?
        for one in statements where !one.isUndone && one.school == school && one.field == field && one.day <= day {
            if best.map({ one.day >= $0.day }) ?? true { best = one }
        }
        return best?.value
    }

    mutating func tell(_ school: Int, _ field: String, on day: Int, _ value: Double, batch: Int) {
        if self.value(school, field, on: day) == value { return }
        statements.append(Statement(school: school, field: field, day: day, value: value, batch: batch))
    }

    mutating func undo(_ batch: Int) {
        for index in statements.indices where statements[index].batch == batch { statements[index].isUndone = true }
    }
}

private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Telling values at random") struct FacilityTellingPropertyTests {
    private static let fields: [FacilityField] = [.classes, .access]
    private static let base = LocalDate(iso: "2015-01-01")!

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `any day's record equals that of a plain list of statements`(seed: UInt64) async throws {
        try await RegisterWorld.run { world in
            var random = SeededNumbers(state: seed)
            var naive = NaiveRegister()
            let schools = [world.school.id, world.neighbour.id, world.stranger.id]
            for batch in 1...60 {
                if batch > 3, Int.random(in: 0..<4, using: &random) == 0 {
                    let undone = Int.random(in: 1..<batch, using: &random)
                    naive.undo(undone)
                    _ = try await world.database.write { try FacilityStore($0).undo(batch: "b\(undone)", now: .now) }
                } else {
                    var changes: [FacilityChange] = []
                    for _ in 0..<Int.random(in: 1...5, using: &random) {
                        let school = Int.random(in: 0..<3, using: &random), day = Int.random(in: 0..<5, using: &random)
                        let field = FacilityTellingPropertyTests.fields.randomElement(using: &random)!
                        let value = Double(Int.random(in: 0..<3, using: &random))
                        naive.tell(school, field.id, on: day, value, batch: batch)
                        changes.append(
                            FacilityChange(
                                organisation: schools[school], field: field.id, value: value,
                                validFrom: FacilityTellingPropertyTests.base.adding(days: day)))
                    }
                    let told = changes
                    _ = try await world.database.write {
                        try FacilityStore($0).tell(told, source: .workbook, batch: "b\(batch)", by: "甲", now: .now)
                    }
                }
                try await compare(world, schools, naive, after: batch)
            }
        }
    }

    private func compare(
        _ world: RegisterWorld, _ schools: [OrganisationID], _ naive: NaiveRegister, after batch: Int
    ) async throws {
        for day in -1..<6 {
            let date = FacilityTellingPropertyTests.base.adding(days: day)
            let records = try await world.database.read { try FacilityStore($0).records(within: .everything, on: date) }
            for (index, school) in schools.enumerated() {
                for field in FacilityTellingPropertyTests.fields {
                    let expected = naive.value(index, field.id, on: day)
                    #expect(
                        records[school]?[field] == expected,
                        "after batch \(batch), school \(index), \(field.id), \(date)")
                }
            }
        }
    }
}
