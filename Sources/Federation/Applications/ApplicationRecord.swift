import Database
import Directory
import Identity
import Kernel

/// An application as its registry shows it.
package struct ApplicationRecord: Sendable {
    package let application: Application
    package let ownerName: String
    /// Who answers for it and gets its keys; `nil` when the operator registered it.
    let applicant: ID<Account>?
    let applicantName: String
    let contact: String
    let contactPhone: String
    let logo: String?
    /// Codes of `Role`.
    let audience: [String]
    /// Whose turn it is while it waits for approval.
    let step: ApprovalStep?
    /// Grows with each change: nobody decides on what she did not see.
    let revision: Int
    let createdAt: Timestamp
    let changedAt: Timestamp

    var id: ApplicationID { application.id }
    var name: String { application.name }
    var state: ApplicationState { application.state }

    static let columns: SQL =
        """
        \(ApplicationStore.columns), o.name, a.applicant, a.applicant_name, a.contact, a.contact_phone, a.logo,
        a.audience, a.step, a.revision, a.created_at, a.changed_at
        """

    init(_ row: borrowing Row) throws {
        application = try ApplicationStore.application(row)
        let account = try row.text(16)
        (ownerName, applicant, applicantName) = (try row.get(15), account.isEmpty ? nil : ID(account), try row.get(17))
        (contact, contactPhone, logo) = (try row.get(18), try row.get(19), try row.get(20))
        (audience, step) = (ApplicationStore.words(try row.text(21)), try row.get(22))
        (revision, createdAt, changedAt) = (try row.get(23), try row.get(24), try row.get(25))
    }
}

/// 变更申请: what an active application asks to become. Until it is approved the old values hold.
struct ApplicationAmendment: Sendable {
    let id: ID<ApplicationAmendment>
    let content: ApplicationContent
    let step: ApprovalStep
    let submittedBy: ID<Account>
    let submittedName: String
    let submittedAt: Timestamp
}

/// One step of the approval that was taken.
struct ApplicationReview: Sendable {
    enum Deed: String, Column, Sendable {
        case submitted, withdrawn, approved
        case sentBack = "sent_back"

        var title: String {
            switch self {
            case .submitted: "提交"
            case .withdrawn: "撤回"
            case .approved: "通过"
            case .sentBack: "退回"
            }
        }
    }

    let isAmendment: Bool
    let step: ApprovalStep?
    let deed: Deed
    let remark: String
    let account: ID<Account>
    let name: String
    let at: Timestamp
}
