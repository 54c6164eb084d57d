import Contracts
import Database
import Directory
import Kernel
import Platform

/// What sending and opening need of other contexts.
package struct LessonOffice: Sendable {
    let schoolDays: any SchoolDays
    /// Of the pupils whom a resource shows.
    let consent: any PublicationConsent
    /// Stands in for the clock: a lesson is now or it is not.
    let now: @Sendable () -> Timestamp

    package init(
        schoolDays: any SchoolDays, consent: any PublicationConsent, now: @escaping @Sendable () -> Timestamp
    ) {
        (self.schoolDays, self.consent, self.now) = (schoolDays, consent, now)
    }
}

/// The deeds on pushes, each one transaction with its audit entry. What the user may not see answers
/// `DomainError.notFound`, what is wrong `DomainError.invalid` at its field, and a state that moved on
/// `DomainError.conflict`.
struct PushService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp
    let office: LessonOffice
    private let store: PushStore
    private let packs: PackStore

    init(_ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp, office: LessonOffice) {
        (self.db, self.user, self.now, self.office) = (db, user, now, office)
        (actor, store, packs) = (AuditActor(user, address: address), PushStore(db), PackStore(db))
    }

    /// Sends a pack to classes of one school that the user teaches, or where she reviews. The same once more is the same
    /// push.
    func send(_ items: [ID<Item>], for node: ID<TextbookNode>, to asked: [PushTarget]) throws -> ID<Push> {
        let lesson = try checkedLesson(node)
        var seen: Set<PushTarget> = []
        let targets = asked.filter { seen.insert($0).inserted }
        guard !targets.isEmpty else { throw DomainError.invalid("period", "至少给一个班选择节次") }
        guard targets.count <= PushService.mostTargets else {
            throw DomainError.invalid("period", "一次最多推送给 \(PushService.mostTargets) 个班")
        }
        let classes = try ClassesOfPusher(user, on: now.day, db).classes(targets.map(\.classGroup))
        let groups = try targets.map { target in
            guard let group = classes[target.classGroup] else { throw DomainError.notFound }
            return group
        }
        guard let first = groups.first else { throw DomainError.notFound }
        let bells = try BellStore(db).schedule(of: first.school)
        var problems: [FieldProblem] = []
        for (target, group) in zip(targets, groups) {
            problems += self.problems(of: target, group, bells)
            if group.school != first.school {
                let words = "一次推送给一所学校的班，\(group.schoolName)的另外推送"
                problems.append(FieldProblem(field: "period-\(group.id)", message: words))
            }
        }
        let entries = try self.entries(items), closed = entries.filter { !$0.isOpen(to: first.path) }
        if !closed.isEmpty {
            let titles = closed.map(\.item.content.title).joined(separator: "、")
            problems.append(FieldProblem(field: "item", message: "没有对这个班的学校开放：\(titles)"))
        }
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        let chosen = entries.map(\.item.id)
        if let known = try known(chosen, node, targets) { return known }
        let names = zip(targets, groups).map { target, group in
            "\(group.name(on: target.day)) \(target.day.iso) \(Lesson.title(ofPeriod: target.period))"
        }
        let place = try OrganisationStore(db).find(first.school, within: .everything)
        return try insert(
            chosen, lesson, targets.map { ($0, first.school) }, at: place, grade: "", names.joined(separator: "；"))
    }

    /// Classes and lessons of one form.
    static let mostTargets = 60

    /// What came of sending to a grade.
    struct GradeSending: Sendable, Equatable {
        let push: ID<Push>
        let classes: Int
        /// Classes whose school none of the resources is open to.
        let closed: Int
        /// Classes that had the lesson's pack for the day already.
        let served: Int
    }

    /// Sends a pack to every class of the textbook's grade below a place where the user reviews, for any lesson of a day.
    func send(
        _ items: [ID<Item>], for node: ID<TextbookNode>, toGradeBelow organisation: OrganisationID, on day: LocalDate
    ) throws -> GradeSending {
        let lesson = try checkedLesson(node)
        let found = try? OrganisationStore(db).find(organisation, within: user.scope(of: .itemReview))
        guard let place = found, user.may(.lessonPush, at: place.path) else { throw DomainError.notFound }
        guard let grade = PushGrade(lesson.textbook.key) else {
            throw DomainError.invalid("place", "这册教材没有年级，请推送到班级")
        }
        let wrong = dayProblem(day, field: "day")
        guard wrong.isEmpty else { throw DomainError.invalid(wrong) }
        let entries = try self.entries(items)
        let all = try store.classes(below: place.path, on: day).filter { $0.grades.contains(grade.code) }
        let served = try store.served(with: node, on: day), free = all.filter { !served.contains($0.classGroup) }
        let open = free.filter { row in entries.contains { $0.isOpen(to: row.path) } }
        guard !open.isEmpty else {
            if !all.isEmpty, free.isEmpty, let known = try knownGrade(entries.map(\.item.id), node, place, day) {
                return known
            }
            throw DomainError.invalid("place", all.isEmpty ? "\(place.name)这一天没有这个年级的班" : "这些班已有这一课的资源包，或资源没有对它们开放")
        }
        let targets = open.map { (PushTarget(classGroup: $0.classGroup, day: day, period: 0), $0.school) }
        let id = try insert(
            entries.map(\.item.id), lesson, targets, at: place, grade: grade.code,
            "\(place.name) \(grade.title) \(open.count) 个班 \(day.iso)")
        return GradeSending(
            push: id, classes: open.count, closed: free.count - open.count, served: all.count - free.count)
    }

    /// Other resources, or another order.
    func change(_ id: ID<Push>, at revision: Int, items: [ID<Item>]) throws {
        let push = try store.find(id, for: user), entries = try entries(items)
        guard push.withdrawnAt == nil else { throw DomainError.conflict("这次推送已经撤回。") }
        // An item that one class may not have is fine as long as others may: each class gets what is open to it.
        let schools = try store.schools(of: id)
        let closed = entries.filter { entry in !schools.contains { entry.isOpen(to: $0) } }
        guard closed.isEmpty else {
            let titles = closed.map(\.item.content.title).joined(separator: "、")
            throw DomainError.invalid("item", "没有对这些班的学校开放：\(titles)")
        }
        guard push.revision == revision, try store.touch(push) else {
            throw DomainError.conflict("这次推送刚被别人修改。请核对后再保存。")
        }
        try packs.set(entries.map(\.item.id), of: id)
        try record("push.changed", push, "\(entries.count) 项资源")
    }

    /// Takes it back for every lesson that is still to come, today's with them. What is over stays as it was.
    func withdraw(_ id: ID<Push>) throws {
        let push = try store.find(id, for: user)
        let lessons = try store.lessons(of: id, limit: PushService.mostLessons).filter {
            $0.withdrawnAt == nil && $0.day >= now.day
        }
        guard push.withdrawnAt == nil else { throw DomainError.conflict("这次推送已经撤回。") }
        guard !lessons.isEmpty else { throw DomainError.conflict("这些课都已经过去，不能撤回。") }
        guard try store.withdraw(id, from: now.day, now: now) else { throw DomainError.conflict("这次推送已经撤回。") }
        try ClassTermStore(db).renew(lessons)
        try record("push.withdrawn", push, "\(lessons.count) 个班")
    }

    /// Takes it back for one class.
    func withdraw(_ id: ID<Push>, lesson: ID<Lesson>) throws {
        let push = try store.find(id, for: user)
        guard let found = try store.lesson(lesson), found.push == id else { throw DomainError.notFound }
        guard found.day >= now.day else { throw DomainError.conflict("这节课已经过去，不能撤回。") }
        guard try store.withdraw(lesson, of: id, now: now) else { throw DomainError.conflict("这个班的推送已经撤回。") }
        try ClassTermStore(db).renew([found])
        try record("push.withdrawn", push, "\(found.day.iso) \(found.periodTitle)")
    }

    /// More classes than a city has.
    static let mostLessons = 20_000

    // MARK: Checks

    private func checkedLesson(_ node: ID<TextbookNode>) throws -> NodePlace {
        let place = try TextbookStore(db).place(of: node)
        guard place.node.kind == .lesson, !place.node.isRemoved else { throw DomainError.notFound }
        return place
    }

    private func dayProblem(_ day: LocalDate, field: String) -> [FieldProblem] {
        guard day >= now.day, day <= now.day.adding(days: Push.furthest) else {
            return [FieldProblem(field: field, message: "日期在今天到 \(Push.furthest) 天以内")]
        }
        return office.schoolDays.isSchoolDay(day) ? [] : [FieldProblem(field: field, message: "\(day.chinese)不上课，换一天")]
    }

    private func problems(of target: PushTarget, _ group: ClassGroup, _ bells: BellSchedule) -> [FieldProblem] {
        var problems = dayProblem(target.day, field: "day-\(target.classGroup)")
        if target.period != 0, bells[target.period] == nil {
            problems.append(FieldProblem(field: "period-\(target.classGroup)", message: "作息时间里没有这一节"))
        }
        if !group.isOpen(on: target.day) {
            problems.append(FieldProblem(field: "day-\(target.classGroup)", message: "这个班这一天不在"))
        }
        return problems
    }

    /// The published resources in the order given. Throws `DomainError.invalid` for `item`.
    private func entries(_ asked: [ID<Item>]) throws -> [PackEntry] {
        let items = Pack.ordered(asked, by: [:])
        guard !items.isEmpty else { throw DomainError.invalid("item", "至少选一项资源") }
        guard items.count <= Pack.most else { throw DomainError.invalid("item", "一个资源包最多 \(Pack.most) 项资源") }
        // What she may not see does not exist, also not as something to send.
        let found = try packs.entries(of: items, for: ResourceViewer(user)), gate = PackGate(office.consent, db)
        return try items.map { id in
            guard let entry = found[id] else { throw DomainError.invalid("item", "选的资源里有一项不存在") }
            guard entry.item.state == .published else {
                throw DomainError.invalid("item", "已下架或还没有发布：\(entry.item.content.title)")
            }
            guard try gate.isOpen(entry.item) else {
                throw DomainError.invalid("item", "选的资源里有一项不再开放")
            }
            return entry
        }
    }

    /// The push of hers that is all of this already. Throws `DomainError.invalid` when some of it was sent otherwise.
    private func known(
        _ items: [ID<Item>], _ node: ID<TextbookNode>, _ targets: [PushTarget]
    ) throws -> ID<Push>? {
        let lessons = try targets.map { (target: $0, lesson: try store.open($0, for: node)) }
        let taken = lessons.filter { $0.lesson != nil }
        guard !taken.isEmpty else { return nil }
        let pushes = Set(taken.compactMap { $0.lesson?.push }), senders = try store.pushes(Array(pushes))
        if taken.count == targets.count, pushes.count == 1, let push = pushes.first,
            senders[push]?.sender == user.person, try isSame(push, items)
        {
            return push
        }
        throw DomainError.invalid(
            taken.map { entry in
                let push = entry.lesson.flatMap { senders[$0.push] }
                let words =
                    push?.sender == user.person
                    ? "你已经给这个班这一节推送过这一课，请在“我推送的”里修改" : "这个班这一节已有这一课的资源包（\(push?.senderName ?? "")推送）"
                return FieldProblem(field: "period-\(entry.target.classGroup)", message: words)
            })
    }

    private func isSame(_ push: ID<Push>, _ items: [ID<Item>]) throws -> Bool {
        try (packs.entries(of: [push])[push] ?? []).map(\.item.id) == items
    }

    private func knownGrade(
        _ items: [ID<Item>], _ node: ID<TextbookNode>, _ place: Organisation, _ day: LocalDate
    ) throws -> GradeSending? {
        guard let push = try store.latest(of: user.person, for: node, at: place.id, on: day), try isSame(push, items)
        else { return nil }
        return GradeSending(push: push, classes: try store.counts(of: push).open, closed: 0, served: 0)
    }

    // MARK: Writing

    private func insert(
        _ items: [ID<Item>], _ lesson: NodePlace, _ targets: [(PushTarget, OrganisationID)], at place: Organisation,
        grade: String, _ words: String
    ) throws -> ID<Push> {
        let id = ID<Push>.new(), last = targets.map(\.0.day).max() ?? now.day
        try store.insert(
            id, for: lesson.node.id, by: user.person, at: place.id, grade: grade, lastDay: last, now: now)
        try packs.set(items, of: id)
        do {
            try store.insert(targets.map { (target: $0.0, school: $0.1) }, of: id, for: lesson.node.id)
        } catch DatabaseError.uniqueViolation {
            // Somebody else was faster between the question and this.
            throw DomainError.conflict("有的班刚收到这一课的资源包。请刷新后再推送。")
        }
        try ClassTermStore(db).notePush(targets.map(\.0))
        try AuditLog.record(
            "push.sent", id.rawValue, by: actor, at: place.path, "\(lesson.full)：\(words)，\(items.count) 项资源", now: now,
            on: db)
        return id
    }

    private func record(_ action: String, _ push: Push, _ words: String) throws {
        try AuditLog.record(action, push.id.rawValue, by: actor, at: push.path, words, now: now, on: db)
    }
}
