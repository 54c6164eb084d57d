import App
import Database
import Directory
import Foundation
import Kernel
import Platform
import Rosters
import TestKit
import Testing

@testable import SchoolAffairs

/// An alarm that nobody has looked after does not hold a roster fast; one on which somebody has acted does.
@Suite("控辍提醒和撤销导入") struct DropoutUndoTests {
    private static let clerk = AuditActor(id: "clerk", name: "韦老师", address: "")

    private func imported(_ city: TestCity) async throws -> (batch: String, pupil: ID<Person>) {
        let school = try await city.organisation(TestCity.experimentalSchool), path = city.folder + "/pupils.csv"
        let text = "姓名,出生日期,班级\n韦小明,2017-08-10,三(1)班\n"
        try #require(FileManager.default.createFile(atPath: path, contents: Data(text.utf8)))
        let outcome = try await city.platform.rosters.imports.run(
            path: path, fileName: "pupils.csv", roster: .pupils, by: Self.clerk, scope: DataScope([school.path]),
            accept: true)
        try #require(outcome.new == 1)
        let found: ID<Person>? = try await city.database.read {
            try $0.value("SELECT id FROM directory_person WHERE name = '韦小明'")
        }
        return (outcome.batch, try #require(found))
    }

    /// As the platform writes it.
    private func raise(_ pupil: ID<Person>, _ city: TestCity) async throws -> ID<DropoutAlarm> {
        let crypto = city.platform.crypto, now = Timestamp.now, id = ID<DropoutAlarm>.new()
        try await city.database.write { db in
            let group = try #require(try EnrolmentStore(db).history(of: pupil).first).classGroup
            try DropoutAlarmStore(db, crypto).insert(id, of: pupil, in: group, since: now.day, days: 7, on: now.day)
            try CaseStepStore(db: db, crypto: crypto).add(
                .noted, to: id.rawValue, place: DropoutAlarm.raised, by: .system, at: now)
        }
        return id
    }

    private func count(_ table: SQL, _ city: TestCity) async throws -> Int? {
        try await city.database.read { try $0.value("SELECT COUNT(*) FROM \(table)") }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an alarm that only the platform wrote goes with the import`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (batch, pupil) = try await imported(city), alarm = try await raise(pupil, city)
            try await city.platform.rosters.imports.undo(batch: batch, by: Self.clerk)
            #expect(try await count("school_affairs_dropout_alarm", city) == 0)
            #expect(try await count("school_affairs_case_step", city) == 0)
            let told = try await city.database.read { db in
                try AuditLog.of(subject: alarm.rawValue, limit: 9, on: db)
            }
            #expect(told.map(\.action) == ["dropout_alarm.removed"] && told.first?.actorName == "韦老师")
            #expect(try await city.platform.rosters.imports.outcome(of: batch).state == "undone")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an alarm on which somebody acted keeps the import, and is named`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let (batch, pupil) = try await imported(city), alarm = try await raise(pupil, city)
            let crypto = city.platform.crypto
            try await city.database.write { db in
                let held = try DropoutAlarmStore(db, crypto).find(alarm, within: .everything)
                try DropoutService(db, crypto, by: Self.clerk).note(.phone, "家长说明天返校", on: held)
            }
            do {
                try await city.platform.rosters.imports.undo(batch: batch, by: Self.clerk)
                Issue.record("the import was undone")
            } catch DomainError.conflict(let reason) {
                #expect(reason.contains("“韦小明”\(Timestamp.now.day.iso) 的控辍保学提醒已有人处理"), "\(reason)")
            }
            #expect(try await count("school_affairs_dropout_alarm", city) == 1)
            #expect(try await city.platform.rosters.imports.outcome(of: batch).state == "accepted")
        }
    }
}
