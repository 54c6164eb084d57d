import Directory
import Platform

/// What tells one volume of a textbook from all others: 小学语文 人教版 三年级上册.
package struct TextbookKey: Hashable, Codable, Sendable {
    /// 任课学段 code of GB/T 33782-2017, as `ClassStage` has it.
    package var stage: String
    /// 课程 code, JY/T 1001-2012.
    package var subject: String
    /// Code of the list of editions, or the name of an edition that is not on it.
    package var edition: String
    /// `Grade.code`; empty for the modules of 高中.
    package var grade: String
    /// `TextbookVolume` code.
    package var volume: String

    package init(stage: String, subject: String, edition: String, grade: String, volume: String) {
        (self.stage, self.subject, self.edition, self.grade, self.volume) = (stage, subject, edition, grade, volume)
    }

    package var stageTitle: String { ClassStage(rawValue: stage)?.title ?? stage }
    package var subjectTitle: String { TextbookSubject.title(subject, stage: stage) }
    package var editionTitle: String { ResourceLists.edition.name(of: edition) }
    package var gradeTitle: String { TextbookGrade.title(grade) }
    package var volumeTitle: String { TextbookVolume.title(volume) }

    /// 三年级上册
    package var volumeName: String { gradeTitle + volumeTitle }
    /// 小学语文 人教版 三年级上册
    package var title: String { "\(stageTitle)\(subjectTitle) \(editionTitle) \(volumeName)" }
    /// Stage, subject and edition: what a county chooses.
    package var choiceKey: String { [stage, subject, edition].joined(separator: "|") }
    /// The order of lists.
    package var sortKey: String { [stage, subject, grade, volume, edition].joined(separator: "|") }
}

/// 学科 as the list of courses has it, with the names that came after it.
package enum TextbookSubject {
    /// 道德与法治 took the place of two courses and has no code of its own (see the list of courses).
    private static let civics = "道德与法治"

    package static func code(matching text: String, stage: ClassStage) -> String? {
        if ChineseText.matchingKey(text) == civics { return stage == .primary ? "11" : "12" }
        return CodeLists.subject.code(matching: text)?.code
    }

    package static func title(_ code: String, stage: String) -> String {
        switch code {
        case "11": civics
        case "12": stage == ClassStage.senior.rawValue ? "思想政治" : civics
        default: CodeLists.subject.name(of: code)
        }
    }
}

/// 年级 of a textbook in the words of workbooks.
package enum TextbookGrade {
    package static func title(_ code: String) -> String {
        guard let stage = stages[code.first ?? " "], let ordinal = Int(code.dropFirst()) else { return "" }
        return Grade(stage, ordinal)?.title ?? code
    }

    /// `三年级`, `3`, `P3`, `初一`, `高二`; `nil` when the stage has no such grade.
    package static func code(matching text: String, stage: ClassStage) -> String? {
        let key = ChineseText.matchingKey(text)
        for ordinal in 1...stage.usualYears {
            guard let grade = Grade(stage, ordinal) else { continue }
            var names = [grade.title, String(grade.title.dropLast(2)), grade.code.lowercased(), String(ordinal)]
            let digit = digits[ordinal - 1]
            switch stage {
            case .junior: names += ["初" + digit, "初中" + digit + "年级", String(ordinal + 6)]
            case .senior: names += ["高" + digit, "高中" + digit + "年级", digit + "年级"]
            case .primary: names += ["小学" + digit + "年级", digit]
            case .kindergarten, .vocational: names += [digit + "年级"]
            }
            if names.contains(key) { return grade.code }
        }
        return nil
    }

    private static let digits = ["一", "二", "三", "四", "五", "六"]
    private static let stages: [Character: ClassStage] = [
        "K": .kindergarten, "P": .primary, "J": .junior, "S": .senior, "V": .vocational,
    ]
}

/// 册次: `1` 上册, `2` 下册, `0` 全一册, and of 高中 `B1` 必修1, `X1` 选择性必修1, `E1` 选修1.
package enum TextbookVolume {
    private static let modules: [(letter: String, name: String)] = [("X", "选择性必修"), ("B", "必修"), ("E", "选修")]

    package static func title(_ code: String) -> String {
        switch code {
        case "0": return "全一册"
        case "1": return "上册"
        case "2": return "下册"
        default:
            let module = modules.first { $0.letter == code.prefix(1) }
            return (module?.name ?? code) + (module == nil ? "" : String(code.dropFirst()))
        }
    }

    package static func code(matching text: String) -> String? {
        let key = ChineseText.matchingKey(text)
        switch key {
        case "上", "上册", "1", "第一学期", "上学期": return "1"
        case "下", "下册", "2", "第二学期", "下学期": return "2"
        case "全", "全一册", "全册", "0": return "0"
        default: break
        }
        guard let module = modules.first(where: { key.hasPrefix($0.name) || key.hasPrefix($0.letter.lowercased()) })
        else { return nil }
        let rest = key.hasPrefix(module.name) ? key.dropFirst(module.name.count) : key.dropFirst()
        let number = rest.filter { !"第册模块()".contains($0) }
        if number.isEmpty { return module.letter + "1" }
        if let value = Int(number), (1...20).contains(value) { return module.letter + String(value) }
        let order = ["一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "上": 1, "中": 2, "下": 3]
        return order[String(number)].map { module.letter + String($0) }
    }
}
