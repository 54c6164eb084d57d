import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Plan

@Suite struct `Targets and their versions` {
    private func day(_ text: String) -> LocalDate { LocalDate(iso: text)! }

    private func municipal(_ db: Connection) throws -> PlanTargetSet {
        try #require(try PlanTargetStore(db).set(code: "municipal-2015-2017"))
    }

    @Test(arguments: TestDatabase.allCases)
    func `the shipped sets are loaded once and read back as they are in their files`(_ database: TestDatabase)
        async throws
    {
        try await withTestCity(database) { city in
            let again = try await city.database.write { try PlanInstaller.installShippedTargets($0) }
            #expect(again == 0)
            let files = try TargetSetFile.shipped()
            try await city.database.read { db in
                let store = PlanTargetStore(db)
                #expect(try store.published().map(\.layer) == [.national, .provincial, .municipal])
                for file in files {
                    let set = try #require(try store.set(code: file.id))
                    #expect(try store.current(set: set.id).map(\.definition) == file.targets)
                    #expect(try store.targets(of: set.id, on: file.from).count == file.targets.count)
                    #expect(try store.targets(of: set.id, on: file.from.adding(days: -1)).isEmpty)
                }
                #expect(try store.all(on: day("2017-06-01")).count == files.reduce(0) { $0 + $1.targets.count })
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a change counts from its day on, and the past keeps the old aim`(_ database: TestDatabase) async throws {
        try await withTestCity(database) { city in
            try await change(city, threshold: "40", from: "2016-03-01", version: 1)
            try await city.database.read { db in
                let store = PlanTargetStore(db), set = try municipal(db)
                func threshold(_ text: String) throws -> Double? {
                    try store.targets(of: set.id, on: day(text)).first { $0.code == "T12" }?.definition.threshold
                }
                #expect(try threshold("2016-02-29") == 30)
                #expect(try threshold("2016-03-01") == 40)
                #expect(try store.history("T12", in: set.id).map(\.version) == [2, 1])
                #expect(try store.current(set: set.id).count == 34)
            }
        }
    }

    @Test func `an earlier day replaces later versions, which stay in the history`() async throws {
        try await withTestCity(.sqlite) { city in
            try await change(city, threshold: "40", from: "2016-03-01", version: 1)
            try await change(city, threshold: "50", from: "2015-06-01", version: 2)
            try await city.database.read { db in
                let store = PlanTargetStore(db), set = try municipal(db)
                let aims = try ["2015-05-31", "2015-06-01", "2016-12-31"].map { text in
                    try store.targets(of: set.id, on: day(text)).first { $0.code == "T12" }?.definition.threshold
                }
                #expect(aims == [30, 50, 50])
                #expect(try store.history("T12", in: set.id).count == 3)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of two editors the slower is told`(_ database: TestDatabase) async throws {
        try await withTestCity(database) { city in
            try await change(city, threshold: "40", from: "2016-03-01", version: 1)
            await #expect(throws: DomainError.self) {
                try await change(city, threshold: "45", from: "2016-03-01", version: 1)
            }
        }
    }

    @Test func `an ended target counts no longer and can be brought back`() async throws {
        try await withTestCity(.sqlite) { city in
            try await city.database.write { db in
                let store = PlanTargetStore(db), set = try municipal(db)
                try PlanTargetService(db, by: .system).end(
                    try store.latest("T12", in: set.id), of: set, from: day("2017-01-01"), version: 1)
                #expect(try store.current(set: set.id).count == 33)
                #expect(try store.targets(of: set.id, on: day("2016-12-31")).count == 34)
                #expect(try store.targets(of: set.id, on: day("2017-01-01")).count == 33)
            }
            try await change(city, threshold: "30", from: "2017-02-01", version: 2)
            try await city.database.read { db in
                let set = try municipal(db)
                #expect(try PlanTargetStore(db).targets(of: set.id, on: day("2017-02-01")).count == 34)
            }
        }
    }

    private func change(_ city: TestCity, threshold: String, from: String, version: Int) async throws {
        let start = day(from)
        try await city.database.write { db in
            let set = try municipal(db), target = try PlanTargetStore(db).latest("T12", in: set.id)
            let values = TargetForm.values(of: target, today: start).replacing("threshold", with: threshold)
            let choices = TargetForm.Choices(indicators: [], clauses: [])
            let (definition, day) = try TargetForm.definition(
                values, code: "T12", existing: target.definition, choices)
            try PlanTargetService(db, by: .system).change(target, of: set, to: definition, from: day, version: version)
        }
    }
}
