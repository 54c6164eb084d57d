import Directory
import Kernel
import Web

/// What a person decides about two records that are one.
struct DuplicateDecision: Sendable, Equatable {
    /// Whether the second record stays.
    let keepsOther: Bool
    let choice: MergeChoice
}

/// The form under the two records. `first` and `other` name them in every choice.
struct DuplicateForm: Sendable {
    static let first = "first"
    static let other = "other"

    let values: FormValues

    /// Throws `DomainError.invalid` for `keep`.
    func decision() throws -> DuplicateDecision {
        guard let keep = values["keep"], [DuplicateForm.first, DuplicateForm.other].contains(keep) else {
            throw DomainError.invalid("keep", "选择保留哪一条记录")
        }
        func isTaken(_ name: String) -> Bool { values[name].map { $0 != keep && !$0.isEmpty } ?? false }
        let facts = PersonField.all.map(\.id).filter { isTaken("fact." + $0) }
        let numbers = PersonIdentifierKind.allCases.filter { isTaken("number." + $0.rawValue) }
        return DuplicateDecision(
            keepsOther: keep == DuplicateForm.other,
            choice: MergeChoice(facts: Set(facts), numbers: Set(numbers), takesEnrolment: isTaken("enrolment")))
    }
}
