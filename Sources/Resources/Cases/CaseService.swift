import Database
import Directory
import Kernel
import Platform

/// The deeds on reports and appeals, each one transaction with its audit entry.
struct CaseService {
    let db: Connection
    /// `nil` for a visitor.
    let user: CurrentUser?
    let actor: AuditActor
    let now: Timestamp
    let office: ReviewOffice
    private let store: CaseStore

    init(_ db: Connection, by user: CurrentUser?, address: String = "", now: Timestamp, office: ReviewOffice) {
        (self.db, self.user, self.now, self.office, store) = (db, user, now, office, CaseStore(db))
        actor = user.map { AuditActor($0, address: address) } ?? AuditActor(id: nil, name: "访客", address: address)
    }

    /// Says that a resource she sees should go. Throws `DomainError.invalid` for `ground` and `told`, and
    /// `DomainError.conflict` when she has said so before or many have.
    func report(_ id: ID<Item>, _ ground: ResourceCase.Ground?, _ text: String) throws -> ID<ResourceCase> {
        let item = try ItemStore(db).find(id, for: ResourceViewer(user))
        guard item.state == .published else { throw DomainError.notFound }
        var problems: [FieldProblem] = []
        if ground == nil { problems.append(FieldProblem(field: "ground", message: "选择举报的原因")) }
        if text.isEmpty { problems.append(FieldProblem(field: "told", message: "写明哪里有问题")) }
        problems += length(text)
        guard problems.isEmpty, let ground else { throw DomainError.invalid(problems) }
        if let user, try store.openCase(of: id, .report, by: user.account) != nil {
            throw DomainError.conflict("你的举报正在处理，不用重复提交。")
        }
        guard try store.openCount(of: id) < ResourceCase.mostOpen else {
            throw DomainError.conflict("这个资源已有多份举报，正在处理。")
        }
        if user == nil { try countVisitor() }
        return try add(.report, ground, text, item, level: ReviewLevel(for: item.reach))
    }

    /// A visitor has no name to go by: her network may send a few reports a day, of whatever resources.
    private func countVisitor() throws {
        let limit = VisitorReports(db)
        guard try limit.count(from: actor.address, since: now.adding(days: -1)) < VisitorReports.mostADay else {
            throw DomainError.conflict("这个网络一天内提交的举报已满 \(VisitorReports.mostADay) 份，请登录后举报。")
        }
        try limit.note(actor.address, now: now)
    }

    /// An author asks the level above to look again at what was taken down.
    func appeal(_ id: ID<Item>, _ text: String) throws -> ID<ResourceCase> {
        let store = ItemStore(db), item = try store.find(id, for: ResourceViewer(user))
        guard let user, try store.authors(of: id).contains(where: { $0.person == user.person }),
            item.state == .takenDown
        else { throw DomainError.notFound }
        var problems = text.isEmpty ? [FieldProblem(field: "told", message: "写明申诉的理由")] : []
        problems += length(text)
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        if try self.store.openCase(of: id, .appeal, by: user.account) != nil {
            throw DomainError.conflict("你的申诉正在处理，不用重复提交。")
        }
        let level = try TakedownStore(db).open(of: id)?.level ?? .school
        let above = ReviewLevel.allCases.first { $0 > level } ?? .city
        return try add(.appeal, .other, text, item, level: above)
    }

    private func length(_ text: String) -> [FieldProblem] {
        guard text.unicodeScalars.count > ResourceCase.longest else { return [] }
        return [FieldProblem(field: "told", message: "不能超过 \(ResourceCase.longest) 个字")]
    }

    private func add(
        _ kind: ResourceCase.Kind, _ ground: ResourceCase.Ground, _ text: String, _ item: Item, level: ReviewLevel
    ) throws -> ID<ResourceCase> {
        let id = ID<ResourceCase>.new(), due = office.calendar.day(after: now.day, workingDays: kind.workingDays)
        try store.insert(id, of: item.id, kind, ground, text, by: user, level: level, due: due, now: now)
        let action = kind == .report ? "resource.reported" : "resource.appealed"
        try AuditLog.record(
            action, item.id.rawValue, by: actor, at: item.path, "\(item.content.title)：\(ground.title)", now: now,
            on: db)
        try ResourceNotices(db, now: now).waiting(kind, about: item, at: level)
        return id
    }

    /// Answers it: an upheld report takes the resource down, an upheld appeal brings it back. Throws
    /// `DomainError.forbidden` for authors, lower levels, and who took down what the appeal is about.
    func decide(_ id: ID<ResourceCase>, isUpheld: Bool, _ answer: String) throws {
        guard let user else { throw DomainError.notFound }
        let one = try store.find(id, for: user)
        guard one.state == .open else { throw DomainError.conflict("\(one.kind.title)刚由\(one.decidedName)处理过。") }
        guard let rank = ReviewLevel.of(user, at: one.path), rank >= one.level else {
            throw DomainError.forbidden("由\(one.level.title)审核员处理。")
        }
        if try ItemStore(db).authors(of: one.item).contains(where: { $0.person == user.person }) {
            throw DomainError.forbidden("自己的资源由其他审核员处理。")
        }
        if one.kind == .appeal, try TakedownStore(db).taker(of: one.item) == user.account {
            throw DomainError.forbidden("下架由你决定，申诉由别的审核员处理。")
        }
        if answer.isEmpty { throw DomainError.invalid("answer", "写明处理的理由") }
        if answer.unicodeScalars.count > ResourceCase.longest {
            throw DomainError.invalid("answer", "不能超过 \(ResourceCase.longest) 个字")
        }
        let state: ResourceCase.State = isUpheld ? .upheld : .dismissed
        guard try store.decide(id, state, answer, by: user, now: now) else {
            throw DomainError.conflict("这件事刚由别人处理过。")
        }
        let words = "\(one.title)，\(state.title(one.kind))：\(answer)"
        try AuditLog.record(
            "resource.case_decided", one.item.rawValue, by: actor, at: one.path, words, now: now, on: db)
        let notices = ResourceNotices(db, now: now)
        if one.kind == .report || !isUpheld {
            try notices.decided(id, of: one.askedBy, one.kind, one.title, state, answer)
        }
        guard isUpheld else { return }
        let service = ReviewService(db, by: user, address: actor.address, now: now, office: office)
        switch one.kind {
        case .report:
            let item = try ItemStore(db).find(one.item, for: ResourceViewer(user))
            if item.state == .published { try service.takeDown(one.item, .report, reason: answer) }
            for other in try store.upholdOthers(of: one.item, answer, by: user, now: now) {
                try notices.decided(other.id, of: other.askedBy, .report, one.title, .upheld, answer)
            }
        case .appeal: try service.restore(one.item, answer: answer)
        }
    }
}
