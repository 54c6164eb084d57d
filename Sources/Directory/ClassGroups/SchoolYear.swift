import Kernel

/// 学年: from 1 September to 31 August.
package struct SchoolYear: Hashable, Sendable, Comparable {
    /// The calendar year in which it begins.
    package let start: Int

    /// - Parameter start: what lies beyond the calendar (years 0 to 9999) is taken for its end.
    package init(start: Int) { self.start = min(max(start, 0), 9999) }

    /// As a form sends it: 2000 to 2100; `nil` for anything else.
    package init?(text: String) {
        guard let start = Int(text), (2000...2100).contains(start) else { return nil }
        self.start = start
    }

    /// The school year the day lies in.
    package init(containing day: LocalDate) { start = day.month >= 9 ? day.year : day.year - 1 }

    /// `2015—2016学年`
    package var title: String { "\(start)—\(start + 1)学年" }

    /// The first and the last year stop at the ends of the calendar.
    package var firstDay: LocalDate { LocalDate(year: start, month: 9, day: 1) ?? LocalDate.earliest }
    package var lastDay: LocalDate { LocalDate(year: start + 1, month: 8, day: 31) ?? LocalDate.latest }

    package static func < (a: SchoolYear, b: SchoolYear) -> Bool { a.start < b.start }
}
