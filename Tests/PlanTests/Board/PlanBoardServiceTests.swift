import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Plan

@Suite struct `The board in memory` {
    @Test(arguments: TestDatabase.allCases)
    func `is evaluated once however many ask at once`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { _ = try await sample.boards.board(on: BoardSample.day) }
                }
                try await group.waitForAll()
            }
            #expect(sample.figures.asked == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `follows a changed figure`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let city = try await sample.city.organisation("450600")
            let before = try await sample.boards.board(on: BoardSample.day)
            #expect(before.board.state(of: city.id, target: "T12")?.passing == 1)
            sample.figures.set(sample.central.id, from: BoardSample.day, BoardSample.bandwidth(30))
            let after = try await sample.boards.board(on: BoardSample.day)
            #expect(after.board.state(of: city.id, target: "T12")?.passing == 2)
            #expect(after.board.state(of: city.id, target: "T12")?.status == .attained)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `follows settings and names`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            _ = try await sample.boards.board(on: BoardSample.day)
            try await sample.city.database.write { db in
                var settings = try PlanSettings.load(db)
                settings.officialReading = .fullyEquippedSchools
                try settings.save(by: .system, on: db)
            }
            let changed = try await sample.boards.board(on: BoardSample.day)
            #expect(changed.board.settings.readings["I1"] == "M2")
            #expect(sample.figures.asked == 2)
            _ = try await sample.boards.board(on: BoardSample.day)
            #expect(sample.figures.asked == 2)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a day before the first figure has no data, which is neither good nor bad`(_ database: TestDatabase)
        async throws
    {
        try await BoardSample.with(database) { sample async throws in
            let city = try await sample.city.organisation("450600")
            let context = try await sample.boards.board(on: BoardSample.day.adding(days: -1))
            #expect(context.board.state(of: city.id, target: "T12")?.status == .noData)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `after the plan's years the default day is the last on which something was told`(
        _ database: TestDatabase
    ) async throws {
        try await BoardSample.with(database) { sample async throws in
            let later = LocalDate(year: 2026, month: 11, day: 24)!
            #expect(try await sample.boards.defaultDay(today: later) == BoardSample.day)
            let within = LocalDate(year: 2016, month: 5, day: 1)!
            #expect(try await sample.boards.defaultDay(today: within) == within)
        }
    }

    @Test func `a failed evaluation is tried again by the next asker`() async throws {
        let cache = BoardCache<Int, Int>(limit: 2)
        await #expect(throws: DomainError.self) { try await cache.value(1) { throw DomainError.notFound } }
        #expect(try await cache.value(1) { 7 } == 7)
        #expect(try await cache.value(1) { 8 } == 7)
    }

    @Test func `what was not asked for longest goes first`() async throws {
        let cache = BoardCache<Int, Int>(limit: 2)
        _ = try await cache.value(1) { 1 }
        _ = try await cache.value(2) { 2 }
        _ = try await cache.value(1) { -1 }
        _ = try await cache.value(3) { 3 }
        #expect(try await cache.value(1) { -1 } == 1)
        #expect(try await cache.value(2) { -2 } == -2)
    }
}
