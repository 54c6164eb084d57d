import Kernel
import Web

/// Something new that people are to be asked for.
struct NewConsentPurpose: Sendable {
    let code: String
    let isPublication: Bool
    let isWhileEnrolled: Bool
    let text: ConsentText
}

/// What the forms of a purpose and of a new version send.
struct ConsentPurposeForm: Sendable {
    let values: FormValues

    /// The words. Throws `DomainError.invalid` for `title` and the fields of `ConsentText.Part`.
    func text() throws -> ConsentText {
        let text = read
        let problems = text.problems()
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        return text
    }

    /// Code, whether something becomes public, and words of a new purpose. Throws `DomainError.invalid` for `code`, too.
    func purpose() throws -> NewConsentPurpose {
        let code = values["code"] ?? "", text = read
        var problems: [FieldProblem] = []
        if !ConsentPurposeForm.isCode(code) || code == "new" {
            problems.append(FieldProblem(field: "code", message: "代码用 2 到 30 个小写字母、数字或短横，如 school-radio"))
        }
        problems += text.problems()
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        return NewConsentPurpose(
            code: code, isPublication: values["publication"] == "1", isWhileEnrolled: values["enrolled"] == "1",
            text: text)
    }

    /// The version that the words are to become.
    var number: Int { values["number"].flatMap { Int($0) } ?? 0 }

    private var read: ConsentText {
        let parts = ConsentText.Part.allCases.map { ($0, values[$0.rawValue] ?? "") }
        return ConsentText(title: values["title"] ?? "", parts: Dictionary(uniqueKeysWithValues: parts))
    }

    private static func isCode(_ text: String) -> Bool {
        (2...30).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}

extension ConsentText {
    /// As the form of the next version begins.
    var values: FormValues {
        FormValues([(name: "title", value: title)] + Part.allCases.map { (name: $0.rawValue, value: self[$0]) })
    }
}
