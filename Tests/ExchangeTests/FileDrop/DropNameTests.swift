import Kernel
import Testing

@testable import Exchange

@Suite("交换文件名") struct DropNameTests {
    @Test func `a name says what the file holds`() throws {
        let name = try DropName("students_2145990001_20260901083000.xlsx")
        #expect((name.dataset, name.organisation, name.moment) == (.students, "2145990001", "20260901083000"))
        #expect(name.format == .xlsx && name.text == "students_2145990001_20260901083000.xlsx")
    }

    @Test func `a name that is made is read again`() throws {
        let now = Timestamp(milliseconds: 1_796_083_199_000)
        for dataset in FeedDataset.allCases {
            let name = DropName(dataset, "3145990004", at: now, .csv)
            #expect(try DropName(name.text) == name)
        }
        #expect(DropName(.staff, "1", at: now, .csv).moment == "20261201075959")
    }

    @Test(arguments: [
        "", "students", "students_1_20260901083000", "students_1_20260901083000.xls",
        "students_1_20260901083000.csv.exe",
        "pupils_1_20260901083000.csv", "students__20260901083000.csv", "students_1/2_20260901083000.csv",
        "students_.._20260901083000.csv", "students_1_20261301083000.csv", "students_1_20260901243000.csv",
        "students_1_2026090108300.csv", "students_1_二〇二六.csv", "a_students_1_20260901083000.csv", "../x_1_1.csv",
    ])
    func `other names are none of ours`(text: String) {
        #expect(throws: DropName.Problem.self) { try DropName(text) }
    }

    @Test func `what is due comes at its hour`() {
        let now = Timestamp(startOf: LocalDate(year: 2026, month: 9, day: 1)!).adding(seconds: 36_000)
        #expect(DropRhythm.never.next(after: now) == nil)
        #expect(DropRhythm.hourly.next(after: now)?.text == "2026-09-01 11:00")
        #expect(DropRhythm.daily.next(after: now)?.text == "2026-09-02 02:00")
        #expect(DropRhythm.weekly.next(after: now)?.text == "2026-09-08 02:00")
    }
}
