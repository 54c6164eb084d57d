import Database
import Directory
import Kernel
import Platform

/// Writes an accepted change set: people, numbers, facts, classes, enrolments, parents and posts. Runs inside one
/// transaction.
final class RosterAcceptance {
    private let db: Connection
    private let crypto: any CryptoProvider
    private let batch: RosterBatch
    private let actor: AuditActor
    private let now: Timestamp
    private let source: FactSource
    private let schools: RosterSchools
    private var classes: [ID<ClassGroup>: ClassGroup] = [:]
    private var made: [RosterComparison.ClassKey: ClassGroup] = [:]

    /// Lines handled at a time.
    private static let step = 500

    private let listeners: [any GuardianshipListener]

    init(
        _ db: Connection, _ crypto: any CryptoProvider, _ batch: RosterBatch, by actor: AuditActor, now: Timestamp,
        telling listeners: [any GuardianshipListener]
    ) throws {
        self.listeners = batch.layout.roster == .pupils ? listeners : []
        (self.db, self.crypto, self.batch, self.actor, self.now) = (db, crypto, batch, actor, now)
        source = FactSource(
            batch.origin != nil ? .exchange : batch.layout.roster == .pupils ? .roll : .teacher,
            reference: batch.id.rawValue, at: now, by: actor.name)
        schools = try RosterSchools.load(db, scope: batch.scope)
    }

    func apply() throws {
        try eachStep(.new, addNew)
        try eachStep(.changed, change)
        try RosterImportStore(db, crypto).setAccepted(batch.id, by: actor.name, now: now)
        let counts = batch.counts
        try AuditLog.record(
            "roster.import_accepted", batch.id.rawValue, by: actor, at: batch.scopePath,
            "\(batch.fileName)：新增 \(counts[.new])，变更 \(counts[.changed])，退回 \(counts[.refused])", now: now, on: db)
    }

    private func eachStep(_ kind: RosterLineKind, _ body: ([RosterLine]) throws -> Void) throws {
        let store = RosterImportStore(db, crypto)
        var after = 0
        while true {
            let lines = try store.lines(of: batch.id, kind: kind, after: after, limit: RosterAcceptance.step)
            if !lines.isEmpty { try body(lines) }
            guard lines.count == RosterAcceptance.step, let last = lines.last else { return }
            after = last.number
        }
    }

    // MARK: New people

    private func addNew(_ lines: [RosterLine]) throws {
        let people = lines.compactMap { line in line.person.map { (id: $0, line: line) } }
        try PersonStore(db).insert(
            people.map { id, line in
                NewPerson(
                    id: id, name: line.name, sex: line.content.values["sex"],
                    birthDate: line.content.values["birthDate"])
            }, at: now)
        try PersonFactStore(db, crypto).begin(
            people.map { ($0.id, $0.line.content.values) }, from: batch.day, source: source)
        try PersonIdentifierStore(db, crypto).insert(
            people.flatMap { id, line in
                line.content.numbers.map { (identifier: $0.identifier, person: id) }
            }, by: actor.name, at: now)
        try place(people)
        // Parents who are new as well have no account, so nothing follows for them.
        try listeners.tell(try addGuardians(people, areNew: true), by: actor, now: now, db)
    }

    /// Classes and posts of people who have none at the school.
    private func place(_ people: [(id: ID<Person>, line: RosterLine)]) throws {
        var byDay: [LocalDate: [(person: ID<Person>, classGroup: ClassGroup, entryYear: Int)]] = [:]
        for (id, line) in people {
            let from = line.content.from ?? batch.day
            if let group = try classGroup(line), let words = line.content.classWords {
                byDay[from, default: []].append((id, group, words.entryYear))
            }
            if !line.content.post.isEmpty, let school = line.content.school {
                try PersonStore(db).appoint(id, at: school, post: line.content.post, from: from, at: now)
            }
        }
        for (day, enrolments) in byDay.sorted(by: { $0.key < $1.key }) {
            try EnrolmentStore(db).insert(enrolments, from: day, by: actor.name, at: now)
        }
    }

    /// The class a line puts its pupil into; made when it does not exist.
    private func classGroup(_ line: RosterLine) throws -> ClassGroup? {
        guard let words = line.content.classWords, let id = line.content.school else { return nil }
        if let known = line.content.classGroup { return try existing(known) }
        let key = RosterComparison.ClassKey(
            school: id, stage: words.stage, entryYear: words.entryYear, number: words.number)
        if let group = made[key] { return group }
        guard let school = schools[id] else { throw DomainError.conflict("\(line.place)的学校已经撤并，请重新核对。") }
        let opened = min(SchoolYear(start: words.entryYear).firstDay, line.content.from ?? batch.day)
        let group = try ClassGroupService(db, by: actor, now: now).open(
            ClassDraft(
                stage: words.stage, entryYear: words.entryYear, number: words.number, openedOn: opened,
                years: words.years), at: school)
        made[key] = group
        return group
    }

    private func existing(_ id: ID<ClassGroup>) throws -> ClassGroup {
        if let group = classes[id] { return group }
        let group = try ClassGroupStore(db).find(id, within: .everything)
        classes[id] = group
        return group
    }

    // MARK: Parents

    /// A parent known by one of her numbers is the same person for all her children. What another system tells of parents
    /// opens nothing to them before the school has confirmed it. Returns the children who get one who was on record before.
    @discardableResult
    private func addGuardians(
        _ children: [(id: ID<Person>, line: RosterLine)], areNew: Bool = false
    ) throws -> [ID<Person>] {
        let told = children.flatMap { $0.line.content.guardians }
        guard !told.isEmpty else { return [] }
        let identifiers = PersonIdentifierStore(db, crypto)
        let keys = identifiers.keys(of: told.flatMap { $0.numbers.map(\.identifier) })
        var holders = try identifiers.holders(of: keys)
        let known = try RosterPeopleStore(db).people(Array(Set(holders.values)))
        var names = known.mapValues(\.name)
        var people: [NewPerson] = [], numbers: [(identifier: PersonIdentifier, person: ID<Person>)] = []
        var pairs: [NewGuardianship] = []
        for (child, line) in children {
            var parents: Set<ID<Person>> = []
            for guardian in line.content.guardians {
                let all = guardian.numbers.map(\.identifier)
                let same = all.lazy.compactMap { holders[$0] }.first { holder in
                    holder != child && names[holder].map { RosterGuardian.isSame($0, guardian.name) } == true
                }
                let person = same ?? .new()
                if same == nil {
                    people.append(NewPerson(id: person, name: guardian.name))
                    names[person] = guardian.name
                    // What somebody else has stays hers.
                    for identifier in all where holders[identifier] == nil {
                        numbers.append((identifier, person))
                        holders[identifier] = person
                    }
                }
                if parents.insert(person).inserted {
                    pairs.append(
                        NewGuardianship(
                            guardian: person, child: child,
                            relation: guardian.relation.isEmpty ? nil : guardian.relation, order: guardian.order))
                }
            }
        }
        try PersonStore(db).insert(people, at: now)
        try identifiers.insert(numbers, keys: keys, by: actor.name, at: now)
        // Whoever has declared herself since the rows were compared waits for the school's word.
        if !areNew {
            let open = try GuardianshipStore(db).open(of: children.map(\.id))
            pairs.removeAll { pair in open[pair.child]?.contains { $0.guardian == pair.guardian } ?? false }
        }
        try GuardianshipStore(db).insert(
            pairs, batch.origin == nil ? .confirmed : .pending, .roster, from: now.day, by: actor.name, at: now)
        return Set(pairs.lazy.filter { known[$0.guardian] != nil }.map(\.child)).sorted()
    }

    /// What the roster tells of parents whom the children have.
    private func changeGuardians(_ content: RosterContent) throws {
        let store = GuardianshipStore(db)
        for change in content.guardianChanges {
            try store.set(change.new.relation, change.new.order, of: change.guardianship, at: now)
        }
    }

    // MARK: Known people

    private func change(_ lines: [RosterLine]) throws {
        let people = lines.compactMap { line in line.person.map { (id: $0, line: line) } }
        let facts = PersonFactStore(db, crypto), identifiers = PersonIdentifierStore(db, crypto)
        let known = try facts.latest(of: people.map(\.id))
        for (id, line) in people {
            if !line.content.values.isEmpty {
                try facts.change(
                    line.content.values, of: id, knowing: known[id], from: now.day, source: source)
            }
            for number in line.content.numbers {
                try identifiers.set(number.identifier, of: id, by: actor.name, at: now)
            }
            try move(id, line)
            try changeGuardians(line.content)
        }
        try addGuardians(people)
        try listeners.tell(people.map(\.id), by: actor, now: now, db)
        try PersonIntakeStore(db, of: people.map(\.id), at: now).touch(now: now)
    }

    private func move(_ person: ID<Person>, _ line: RosterLine) throws {
        let from = line.content.from ?? batch.day
        if let leaves = line.content.leaves, let target = try classGroup(line) {
            try EnrolmentService(db, crypto, by: actor, now: now).move(
                person, from: try existing(leaves), to: target,
                entryYear: target.isMultigrade ? line.content.classWords?.entryYear : nil, on: from)
        } else {
            if line.content.endsPosts, let school = line.content.school {
                try PersonStore(db).endAppointments(of: person, at: school, on: from, now: now)
            }
            try place([(person, line)])
        }
    }
}
