import Kernel

/// 学期: one of the two halves of a school year.
package struct Term: Hashable, Sendable, Comparable {
    package enum Half: Int, Sendable, CaseIterable { case autumn = 1, spring = 2 }

    package let year: SchoolYear
    package let half: Half

    package init(_ year: SchoolYear, _ half: Half) { (self.year, self.half) = (year, half) }

    /// The term the day lies in.
    package init(containing day: LocalDate) {
        let year = SchoolYear(containing: day)
        self.init(year, day < Term(year, .spring).firstDay ? .autumn : .spring)
    }

    /// Month and day of the first day of each half; a half ends the day before the next begins.
    private static let beginnings: [Half: (month: Int, day: Int)] = [.autumn: (9, 1), .spring: (2, 1)]

    /// Stops at the ends of the calendar, as years do.
    package var firstDay: LocalDate {
        let beginning = Term.beginnings[half]!
        let calendarYear = half == .autumn ? year.start : year.start + 1
        return LocalDate(year: calendarYear, month: beginning.month, day: beginning.day)
            ?? (half == .autumn ? LocalDate.earliest : LocalDate.latest)
    }

    package var lastDay: LocalDate { half == .autumn ? Term(year, .spring).firstDay.adding(days: -1) : year.lastDay }

    /// `2015—2016学年秋季学期`
    package var title: String { year.title + (half == .autumn ? "秋季学期" : "春季学期") }

    package static func < (a: Term, b: Term) -> Bool { (a.year, a.half.rawValue) < (b.year, b.half.rawValue) }
}
