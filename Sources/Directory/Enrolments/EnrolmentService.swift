import Database
import Kernel
import Platform

/// A pupil as a school enters her: a name, and the numbers it knows.
package struct NewPupil: Sendable {
    package var name: String
    /// At most one of a kind.
    package var identifiers: [PersonIdentifier]
    /// The mobile phone of a parent.
    package var guardianPhone: PersonIdentifier?

    package init(name: String, identifiers: [PersonIdentifier] = [], guardianPhone: PersonIdentifier? = nil) {
        (self.name, self.identifiers, self.guardianPhone) = (name, identifiers, guardianPhone)
    }
}

/// The writes on pupils. Each runs inside the caller's transaction and leaves an audit entry at the school, without any
/// number. Whether the actor may do it, the caller has asked: it hands over classes that it found within the scope of
/// the right.
package struct EnrolmentService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let store: EnrolmentStore
    private let identifiers: PersonIdentifierStore

    private let listeners: [any LeavingListener]

    package init(
        _ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp = .now,
        telling listeners: [any LeavingListener] = []
    ) {
        (self.db, self.actor, self.now, self.listeners) = (db, actor, now, listeners)
        (store, identifiers) = (EnrolmentStore(db), PersonIdentifierStore(db, crypto))
    }

    /// What forms call the field of a kind of number.
    static func field(of kind: PersonIdentifierKind) -> String {
        switch kind {
        case .citizenNumber, .document: "documentNumber"
        case .studentNumber: "studentNumber"
        case .phone: "phone"
        case .staffNumber: "staffNumber"
        }
    }

    /// Enters a pupil and puts her into the class from the day on. Who has one of the numbers already is taken to be the
    /// same person: she keeps her account and her history. Throws what `check` throws.
    /// - Parameter entryYear: of which grade of a 复式班 she is; the class's first unless told. Field `entryYear`.
    @discardableResult
    package func add(
        _ pupil: NewPupil, to classGroup: ClassGroup, entryYear: Int? = nil, from day: LocalDate
    ) throws -> ID<Person> {
        let place = (school: classGroup.school, path: classGroup.path)
        let person = try enter(pupil, known: check(pupil, for: classGroup, from: day), at: place, from: day)
        try put(person, into: classGroup, entryYear, from: day)
        try arrive(person, at: classGroup.school)
        try record("pupil.added", person, classGroup, pupil.name, day)
        return person
    }

    /// Enters a pupil whom the school has taken in and not yet put into a class. Throws what `identify` throws, and
    /// `DomainError.invalid` for `name` when she is in a class already.
    package func admit(_ pupil: NewPupil, at school: Organisation, from day: LocalDate) throws -> ID<Person> {
        let known = try identify(pupil)
        if let known, try store.standing(of: known, after: day) != nil || store.suspended(known, on: day) != nil {
            throw DomainError.invalid("name", "已有学籍，用转学或转班办理")
        }
        let person = try enter(pupil, known: known, at: (school: school.id, path: school.path), from: day)
        try arrive(person, at: school.id)
        try AuditLog.record(
            "pupil.admitted", person.rawValue, by: actor, at: school.path, "\(pupil.name)，\(day.iso)", now: now, on: db)
        return person
    }

    private func enter(
        _ pupil: NewPupil, known: ID<Person>?, at place: (school: OrganisationID, path: OrganisationPath),
        from day: LocalDate
    ) throws -> ID<Person> {
        let person = try known ?? PersonStore(db).insert(name: pupil.name, at: now)
        if known != nil { try checkLocks(pupil.identifiers, of: person) }
        for identifier in pupil.identifiers {
            try identifiers.set(
                identifier, of: person, by: actor.name, at: now, field: EnrolmentService.field(of: identifier.kind))
        }
        if let phone = pupil.guardianPhone {
            let child = GuardianshipService.Child(id: person, name: pupil.name, place: place.path)
            try addGuardian(by: phone, of: child, at: place.school, from: day)
        }
        return person
    }

    /// 学籍号 and the number of the document are told once; then they change by an approved change only.
    private func checkLocks(_ numbers: [PersonIdentifier], of person: ID<Person>) throws {
        let known = try identifiers.kinds(of: [person])[person] ?? []
        for number in numbers where number.kind.isLocked && !known.isDisjoint(with: number.kind.sameDatum) {
            if try identifiers.holder(of: number) == person { continue }
            throw DomainError.invalid(
                EnrolmentService.field(of: number.kind), "\(number.kind.title)已经登记，更正要申请关键信息变更")
        }
    }

    /// Whether the pupil can be added. Returns the person known by the numbers, if there is one. Throws
    /// `DomainError.invalid` for the fields `name`, `studentNumber`, `documentNumber`, `guardianPhone` and `from`, and
    /// `DomainError.conflict` when the class is closed.
    package func check(
        _ pupil: NewPupil, for classGroup: ClassGroup, from day: LocalDate
    ) throws -> ID<Person>? {
        try EnrolmentRules.check(start: day, in: classGroup, field: "from", today: now.day)
        guard let person = try identify(pupil) else {
            if pupil.identifiers.isEmpty, try store.open(of: classGroup.id).contains(where: { $0.name == pupil.name }) {
                throw DomainError.invalid("name", "班里已有同名学生，填写学籍号或证件号以区分")
            }
            return nil
        }
        if let standing = try store.standing(of: person, after: day) { throw standingProblem(standing, classGroup) }
        return person
    }

    /// The person known by the numbers, if there is one. Throws `DomainError.invalid` for the fields `name`,
    /// `studentNumber`, `documentNumber` and `guardianPhone`.
    package func identify(_ pupil: NewPupil) throws -> ID<Person>? {
        if pupil.name.isEmpty { throw DomainError.invalid("name", "填写姓名") }
        if pupil.name.unicodeScalars.count > 50 { throw DomainError.invalid("name", "姓名不能超过 50 个字") }
        let holders = try pupil.identifiers.compactMap { identifier in
            try identifiers.holder(of: identifier).map { (person: $0, kind: identifier.kind) }
        }
        let phone = try pupil.guardianPhone.flatMap { try identifiers.holder(of: $0) }
        guard let (person, kind) = holders.first else { return nil }
        if holders.contains(where: { $0.person != person }) {
            throw DomainError.invalid("documentNumber", "学籍号和证件号登记在两个人名下，核对后再填")
        }
        if try PersonStore(db).find(person).name != pupil.name {
            throw DomainError.invalid(
                EnrolmentService.field(of: kind), "这个\(kind.title)登记的是另一个姓名，核对姓名和号码")
        }
        if phone == person { throw DomainError.invalid("guardianPhone", "这个手机号登记在学生本人名下") }
        return person
    }

    /// Puts somebody the city knows into the class. Throws `DomainError.invalid` when she is in a class on the day or
    /// later, or for `from`.
    package func enrol(
        _ person: ID<Person>, in classGroup: ClassGroup, entryYear: Int? = nil, from day: LocalDate
    ) throws {
        try EnrolmentRules.check(start: day, in: classGroup, field: "from", today: now.day)
        if let standing = try store.standing(of: person, after: day) { throw standingProblem(standing, classGroup) }
        try put(person, into: classGroup, entryYear, from: day)
        try arrive(person, at: classGroup.school)
        try record("pupil.added", person, classGroup, try PersonStore(db).find(person).name, day)
    }

    /// Moves a pupil to another class from the day on, of the same school or of another: what she was in the old class
    /// ends in the same transaction. Throws `DomainError.notFound` when she is not in the class, and
    /// `DomainError.invalid` for `target`, `entryYear` and `from`.
    /// - Parameters:
    ///   - entryYear: of which grade of a 复式班 she becomes; her own year where the target teaches it.
    ///   - reason: the kind of change; 转班级 in one school and 转学 between two unless told.
    package func move(
        _ person: ID<Person>, from classGroup: ClassGroup, to target: ClassGroup, entryYear: Int? = nil,
        on day: LocalDate, _ reason: LeavingReason? = nil
    ) throws {
        let enrolment = try store.open(of: person, in: classGroup.id)
        if target.id == classGroup.id { throw DomainError.invalid("target", "选择另一个班") }
        try EnrolmentRules.check(start: day, in: target, field: "from", today: now.day)
        try EnrolmentRules.check(end: day, of: [enrolment], field: "from")
        let usual: LeavingReason = target.school == classGroup.school ? .classChange : .transfer
        try finish(enrolment, on: day, reason ?? usual)
        if target.school != classGroup.school {
            try listeners.tell(person, left: classGroup.school, on: day, by: actor, now: now, db)
        }
        let own = enrolment.entryYear ?? classGroup.entryYear
        try put(person, into: target, entryYear ?? (target.entryYears.contains(own) ? own : nil), from: day)
        let words = "\(enrolment.name)：\(classGroup.name(on: day)) → \(target.name(on: day))"
        try record("pupil.moved", person, classGroup, words, day)
        if target.school != classGroup.school {
            try arrive(person, at: target.school)
            try record("pupil.moved", person, target, words, day)
        }
    }

    /// Ends what the pupil is in the class, and so at the school. Throws `DomainError.notFound` when she is not in it,
    /// and `DomainError.invalid` for `until`.
    package func end(
        _ person: ID<Person>, in classGroup: ClassGroup, on day: LocalDate, _ reason: LeavingReason
    ) throws {
        let enrolment = try store.open(of: person, in: classGroup.id)
        try ClassRules.check(day: day, field: "until", today: now.day)
        try EnrolmentRules.check(end: day, of: [enrolment], field: "until")
        try finish(enrolment, on: day, reason)
        try listeners.tell(person, left: classGroup.school, on: day, by: actor, now: now, db)
        try record("pupil.left", person, classGroup, "\(enrolment.name)，\(reason.title)", day)
    }

    /// 休学: ends what the pupil is in the class and leaves her on the roll of the school, with all her rights. Throws
    /// `DomainError.notFound` when she is not in it, and `DomainError.invalid` for `until`.
    package func suspend(_ person: ID<Person>, in classGroup: ClassGroup, on day: LocalDate) throws {
        let enrolment = try store.open(of: person, in: classGroup.id)
        try ClassRules.check(day: day, field: "until", today: now.day)
        try EnrolmentRules.check(end: day, of: [enrolment], field: "until")
        try finish(enrolment, on: day, .suspension)
        try record("pupil.suspended", person, classGroup, enrolment.name, day)
    }

    /// Lets somebody in 休学 leave the roll. Throws `DomainError.notFound` when she is not in 休学 from the class.
    package func endSuspended(
        _ person: ID<Person>, of classGroup: ClassGroup, on day: LocalDate, _ reason: LeavingReason
    ) throws {
        let enrolment = try store.suspended(person, on: day)
        guard let enrolment, enrolment.classGroup == classGroup.id else { throw DomainError.notFound }
        try store.insertEnd(after: enrolment, on: day, reason, by: actor.name, at: now)
        try listeners.tell(person, left: classGroup.school, on: day, by: actor, now: now, db)
        try record("pupil.left", person, classGroup, "\(enrolment.name)，\(reason.title)", day)
    }

    /// Gives a pupil of the class numbers. Throws `DomainError.notFound` when she is not in the class,
    /// `DomainError.invalid` when a number belongs to somebody else or is locked.
    package func tell(_ numbers: [PersonIdentifier], of person: ID<Person>, in classGroup: ClassGroup) throws {
        let enrolment = try store.open(of: person, in: classGroup.id)
        try checkLocks(numbers, of: person)
        for identifier in numbers {
            try identifiers.set(
                identifier, of: person, by: actor.name, at: now, field: EnrolmentService.field(of: identifier.kind))
        }
        let told = numbers.map(\.kind.title).joined(separator: "、")
        try record("pupil.numbers_told", person, classGroup, "\(enrolment.name)：\(told)", nil)
    }

    /// Whoever is entered by the phone is a guardian of the child and called after her. Somebody who has the phone already
    /// is one when the school knows her as a guardian; about all others the school decides.
    private func addGuardian(
        by phone: PersonIdentifier, of child: GuardianshipService.Child, at school: OrganisationID, from day: LocalDate
    ) throws {
        let guardianships = GuardianshipStore(db)
        var state = GuardianshipState.confirmed, guardian = try identifiers.holder(of: phone)
        if let guardian {
            guard guardian != child.id else {
                throw DomainError.invalid("guardianPhone", "这个手机号登记在学生本人名下")
            }
            if try guardianships.open(guardian, child.id) != nil { return }
            if try guardianships.closed(of: [child.id])[child.id]?.contains(where: { $0.guardian == guardian }) ?? false
            {
                throw DomainError.invalid("guardianPhone", "学校已结束这位家长的登记，需要恢复时在学生页面添加")
            }
            let here = try guardianships.schools(of: [guardian], on: max(day, now.day))[guardian] ?? []
            if !here.contains(school) { state = .pending }
        } else {
            let new = try PersonStore(db).insert(name: GuardianName.ofChild(child.name), at: now)
            try identifiers.set(phone, of: new, by: actor.name, at: now, field: "guardianPhone")
            guardian = new
        }
        guard let guardian else { return }
        try guardianships.insert(
            [NewGuardianship(guardian: guardian, child: child.id)], state, .school, from: day, by: actor.name, at: now)
        let words = "\(child.name)：\(try PersonStore(db).find(guardian).name)，\(state.title)"
        try AuditLog.record(
            "guardian.added", child.id.rawValue, by: actor, at: child.place, words, now: now, on: db)
    }

    /// Rights of her guardians rest on where she is a pupil.
    private func arrive(_ person: ID<Person>, at school: OrganisationID) throws {
        for listener in listeners { try listener.arrived([person], at: school, by: actor, now: now, db) }
    }

    private func put(
        _ person: ID<Person>, into classGroup: ClassGroup, _ entryYear: Int?, from day: LocalDate
    ) throws {
        let year = try EnrolmentRules.kept(entryYear: entryYear, in: classGroup, field: "entryYear")
        do {
            try store.insert(person, in: classGroup, entryYear: year, from: day, by: actor.name, at: now)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("这名学生刚被他人编入班级，请核对后再提交。")
        }
    }

    private func finish(_ enrolment: Enrolment, on day: LocalDate, _ reason: LeavingReason) throws {
        guard try store.end([enrolment.id], on: day, reason, at: now) == 1 else {
            throw DomainError.conflict("这名学生刚被他人调整，请核对后再提交。")
        }
    }

    /// Which other school it is, the other school tells.
    private func standingProblem(_ standing: Enrolment, _ classGroup: ClassGroup) -> DomainError {
        if standing.classGroup == classGroup.id { return .invalid("name", "已经在这个班") }
        let isHere = standing.school == classGroup.school
        return .invalid("name", isHere ? "已经在本校其他班，用转班办理" : "还在其他学校的班里，先由原学校办理离校")
    }

    private func record(
        _ action: String, _ person: ID<Person>, _ classGroup: ClassGroup, _ detail: String, _ day: LocalDate?
    ) throws {
        let words = [detail, classGroup.cohortName, day?.iso].compactMap { $0 }.joined(separator: "，")
        try AuditLog.record(
            action, person.rawValue, by: actor, at: classGroup.path, words, now: now, on: db)
    }
}
