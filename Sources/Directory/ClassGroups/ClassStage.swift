import Database
import Kernel

/// 学段 of a class. The raw value is the 任课学段 code of GB/T 33782-2017.
package enum ClassStage: String, Column, Sendable, CaseIterable {
    case kindergarten = "1"
    case primary = "2"
    case junior = "3"
    case senior = "4"
    case vocational = "6"

    package var title: String {
        switch self {
        case .kindergarten: "幼儿园"
        case .primary: "小学"
        case .junior: "初中"
        case .senior: "高中"
        case .vocational: "中职"
        }
    }

    /// 学制 in years where nothing else is told.
    package var usualYears: Int { self == .primary ? 6 : 3 }

    /// 学制 that exist: 五四制 has five years of 小学 and four of 初中.
    package var possibleYears: ClosedRange<Int> {
        switch self {
        case .kindergarten: 1...4
        case .primary: 5...6
        case .junior: 3...4
        case .senior: 3...3
        case .vocational: 1...4
        }
    }

    /// 班级类型 of an ordinary class; `nil` where the national list has none.
    package var usualKind: String? {
        switch self {
        case .primary: "10"
        case .junior: "20"
        case .senior: "40"
        case .kindergarten, .vocational: nil
        }
    }

    /// 班级类型 of a class with two grades; `nil` where there is none.
    package var multigradeKind: String? {
        switch self {
        case .primary: "12"
        case .junior: "22"
        case .kindergarten, .senior, .vocational: nil
        }
    }

    /// The first digit of the 班级类型 codes of the stage.
    package var kindPrefix: String? { usualKind.map { String($0.prefix(1)) } }

    /// The stages a school of the 办学类型 teaches, in their order.
    package static func stages(ofSchoolType type: String) -> [ClassStage] {
        switch type {
        case "111", "119": [.kindergarten]
        case "211", "218", "219": [.primary]
        case "311", "319": [.junior]
        case "312", "371": [.primary, .junior]
        case "341": [.junior, .senior]
        case "342", "349": [.senior]
        case "345": [.primary, .junior, .senior]
        case _ where type.hasPrefix("36"): [.vocational]
        case _ where type.hasPrefix("51"): [.primary, .junior]
        default: ClassStage.allCases
        }
    }
}

/// 年级: a stage and how many school years of it have begun.
package struct Grade: Hashable, Sendable {
    package let stage: ClassStage
    /// From 1 up to the 学制.
    package let ordinal: Int
    /// 学制 in years.
    package let years: Int

    /// `nil` unless the ordinal lies within the 学制.
    package init?(_ stage: ClassStage, _ ordinal: Int, years: Int? = nil) {
        let years = years ?? stage.usualYears
        guard (1...years).contains(ordinal) else { return nil }
        (self.stage, self.ordinal, self.years) = (stage, ordinal, years)
    }

    /// The city's own code, `P1` to `P6`, `J1` to `J4`, `S1` to `S3`, `K1` to `K3`, `V1` to `V3`. The national list has
    /// no usable one.
    package var code: String { Grade.letters[stage]! + String(ordinal) }

    /// As people say it: 三年级, 七年级, 高一, 中班.
    package var title: String {
        switch stage {
        case .kindergarten: Grade.kindergartens[min(ordinal, 4) - 1] + "班"
        case .primary: Grade.digits[ordinal] + "年级"
        // Compulsory school ends with 九年级, in four years of 初中 as in three.
        case .junior: Grade.digits[9 - years + ordinal] + "年级"
        case .senior: "高" + Grade.digits[ordinal]
        case .vocational: "中职" + Grade.digits[ordinal] + "年级"
        }
    }

    /// What stands before the number of a class: 七年级 gives 七年级(3)班, 中班 gives 中(3)班.
    var beforeNumber: String {
        stage == .kindergarten ? String(title.dropLast()) : title
    }

    /// The same of the grades in one room: 三、四年级. What the titles end with in common is said once.
    static func beforeNumber(of grades: [Grade]) -> String {
        let names = grades.map(\.beforeNumber)
        guard names.count > 1, names.allSatisfy({ $0.hasSuffix("年级") }) else { return names.joined(separator: "、") }
        return names.map { $0.dropLast(2) }.joined(separator: "、") + "年级"
    }

    private static let letters: [ClassStage: String] = [
        .kindergarten: "K", .primary: "P", .junior: "J", .senior: "S", .vocational: "V",
    ]
    private static let digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
    private static let kindergartens = ["小", "中", "大", "学前"]
}
