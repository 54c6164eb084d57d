import Database
import Directory
import Kernel

/// Where a transfer stands.
enum StaffTransferState: String, Column, Sendable, CaseIterable {
    /// 待接收: the receiving school has not said anything yet
    case offered
    /// 待核准
    case accepted
    case done, refused, withdrawn

    var title: String {
        switch self {
        case .offered: "待接收学校确认"
        case .accepted: "待核准"
        case .done: "已办结"
        case .refused: "未同意"
        case .withdrawn: "已撤回"
        }
    }

    var isOpen: Bool { self == .offered || self == .accepted }
}

/// 教师调动: somebody goes from one school to another for good. The releasing school offers, the receiving one accepts,
/// the county approves within the county and the bureau across.
package struct StaffTransfer: Sendable, Equatable {
    let id: ID<StaffTransfer>
    let person: ID<Person>
    let personName: String
    let from: Place
    let to: Place
    let draft: AppointmentDraft
    let state: StaffTransferState
    /// The place whose office approves.
    let approver: OrganisationPath
    /// The account that offered it.
    let offeredBy: String
    let offeredByName: String
    /// The account that accepted it; `nil` before, and where it is not known.
    let acceptedBy: String?
    let revision: Int

    struct Place: Sendable, Equatable {
        let id: OrganisationID
        let name: String
        let path: OrganisationPath
    }

    static let columns: SQL =
        """
        t.id, t.person_id, p.name, t.from_id, f.name, f.path, t.to_id, g.name, g.path, t.post, t.kind, t.share,
        t.effective_on, t.state, t.approver_path, t.offered_by, t.offered_by_name, t.revision,
        t.accepted_by
        """

    init(_ row: borrowing Row) throws {
        (id, person, personName) = (try row.get(0), try row.get(1), try row.get(2))
        from = Place(id: try row.get(3), name: try row.get(4), path: try row.get(5))
        to = Place(id: try row.get(6), name: try row.get(7), path: try row.get(8))
        draft = AppointmentDraft(
            post: try row.get(9), kind: try row.get(10), share: try row.get(11), from: try row.get(12))
        (state, approver) = (try row.get(13), try row.get(14))
        (offeredBy, offeredByName, revision) = (try row.get(15), try row.get(16), try row.get(17))
        acceptedBy = try row.get(18)
    }

    /// The county or 市直 that both schools lie in; the city when there is none.
    static func approver(of from: OrganisationPath, _ to: OrganisationPath) -> OrganisationPath {
        guard let (a, b) = unit(of: from, to), a == b else { return .city }
        return a
    }

    private static func unit(
        of from: OrganisationPath, _ to: OrganisationPath
    ) -> (OrganisationPath, OrganisationPath)? {
        let (a, b) = (from.lineage, to.lineage)
        return a.count > 1 && b.count > 1 ? (a[1], b[1]) : nil
    }
}

/// What somebody may do about a transfer.
struct TransferRights: Sendable, Equatable {
    let mayAccept: Bool
    let mayDecide: Bool
    let mayWithdraw: Bool

    init(_ transfer: StaffTransfer, _ user: CurrentUser) {
        mayAccept = transfer.state == .offered && user.may(.staffEdit, at: transfer.to.path)
        // Nobody approves what she has offered or accepted herself.
        mayDecide =
            transfer.state == .accepted && user.may(.changeApprove, at: transfer.approver)
            && transfer.offeredBy != user.account.rawValue && transfer.acceptedBy != user.account.rawValue
        mayWithdraw = transfer.state.isOpen && user.may(.staffEdit, at: transfer.from.path)
    }
}
