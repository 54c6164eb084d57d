import Database
import Kernel
import Platform

/// The writes on guardian relations. Each runs inside the caller's transaction, leaves an audit entry at the child's
/// school without any number, and tells whoever gives rights by them. Whether the actor may do it, the caller has asked:
/// it hands over a pupil that it found in a class within the scope of the right.
package struct GuardianshipService {
    let db: Connection
    let crypto: any CryptoProvider
    let actor: AuditActor
    let now: Timestamp
    private let store: GuardianshipStore
    private let listeners: [any GuardianshipListener]
    private let uses: [any PersonUse]
    /// Who acts; nobody decides about herself.
    private let deciding: ID<Person>?

    /// How many children somebody may declare in a day, whether or not there are such children.
    package static let dailyClaims = 5
    /// Days for which a guardian sees that she has declared a child, and what a school has refused.
    package static let claimDays: Int64 = 30

    /// - Parameters:
    ///   - deciding: who acts, when it is a person.
    ///   - listeners: told in the same transaction whose guardians have changed.
    ///   - uses: who keeps something of people: a school does not write to the records of these.
    package init(
        _ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, as deciding: ID<Person>? = nil,
        now: Timestamp = .now, telling listeners: [any GuardianshipListener] = [], sparing uses: [any PersonUse] = []
    ) {
        (self.db, self.crypto, self.actor, self.now, self.listeners) = (db, crypto, actor, now, listeners)
        (self.deciding, self.uses) = (deciding, uses)
        store = GuardianshipStore(db)
    }

    /// A child, and the place of the school that acts for her.
    package struct Child: Sendable {
        package let id: ID<Person>
        package let name: String
        package let place: OrganisationPath

        package init(id: ID<Person>, name: String, place: OrganisationPath) {
            (self.id, self.name, self.place) = (id, name, place)
        }
    }

    /// What came of entering a guardian.
    package enum Addition: Sendable, Equatable {
        case done
        /// Somebody is known by the numbers, and nobody has said yet that she is meant; with her children at the school.
        case known(children: [String])
    }

    /// Makes somebody a guardian of the child; who has one of the numbers is that person once the school has said so.
    /// Throws `DomainError.invalid` for the fields `name`, `relation`, `phone` and `documentNumber`,
    /// `DomainError.conflict` when she is a guardian of the child already, and `DomainError.forbidden` when she is who acts.
    /// - Parameter isSame: whether the person known by the numbers is meant.
    package func add(_ new: NewGuardian, of child: Child, isSame: Bool = false) throws -> Addition {
        guard CodeLists.guardianRelation[new.relation] != nil else {
            throw DomainError.invalid("relation", "选择与学生的关系")
        }
        let guardian: ID<Person>
        switch try GuardianMatcher(db: db, crypto: crypto, day: now.day).match(new, for: child) {
        case .known(let person, let children):
            guard isSame else { return .known(children: children) }
            try check(person)
            guardian = person
            try complete(person, with: new, child)
        case .unknown:
            guardian = try PersonStore(db).insert(name: new.name, at: now)
            try tell(new.numbers, of: guardian, child)
        }
        if let known = try store.open(guardian, child.id) {
            throw DomainError.conflict(known.state == .pending ? "这位家长已经申报，确认即可" : "已经是这名学生的家长")
        }
        if let order = new.order { try store.clear(order, of: child.id, except: nil, at: now) }
        do {
            let relation = NewGuardianship(
                guardian: guardian, child: child.id, relation: new.relation, order: new.order)
            try store.insert([relation], .confirmed, .school, from: now.day, by: actor.name, at: now)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("这位家长刚被他人登记，请核对后再提交。")
        }
        try record("guardian.added", child, new.name, CodeLists.guardianRelation.name(of: new.relation))
        try listeners.tell([child.id], by: actor, now: now, db)
        return .done
    }

    /// Nobody decides about herself.
    private func check(_ guardian: ID<Person>) throws {
        if guardian == deciding { throw DomainError.forbidden("不能办理本人的家长登记，请学校的其他人办理。") }
    }

    /// Gives somebody who was known by a phone alone her name, and to whoever lacks a number that number: only to people
    /// whom this school alone knows. Of all others nothing is written; what they have may be how they sign in.
    private func complete(_ person: ID<Person>, with new: NewGuardian, _ child: Child) throws {
        let isElsewhere = try store.places(ofChildrenOf: person, on: now.day).contains {
            !child.place.contains($0.path)
        }
        if try isElsewhere || PersonalDataStore(db: db).isOfRoster(person) { return }
        for use in uses where try use.use(of: [person], db) != nil { return }
        if GuardianName.isStandIn(try PersonStore(db).find(person).name), !GuardianName.isStandIn(new.name) {
            let source = FactSource(.school, reference: "guardian", at: now, by: actor.name)
            try PersonFactStore(db, crypto).change(["name": new.name], of: person, from: now.day, source: source)
        }
        let known = try PersonIdentifierStore(db, crypto).kinds(of: [person])[person] ?? []
        try tell(
            new.numbers.filter { !known.contains($0.kind) && known.isDisjoint(with: $0.kind.sameDatum) }, of: person,
            child)
    }

    private func tell(_ numbers: [PersonIdentifier], of person: ID<Person>, _ child: Child) throws {
        guard !numbers.isEmpty else { return }
        let identifiers = PersonIdentifierStore(db, crypto)
        for number in numbers {
            try identifiers.set(
                number, of: person, by: actor.name, at: now, field: EnrolmentService.field(of: number.kind))
        }
        let name = try PersonStore(db).find(person).name
        try record("guardian.numbers_told", child, name, numbers.map(\.kind.title).joined(separator: "、"))
    }

    /// Corrects what the relation is. Throws `DomainError.notFound` when it is not one of the child's that goes on, and
    /// `DomainError.invalid` for `relation`.
    package func correct(_ id: ID<Guardianship>, _ relation: String, order: Int?, of child: Child) throws {
        let known = try open(id, of: child)
        try check(known.guardian)
        guard CodeLists.guardianRelation[relation] != nil else {
            throw DomainError.invalid("relation", "选择与学生的关系")
        }
        if let order { try store.clear(order, of: child.id, except: id, at: now) }
        try store.set(relation, order, of: id, at: now)
        let words = [CodeLists.guardianRelation.name(of: relation), order.map { "第\($0)监护人" }].compactMap { $0 }
        try record("guardian.corrected", child, known.guardianName, words.joined(separator: "，"))
    }

    /// Ends the relation today, and with it what the guardian could do for the child. Throws `DomainError.notFound` when it
    /// is not one of the child's that goes on.
    package func end(_ id: ID<Guardianship>, of child: Child) throws {
        let known = try open(id, of: child)
        try check(known.guardian)
        guard known.isConfirmed, try store.end(id, on: now.day, by: actor.name, at: now) else {
            throw GuardianshipService.decided
        }
        try record("guardian.ended", child, known.guardianName)
        try listeners.tell([child.id], by: actor, now: now, db)
    }

    /// The school stands by a relation that the guardian has declared. Throws `DomainError.conflict` when somebody has
    /// decided.
    package func confirm(_ id: ID<Guardianship>, of child: Child) throws {
        let known = try store.find(id, of: child.id)
        try check(known.guardian)
        try store.forgetClaim(of: id)
        guard try store.confirm(id, from: now.day, by: actor.name, at: now) else { throw GuardianshipService.decided }
        try record("guardian.confirmed", child, known.guardianName)
        try listeners.tell([child.id], by: actor, now: now, db)
    }

    /// The school says that the relation does not exist; the guardian reads why. Throws `DomainError.invalid` for `reason`
    /// unless it has 1 to 100 characters, and `DomainError.conflict` when somebody has decided.
    package func refuse(_ id: ID<Guardianship>, _ reason: String, of child: Child) throws {
        let known = try store.find(id, of: child.id)
        try check(known.guardian)
        if reason.isEmpty { throw DomainError.invalid("reason", "填写原因，家长会看到") }
        if reason.count > 100 { throw DomainError.invalid("reason", "原因不能超过 100 个字") }
        try store.forgetClaim(of: id)
        guard try store.refuse(id, reason, by: actor.name, at: now) else { throw GuardianshipService.decided }
        try record("guardian.refused", child, known.guardianName)
    }

    /// Somebody says that a pupil is her child too. What follows looks the same to her whether or not there is such a
    /// pupil: the school hears of it, or nobody. Throws `DomainError.conflict` after too many in a day.
    package func declare(
        _ studentNumber: PersonIdentifier, named name: String, _ relation: String, by guardian: ID<Person>
    ) throws {
        let today = now.adding(days: -1)
        guard try store.claims(by: guardian, since: today) < GuardianshipService.dailyClaims else {
            throw DomainError.conflict("一天最多申报 \(GuardianshipService.dailyClaims) 次，请明天再试，或联系孩子的学校。")
        }
        try store.noteClaim(
            by: guardian, at: now, forgettingBefore: now.adding(days: -GuardianshipService.claimDays))
        guard let child = try declared(studentNumber, named: name), child.id != guardian,
            try store.open(guardian, child.id) == nil, try !store.isMinor(guardian, on: now.day)
        else {
            try AuditLog.record("guardian.declared_unknown", guardian.rawValue, by: actor, now: now, on: db)
            return
        }
        do {
            try db.attempt {
                try store.insert(
                    [NewGuardianship(guardian: guardian, child: child.id, relation: relation)], .pending, .declared,
                    from: now.day, by: actor.name, at: now)
            }
        } catch DatabaseError.uniqueViolation {
            // Somebody else has just entered her.
            return
        }
        try record("guardian.declared", child, try PersonStore(db).find(guardian).name)
    }

    /// The pupil who has the number and the name, when she is a minor on the roll of a school.
    private func declared(_ studentNumber: PersonIdentifier, named name: String) throws -> Child? {
        guard let person = try PersonIdentifierStore(db, crypto).holder(of: studentNumber) else { return nil }
        let record = try PersonStore(db).find(person), enrolments = EnrolmentStore(db)
        guard PersonCandidate.isSameName(record.name, name), try !store.isOfAge(person, on: now.day),
            let enrolment = try enrolments.standing(of: person, after: now.day)
                ?? enrolments.suspended(person, on: now.day)
        else { return nil }
        let place = try OrganisationStore(db).find(enrolment.school, within: .everything).path
        return Child(id: person, name: record.name, place: place)
    }

    /// Lets declarations go that no school has decided within `claimDays`: the guardian reads that she may try again.
    package func lapse() throws {
        for one in try store.waiting(since: now.adding(days: -GuardianshipService.claimDays)) {
            guard try store.refuse(one.id, GuardianshipService.lapsed, by: actor.name, at: now) else { continue }
            try AuditLog.record(
                "guardian.lapsed", one.child.rawValue, by: actor, "\(one.childName)：\(one.guardianName)", now: now,
                on: db)
        }
    }

    private static let lapsed = "\(claimDays) 天内没有核对，可以重新申报"
    private static let decided = DomainError.conflict("这位家长的登记刚被他人处理，请核对。")

    private func open(_ id: ID<Guardianship>, of child: Child) throws -> Guardianship {
        let known = try store.find(id, of: child.id)
        guard known.until == nil, known.state != .refused else { throw DomainError.notFound }
        return known
    }

    private func record(_ action: String, _ child: Child, _ guardian: String, _ more: String = "") throws {
        let words = "\(child.name)：\(guardian)" + (more.isEmpty ? "" : "，" + more)
        try AuditLog.record(action, child.id.rawValue, by: actor, at: child.place, words, now: now, on: db)
    }
}
