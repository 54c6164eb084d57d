import Database
import Directory
import Kernel
import Platform

/// 一次送审: one version on its way up the levels.
struct Review: Sendable, Equatable {
    enum State: String, Column, Sendable {
        case open, passed, returned, refused
        /// Taken back by its author, or overtaken by a later version.
        case withdrawn

        var title: String {
            switch self {
            case .open: "审核中"
            case .passed: "已通过"
            case .returned: "已退回"
            case .refused: "不予通过"
            case .withdrawn: "已撤回"
            }
        }
    }

    let id: ID<Review>
    let item: ID<Item>
    let version: Int
    /// Of what is told and of the files; the same content is put before a level once.
    let digest: String
    let goal: ReviewLevel
    let state: State
    let submittedAt: Timestamp
    let submittedBy: ID<Account>
    /// Whether the machine has looked through the files.
    let isChecked: Bool

    static let columns: SQL =
        "r.id, r.item_id, r.version, r.digest, r.goal, r.state, r.submitted_at, r.submitted_by, r.is_checked"

    init(_ row: borrowing Row) throws {
        (id, item, version, digest) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (goal, state, submittedAt) = (try row.get(4), try row.get(5), try row.get(6))
        (submittedBy, isChecked) = (try row.get(7), try row.get(8))
    }
}

/// What one level has to say, or said, on a review.
struct ReviewStep: Sendable, Equatable {
    enum State: String, Column, Sendable {
        case open, passed, returned, refused, withdrawn
        /// The level had passed the same content before.
        case carried

        var title: String {
            switch self {
            case .open: "待审"
            case .passed: "通过"
            case .returned: "退回"
            case .refused: "不予通过"
            case .withdrawn: "撤回"
            case .carried: "沿用上次通过"
            }
        }
    }

    let id: ID<ReviewStep>
    let review: ID<Review>
    let item: ID<Item>
    let version: Int
    let level: ReviewLevel
    let state: State
    let openedAt: Timestamp
    /// The last day for the decision.
    let due: LocalDate
    let claimedBy: ID<Account>?
    /// Empty while nobody has claimed it.
    let claimedName: String
    let decidedAt: Timestamp?
    /// Empty while open.
    let decidedName: String
    /// The level of whoever decided: higher than `level` when she spoke for it.
    let rank: ReviewLevel?
    let reason: String

    static let columns: SQL =
        """
        s.id, s.review_id, s.item_id, s.version, s.level, s.state, s.opened_at, s.due_on, s.claimed_by, s.claimed_name,
        s.decided_at, s.decided_name, s.rank, s.reason
        """
    static let columnCount = 14

    init(_ row: borrowing Row) throws {
        (id, review, item, version) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (level, state, openedAt, due) = (try row.get(4), try row.get(5), try row.get(6), try row.get(7))
        (claimedBy, claimedName) = (try row.get(8), try row.get(9))
        (decidedAt, decidedName, rank, reason) = (try row.get(10), try row.get(11), try row.get(12), try row.get(13))
    }

    func isLate(on day: LocalDate) -> Bool { state == .open && due < day }
    /// Somebody of a higher level spoke for it.
    var isStandIn: Bool { rank.map { $0 > level } ?? false }
}
