import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("控辍提醒和撤销导入") struct DropoutTracesTests {
    private typealias World = AffairsWorld

    /// Enters absences until there is an alarm of each of the pupils.
    private func raise(_ pupils: [ID<Person>], _ world: World) async throws -> [DropoutAlarm] {
        let classGroup = world.sender.classes[2024]!, crypto = world.crypto
        let days = WorkCalendar.shipped.schoolDays(upTo: World.today, count: DropoutRules.alarmDays)
        let away = Dictionary(uniqueKeysWithValues: pupils.map { ($0, AbsenceKind.unexcused) })
        return try await world.write { db in
            let service = DropoutService(db, crypto, by: World.actor, now: World.now)
            for day in days.reversed() { try service.enter(away, of: classGroup, on: day) }
            return try pupils.compactMap { try DropoutAlarmStore(db, crypto).open(of: $0) }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `only alarms that nobody has acted on go`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = world.sender.classes[2024]!, crypto = world.crypto
            let left = try await world.add("韦一", to: classGroup)
            let noted = try await world.add("韦二", to: classGroup, "G" + World.girl)
            let closed = try await world.add("韦三", to: classGroup, "G450699200809010030")
            let alarms = try await raise([left, noted, closed], world)
            try #require(alarms.count == 3)
            let (open, steps, words) = try await world.write { db in
                let service = DropoutService(db, crypto, by: World.county, now: World.now)
                try service.note(.visit, "家访", on: alarms[1])
                try service.close(alarms[2], .returned, note: "已返校")
                let people = [left, noted, closed]
                try DropoutTraces().remove(of: people, by: World.actor, now: World.now, db)
                // Once more finds nothing.
                try DropoutTraces().remove(of: people, by: World.actor, now: World.now, db)
                return (
                    try DropoutAlarmStore(db, crypto).list(within: .everything, isOpen: true, limit: 9).rows.map(
                        \.person),
                    try alarms.map { try CaseStepStore(db: db, crypto: crypto).steps(of: $0.id.rawValue).count },
                    try people.map { try StudentUse().use(of: [$0], db) }
                )
            }
            #expect(open == [noted] && steps == [0, 2, 2])
            // Absences are the word of a teacher.
            #expect(words[0] == "“韦一”已有学籍异动、转学或缺勤记录。")
            #expect(words[1]?.hasPrefix("“韦二”2026-10-14 的控辍保学提醒已有人处理") == true)
            #expect(words[2]?.hasPrefix("“韦三”2026-10-14 的控辍保学提醒已有人处理") == true)
        }
    }
}
