import Directory
import Kernel
import Platform

/// What cells of one row say against each other, and whether an age fits a grade.
enum RosterChecks {
    /// Birth date and sex stand in the citizen number too: blank cells are filled from it, others must agree.
    static func compare(_ row: inout RosterRow, birth: Int?, sex: Int?) {
        guard let number = row.numbers.first(where: { $0.kind == .citizenNumber }),
            let (day, code) = told(by: number.text)
        else { return }
        if let given = row.values["birthDate"], given != day.iso {
            row.problems.append(ImportProblem(column: birth, message: "出生日期与身份证号不符，核对两项"))
        }
        if let given = row.values["sex"], ["1", "2"].contains(given), given != code {
            row.problems.append(ImportProblem(column: sex, message: "性别与身份证号不符，核对两项"))
        }
        row.values["birthDate"] = row.values["birthDate"] ?? day.iso
        row.values["sex"] = row.values["sex"] ?? code
    }

    /// Birth date and 性别 code in a citizen number of 18 digits.
    static func told(by number: String) -> (LocalDate, String)? {
        let digits = Array(number.utf8)
        guard digits.count == 18, let value = Int(String(decoding: digits[6..<14], as: UTF8.self)),
            let day = LocalDate(year: value / 10_000, month: value / 100 % 100, day: value % 100)
        else { return nil }
        return (day, digits[16] % 2 == 1 ? "1" : "2")
    }

    /// What is odd about a pupil's age, in Chinese; `nil` when it fits. Two years early and five years late happen.
    static func oddAge(birthDate: String, in words: ClassWords, on day: LocalDate) -> String? {
        guard let birth = LocalDate(iso: birthDate) else { return nil }
        if birth > day { return "出生日期晚于今天" }
        let year = SchoolYear(containing: day)
        let ordinal = year.start - words.entryYear + 1
        let first = year.firstDay
        let age = first.year - birth.year - ((birth.month, birth.day) > (first.month, first.day) ? 1 : 0)
        let usual = base(words.stage) + ordinal - 1
        guard age < usual - 2 || age > usual + 5 else { return nil }
        return "年龄 \(age) 岁，与所在年级不符，请核对"
    }

    private static func base(_ stage: ClassStage) -> Int {
        switch stage {
        case .kindergarten: 3
        case .primary: 6
        case .junior: 12
        case .senior, .vocational: 15
        }
    }
}
