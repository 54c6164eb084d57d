import Kernel
import Testing

@Suite("日期") struct LocalDateTests {
    @Test func `every day of four hundred years goes to a day number and back`() {
        var day = LocalDate(year: 1800, month: 1, day: 1)!
        var number = day.daysSince1970
        for _ in 0..<146_097 {
            #expect(LocalDate(daysSince1970: number) == day)
            #expect(LocalDate(iso: day.iso) == day)
            number += 1
            day = day.adding(days: 1)
        }
        #expect(day == LocalDate(year: 2200, month: 1, day: 1))
    }

    @Test(arguments: ["2015-02-29", "2015-13-01", "2015-1-01", "15-01-01", "2015/01/01", "2015-00-10", "2015-06-31"])
    func `days that do not exist are refused`(text: String) {
        #expect(LocalDate(iso: text) == nil)
    }

    @Test func `adding days stops at the ends of the calendar`() {
        let last = LocalDate(iso: "9999-12-31")!
        #expect(last.adding(days: 365) == last)
        #expect(last.adding(days: Int.max) == last)
        #expect(LocalDate(iso: "0001-01-01")!.adding(days: Int.min).iso == "0001-01-01")
        #expect(last.adding(days: -1).iso == "9999-12-30")
    }

    @Test func `a moment near midnight belongs to the day of Shanghai`() {
        // 2015-09-30 16:30 UTC is 00:30 of the next day in Shanghai.
        let moment = Timestamp(milliseconds: 1_443_630_600_000)
        #expect(moment.day.iso == "2015-10-01")
        #expect(moment.text == "2015-10-01 00:30")
        #expect(moment.rfc3339 == "2015-09-30T16:30:00.000Z")
    }
}
