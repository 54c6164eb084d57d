import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

@Suite("How long imports are kept") struct RosterRetentionTests {
    @Test(arguments: TestDatabase.allCases)
    func `an old import goes with its change set and the key of its file; what it brought stays`(
        on database: TestDatabase
    ) async throws {
        try await withRosterSite(database) { site in
            try await site.csv("姓名,出生日期,班级\n韦小明,2017-08-10,三(1)班\n黄小红,2017-08-11,海豚班\n")
            let source = RosterRetention(database: site.database), kind = "roster_imports"
            let later = Timestamp.now.adding(days: 1), person = try #require(try await site.person("韦小明"))
            #expect(try await source.overdue(kind, before: Timestamp.now.adding(days: -1), sparing: []) == 0)
            #expect(try await source.overdue(kind, before: later, sparing: [person]) == 0)
            #expect(try await source.delete(kind, before: later, sparing: [person], atMost: 9) == 0)
            #expect(try await source.overdue(kind, before: later, sparing: [.new()]) == 1)
            #expect(try await source.delete(kind, before: later, sparing: [], atMost: 9) == 1)
            #expect(try await source.delete(kind, before: later, sparing: [], atMost: 9) == 0)
            let left = try await site.database.read { db in
                [
                    try db.value("SELECT COUNT(*) FROM rosters_import", as: Int.self),
                    try db.value("SELECT COUNT(*) FROM rosters_import_row", as: Int.self),
                ]
            }
            #expect(left == [0, 0])
            #expect(try await site.members(of: 1) == ["韦小明"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the file of an import that is over is kept by nobody; that of a living one is`(
        on database: TestDatabase
    ) async throws {
        try await withRosterSite(database) { site in
            let living = try await site.csv("姓名,出生日期,班级\n韦小明,2017-08-10,三(1)班\n")
            let undone = try await site.csv("姓名,出生日期,班级\n黄小红,2017-08-11,三(2)班\n")
            let given = try await site.csv("姓名,出生日期,班级\n李小兰,2017-08-12,三(2)班\n", accept: false)
            let service = site.imports.service
            try await site.imports.undo(batch: undone.batch, by: RosterSite.clerk)
            try await service.discard(ID(given.batch), by: RosterSite.clerk)
            let kept = try await site.database.read { db in
                try NamedContents(RostersModule.contentColumns).forgotten(
                    before: Timestamp.now.adding(days: 1), after: "", limit: 10, on: db
                ).files.count
            }
            #expect(kept == 2)
            for outcome in [undone, given] {
                let batch = try await service.find(ID(outcome.batch))
                #expect(!batch.hasFile)
                await #expect(throws: DomainError.self) { try await service.withFile(of: batch) { _ in } }
            }
            let batch = try await service.find(ID(living.batch))
            try await service.withFile(of: batch) { path in #expect(!path.isEmpty) }
        }
    }
}
