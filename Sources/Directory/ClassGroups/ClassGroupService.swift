import Database
import Kernel
import Platform

/// The writes on classes and on who leads and teaches them. Each runs inside the caller's transaction and leaves an
/// audit entry at the school. Whether the actor may do it, the caller has asked: it hands over a class or school that it
/// found within the scope of the right.
package struct ClassGroupService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let listeners: [any LeavingListener]

    /// - Parameter listeners: told when pupils leave the school with their class.
    package init(
        _ db: Connection, by actor: AuditActor, now: Timestamp = .now, telling listeners: [any LeavingListener] = []
    ) {
        (self.db, self.actor, self.now, self.listeners) = (db, actor, now, listeners)
    }

    /// Opens a class at a school or teaching point. Throws `DomainError.invalid` for the fields `stage`, `entryYear`,
    /// `years`, `kind`, `number`, `alias` and `openedOn`, and `DomainError.conflict` when the school is closed.
    @discardableResult
    package func open(_ draft: ClassDraft, at school: Organisation) throws -> ClassGroup {
        guard let profile = school.profile, school.kind.isSchool else { throw DomainError.notFound }
        if school.closedOn != nil { throw DomainError.conflict("\(school.name)已经撤并，不能新建班级") }
        try ClassRules.check(draft, schoolType: profile.schoolType, today: now.day)
        let store = ClassGroupStore(db)
        if try store.isTaken(draft.number, stage: draft.stage, entryYear: draft.entryYear, in: school.id) {
            throw ClassRules.taken(draft)
        }
        let id = ID<ClassGroup>.new()
        do {
            try db.execute(
                """
                INSERT INTO directory_class_group (id, school_id, stage, entry_year, second_entry_year, years, number,
                    kind, alias, opened_on, created_at, revision, changed_at)
                VALUES (\(id), \(school.id), \(draft.stage), \(draft.entryYear), \(draft.secondEntryYear),
                    \(draft.years), \(draft.number), \(draft.kind), \(draft.alias), \(draft.openedOn), \(now), 1,
                    \(now))
                """)
        } catch DatabaseError.uniqueViolation {
            throw ClassRules.taken(draft)
        }
        let classGroup = try store.find(id, within: .everything)
        try record("class.opened", classGroup, classGroup.cohortName)
        return classGroup
    }

    /// Gives the class another number or name of its own. Throws `DomainError.invalid` for `number` and `alias`, and
    /// `DomainError.conflict` when it has changed since the caller read it or is closed.
    package func rename(_ classGroup: ClassGroup, number: Int, alias: String) throws {
        try ClassRules.check(number: number, alias: alias)
        try checkOpen(classGroup)
        if number != classGroup.number,
            try ClassGroupStore(db).isTaken(
                number, stage: classGroup.stage, entryYear: classGroup.entryYear, in: classGroup.school)
        {
            throw taken(classGroup, number)
        }
        do {
            try touch(classGroup, setting: "number = \(number), alias = \(alias)")
        } catch DatabaseError.uniqueViolation {
            throw taken(classGroup, number)
        }
        let renamed = try ClassGroupStore(db).find(classGroup.id, within: .everything)
        try record("class.renamed", classGroup, "\(classGroup.name(on: now.day)) → \(renamed.name(on: now.day))")
    }

    /// Ends the class on a day: with it the duties of its teachers and, by the reason given, the enrolments of its
    /// pupils. Without a reason it is refused while pupils are in it.
    package func close(_ classGroup: ClassGroup, on day: LocalDate, pupilsLeave reason: LeavingReason? = nil) throws {
        try checkOpen(classGroup)
        try ClassRules.check(day: day, field: "closedOn", today: now.day)
        guard day >= classGroup.openedOn else {
            throw DomainError.invalid("closedOn", "日期不能早于开班日期（\(classGroup.openedOn.iso)）")
        }
        let pupils = EnrolmentStore(db), enrolments = try pupils.open(of: classGroup.id)
        if let reason {
            try EnrolmentRules.check(end: day, of: enrolments, field: "closedOn")
            try pupils.end(enrolments.map(\.id), on: day, reason, at: now)
            for pupil in enrolments {
                try listeners.tell(pupil.person, left: classGroup.school, on: day, by: actor, now: now, db)
            }
        } else if !enrolments.isEmpty {
            throw DomainError.conflict("班里还有 \(enrolments.count) 名学生，先转到其他班，或随班结束")
        }
        for post in try ClassPostStore(db).openPosts(of: classGroup.id, on: day) { try end(post, on: day) }
        try touch(classGroup, setting: "closed_on = \(day)")
        let leaving = reason.map { "，\($0.title) \(enrolments.count) 人" } ?? ""
        try record("class.closed", classGroup, "\(classGroup.name(on: now.day))，\(day.iso)\(leaving)")
    }
}

extension ClassGroupService {
    /// Makes a person the class teacher from the day on; the one before ends on that day. Throws `DomainError.invalid`
    /// for `person` unless she holds a post at the school on the day, and for `from`.
    package func nameHomeroomTeacher(_ person: ID<Person>, of classGroup: ClassGroup, from day: LocalDate) throws {
        try checkPost(person, of: classGroup, from: day)
        let open = try ClassPostStore(db).openPosts(of: classGroup.id, on: day).filter { $0.kind == .homeroom }
        if open.contains(where: { $0.person == person && $0.from <= day }) {
            throw DomainError.invalid("person", "已经是这个班的班主任")
        }
        if let later = open.first(where: { $0.from > day }) {
            throw DomainError.invalid("from", "\(later.personName)从 \(later.from.iso) 起任班主任，日期不能更早")
        }
        for post in open { try end(post, on: day) }
        try insert(person, of: classGroup, .homeroom, subject: "", from: day)
    }

    /// Lets a person teach a subject in the class from the day on. Throws `DomainError.invalid` for `person`, `subject`
    /// and `from`.
    package func addTeacher(
        _ person: ID<Person>, of classGroup: ClassGroup, subject: String, from day: LocalDate
    ) throws {
        guard CodeLists.subject[subject] != nil else { throw DomainError.invalid("subject", "选择任教学科") }
        try checkPost(person, of: classGroup, from: day)
        let open = try ClassPostStore(db).openPosts(of: classGroup.id, on: day)
        if open.contains(where: { $0.person == person && $0.subject == subject }) {
            throw DomainError.invalid("person", "已经任教这个班的\(CodeLists.subject.name(of: subject))")
        }
        try insert(person, of: classGroup, .subject, subject: subject, from: day)
    }

    /// Ends a duty on the day. Throws `DomainError.conflict` when it has ended already.
    package func endPost(_ id: ID<ClassPost>, of classGroup: ClassGroup, on day: LocalDate) throws {
        let post = try ClassPostStore(db).openPosts(of: classGroup.id, on: day).first { $0.id == id }
        guard let post else { throw DomainError.conflict("这项任课已经结束") }
        try end(post, on: day)
        try record("class.post_ended", classGroup, "\(post.personName)，\(post.title)，\(day.iso)")
    }

    private func checkPost(_ person: ID<Person>, of classGroup: ClassGroup, from day: LocalDate) throws {
        try ClassRules.check(day: day, field: "from", today: now.day)
        guard classGroup.isOpen(on: day) else {
            throw DomainError.invalid("from", "这一天没有这个班（\(classGroup.openedOn.iso) 开班）")
        }
        guard try PersonStore(db).holdsPost(person, at: classGroup.school, on: day) else {
            throw DomainError.invalid("person", "选择本校教师")
        }
    }

    private func insert(
        _ person: ID<Person>, of classGroup: ClassGroup, _ kind: ClassPostKind, subject: String, from day: LocalDate
    ) throws {
        try db.execute(
            """
            INSERT INTO directory_class_post (id, class_id, person_id, kind, subject, valid_from, recorded_at,
                recorded_by, changed_at)
            VALUES (\(ID<ClassPost>.new()), \(classGroup.id), \(person), \(kind), \(subject), \(day), \(now),
                \(actor.name), \(now))
            """)
        let name = try PersonStore(db).find(person).name
        let duty = kind == .homeroom ? kind.title : CodeLists.subject.name(of: subject)
        try record("class.post_given", classGroup, "\(name)，\(duty)，\(day.iso) 起")
    }

    /// A duty that begins later than it ends has never been.
    private func end(_ post: ClassPost, on day: LocalDate) throws {
        try db.execute(
            """
            UPDATE directory_class_post SET valid_to = \(max(day, post.from)), changed_at = \(now) WHERE id = \(post.id)
            """)
    }

    private func taken(_ classGroup: ClassGroup, _ number: Int) -> DomainError {
        .invalid("number", "\(classGroup.entryYear)级\(classGroup.stage.title)已有 \(number) 班，换一个班号")
    }

    private func checkOpen(_ classGroup: ClassGroup) throws {
        if let closed = classGroup.closedOn { throw DomainError.conflict("这个班已于 \(closed.iso) 结束") }
    }

    /// The conditional update is the lock: of two people who saw the same state, one is too late.
    private func touch(_ classGroup: ClassGroup, setting columns: SQL) throws {
        let changed = try db.change(
            """
            UPDATE directory_class_group SET \(columns), revision = revision + 1, changed_at = \(now)
            WHERE id = \(classGroup.id) AND revision = \(classGroup.revision)
            """)
        if changed == 0 { throw DomainError.conflict("这个班刚被他人修改。已显示最新的内容，请核对后再保存。") }
    }

    private func record(_ action: String, _ classGroup: ClassGroup, _ detail: String) throws {
        try AuditLog.record(
            action, classGroup.id.rawValue, by: actor, at: classGroup.path, detail, now: now, on: db)
    }
}
