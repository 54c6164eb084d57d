import Directory
import Kernel

/// When a school year's rollover is prepared and run.
enum RolloverSeason {
    /// The school year whose rollover is at hand on the day: from May on the one that begins in the calendar year, before
    /// that the one that runs.
    static func year(on day: LocalDate) -> SchoolYear { SchoolYear(start: day.month >= 5 ? day.year : day.year - 1) }

    /// The school years to choose from on the day, the latest first.
    static func years(on day: LocalDate) -> [SchoolYear] {
        let latest = year(on: day).start
        return [SchoolYear(start: latest), SchoolYear(start: latest - 1)]
    }

    /// Prepared from May (学籍 rhythm: 毕业 in June and July, 升级 in August and September), run until the end of December.
    static func isOpen(_ year: SchoolYear, on day: LocalDate) -> Bool {
        day.year == year.start && day.month >= 5
    }

    /// Throws `DomainError.conflict` outside the months.
    static func check(_ year: SchoolYear, on day: LocalDate) throws {
        guard isOpen(year, on: day) else {
            throw DomainError.conflict("\(year.title)的升级在 \(year.start) 年 5 月到 12 月办理")
        }
    }

    /// Days in which a run can be taken back.
    static let undoDays = 30
}
