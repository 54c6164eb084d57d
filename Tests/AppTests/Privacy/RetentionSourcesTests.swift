import App
import Contracts
import Database
import Exchange
import Kernel
import Platform
import Privacy
import Rosters
import SchoolAffairs
import TestKit
import Testing

@Suite("Ends of records") struct RetentionSourcesTests {
    /// A record of each kind, a day old.
    private func write(_ city: TestCity, _ at: Timestamp) async throws {
        let crypto = city.platform.crypto
        try await city.database.write { db in
            let person: String = try db.value("SELECT id FROM directory_person LIMIT 1") ?? ""
            let school: String =
                try db.value("SELECT id FROM directory_organisation WHERE kind = 'school' LIMIT 1") ?? ""
            try db.execute(
                """
                INSERT INTO directory_class_group (id, school_id, stage, entry_year, years, number, alias, opened_on,
                    created_at, revision) VALUES ('c', \(school), '2', 2026, 6, 1, '', '2026-09-01', \(at), 1)
                """)
            try db.execute(
                """
                INSERT INTO school_affairs_absence (id, person_id, class_id, day, is_excused, sealed, recorded_at,
                    recorded_by) VALUES ('a', \(person), 'c', '2026-09-02', 1, \(crypto.seal("x", context: "x")), \(at), '')
                """)
            try db.execute(
                """
                INSERT INTO exchange_run (id, way, system, dataset, organisation_path, at, rows_told, changed, flagged,
                    refused, note) VALUES ('r', 'push', '', '', '', \(at), 1, 1, 0, 0, '')
                """)
            try db.execute(
                """
                INSERT INTO rosters_export (id, template, place, path, day, rows, is_full, reason, exported_at,
                    exported_by, account_id) VALUES ('e', '', '', '', '2026-09-01', 1, 0, '', \(at), '', '')
                """)
            try db.execute(
                """
                INSERT INTO rosters_difference (id, place, path, subject, file_name, compared_rows, found, sealed,
                    created_at, created_by)
                VALUES ('d', '', '', '', '', 1, 1, \(crypto.seal("x", context: "x")), \(at), '')
                """)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `records of every context go when they are old, once`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let now = Timestamp.now, database = city.database
            try await write(city, now.adding(days: -1))
            let sources: [(any RetentionSource, String)] = [
                (AbsenceRetention(database: database, crypto: city.platform.crypto), "absences"),
                (ExchangeRunRetention(database: database), "exchange_runs"),
                (RosterRetention(database: database), "roster_exports"),
                (RosterRetention(database: database), "roster_differences"),
            ]
            for (source, kind) in sources {
                #expect(source.kinds.contains(kind))
                #expect(try await source.overdue(kind, before: now.adding(days: -2), sparing: []) == 0, "\(kind)")
                #expect(try await source.overdue(kind, before: now, sparing: []) == 1, "\(kind)")
                #expect(try await source.delete(kind, before: now, sparing: [], atMost: 9) == 1, "\(kind)")
                #expect(try await source.delete(kind, before: now, sparing: [], atMost: 9) == 0, "\(kind)")
            }
        }
    }

    @Test func `whatever has a period is counted by some context`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            try await city.platform.privacy.tend()
            let runner = JobRunner(
                database: city.database, handlers: city.platform.jobs, logger: city.platform.logger)
            while try await runner.runOne() {}
            let counted = try await city.database.read { db in
                try db.column("SELECT kind FROM privacy_retention_line", as: String.self)
            }
            #expect(Set(counted) == Set(RetentionPeriod.all.map(\.kind)))
        }
    }
}
