import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

@Suite("Importing staff") struct StaffImportTests {
    private static let number = RosterSite.number("19850620", 2)
    private static func roster(post: String = "教师", phone: String = "19900000077") -> String {
        """
        姓名,性别,身份证号,岗位,教职工类别,最高学历,手机号,工号,婚姻状况
        苏老师,女,\(number),\(post),专任教师,大学本科毕业,\(phone),T001,已婚
        """
    }

    @Test(arguments: TestDatabase.allCases)
    func `staff get posts, a second school adds one, another post replaces`(on database: TestDatabase) async throws {
        try await withRosterSite(database) { site in
            let first = try await site.csv(StaffImportTests.roster(), roster: .staff)
            #expect(first.new == 1)
            let again = try await site.csv(StaffImportTests.roster(), accept: false)
            #expect(again.unchanged == 1)

            let second = try await site.csv(StaffImportTests.roster(), scope: DataScope([site.namesake.path]))
            #expect(second.changed == 1)
            let person = try #require(try await site.person("苏老师"))
            let (here, there) = try await site.database.read { db in
                let store = PersonStore(db), today = Timestamp.now.day
                return (
                    try store.holdsPost(person, at: site.primary.id, on: today),
                    try store.holdsPost(person, at: site.namesake.id, on: today)
                )
            }
            #expect(here && there)

            let leads = try await site.csv(StaffImportTests.roster(post: "校领导"))
            #expect(leads.changed == 1)
            let post = try await site.post()
            #expect(post == "31")
            try await site.imports.undo(batch: leads.batch, by: RosterSite.clerk)
            let before = try await site.post()
            #expect(before == "10")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `whoever leaves later is here until then`(on database: TestDatabase) async throws {
        try await withRosterSite(database) { site in
            try await site.csv(StaffImportTests.roster(), roster: .staff)
            let person = try #require(try await site.person("苏老师"))
            let school = site.primary.id, last = Timestamp.now.day.adding(days: 30)
            try await site.database.write {
                try PersonStore($0).endAppointments(of: person, at: school, on: last, .transfer)
            }
            let again = try await site.csv(StaffImportTests.roster(), accept: false)
            #expect(again.unchanged == 1)
            let leads = try await site.csv(StaffImportTests.roster(post: "校领导"), accept: false)
            let line = try #require(try await site.lines(leads, .unchanged).first)
            #expect(line.content.notes.contains { $0.message.hasSuffix("起不在这里任职，岗位没有更改") })
        }
    }

    @Test func `another phone replaces the former one and comes back on undoing`() async throws {
        try await withRosterSite { site in
            try await site.csv(StaffImportTests.roster(), roster: .staff)
            let changed = try await site.csv(StaffImportTests.roster(phone: "19900000078"))
            #expect(changed.changed == 1)
            let change = try await site.lines(changed, .changed).first?.content.changes.first
            #expect(change?.old == "199****0077" && change?.new == "199****0078")
            try await site.imports.undo(batch: changed.batch, by: RosterSite.clerk)
            let again = try await site.csv(StaffImportTests.roster(), accept: false)
            #expect(again.unchanged == 1)
        }
    }
}

extension RosterSite {
    /// The post of the one member of staff of the first school.
    fileprivate func post() async throws -> String? {
        let school = primary.id
        return try await database.read { try PersonStore($0).staff(of: school, on: Timestamp.now.day).last?.post }
    }
}
