import Database
import Directory
import Kernel
import Platform

/// The deeds of a transfer, each one transaction with its audit entry. What the user may not see answers
/// `DomainError.notFound`, what she may not do `DomainError.forbidden`.
package struct StaffTransferService {
    let db: Connection
    let crypto: any CryptoProvider
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp
    let listeners: StaffListeners
    private let store: StaffTransferStore

    package init(
        _ db: Connection, _ crypto: any CryptoProvider, by user: CurrentUser, address: String, now: Timestamp,
        telling listeners: StaffListeners
    ) {
        (self.db, self.crypto, self.user, self.now, self.listeners) = (db, crypto, user, now, listeners)
        (actor, store) = (AuditActor(user, address: address), StaffTransferStore(db))
    }

    /// The school lets somebody go. Throws `DomainError.invalid` for `target`, `post` and `from`, and
    /// `DomainError.conflict` while another transfer of hers is open.
    package func offer(
        _ person: ID<Person>, of school: Organisation, to target: String, _ draft: AppointmentDraft
    ) throws -> ID<StaffTransfer> {
        let posts = try AppointmentStore(db).open(of: person, at: school.id, on: now.day)
        guard posts.contains(where: { $0.holds(on: now.day) }) else { throw DomainError.notFound }
        let other = try store.school(named: target)
        if other.id == school.id { throw DomainError.invalid("target", "填写另一所学校") }
        if CodeLists.post[draft.post] == nil { throw DomainError.invalid("post", "选择岗位") }
        if draft.from < (posts.map(\.from).min() ?? draft.from) || draft.from > now.day.adding(days: 120) {
            throw DomainError.invalid("from", "日期应在任职以后，且不晚于 \(now.day.adding(days: 120).iso)")
        }
        if let open = try store.open(of: person) {
            throw DomainError.conflict("\(open.personName)正在办理调动（\(open.state.title)）")
        }
        let approver = StaffTransfer.approver(of: school.path, other.path)
        let id = try store.insert(
            person, from: school.id, to: other.id, draft, approver: approver,
            by: (id: user.account.rawValue, name: user.name), now: now)
        let made = try store.find(id, within: .everything)
        try record("staff_transfer.offered", made, words(made, draft.from.iso))
        return id
    }

    /// The receiving school says yes or no.
    func answer(_ id: ID<StaffTransfer>, accepts: Bool, remark: String) throws {
        let transfer = try seen(id)
        guard user.may(.staffEdit, at: transfer.to.path) else { throw DomainError.forbidden("由接收学校确认。") }
        try move(
            transfer, from: .offered, to: accepts ? .accepted : .refused,
            acceptedBy: accepts ? user.account.rawValue : nil)
        try record(
            accepts ? "staff_transfer.accepted" : "staff_transfer.refused", transfer, words(transfer, remark))
    }

    /// County or bureau says yes or no. With a yes the posts, duties and rights at the old school end and those at the
    /// new one begin, all in this transaction; her account and what she wrote stay hers.
    func decide(_ id: ID<StaffTransfer>, approves: Bool, remark: String) throws {
        let transfer = try seen(id)
        guard user.may(.changeApprove, at: transfer.approver) else {
            throw DomainError.forbidden(transfer.approver == .city ? "跨县(市、区)调动由市局核准。" : "由县(市、区)核准。")
        }
        if transfer.offeredBy == user.account.rawValue {
            throw DomainError.forbidden("自己发起的调动由其他管理员核准。")
        }
        if transfer.acceptedBy == user.account.rawValue {
            throw DomainError.forbidden("自己替学校确认接收的调动由其他管理员核准。")
        }
        try move(transfer, from: .accepted, to: approves ? .done : .refused)
        if approves { try carryOut(transfer) }
        try record(approves ? "staff_transfer.done" : "staff_transfer.refused", transfer, words(transfer, remark))
    }

    private func carryOut(_ transfer: StaffTransfer) throws {
        let organisations = OrganisationStore(db)
        let old = try organisations.find(transfer.from.id, within: .everything)
        let new = try organisations.find(transfer.to.id, within: .everything)
        try StaffService(db, crypto, by: actor, now: now, telling: listeners).end(
            transfer.person, at: old, on: transfer.draft.from, .transfer)
        do {
            let posts = AppointmentService(db, by: actor, now: now, telling: listeners)
            // Who taught there beside her own school has her own school there now.
            for post in try AppointmentStore(db).open(of: transfer.person, at: new.id, on: transfer.draft.from)
            where post.post == transfer.draft.post {
                try posts.change(post, to: transfer.draft, at: new)
                return
            }
            try posts.give(transfer.draft, to: transfer.person, at: new)
        } catch DomainError.invalid(let problems) {
            throw DomainError.conflict(problems.map(\.message).joined(separator: "；"))
        }
    }

    /// The releasing school thinks better of it.
    func withdraw(_ id: ID<StaffTransfer>) throws {
        let transfer = try seen(id)
        guard user.may(.staffEdit, at: transfer.from.path) else { throw DomainError.forbidden("由调出学校撤回。") }
        guard transfer.state.isOpen else { throw late(transfer) }
        try move(transfer, from: transfer.state, to: .withdrawn)
        try record("staff_transfer.withdrawn", transfer, words(transfer, ""))
    }

    private func seen(_ id: ID<StaffTransfer>) throws -> StaffTransfer {
        try store.find(id, within: user.scope(of: .staffEdit))
    }

    private func move(
        _ transfer: StaffTransfer, from state: StaffTransferState, to next: StaffTransferState,
        acceptedBy account: String? = nil
    ) throws {
        guard transfer.state == state, try store.move(transfer, to: next, acceptedBy: account, now: now) else {
            throw late(transfer)
        }
    }

    private func late(_ transfer: StaffTransfer) -> DomainError {
        .conflict("这次调动现在是“\(transfer.state.title)”，没有改动。")
    }

    private func words(_ transfer: StaffTransfer, _ remark: String) -> String {
        "\(transfer.personName)：\(transfer.from.name) → \(transfer.to.name)" + (remark.isEmpty ? "" : "，\(remark)")
    }

    private func record(_ action: String, _ transfer: StaffTransfer, _ detail: String) throws {
        try AuditLog.record(
            action, transfer.id.rawValue, by: actor, at: transfer.from.path, detail, now: now, on: db)
    }
}
