import Contracts
import Foundation
import Kernel

/// 工作日 and 上课日: weekends, the nation's days off with their days at work instead, and the vacations of schools. The
/// days are data: `Data/work-calendar.csv`. A year that is not in it has its weekends only.
package struct WorkCalendar: WorkDays, SchoolDays {
    private var off: Set<LocalDate> = []
    private var work: Set<LocalDate> = []
    private var vacations: [ClosedRange<LocalDate>] = []

    /// As shipped.
    package static let shipped = load()

    /// Lines `date,kind,name` after one of headings; `kind` is `off`, `work` or `vacation`, a vacation `first..last`.
    /// Throws `DomainError.invalid` with the number of the first line that cannot be read.
    package init(csv: String) throws {
        var isHeading = true
        for (index, line) in csv.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            if isHeading {
                isHeading = false
                continue
            }
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == 3, read(cells[0], cells[1]) else {
                throw DomainError.invalid("calendar", "第 \(index + 1) 行不能读取")
            }
        }
    }

    private mutating func read(_ text: Substring, _ kind: Substring) -> Bool {
        if kind == "vacation" {
            let ends = text.split(separator: "..").compactMap { LocalDate(iso: $0) }
            guard ends.count == 2, ends[0] <= ends[1] else { return false }
            vacations.append(ends[0]...ends[1])
            return true
        }
        guard let day = LocalDate(iso: text), kind == "off" || kind == "work" else { return false }
        if kind == "off" { off.insert(day) } else { work.insert(day) }
        return true
    }

    private static func load() -> WorkCalendar {
        guard let url = Bundle.module.url(forResource: "work-calendar", withExtension: "csv", subdirectory: "Data"),
            let data = try? Data(contentsOf: url),
            let calendar = try? WorkCalendar(csv: String(decoding: data, as: UTF8.self))
        else { fatalError("the work calendar is missing from the build") }
        return calendar
    }

    package func isWorkingDay(_ day: LocalDate) -> Bool {
        if work.contains(day) { return true }
        return !off.contains(day) && !WorkCalendar.isWeekend(day)
    }

    /// A working day outside the vacations.
    package func isSchoolDay(_ day: LocalDate) -> Bool {
        isWorkingDay(day) && !vacations.contains { $0.contains(day) }
    }

    /// The day by whose end so many working days after the day have passed.
    package func day(after day: LocalDate, workingDays count: Int) -> LocalDate {
        var day = day, left = count
        while left > 0 {
            day = day.adding(days: 1)
            if isWorkingDay(day) { left -= 1 }
        }
        return day
    }

    /// The last so many school days up to the day, the latest first; a day that is none is left out.
    package func schoolDays(upTo day: LocalDate, count: Int) -> [LocalDate] {
        var days: [LocalDate] = [], day = day
        // No run of days without school is longer than a year.
        for _ in 0..<366 where days.count < count {
            if isSchoolDay(day) { days.append(day) }
            day = day.adding(days: -1)
        }
        return days
    }

    /// 1970-01-01 was a Thursday.
    private static func isWeekend(_ day: LocalDate) -> Bool {
        let weekday = ((day.daysSince1970 % 7) + 7 + 3) % 7
        return weekday >= 5
    }
}
