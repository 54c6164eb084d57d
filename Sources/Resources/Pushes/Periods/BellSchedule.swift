import Database
import Kernel

/// 第几节: one lesson of the day, in minutes after midnight.
package struct Period: Sendable, Equatable {
    /// From 1.
    package let number: Int
    package let start: Int
    package let end: Int

    package init(_ number: Int, _ start: Int, _ end: Int) { (self.number, self.start, self.end) = (number, start, end) }

    package var title: String { "第\(number)节" }
    /// `08:00—08:40`
    package var times: String { "\(ClockTime.text(start))—\(ClockTime.text(end))" }
}

/// Times of the day as forms have them.
enum ClockTime {
    /// `08:05`
    static func text(_ minute: Int) -> String {
        let (hour, rest) = (minute / 60, minute % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Minutes after midnight of `8:05` or `08:05`, also with a Chinese colon; `nil` for anything else.
    static func minute(_ text: String) -> Int? {
        let parts = text.split(whereSeparator: { $0 == ":" || $0 == "：" })
        guard parts.count == 2, parts[1].utf8.count == 2, parts[0].utf8.count <= 2, let hour = Int(parts[0]),
            let rest = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(rest)
        else { return nil }
        return hour * 60 + rest
    }
}

extension Timestamp {
    /// Minutes since midnight in Asia/Shanghai.
    var minuteOfDay: Int { Int((milliseconds - Timestamp(startOf: day).milliseconds) / 60_000) }
}

/// 作息时间: the lessons of a school day, by their numbers, none overlapping another.
package struct BellSchedule: Sendable, Equatable {
    package let periods: [Period]

    package init(_ periods: [Period]) { self.periods = periods }

    /// What holds until a school tells its own (本市暂定).
    package static let usual = BellSchedule([
        Period(1, 480, 520), Period(2, 530, 570), Period(3, 600, 640), Period(4, 650, 690), Period(5, 870, 910),
        Period(6, 920, 960), Period(7, 970, 1010), Period(8, 1020, 1060),
    ])

    package static let most = 12
    /// Minutes of one lesson.
    static let lengths = 5...120
    /// A break: the minutes before and after a lesson that still belong to it, where no other lesson is nearer.
    static let longestBreak = 20

    package subscript(number: Int) -> Period? { periods.first { $0.number == number } }

    /// The minutes in which something opened for the lesson counts: the lesson with the breaks around it.
    func window(of number: Int) -> ClosedRange<Int>? {
        guard let index = periods.firstIndex(where: { $0.number == number }) else { return nil }
        let period = periods[index]
        let before = index > 0 ? periods[index - 1].end : 0
        let after = index + 1 < periods.count ? periods[index + 1].start : 24 * 60 - 1
        return max(
            before, period.start - BellSchedule.longestBreak)...min(after, period.end + BellSchedule.longestBreak)
    }

    /// The lesson of the minute; in a break the one that comes, after the last the one that was. `nil` outside of all.
    func period(at minute: Int) -> Period? {
        if let now = periods.first(where: { ($0.start..<$0.end).contains(minute) }) { return now }
        if let next = periods.first(where: { minute < $0.start }), next.start - minute <= BellSchedule.longestBreak {
            return next
        }
        let last = periods.last { $0.end <= minute }
        return last.flatMap { minute - $0.end <= BellSchedule.longestBreak ? $0 : nil }
    }

    /// What is wrong with it, each at the field of its lesson: `start-3`, `end-3`.
    func problems() -> [FieldProblem] {
        var problems: [FieldProblem] = []
        if periods.isEmpty { problems.append(FieldProblem(field: "start-1", message: "至少填写一节课")) }
        for (index, period) in periods.enumerated() {
            if !BellSchedule.lengths.contains(period.end - period.start) {
                problems.append(
                    FieldProblem(field: "end-\(period.number)", message: "第\(period.number)节应长 5 到 120 分钟"))
            }
            if index > 0, periods[index - 1].end > period.start {
                problems.append(FieldProblem(field: "start-\(period.number)", message: "第\(period.number)节开始时上一节还没有下课"))
            }
        }
        return problems
    }
}

enum PeriodSchema {
    static let statements = [
        """
        CREATE TABLE resources_period (
            school_id TEXT NOT NULL REFERENCES directory_organisation (id), number INTEGER NOT NULL,
            starts INTEGER NOT NULL, ends INTEGER NOT NULL, PRIMARY KEY (school_id, number),
            CHECK (number BETWEEN 1 AND 12), CHECK (starts < ends))
        """
    ]
}
