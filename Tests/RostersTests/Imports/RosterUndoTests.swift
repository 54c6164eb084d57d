import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

/// Of whom only an undone import knew, nothing stays.
@Suite("People of undone imports") struct RosterUndoTests {
    private static let boy = RosterSite.number("20170810", 1)
    private static let girl = RosterSite.number("20170811", 2)
    private static let header = "学籍号,姓名,性别,出生日期,年级,班级,监护人1姓名,监护人1关系,监护人1联系电话"
    private static let first = "\(header)\nG\(boy),韦小明,男,20170810,三年级,3班,韦大力,父亲,19900000001\n"
    private static let second = "\(header)\nG\(girl),韦小红,女,20170811,三年级,4班,韦大力,父亲,19900000001\n"
    private static let staff = "姓名,岗位,手机号\n苏老师,教师,19900000055\n"

    private struct Traces: Equatable {
        var named = 0
        var numbers = 0
        var facts = 0
        var terms = 0
        var keys = 0
    }

    private func traces(_ site: RosterSite) async throws -> Traces {
        try await PersonIndexing(database: site.database).catchUp(settled: 0)
        return try await site.database.read { db in
            func count(_ sql: SQL) throws -> Int { try db.value(sql) ?? 0 }
            return Traces(
                named: try count("SELECT COUNT(*) FROM directory_person WHERE withdrawn_at IS NULL"),
                numbers: try count("SELECT COUNT(*) FROM directory_person_identifier"),
                facts: try count("SELECT COUNT(*) FROM directory_person_facts"),
                terms: try count("SELECT COUNT(*) FROM directory_person_term"),
                keys: try count("SELECT COUNT(*) FROM directory_person"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `pupils and parents leave nothing but keys, the keys go later, the same file comes in again`(
        on database: TestDatabase
    ) async throws {
        try await withRosterSite(database) { site in
            let told = try await site.csv(Self.first)
            let before = try await traces(site)
            #expect(before.named == 2 && before.numbers > 0 && before.facts == 1 && before.terms > 0)
            try await site.imports.undo(batch: told.batch, by: RosterSite.clerk)
            #expect(try await traces(site) == Traces(keys: 2))
            let names = try await site.database.read {
                try $0.column("SELECT DISTINCT name || initials FROM directory_person", as: String.self)
            }
            #expect(names == ["已删除"])
            let audited = try await site.database.read {
                try $0.value(
                    "SELECT detail FROM platform_audit_entry WHERE action = 'roster.import_undone'", as: String.self)
            }
            #expect(audited?.contains("清除 2 人") == true)

            let again = try await site.csv(Self.first)
            #expect(again.new == 1 && again.changed + again.doubtful + again.refused == 0)
            #expect(try await site.members(of: 3) == ["韦小明"])

            let directory = DirectoryModule(database: site.database, crypto: site.crypto)
            try await directory.forgetOld(now: Timestamp.now.adding(days: 29))
            #expect(try await traces(site).keys == 4)
            try await directory.forgetOld(now: Timestamp.now.adding(days: 31))
            let after = try await traces(site)
            #expect(after.keys == 2 && after.named == 2 && after.terms > 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a parent who has another child by now stays, and that is told`(on database: TestDatabase) async throws {
        try await withRosterSite(database) { site in
            let first = try await site.csv(Self.first)
            try await site.csv(Self.second)
            let outcome = try await site.imports.service.undo(ID(first.batch), by: RosterSite.clerk)
            #expect(outcome == RosterUndo.Outcome(gone: 1, kept: 1))
            #expect(outcome.words.contains("1 位家长"))
            #expect(try await site.person("韦大力") != nil)
            #expect(try await site.person("韦小明") == nil)
            #expect(try await site.members(of: 4) == ["韦小红"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a parent told for a known child leaves no entry among the people of the school`(
        on database: TestDatabase
    ) async throws {
        try await withRosterSite(database) { site in
            try await site.csv("学籍号,姓名,性别,出生日期,年级,班级\nG\(Self.boy),韦小明,男,20170810,三年级,3班\n")
            let known = try await traces(site)
            let told = try await site.csv(Self.first)
            #expect(told.changed == 1)
            try await site.imports.undo(batch: told.batch, by: RosterSite.clerk)
            let after = try await traces(site)
            #expect(after.terms == known.terms && after.named == known.named && after.keys == known.keys + 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who teaches a class by now keeps the import from being undone`(on database: TestDatabase) async throws {
        try await withRosterSite(database) { site in
            let told = try await site.csv(Self.staff, roster: .staff)
            #expect(told.new == 1)
            try await site.csv(Self.first)
            let teacher = try #require(try await site.person("苏老师"))
            let group = try #require(try await site.classes().first)
            try await site.database.write { db in
                try ClassGroupService(db, by: RosterSite.clerk).nameHomeroomTeacher(
                    teacher, of: group, from: RosterSite.day)
            }
            do {
                try await site.imports.undo(batch: told.batch, by: RosterSite.clerk)
                Issue.record("the import was undone")
            } catch DomainError.conflict(let reason) {
                #expect(reason.contains("苏老师") && reason.contains("已有任教记录"))
            }
            #expect(try await site.person("苏老师") == teacher)
            // A post that was taken back is none.
            try await site.database.write { try $0.execute("UPDATE directory_class_post SET valid_to = valid_from") }
            try await site.imports.undo(batch: told.batch, by: RosterSite.clerk)
            #expect(try await site.person("苏老师") == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a key that another record names stays until that is gone`(on database: TestDatabase) async throws {
        try await withRosterSite(database) { site in
            let told = try await site.csv(Self.staff, roster: .staff)
            let teacher = try #require(try await site.person("苏老师")), school = site.primary.id
            try await site.imports.undo(batch: told.batch, by: RosterSite.clerk)
            try await site.database.write { db in
                try db.execute(
                    """
                    INSERT INTO directory_team_member (id, person_id, organisation_id, team, valid_from, recorded_at,
                        recorded_by)
                    VALUES ('t', \(teacher), \(school), 'teaching', \(RosterSite.day), 0, '')
                    """)
            }
            let directory = DirectoryModule(database: site.database, crypto: site.crypto)
            try await directory.forgetOld(now: Timestamp.now.adding(days: 31))
            #expect(try await traces(site).keys == 1)
            try await site.database.write { try $0.execute("DELETE FROM directory_team_member") }
            try await directory.forgetOld(now: Timestamp.now.adding(days: 32))
            #expect(try await traces(site).keys == 1)
            try await directory.forgetOld(now: Timestamp.now.adding(days: 62))
            #expect(try await traces(site).keys == 0)
        }
    }
}
