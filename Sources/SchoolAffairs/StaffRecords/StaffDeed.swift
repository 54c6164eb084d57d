import Database
import Directory
import Kernel
import Platform
import Web

/// What a school does about one of its staff, each on a form of its own. The raw value ends the form's address.
enum StaffDeed: String, CaseIterable, Sendable {
    case give = "posts/new"
    case change = "posts/change"
    case end = "posts/end"
    case teams
    case facts
    case away = "leaves/new"
    case back = "leaves/return"
    case transfer
    case leave = "leaving"

    var title: String {
        switch self {
        case .give: "增加岗位"
        case .change: "调整岗位"
        case .end: "结束岗位"
        case .teams: "三支队伍"
        case .facts: "编辑信息"
        case .away: "请假"
        case .back: "销假"
        case .transfer: "调动"
        case .leave: "离开学校"
        }
    }

    /// The verb of the form's button.
    var submit: String {
        switch self {
        case .give: "增加"
        case .change, .teams, .facts: "保存"
        case .end: "结束岗位"
        case .away: "登记请假"
        case .back: "登记销假"
        case .transfer: "提交"
        case .leave: "办理离开"
        }
    }

    /// Whether it is open for the person as she stands at the school.
    func isOpen(for record: StaffRecord) -> Bool {
        guard record.isHere, record.school.closedOn == nil else { return false }
        switch self {
        case .end: return record.open.count > 1
        case .away: return record.leave == nil
        case .back: return record.leave != nil
        case .transfer: return record.transfer == nil && record.open.contains { $0.kind.isMain }
        case .give, .change, .teams, .facts, .leave: return true
        }
    }
}

/// What a deed needs besides the form.
struct StaffDeedContext {
    let db: Connection
    let crypto: any CryptoProvider
    let user: CurrentUser
    let address: String
    let now: Timestamp
    let listeners: StaffListeners
    let record: StaffRecord

    var actor: AuditActor { AuditActor(user, address: address) }
    var posts: AppointmentService { AppointmentService(db, by: actor, now: now, telling: listeners) }
    var leaves: StaffLeaveService { StaffLeaveService(db, crypto, by: actor, now: now) }
}

extension StaffDeed {
    /// Does it. Returns what to tell the person afterwards. Throws `DomainError.invalid` for the fields of the form.
    func apply(_ form: StaffDeedForm, _ context: StaffDeedContext) throws -> String {
        let record = context.record, person = record.person.id, school = record.school, name = record.person.name
        guard isOpen(for: record) else { throw DomainError.conflict("\(name)的情况已有变化，请核对后再办理。") }
        switch self {
        case .give:
            try context.posts.add(form.draft(), to: person, at: school)
            return "已增加岗位"
        case .change:
            try context.posts.change(form.appointment(of: record), to: form.draft(), at: school)
            return "岗位已调整"
        case .end:
            try context.posts.end(form.appointment(of: record), on: form.day("until"), form.endReason())
            return "岗位已结束"
        case .teams:
            let isChanged = try context.posts.setTeams(form.teams, of: person, at: school, from: form.day("from"))
            return isChanged ? "队伍已保存" : "没有变化"
        case .facts:
            return try StaffFacts.save(form, context)
        case .away:
            try context.leaves.start(form.leave(of: record), of: person, at: school)
            return "已登记请假"
        case .back:
            try context.leaves.end(of: person, at: school, on: form.day("until"))
            return "已登记销假"
        case .transfer:
            let service = StaffTransferService(
                context.db, context.crypto, by: context.user, address: context.address, now: context.now,
                telling: context.listeners)
            _ = try service.offer(person, of: school, to: form.text("target"), form.draft())
            return "已提交，等待接收学校确认"
        case .leave:
            let staff = StaffService(
                context.db, context.crypto, by: context.actor, now: context.now, telling: context.listeners)
            try staff.end(person, at: school, on: form.dayOfLeaving(record), form.endReason())
            return "\(name)已离开学校，任课和权限随之结束"
        }
    }
}
