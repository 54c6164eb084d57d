import Kernel
import Testing

@testable import Directory

@Suite("学期") struct TermTests {
    @Test(
        arguments: [
            ("2026-09-01", 2026, Term.Half.autumn), ("2027-01-31", 2026, .autumn), ("2027-02-01", 2026, .spring),
            ("2027-08-31", 2026, .spring), ("9999-12-31", 9999, .spring), ("9999-10-01", 9999, .autumn),
            ("0001-01-01", 0, .autumn),
        ])
    func `each day lies in one term`(day: String, year: Int, half: Term.Half) throws {
        let day = try #require(LocalDate(iso: day))
        let term = Term(containing: day)
        #expect(term.year.start == year && term.half == half && term.firstDay <= day && day <= term.lastDay)
    }

    @Test(arguments: [Int.min, -1, 0, 1, 9998, 9999, Int.max])
    func `a year that no calendar has does no harm`(start: Int) {
        let year = SchoolYear(start: start)
        #expect(year.firstDay < year.lastDay)
    }

    @Test(arguments: ["1999", "2101", "0", "-1", "9223372036854775807", "9223372036854775808", "", "x", "2026年"])
    func `a school year is told by its first calendar year`(wrong: String) {
        #expect(SchoolYear(text: "2026") == SchoolYear(start: 2026))
        #expect(SchoolYear(text: wrong) == nil)
    }

    @Test func `the terms of a year follow one another`() {
        let autumn = Term(SchoolYear(start: 2026), .autumn), spring = Term(SchoolYear(start: 2026), .spring)
        #expect(autumn.lastDay.adding(days: 1) == spring.firstDay && autumn < spring)
        #expect(spring.lastDay == autumn.year.lastDay && autumn.title == "2026—2027学年秋季学期")
    }
}
