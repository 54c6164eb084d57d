import Directory
import Kernel
import Testing

@testable import Rosters

@Suite("What 年级 and 班级 of a roster mean") struct ClassWordsTests {
    private let day = LocalDate(year: 2026, month: 10, day: 10)!

    private func read(_ grade: String, _ classGroup: String, _ stages: [ClassStage]) -> String {
        do {
            let words = try ClassWords.read(grade: grade, classGroup: classGroup, stages: stages, on: day)
            return "\(words.stage.title) \(words.entryYear) \(words.number)"
        } catch let problem as ClassWords.Problem {
            return problem.message
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("", "三(3)班", "小学 2024 3"), ("", "三（3）班", "小学 2024 3"), ("三年级", "3班", "小学 2024 3"),
        ("三年级", "三年级3班", "小学 2024 3"), ("三年级", "（３）", "小学 2024 3"), ("3年级", "12", "小学 2024 12"),
        ("", "2024级3班", "小学 2024 3"), ("2024级", "3", "小学 2024 3"), ("小学2024级", "1班", "小学 2024 1"),
        ("", "301", "小学 2024 1"), ("三年级", "0302班", "小学 2024 2"), ("", "三3班", "小学 2024 3"), ("一年级", "十二班", "小学 2026 12"),
        ("小学六年级", "第2班", "小学 2021 2"), ("P3", "3.0", "小学 2024 3"), ("", "3年级2班", "小学 2024 2"),
    ]) func `a primary school's words`(grade: String, classGroup: String, meaning: String) {
        #expect(read(grade, classGroup, [.primary]) == meaning)
    }

    @Test(arguments: [
        ("七年级", "2班", [ClassStage.junior], "初中 2026 2"), ("初二", "(4)班", [.junior], "初中 2025 4"),
        ("", "七年级2班", [.primary, .junior], "初中 2026 2"), ("", "初三(11)班", [.junior], "初中 2024 11"),
        ("高一", "12班", [.senior], "高中 2026 12"), ("", "高二(5)班", [.junior, .senior], "高中 2025 5"),
        ("大班", "1班", [.kindergarten], "幼儿园 2024 1"), ("", "中(2)班", [.kindergarten], "幼儿园 2025 2"),
        ("2025级", "2班", [.junior, .senior], "班级“2025级2班”看不出是哪个学段"),
        ("七年级", "2班", [.primary], "“七年级2班”与学校的学段不符"), ("三年级", "", [.primary], "缺少班级"),
        ("", "海豚班", [.primary], "班级“海豚班”看不出是几班"), ("春季", "1班", [.primary], "年级“春季”看不出是哪个年级"),
        ("", "5班", [.primary], "缺少年级"),
    ]) func `other schools, and what cannot be told`(
        grade: String, classGroup: String, stages: [ClassStage], meaning: String
    ) {
        #expect(read(grade, classGroup, stages) == meaning)
    }
}
