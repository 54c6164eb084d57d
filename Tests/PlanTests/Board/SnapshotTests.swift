import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Plan

@Suite struct `Snapshots` {
    private func frozen(_ sample: BoardSample, _ organisation: Organisation) async throws -> [SnapshotPoint] {
        let later = BoardSample.day.adding(days: 400)
        return try await sample.city.database.read { db in
            try SnapshotStore(db).course(of: organisation.id, target: "T12", upTo: later)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `stay as they were frozen whatever is entered later`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let service = SnapshotService(database: sample.city.database, boards: sample.boards)
            let city = try await sample.city.organisation("450600")
            #expect(try await service.freeze(on: BoardSample.day) > 0)
            let before = try await frozen(sample, city).map(\.value)
            #expect(before == [0.5])
            sample.figures.set(sample.central.id, from: BoardSample.day, BoardSample.bandwidth(100))
            #expect(try await service.freeze(on: BoardSample.day) == 0)
            #expect(try await frozen(sample, city).map(\.value) == before)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `keep a school's own figure`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let service = SnapshotService(database: sample.city.database, boards: sample.boards)
            try await service.freeze(on: BoardSample.day)
            #expect(try await frozen(sample, sample.central).map(\.value) == [20])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `are not taken of days without any figure, nor of days to come`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let service = SnapshotService(database: sample.city.database, boards: sample.boards)
            #expect(try await service.freeze(on: BoardSample.day.adding(days: -30)) == 0)
            let past = Timestamp(milliseconds: 1_420_070_400_000)
            #expect(try await service.freeze(on: BoardSample.day, now: past) == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `move the arrows of later days`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let city = try await sample.city.organisation("450600"), later = BoardSample.day.adding(days: 100)
            try await SnapshotService(database: sample.city.database, boards: sample.boards).freeze(on: BoardSample.day)
            sample.figures.set(sample.central.id, from: later, BoardSample.bandwidth(40))
            let context = try await sample.boards.board(on: later)
            let figures = BoardFigures(context: context, place: city, selection: BoardSelection())
            let target = try #require(context.target("T12"))
            #expect(figures.movement(target, figures.figure(target))?.arrow == "↑")
        }
    }

    @Test func `are due on the last days of March and September`() {
        let start = LocalDate(year: 2015, month: 1, day: 1)!, end = LocalDate(year: 2016, month: 9, day: 29)!
        let days = SnapshotService.dueDays(from: start, to: end).map(\.iso)
        #expect(days == ["2015-03-31", "2015-09-30", "2016-03-31"])
    }

    @Test(arguments: [("2017-12-31", "2018-03-31"), ("2017-03-31", "2018-03-31"), ("2017-03-30", "2017-03-31")])
    func `end in the spring after the plan's end`(_ end: String, _ last: String) throws {
        #expect(SnapshotService.lastDay(ofPlanUntil: try #require(LocalDate(iso: end))).iso == last)
    }

    @Test(arguments: TestDatabase.allCases)
    func `are not due once the plan is long over`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let service = SnapshotService(database: sample.city.database, boards: sample.boards)
            let days = try await service.missingDays(upTo: try #require(LocalDate(iso: "2026-11-24")))
            #expect(days.first?.iso == "2015-03-31" && days.last?.iso == "2018-03-31" && days.count == 7)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `are frozen by the daily job, which comes back in a day`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let work = BoardWork(database: sample.city.database, boards: sample.boards)
            let runner = JobRunner(database: sample.city.database, handlers: work.jobs, logger: TestDatabase.logger)
            #expect(try await runner.runOne(now: Timestamp.now.adding(seconds: 3600)))
            let days = try await sample.city.database.read { try SnapshotStore($0).days() }
            #expect(days.first == BoardSample.day)
            #expect(try await !runner.runOne(now: .now))
            #expect(try await runner.runOne(now: Timestamp.now.adding(days: 2)))
        }
    }
}
