import Database
import Directory
import Kernel
import Platform

/// What a person may do to an application as it stands.
struct ApplicationRights: Sendable {
    /// Takes care of the applications of its owner: edits, hands in, takes back, retires.
    let mayCare: Bool
    /// Answers for it: gets its keys.
    let isApplicant: Bool
    /// Took part in approving it, so she may not answer for it as well.
    let hasApproved: Bool
    /// The present step is hers to decide.
    let mayDecide: Bool
    /// It would be, had she not handed it in herself.
    let isBarred: Bool
    let mayDecideAmendment: Bool
    let isBarredFromAmendment: Bool
    /// May suspend it: speaks the last word on its approval.
    let mayGovern: Bool

    init(
        _ record: ApplicationRecord, _ amendment: ApplicationAmendment?, _ reviews: [ApplicationReview],
        _ chain: ApprovalChain, of user: CurrentUser
    ) {
        mayCare = user.may(.applicationApply, at: record.application.ownerPath)
        isApplicant = record.applicant == user.account
        hasApproved = reviews.contains { $0.account == user.account && $0.deed == .approved }
        let submitter = reviews.last { !$0.isAmendment && $0.deed == .submitted }?.account
        let isOwn = record.applicant == user.account || submitter == user.account
        let isHers = record.state == .submitted && record.step.map { chain.mayDecide($0, user) } ?? false
        (mayDecide, isBarred) = (isHers && !isOwn, isHers && isOwn)
        let isHersToo = amendment.map { chain.mayDecide($0.step, user) } ?? false
        let isOwnToo = amendment?.submittedBy == user.account
        (mayDecideAmendment, isBarredFromAmendment) = (isHersToo && !isOwnToo, isHersToo && isOwnToo)
        mayGovern = user.may(.applicationApprove, at: chain.authority)
    }
}

/// What a person does to applications: her rights before every deed of `ApplicationService`, in the same transaction.
/// Applications outside her organisations answer `DomainError.notFound`, deeds that are not hers `DomainError.forbidden`.
struct ApplicationAdministration {
    let user: CurrentUser
    let service: ApplicationService
    let store: ApplicationRegistryStore
    private let db: Connection
    private let now: Timestamp

    init(by user: CurrentUser, _ service: ApplicationService) {
        (self.user, self.service, store, db, now) = (user, service, service.store, service.db, service.now)
    }

    /// An application with all that its page and its rules need.
    struct Case: Sendable {
        let record: ApplicationRecord
        let amendment: ApplicationAmendment?
        let reviews: [ApplicationReview]
        let chain: ApprovalChain
        let rights: ApplicationRights
    }

    func find(_ id: ApplicationID) throws -> Case {
        let record = try store.find(id, within: user.scope(of: .applicationView))
        let amendment = try store.amendment(of: id), reviews = try store.reviews(of: id)
        let chain = try ApprovalChain(record.application.level, owner: record.application.ownerPath, on: db)
        return Case(
            record: record, amendment: amendment, reviews: reviews, chain: chain,
            rights: ApplicationRights(record, amendment, reviews, chain, of: user))
    }

    private func cared(_ id: ApplicationID) throws -> Case {
        let found = try find(id)
        guard found.rights.mayCare else { throw DomainError.forbidden("这个应用由它的申请单位维护。") }
        return found
    }

    // MARK: The applicant

    func create(
        _ content: ApplicationContent, owner: OrganisationID, level: ApplicationLevel, logo: ApplicationLogo?
    ) throws -> ApplicationID {
        if let logo { try store.keep(logo, at: now) }
        return try service.create(content, owner: place(owner), level: level, state: .draft)
    }

    /// Saves what the form says. What is in force already is kept until the change is approved, if it needs to be.
    /// - Parameter revision: as the form knew it.
    /// - Returns: whether the change waits for approval.
    func change(
        _ id: ApplicationID, to content: ApplicationContent, owner: OrganisationID?, level: ApplicationLevel?,
        logo: ApplicationLogo?, revision: Int
    ) throws -> Bool {
        let found = try cared(id), record = found.record
        try check(record, revision)
        if let logo { try store.keep(logo, at: now) }
        switch record.state {
        case .draft, .refused:
            let place = try self.place(owner ?? record.application.owner)
            try service.change(record, to: content, owner: place, level: level ?? record.application.level)
            return false
        case .active:
            return try amend(found, to: content)
        case .submitted, .suspended, .retired:
            throw DomainError.conflict("\(record.name)现在是“\(record.state.title)”，不能修改。")
        }
    }

    private func amend(_ found: Case, to content: ApplicationContent) throws -> Bool {
        let record = found.record, present = try store.content(of: record)
        guard present != content else { throw DomainError.invalid("", "没有改动") }
        if present.differsLightly(from: content) {
            let place = try OrganisationStore(db).find(record.application.owner, within: .everything)
            try service.change(record, to: content, owner: place, level: record.application.level)
            return false
        }
        let isTaken = DomainError.conflict("已有变更申请在等待审批，先撤回它。")
        guard found.amendment == nil else { throw isTaken }
        let amendment = ApplicationAmendment(
            id: .new(), content: content, step: found.chain.first(for: user), submittedBy: user.account,
            submittedName: user.name, submittedAt: now)
        do { try store.insert(amendment, of: record.id) } catch DatabaseError.uniqueViolation { throw isTaken }
        try review(record, .submitted, nil, "", isAmendment: true)
        try service.record("application.amended", record.id, at: record.application.ownerPath, record.name)
        return true
    }

    func submit(_ id: ApplicationID) throws {
        let found = try cared(id), record = found.record
        let problems = try store.content(of: record).problems
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        let step = found.chain.first(for: user)
        guard try store.move(record, from: [.draft, .refused], to: .submitted, step: step, at: now) else {
            throw DomainError.conflict("\(record.name)已经提交。")
        }
        try review(record, .submitted, nil, "", isAmendment: false)
        try service.record(
            "application.submitted", id, at: record.application.ownerPath, "\(record.name)，\(step.title)")
    }

    /// Takes back what waits for a decision.
    func withdraw(_ id: ApplicationID) throws {
        let found = try cared(id), record = found.record
        if let amendment = found.amendment {
            guard try store.move(amendment, to: "withdrawn", next: nil) else { throw outdated(record) }
        } else {
            guard try store.move(record, from: [.submitted], to: .draft, at: now) else {
                throw DomainError.conflict("\(record.name)没有在等待审批。")
            }
        }
        try review(record, .withdrawn, nil, "", isAmendment: found.amendment != nil)
        try service.record("application.withdrawn", id, at: record.application.ownerPath, record.name)
    }

    // MARK: Approval

    struct Decision: Sendable {
        let isApproved: Bool
        let remark: String
        /// What was looked at: the revision of the application, or the amendment.
        let subject: String
    }

    /// - Returns: what was decided, for the message.
    func decide(_ id: ApplicationID, _ decision: Decision) throws -> String {
        let found = try find(id)
        if let amendment = found.amendment { return try decide(found, amendment, decision) }
        let record = found.record
        guard record.state == .submitted, let step = record.step, decision.subject == String(record.revision) else {
            throw outdated(record)
        }
        try checkDecider(found.rights.mayDecide, found.rights.isBarred)
        let next = decision.isApproved ? found.chain.next(after: step) : nil
        let state: ApplicationState = decision.isApproved ? (next == nil ? .active : .submitted) : .refused
        guard try store.move(record, from: [.submitted], to: state, step: next, at: now) else { throw outdated(record) }
        try review(record, decision.isApproved ? .approved : .sentBack, step, decision.remark, isAmendment: false)
        try service.record(
            decision.isApproved ? "application.approved" : "application.sent_back", id,
            at: record.application.ownerPath, "\(record.name)，\(step.title)")
        if let next { return "已通过，等待\(next.title)" }
        return decision.isApproved ? "已通过，应用已接入" : "已退回"
    }

    private func decide(_ found: Case, _ amendment: ApplicationAmendment, _ decision: Decision) throws -> String {
        let record = found.record
        guard decision.subject == amendment.id.rawValue else { throw outdated(record) }
        try checkDecider(found.rights.mayDecideAmendment, found.rights.isBarredFromAmendment)
        let next = decision.isApproved ? found.chain.next(after: amendment.step) : nil
        let state = decision.isApproved ? (next == nil ? "approved" : "submitted") : "refused"
        guard try store.move(amendment, to: state, next: next) else { throw outdated(record) }
        let deed: ApplicationReview.Deed = decision.isApproved ? .approved : .sentBack
        try review(record, deed, amendment.step, decision.remark, isAmendment: true)
        if decision.isApproved && next == nil { try service.enforce(amendment.content, of: record) }
        try service.record(
            decision.isApproved ? "application.amendment_approved" : "application.amendment_sent_back", record.id,
            at: record.application.ownerPath, "\(record.name)，\(amendment.step.title)")
        if let next { return "已通过，等待\(next.title)" }
        return decision.isApproved ? "已通过，变更已生效" : "变更已退回"
    }

    private func checkDecider(_ may: Bool, _ isBarred: Bool) throws {
        if may { return }
        throw DomainError.forbidden(isBarred ? "申请人不能审批自己的申请，请由另一位管理员办理。" : "现在不由你审批。")
    }

    // MARK: Keys

    /// The keys that are still missing, for the applicant's eyes once.
    func collectKeys(_ id: ApplicationID) throws -> ApplicationKeys {
        let record = try keyHolder(id)
        let live = try ApplicationSecretStore(db).live(of: id, at: now).map(\.kind)
        let missing = record.application.secretKinds.filter { !live.contains($0) }
        guard !missing.isEmpty else { throw DomainError.conflict("密钥已经领取，只显示一次。没有记下就更换密钥。") }
        return try service.issueKeys(record, missing, "application.keys_issued")
    }

    func rotateKey(_ id: ApplicationID, _ kind: ApplicationSecretKind) throws -> ApplicationKeys {
        let record = try keyHolder(id)
        guard record.application.secretKinds.contains(kind) else { throw DomainError.notFound }
        return try service.issueKeys(record, [kind], "application.keys_rotated")
    }

    func revokeKey(_ id: ApplicationID, _ secret: ID<ApplicationSecret>) throws {
        let found = try find(id)
        guard found.rights.isApplicant || found.rights.mayGovern else {
            throw DomainError.forbidden("只有申请人和审批单位能停用密钥。")
        }
        try service.revoke(secret, of: found.record)
    }

    private func keyHolder(_ id: ApplicationID) throws -> ApplicationRecord {
        let found = try cared(id)
        guard found.rights.isApplicant else { throw DomainError.forbidden("只有申请人能领取和更换密钥。") }
        guard found.record.state == .active else { throw DomainError.conflict("应用接入以后才能领取密钥。") }
        return found.record
    }

    /// Answers for the application from now on, in place of a colleague who does not any more.
    func takeOver(_ id: ApplicationID) throws {
        let found = try cared(id), record = found.record
        guard record.state != .submitted, !found.rights.hasApproved else {
            throw DomainError.forbidden("审批过这个应用的人不能接管它；待审批的应用先撤回再接管。")
        }
        guard !found.rights.isApplicant else { throw DomainError.conflict("你已经是申请人。") }
        try store.setApplicant(user.account, name: user.name, of: id, at: now)
        try service.record(
            "application.taken_over", id, at: record.application.ownerPath,
            "\(record.name)，原申请人 \(record.applicantName)")
    }

    // MARK: States

    func suspend(_ id: ApplicationID, reason: String) throws { try service.suspend(governed(id), reason: reason) }
    func resume(_ id: ApplicationID) throws { try service.resume(governed(id)) }

    func retire(_ id: ApplicationID) throws {
        let found = try find(id)
        guard found.rights.mayCare || found.rights.mayGovern else {
            throw DomainError.forbidden("这个应用由它的申请单位维护。")
        }
        try service.retire(found.record)
    }

    private func governed(_ id: ApplicationID) throws -> ApplicationRecord {
        let found = try find(id)
        guard found.rights.mayGovern else { throw DomainError.forbidden("只有审批单位能暂停和恢复应用。") }
        return found.record
    }

    // MARK: Common

    /// Places outside the user's own do not exist for her.
    private func place(_ owner: OrganisationID) throws -> Organisation {
        do {
            return try OrganisationStore(db).find(owner, within: user.scope(of: .applicationApply))
        } catch DomainError.notFound {
            throw DomainError.invalid("owner", "选择申请单位")
        }
    }

    private func check(_ record: ApplicationRecord, _ revision: Int) throws {
        if record.revision != revision { throw outdated(record) }
    }

    private func outdated(_ record: ApplicationRecord) -> DomainError {
        .conflict("\(record.name)刚被他人修改或办理。已显示最新的内容，请核对后再操作。")
    }

    private func review(
        _ record: ApplicationRecord, _ deed: ApplicationReview.Deed, _ step: ApprovalStep?, _ remark: String,
        isAmendment: Bool
    ) throws {
        let review = ApplicationReview(
            isAmendment: isAmendment, step: step, deed: deed, remark: remark, account: user.account, name: user.name,
            at: now)
        try store.insert(review, of: record.id)
    }
}
