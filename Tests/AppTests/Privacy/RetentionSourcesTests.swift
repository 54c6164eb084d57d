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

    /// What came to nothing, beside what was done and stays.
    private func writePapers(_ city: TestCity, _ at: Timestamp) async throws {
        let crypto = city.platform.crypto, day = at.day.adding(days: -1)
        try await city.database.write { db in
            let people: [String] = try db.column("SELECT id FROM directory_person ORDER BY id LIMIT 2")
            let schools: [String] = try db.column(
                "SELECT id FROM directory_organisation WHERE kind = 'school' ORDER BY id LIMIT 2")
            let (person, school) = (people[0], schools[0]), sealed = try crypto.seal("x", context: "x")
            for (id, state) in [("refused", "refused"), ("done", "done")] {
                try db.execute(
                    """
                    INSERT INTO school_affairs_change (id, kind, state, person_id, school_id, unit_id, class_id, day, sealed,
                        applicant, applicant_name, applied_at, due_on, decided_at, revision)
                    VALUES (\(id), 'suspension', \(state), \(person), \(school), \(school), 'c', '2026-09-01', \(sealed),
                        '', '', \(at), '2026-09-01', \(at), 1)
                    """)
                try db.execute(
                    """
                    INSERT INTO school_affairs_case_step (id, case_id, action, place, actor_name, at, sealed)
                    VALUES (\(id), \(id), 'applied', '', '', \(at), \(sealed))
                    """)
                try db.execute(
                    """
                    INSERT INTO school_affairs_staff_transfer (id, person_id, from_id, to_id, post, kind, share, effective_on,
                        state, approver_path, offered_by, offered_by_name, created_at, changed_at, revision)
                    VALUES (\(id), \(person), \(school), \(schools[1]), '10', 'established', 100, '2026-09-01', \(state), '',
                        '', '', \(at), \(at), 1)
                    """)
            }
            for (id, classGroup) in [("gone", String?.none), ("came", "c")] {
                try db.execute(
                    """
                    INSERT INTO school_affairs_admission (id, person_id, school_id, stage, entry_year, admitted_on, source,
                        class_id, closed_at, recorded_at, recorded_by)
                    VALUES (\(id), \(person), \(school), '2', 2026, '2026-09-01', '', \(classGroup), \(at), \(at), '')
                    """)
            }
            try db.execute(
                """
                INSERT INTO school_affairs_leave (id, person_id, organisation_id, kind, reason, valid_from, valid_to,
                    recorded_at, recorded_by)
                VALUES ('l', \(person), \(school), '', \(sealed), '2020-01-01', \(day), \(at), '')
                """)
            try db.execute(
                """
                INSERT INTO school_affairs_substitution (leave_id, class_id, kind, subject, substitute_id)
                VALUES ('l', 'c', 'homeroom', '', \(people[1]))
                """)
            try db.execute(
                """
                INSERT INTO directory_enrolment (id, person_id, class_id, school_id, valid_from, recorded_at, recorded_by)
                VALUES ('n', \(person), 'c', \(school), '2026-09-01', \(at), '')
                """)
            try db.execute(
                """
                INSERT INTO school_affairs_rollover_pupil (year, enrolment_id, action, number, recorded_at, recorded_by)
                VALUES (2026, 'n', 'stay', 0, \(at), '')
                """)
            try db.execute(
                """
                INSERT INTO rosters_class_list (id, file_name, state, scope_path, scope_roots, count_new, count_known,
                    count_refused, created_at, created_by, decided_by)
                VALUES ('k', '', 'accepted', '', '', 1, 0, 0, \(at), '', '')
                """)
            try db.execute(
                """
                INSERT INTO rosters_class_list_line (list_id, row_number, kind, name, entry_year, years, class_number, note)
                VALUES ('k', 1, 'new', '', 2026, 6, 1, '')
                """)
            for (id, subject) in [("row", String?.none), ("pair", person)] {
                try db.execute(
                    """
                    INSERT INTO rosters_duplicate (id, subject, person_id, other_id, reason, batch, candidate, path, state,
                        found_at, decided_at, decided_by)
                    VALUES (\(id), \(id), \(subject), \(people[1]), '', '', '', '', 'different', \(at), \(at), '')
                    """)
            }
            try db.execute(
                """
                INSERT INTO exchange_push (application, dataset, source_id, version, person_id, at)
                VALUES ('a', 'students', '1', 1, \(person), \(at))
                """)
            try db.execute(
                """
                INSERT INTO exchange_raw_value (id, application, dataset, person_id, field, sealed, at, organisation_path)
                VALUES ('v', 'a', 'students', \(person), 'f', \(sealed), \(at), '')
                """)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what came to nothing goes after its time, what was done stays, and who is held is spared`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let now = Timestamp.now, database = city.database
            try await write(city, now.adding(days: -1))
            try await writePapers(city, now.adding(days: -1))
            let people = try await database.read {
                try $0.column("SELECT id FROM directory_person ORDER BY id LIMIT 2", as: ID<Person>.self)
            }
            let affairs = AffairsRetention(database: database), rosters = RosterRetention(database: database)
            let pushes = PushRetention(database: database)
            let sources: [(any RetentionSource, String, Int, spared: Int)] = [
                (affairs, "affairs_cases", 3, 0), (affairs, "staff_leaves", 1, 0),
                (affairs, "rollover_decisions", 1, 0),
                (rosters, "roster_class_lists", 1, 1), (rosters, "roster_duplicates", 1, 0),
                (pushes, "exchange_raw_values", 1, 0), (pushes, "exchange_pushes", 1, 0),
            ]
            for (source, kind, count, spared) in sources {
                #expect(source.kinds.contains(kind))
                #expect(try await source.overdue(kind, before: now.adding(days: -4), sparing: []) == 0, "\(kind)")
                #expect(try await source.overdue(kind, before: now, sparing: []) == count, "\(kind)")
                #expect(try await source.overdue(kind, before: now, sparing: Set(people)) == spared, "\(kind)")
                var gone = 0
                for _ in 0..<count { gone += try await source.delete(kind, before: now, sparing: [], atMost: 1) }
                #expect(gone == count, "\(kind)")
                #expect(try await source.delete(kind, before: now, sparing: [], atMost: 9) == 0, "\(kind)")
            }
            let left = try await database.read { db in
                let tables: [SQL] = [
                    "SELECT id FROM school_affairs_change", "SELECT id FROM school_affairs_case_step",
                    "SELECT id FROM school_affairs_admission", "SELECT id FROM rosters_duplicate",
                ]
                return
                    try tables
                    .map { try db.column($0, as: String.self) }
            }
            #expect(left == [["done"], ["done"], ["came"], ["pair"]])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `several servers count once a month`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 { group.addTask { try await city.platform.privacy.tend() } }
                try await group.waitForAll()
            }
            func months() async throws -> [String] {
                try await city.database.read { try $0.column("SELECT month FROM privacy_retention_run") }
            }
            #expect(try await months() == [String(Timestamp.now.day.iso.prefix(7))])
            // Whoever looked before the other had begun is stopped by the month itself.
            try await city.database.write { try $0.execute("UPDATE privacy_retention_run SET started_at = 0") }
            try await city.platform.privacy.tend()
            #expect(try await months().count == 1)
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
