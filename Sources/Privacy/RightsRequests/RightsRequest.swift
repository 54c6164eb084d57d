import Database
import Directory
import Kernel

/// 权利请求: what a person, or a guardian for her child, asks of whoever keeps her data (个人信息保护法, ch. 4).
package struct RightsRequest: Sendable {
    package enum Kind: String, Column, Sendable, CaseIterable {
        case correction, deletion, withdrawal, explanation, closure

        package var title: String {
            switch self {
            case .correction: "更正"
            case .deletion: "删除"
            case .withdrawal: "撤回同意"
            case .explanation: "解释说明"
            case .closure: "注销账号"
            }
        }
    }

    package enum State: String, Column, Sendable, CaseIterable {
        case open, done, refused

        package var title: String {
            switch self {
            case .open: "办理中"
            case .done: "已办理"
            case .refused: "不予办理"
            }
        }
    }

    package let id: ID<RightsRequest>
    package let kind: Kind
    /// Whose data.
    package let person: ID<Person>
    package let personName: String
    package let applicant: ID<Person>
    package let applicantName: String
    package let organisationName: String
    package let path: OrganisationPath
    package let text: String
    package let askedAt: Timestamp
    /// The last day for the answer.
    package let due: LocalDate
    package let state: State
    /// Empty while open.
    package let answer: String
    package let answeredBy: String
    package let answeredAt: Timestamp?

    package func isLate(on day: LocalDate) -> Bool { state == .open && day > due }

    /// Working days for an answer.
    static let workingDays = 15
    static let longestText = 500
    /// Requests of one applicant that may be open at a time.
    static let mostOpen = 5
}

/// What is erased when a request is granted.
enum Erasure: String, Sendable, CaseIterable {
    case nothing = "none"
    /// What is kept for the person's sake alone: optional fields, bindings, consents.
    case optional
    /// All that names her; only for whoever never stood on a roster.
    case whole

    var title: String {
        switch self {
        case .nothing: "不删除"
        case .optional: "删除选填信息、绑定和应用授权"
        case .whole: "全部删除并注销账号（没有学籍和任职记录的人）"
        }
    }
}
