import Contracts
import Kernel

/// 事项: one thing for which data of pupils are used, with the words in which people are told of it (个人信息保护法,
/// art. 17; 儿童个人信息网络保护规定, art. 10).
package struct ConsentPurpose: Sendable, Equatable {
    /// Lower-case letters, digits and dashes; fixed for ever, since answers name it.
    package let code: String
    package let basis: ProcessingBasis
    /// Whether something of the pupil becomes public.
    package let isPublication: Bool
    /// Whether nothing is public any more once the pupil has left her last school.
    package let isWhileEnrolled: Bool
    /// The first day on which nobody is asked any more; `nil` while open.
    package let endedOn: LocalDate?
    /// The text in force.
    package let version: ConsentVersion

    /// Whether people are asked. What the law gives the schools to do, and what the platform cannot do without, is told
    /// and never asked.
    package var isAsked: Bool { basis == .consent }
    package var title: String { version.text.title }

    package func isOpen(on day: LocalDate) -> Bool { endedOn.map { $0 > day } ?? true }
}

/// One edition of the words of a purpose. Never changed after it was published.
package struct ConsentVersion: Sendable, Equatable {
    /// From 1.
    package let number: Int
    package let publishedOn: LocalDate
    package let publishedBy: String
    package let text: ConsentText

    /// `第 2 版，2026年9月1日公布`
    package var stamp: String { "第 \(number) 版，\(publishedOn.chinese)公布" }
}

/// What people are told before they decide.
package struct ConsentText: Sendable, Equatable {
    /// 儿童个人信息网络保护规定, art. 10, in the order of the page. The raw value names field and column.
    package enum Part: String, Sendable, CaseIterable {
        case aim, data, place, term, safety, refusal, withdrawal, complaint

        package var label: String {
            switch self {
            case .aim: "做什么用"
            case .data: "用到的信息"
            case .place: "存放和公开的地方"
            case .term: "保存多久"
            case .safety: "怎样保护"
            case .refusal: "不同意会怎样"
            case .withdrawal: "怎样撤回和更正"
            case .complaint: "怎样投诉"
            }
        }
    }

    package let title: String
    private let parts: [Part: String]

    package init(title: String, parts: [Part: String]) { (self.title, self.parts) = (title, parts) }

    package subscript(part: Part) -> String { parts[part] ?? "" }

    static let longestTitle = 20
    static let longestPart = 300

    /// Every part must be told. Field names are those of `Part`, and `title`.
    func problems() -> [FieldProblem] {
        var problems: [FieldProblem] = []
        func check(_ text: String, _ field: String, _ label: String, _ longest: Int) {
            if text.isEmpty { problems.append(FieldProblem(field: field, message: "填写\(label)")) }
            if text.unicodeScalars.count > longest {
                problems.append(FieldProblem(field: field, message: "\(label)不能超过 \(longest) 个字"))
            }
        }
        check(title, "title", "名称", ConsentText.longestTitle)
        for part in Part.allCases { check(self[part], part.rawValue, part.label, ConsentText.longestPart) }
        return problems
    }
}
