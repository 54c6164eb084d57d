import Contracts
import Database
import Directory
import Kernel
import Platform

/// The deeds of a 转学. Each runs inside the caller's transaction and leaves an audit entry, without number or secret, at
/// the school of the side that acts. Whether the actor may do it, the caller has asked.
///
/// Until the sending school has spoken, nothing the receiving side sees depends on whether the pupil exists: the claim is
/// looked up when the receiving county has passed it, and what matches nobody waits with the bureau under the same words.
package struct TransferService {
    let db: Connection
    let crypto: any CryptoProvider
    let actor: AuditActor
    let now: Timestamp
    let calendar: WorkCalendar
    let listeners: [any LeavingListener]
    private let store: TransferStore
    private let steps: CaseStepStore

    package init(
        _ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp = .now,
        telling listeners: [any LeavingListener] = [], calendar: WorkCalendar = .shipped
    ) {
        (self.db, self.crypto, self.actor, self.now) = (db, crypto, actor, now)
        (self.calendar, self.listeners) = (calendar, listeners)
        (store, steps) = (TransferStore(db, crypto), CaseStepStore(db: db, crypto: crypto))
    }

    /// 办理时限: working days for each side.
    static let workingDays = 10

    private var notices: TransferNotices { TransferNotices(db: db, now: now) }
    private var due: LocalDate { calendar.day(after: now.day, workingDays: TransferService.workingDays) }

    /// Throws `DomainError.invalid` for `studentNumber` when she is a pupil of the school already, for `place` and
    /// `classGroup`, and `DomainError.conflict` while another application of the school for her is open.
    @discardableResult
    package func apply(_ claim: TransferClaim, _ place: TransferPlace, to school: Organisation) throws -> ID<Transfer> {
        try check(claim, place, at: school)
        let id = ID<Transfer>.new(), unit = try ManagementUnit.of(school, db)
        do {
            try store.insert(id, claim, to: school.id, unit: unit.id, place, by: actor, due: due, at: now)
        } catch DatabaseError.uniqueViolation { throw doubled }
        try steps.add(.applied, to: id.rawValue, place: "家长申请", note: claim.note, by: actor, at: now)
        try record("transfer.applied", id, at: school.path, claim.name)
        return id
    }

    /// Hands a refused one in again. Throws what `apply` throws.
    func resubmit(_ transfer: Transfer, _ claim: TransferClaim, _ place: TransferPlace) throws {
        try check(claim, place, at: try OrganisationStore(db).find(transfer.receiver, within: .everything))
        do {
            guard try store.restart(transfer, claim, place, by: actor, due: due, at: now) else { throw overtaken }
        } catch DatabaseError.uniqueViolation { throw doubled }
        try steps.add(.resubmitted, to: transfer.id.rawValue, place: "家长申请", note: claim.note, by: actor, at: now)
        try record("transfer.resubmitted", transfer.id, at: transfer.receiverPath, claim.name)
    }

    /// Passes the present step. The last one moves the pupil. Returns whether it did. Throws `DomainError.forbidden` when
    /// the same account has passed a step for a school in this transfer and would now pass one for a county, or the other
    /// way round.
    @discardableResult
    package func pass(_ transfer: Transfer, note: String = "") throws -> Bool {
        let subject = transfer.id.rawValue
        try checkHands(transfer)
        if transfer.state == .sendingSchool, transfer.sender == nil {
            guard try lookUp(transfer) else {
                throw DomainError.conflict("仍没有学籍号和姓名都一致的在校学生，核对后退回转入学校。")
            }
            guard try store.move(transfer, to: .sendingSchool, due: due, at: now) else { throw overtaken }
            try steps.add(.matched, to: subject, place: transfer.state.place, note: note, by: actor, at: now)
            try notices.waiting(store.find(transfer.id, within: .everything))
            return false
        }
        let next = transfer.next, isNewSide = next == .sendingSchool
        guard try store.move(transfer, to: next ?? .done, due: isNewSide ? due : nil, at: now) else { throw overtaken }
        try steps.add(.passed, to: subject, place: transfer.state.place, note: note, by: actor, at: now)
        if isNewSide { _ = try lookUp(transfer) }
        if next != nil { try notices.waiting(store.find(transfer.id, within: .everything)) }
        let claim = try store.claim(of: transfer.id), side = transfer.state.isSending ? transfer.senderPath : nil
        try record("transfer.passed", transfer.id, at: side ?? transfer.receiverPath, claim.name, transfer.state.place)
        if next == nil {
            try complete(transfer, claim)
            try notices.ended(transfer, .done)
        }
        return next == nil
    }

    /// School and county are two pairs of eyes.
    private func checkHands(_ transfer: Transfer) throws {
        let schools = [TransferState.receivingSchool.place, TransferState.sendingSchool.place]
        let units = [TransferState.receivingUnit.place, TransferState.sendingUnit.place]
        let isOfUnit = transfer.state.isOfUnit || (transfer.state == .sendingSchool && transfer.sender == nil)
        if try steps.hasPassed(actor, in: transfer.id.rawValue, at: isOfUnit ? schools : units) {
            throw DomainError.forbidden(
                isOfUnit ? "你已经替学校办过这项转学，县(市、区)的一步请其他人办理。" : "你已经替县(市、区)办过这项转学，学校的一步请其他人办理。")
        }
    }

    /// Sends it back to the receiving school.
    package func refuse(_ transfer: Transfer, note: String) throws {
        guard transfer.state.isOpen, try store.move(transfer, to: .refused, at: now) else { throw overtaken }
        try steps.add(.refused, to: transfer.id.rawValue, place: transfer.state.place, note: note, by: actor, at: now)
        let claim = try store.claim(of: transfer.id), side = transfer.state.isSending ? transfer.senderPath : nil
        try record("transfer.refused", transfer.id, at: side ?? transfer.receiverPath, claim.name, transfer.state.place)
        try notices.ended(transfer, .refused)
    }

    package func withdraw(_ transfer: Transfer) throws {
        guard transfer.state.isOpen || transfer.state == .refused,
            try store.move(transfer, to: .withdrawn, at: now)
        else { throw overtaken }
        try steps.add(.withdrawn, to: transfer.id.rawValue, place: "家长申请", by: actor, at: now)
        try record("transfer.withdrawn", transfer.id, at: transfer.receiverPath, try store.claim(of: transfer.id).name)
    }

    private func check(_ claim: TransferClaim, _ place: TransferPlace, at school: Organisation) throws {
        if claim.name.isEmpty { throw DomainError.invalid("name", "填写姓名") }
        if school.closedOn != nil { throw DomainError.conflict("\(school.name)已经撤并，不能办理转入。") }
        let stages = ClassStage.stages(ofSchoolType: school.profile?.schoolType ?? "")
        guard stages.contains(place.stage) else { throw DomainError.invalid("place", "选择年级") }
        if let id = place.classGroup {
            let target = try? ClassGroupStore(db).find(id, within: .everything)
            guard let target, target.school == school.id, target.closedOn == nil else {
                throw DomainError.invalid("place", "选择转入的班")
            }
        }
        // Of her own pupils a school may know that they are.
        guard let person = try PersonIdentifierStore(db, crypto).holder(of: claim.studentNumber) else { return }
        let held = try TransferStore.held(by: person, on: now.day, db)
        if held?.enrolment.school == school.id {
            let isSuspended = held?.isSuspended ?? false
            throw DomainError.invalid("studentNumber", isSuspended ? "是本校休学的学生，用复学办理" : "已经是本校学生")
        }
    }

    /// Finds whom the claim means: a pupil in a class or in 休学, by 学籍号 and name together.
    private func lookUp(_ transfer: Transfer) throws -> Bool {
        let claim = try store.claim(of: transfer.id)
        guard let person = try PersonIdentifierStore(db, crypto).holder(of: claim.studentNumber),
            try PersonStore(db).find(person).name == claim.name,
            let held = try TransferStore.held(by: person, on: now.day, db)?.enrolment,
            held.school != transfer.receiver
        else { return false }
        let school = try OrganisationStore(db).find(held.school, within: .everything)
        try store.match(transfer.id, person, at: school.id, unit: try ManagementUnit.of(school, db).id)
        return true
    }

    /// Old enrolment ends, new one begins, rights end, others hear of it: all in the caller's transaction. Who was in 休学
    /// learns again at the new school (复学).
    private func complete(_ transfer: Transfer, _ claim: TransferClaim) throws {
        guard let person = transfer.person, let sender = transfer.sender else { throw overtaken }
        let classes = ClassGroupStore(db), day = now.day
        guard let (held, isSuspended) = try TransferStore.held(by: person, on: day, db), held.school == sender else {
            throw DomainError.conflict("\(claim.name)的学籍情况在申请以后变了，请退回转入学校核对。")
        }
        let service = EnrolmentService(db, crypto, by: actor, now: now, telling: listeners)
        let old = try classes.find(held.classGroup, within: .everything)
        let begin = isSuspended ? day : max(day, held.from)
        let target = try transfer.place.classGroup.map { try classes.find($0, within: .everything) }
        if isSuspended { try service.endSuspended(person, of: old, on: begin, .transfer) }
        if let target, target.closedOn == nil, target.openedOn <= begin {
            if isSuspended {
                try service.enrol(person, in: target, entryYear: transfer.place.entryYear, from: begin)
            } else {
                try service.move(person, from: old, to: target, entryYear: transfer.place.entryYear, on: begin)
            }
        } else {
            if !isSuspended { try service.end(person, in: old, on: begin, .transfer) }
            try AdmissionStore(db).insert(
                person, at: transfer.receiver, transfer.place.stage, entryYear: transfer.place.entryYear, on: begin,
                source: .transfer, by: actor.name, at: now)
        }
        try steps.add(.done, to: transfer.id.rawValue, by: actor, at: now)
        try record("transfer.done", transfer.id, at: transfer.receiverPath, claim.name)
        try closeOthers(of: person)
        let moved = StudentMoved(
            person: person.rawValue, from: sender.rawValue, to: transfer.receiver.rawValue, on: begin)
        try Outbox.post(moved, now: now, on: db)
    }

    /// Another school cannot get her any more from where she was; a change her old school applied for is void.
    private func closeOthers(of person: ID<Person>) throws {
        for other in try store.open(of: person) { try refuse(other, note: "这名学生已经办结其他转学") }
    }

    private var doubled: DomainError { .conflict("本校为这个学籍号提交的转入申请还在办理。") }
    private var overtaken: DomainError { .conflict("这项转学刚被他人办理。已显示最新的情况。") }

    private func record(
        _ action: String, _ id: ID<Transfer>, at path: OrganisationPath, _ words: String...
    ) throws {
        try AuditLog.record(
            action, id.rawValue, by: actor, at: path, words.joined(separator: "，"), now: now, on: db)
    }
}
