import Kernel
import Testing

@testable import SchoolAffairs

@Suite("工作日") struct WorkCalendarTests {
    private func day(_ text: String) -> LocalDate { LocalDate(iso: text)! }

    @Test func `weekends and days off do not count, days at work instead do`() {
        let calendar = WorkCalendar.shipped
        let working = ["2026-09-30", "2026-10-10", "2026-10-12"], free = ["2026-10-01", "2026-10-07", "2026-10-11"]
        #expect(working.allSatisfy { calendar.isWorkingDay(day($0)) })
        #expect(free.allSatisfy { !calendar.isWorkingDay(day($0)) })
    }

    @Test(arguments: [
        ("2026-11-02", "2026-11-16"), ("2026-09-30", "2026-10-20"), ("2026-11-07", "2026-11-20"),
    ])
    func `ten working days are told by their last`(from: String, to: String) {
        #expect(WorkCalendar.shipped.day(after: day(from), workingDays: 10).iso == to)
    }

    @Test func `in vacations people work and no school is`() {
        let calendar = WorkCalendar.shipped
        #expect(calendar.isWorkingDay(day("2026-07-20")) && !calendar.isSchoolDay(day("2026-07-20")))
        #expect(
            calendar.schoolDays(upTo: day("2026-09-02"), count: 3).map(\.iso) == [
                "2026-09-02", "2026-09-01", "2026-07-10",
            ])
    }

    @Test(arguments: ["2026-13-01,off,x", "2026-10-01,free,x", "2026-10-01,off", "2026-02-01..2026-01-01,vacation,x"])
    func `a line that cannot be read is told`(line: String) {
        #expect(throws: DomainError.self) { try WorkCalendar(csv: "date,kind,name\n" + line) }
    }
}
