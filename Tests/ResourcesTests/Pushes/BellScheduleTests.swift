import Kernel
import TestKit
import Testing
import Web

@testable import Resources

/// Lesson times, and which lesson a minute belongs to.
@Suite("Lesson times")
struct BellScheduleTests {
    @Test("A lesson has the breaks around it, but not the afternoon")
    func windows() {
        let usual = BellSchedule.usual
        // 08:00—08:40, then a break of ten minutes.
        #expect(usual.window(of: 1) == 460...530)
        // Before 10:00 the break is half an hour, of which twenty minutes belong to the lesson.
        #expect(usual.window(of: 3) == 580...650)
        // After the fourth lesson the school goes for lunch.
        #expect(usual.window(of: 4) == 640...710)
        #expect(usual.window(of: 9) == nil)
        #expect(usual.period(at: 500)?.number == 1)
        #expect(usual.period(at: 525)?.number == 2, "in a break the one that comes")
        #expect(usual.period(at: 459) == nil && usual.period(at: 460)?.number == 1)
        #expect(usual.period(at: 700)?.number == 4 && usual.period(at: 720) == nil)
    }

    @Test("Of any sound times, each minute of a lesson is its own and inside its window")
    func everyMinute() {
        var dice = Dice(seed: 7)
        for _ in 0..<200 {
            var periods: [Period] = [], minute = Int.random(in: 300...600, using: &dice)
            for number in 1...Int.random(in: 1...12, using: &dice) {
                let length = Int.random(in: 5...60, using: &dice)
                guard minute + length < 24 * 60 else { break }
                periods.append(Period(number, minute, minute + length))
                minute += length + Int.random(in: 0...60, using: &dice)
            }
            let schedule = BellSchedule(periods)
            #expect(schedule.problems().isEmpty == !periods.isEmpty)
            for period in periods {
                for minute in period.start..<period.end {
                    #expect(schedule.period(at: minute) == period)
                    #expect(schedule.window(of: period.number)?.contains(minute) == true)
                }
            }
            for (first, next) in zip(periods, periods.dropFirst()) {
                #expect((schedule.window(of: first.number)?.upperBound ?? 0) <= next.start)
            }
        }
    }

    @Test("What overlaps, is too short or has a hole is told at its field")
    func problems() throws {
        #expect(BellSchedule([Period(1, 480, 482)]).problems().map(\.field) == ["end-1"])
        #expect(BellSchedule([Period(1, 480, 520), Period(2, 510, 550)]).problems().map(\.field) == ["start-2"])
        #expect(BellSchedule([]).problems().map(\.field) == ["start-1"])
        func fields(_ pairs: [(String, String)]) -> [String] {
            do {
                _ = try BellForm(values: FormValues(pairs.map { (name: $0.0, value: $0.1) })).schedule()
                return []
            } catch DomainError.invalid(let problems) { return problems.map(\.field) } catch { return ["?"] }
        }
        #expect(fields([("start-1", "08:00"), ("end-1", "08:40")]) == [])
        #expect(fields([("start-1", "8：00"), ("end-1", "8:40")]) == [])
        #expect(fields([("start-1", "早上"), ("end-1", "08:40")]) == ["start-1"])
        #expect(fields([("start-1", "08:00"), ("end-1", "25:00")]) == ["end-1"])
        #expect(
            fields([("start-1", "08:00"), ("end-1", "08:40"), ("start-3", "10:00"), ("end-3", "10:40")]) == ["start-2"])
    }

    @Test("A school's own times are kept and asked; others may not set them", arguments: TestDatabase.allCases)
    func setting(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let school = made.made.school.id, own = BellSchedule([Period(1, 490, 530), Period(2, 540, 580)])
            let li = try await made.city.user(.li), now = made.clock.now
            try await made.database.write { try BellService($0, by: li, now: now).set(own, of: school) }
            #expect(try await made.database.read { try BellStore($0).schedule(of: school) } == own)
            #expect(try await made.database.read { try BellStore($0).schedule(of: made.made.border.id) } == .usual)
            for member in [TestCity.Member.wang, .zhao, .dongxing] {
                let user = try await made.city.user(member)
                await #expect(throws: DomainError.self, "\(member)") {
                    try await made.database.write { try BellService($0, by: user, now: now).set(.usual, of: school) }
                }
            }
        }
    }
}

/// Numbers that come the same every time.
struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
