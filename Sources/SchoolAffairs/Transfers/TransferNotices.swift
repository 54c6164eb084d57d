import Database
import Kernel
import Platform

extension NoticeKind {
    static let transferWaiting = NoticeKind("affairs.transfer.waiting", "转学待办", isDuty: true)
    static let transferEnded = NoticeKind("affairs.transfer.ended", "转学结果", isDuty: true)
}

/// Tells the side whose turn it is that a 转学 waits for it, and the receiving school how it ended. Names nobody: who it is
/// about stands on the page, for whoever may know it. Part of the deed's transaction.
struct TransferNotices {
    let db: Connection
    let now: Timestamp

    /// A school is told of each; a county has many and is told once a day.
    func waiting(_ transfer: Transfer) throws {
        guard let place = transfer.place(of: transfer.state) else { return }
        let isOfSchool = transfer.permission == .changeApply
        let notice =
            isOfSchool
            ? NoticeDraft(
                .transferWaiting, "有一项转学\(transfer.state.title)，\(transfer.dueOn.iso) 前办理",
                path: TransferPages.path(transfer.id), key: "transfer/\(transfer.id)/\(transfer.revision)")
            : NoticeDraft(
                .transferWaiting, "有转学等待核办", path: TransferPages.root,
                key: "transfers/\(place.text)/\(now.day.iso)", isReplacing: true)
        try Notices.post(notice, to: .holders(of: transfer.permission, at: place), now: now, on: db)
    }

    func ended(_ transfer: Transfer, _ state: TransferState) throws {
        let notice = NoticeDraft(
            .transferEnded, "本校申请的一项转学\(state.title)", path: TransferPages.path(transfer.id),
            key: "transfer/\(transfer.id)/\(transfer.revision)/\(state.rawValue)")
        try Notices.post(notice, to: .holders(of: .changeApply, at: transfer.receiverPath), now: now, on: db)
    }
}
