import Directory
import Kernel
import Testing

@Suite("Grades and school years") struct GradeTests {
    @Test(arguments: [
        ("2026-08-31", 2025), ("2026-09-01", 2026), ("2026-12-31", 2026), ("2027-01-01", 2026), ("2027-08-31", 2026),
    ])
    func `a school year begins on the first of September`(day: String, start: Int) throws {
        let year = SchoolYear(containing: try #require(LocalDate(iso: day)))
        #expect(year == SchoolYear(start: start))
        #expect(year.firstDay.iso == "\(start)-09-01" && year.lastDay.iso == "\(start + 1)-08-31")
    }

    @Test func `a year beyond the calendar stops at its end`() {
        #expect(SchoolYear(start: .max).lastDay == .latest && SchoolYear(start: 10_000).firstDay.iso == "9999-09-01")
        #expect(SchoolYear(start: .min).firstDay == .earliest && SchoolYear(start: -1).lastDay.iso == "0001-08-31")
    }

    @Test(arguments: [
        (ClassStage.kindergarten, 2, "K2", "中班"), (.primary, 1, "P1", "一年级"), (.primary, 6, "P6", "六年级"),
        (.junior, 1, "J1", "七年级"), (.junior, 3, "J3", "九年级"), (.senior, 2, "S2", "高二"),
        (.vocational, 3, "V3", "中职三年级"),
    ])
    func `a grade has the city's code and the name people use`(
        stage: ClassStage, ordinal: Int, code: String, title: String
    ) throws {
        let grade = try #require(Grade(stage, ordinal))
        #expect(grade.code == code && grade.title == title)
    }

    @Test func `four years of junior school begin with the sixth grade`() {
        #expect(Grade(.junior, 1, years: 4)?.title == "六年级")
        #expect(Grade(.junior, 4, years: 4)?.title == "九年级")
        #expect(Grade(.junior, 4) == nil && Grade(.primary, 0) == nil && Grade(.primary, 6, years: 5) == nil)
    }

    @Test func `a school teaches the stages of its type`() {
        #expect(ClassStage.stages(ofSchoolType: "218") == [.primary])
        #expect(ClassStage.stages(ofSchoolType: "312") == [.primary, .junior])
        #expect(ClassStage.stages(ofSchoolType: "345") == [.primary, .junior, .senior])
        #expect(ClassStage.stages(ofSchoolType: "365") == [.vocational])
        #expect(ClassStage.stages(ofSchoolType: "514") == [.primary, .junior])
    }
}
