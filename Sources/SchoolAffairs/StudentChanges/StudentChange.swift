import Database
import Directory
import Foundation
import Kernel

/// Where an application for a change stands.
package enum StudentChangeState: String, Column, Sendable, CaseIterable {
    case waiting, done, refused, withdrawn

    package var title: String {
        switch self {
        case .waiting: "待县核"
        case .done: "已办结"
        case .refused: "已退回"
        case .withdrawn: "已撤回"
        }
    }
}

/// What a school applies for, checked.
package struct StudentChangeDraft: Sendable, Equatable {
    package var kind: StudentChangeKind
    /// The first day on which it holds.
    package var day: LocalDate
    package var target: ID<ClassGroup>?
    /// 预计复学日期
    package var expectedReturn: LocalDate?
    package var details: StudentChangeDetails

    package init(
        kind: StudentChangeKind, day: LocalDate, target: ID<ClassGroup>? = nil, expectedReturn: LocalDate? = nil,
        details: StudentChangeDetails = StudentChangeDetails()
    ) {
        (self.kind, self.day, self.target) = (kind, day, target)
        (self.expectedReturn, self.details) = (expectedReturn, details)
    }
}

/// What is sealed of an application: reasons may tell of illness, key data are what they are.
package struct StudentChangeDetails: Sendable, Equatable, Codable {
    /// Raw value of `SuspensionReason`; empty for other kinds.
    package var reason = ""
    /// Raw value of `ProofKind`.
    package var proof = ""
    package var note = ""
    /// Key data that change, by `KeyDatum`.
    package var changes: [KeyDataChange] = []

    package init(reason: String = "", proof: String = "", note: String = "", changes: [KeyDataChange] = []) {
        (self.reason, self.proof, self.note, self.changes) = (reason, proof, note, changes)
    }
}

/// An application for a change as its list and page show it.
package struct StudentChange: Sendable {
    package let id: ID<StudentChange>
    package let kind: StudentChangeKind
    package let state: StudentChangeState
    package let person: ID<Person>
    package let name: String
    package let school: OrganisationID
    package let schoolName: String
    package let path: OrganisationPath
    /// Of the county or 市直 that decides.
    package let unitPath: OrganisationPath
    /// The class she was in when it was applied for.
    package let classGroup: ID<ClassGroup>
    package let day: LocalDate
    package let target: ID<ClassGroup>?
    package let expectedReturn: LocalDate?
    package let applicant: String
    package let applicantName: String
    package let appliedAt: Timestamp
    /// By when the county decides.
    package let dueOn: LocalDate
    package let revision: Int

    static let columns: SQL =
        """
        s.id, s.kind, s.state, s.person_id, p.name, s.school_id, o.name, o.path, u.path, s.class_id, s.day,
        s.target_class_id, s.expected_return, s.applicant, s.applicant_name, s.applied_at, s.due_on, s.revision
        """

    init(_ row: borrowing Row) throws {
        (id, kind, state, person) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (name, school, schoolName) = (try row.get(4), try row.get(5), try row.get(6))
        (path, unitPath, classGroup) = (try row.get(7), try row.get(8), try row.get(9))
        (day, target, expectedReturn) = (try row.get(10), try row.get(11), try row.get(12))
        (applicant, applicantName, appliedAt) = (try row.get(13), try row.get(14), try row.get(15))
        (dueOn, revision) = (try row.get(16), try row.get(17))
    }

    /// Whether the user may decide on it: by her office, and not on what she has applied for herself.
    package func isDecidable(by user: CurrentUser) -> Bool {
        state == .waiting && applicant != user.account.rawValue && user.may(.changeApprove, at: unitPath)
    }
}
