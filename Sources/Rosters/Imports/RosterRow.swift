import Directory
import Kernel
import Platform

/// A number of a person as a roster tells it, checked and in the spelling in which it is kept.
struct RosterNumber: Hashable, Sendable {
    let identifier: PersonIdentifier
    let text: String

    var kind: PersonIdentifierKind { identifier.kind }
    /// 身份证件类型 of a `document`; empty for the other kinds.
    var documentType: String { identifier.documentType }

    /// Throws `DomainError.invalid` when the text cannot be such a number.
    init(_ kind: PersonIdentifierKind, _ typed: String, documentType: String = "") throws {
        identifier = try PersonIdentifier(kind, typed, documentType: documentType)
        if PersonIdentifier.isSpelled(typed, kind) {
            text = typed
            return
        }
        let key = ChineseText.matchingKey(typed).uppercased()
        text = kind == .citizenNumber ? CitizenNumber.extended(key) ?? key : key
    }
}

/// A parent as a roster tells her.
struct RosterGuardian: Hashable, Sendable {
    var name = ""
    /// Code of 监护人关系; empty when the roster does not tell.
    var relation = ""
    /// 1 or 2 where the roster parts first and second guardians; `nil` elsewhere.
    var order: Int?
    var numbers: [RosterNumber] = []
}

/// What one row of a roster tells of one person, before it is compared with what is known.
struct RosterRow: Sendable {
    let sheet: Int
    /// As Excel numbers it.
    let number: Int
    var name = ""
    /// The platform's own key, when the roster tells it.
    var person: ID<Person>?
    var numbers: [RosterNumber] = []
    /// By field id, in the spelling that is kept; what was told empty is not in it.
    var values: [String: String] = [:]
    var school = (code: "", name: "", county: "")
    var grade = "", classGroup = ""
    /// 岗位职业码; empty when the roster does not tell.
    var post = ""
    var guardians: [RosterGuardian] = []
    /// Why the row is refused.
    var problems: [ImportProblem] = []
    /// What was taken although something is odd about it, or left out without harm.
    var notes: [ImportProblem] = []
}
