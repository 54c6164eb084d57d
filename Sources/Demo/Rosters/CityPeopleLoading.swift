import App
import Connectivity
import Database
import Directory
import Identity
import Kernel
import Platform

/// Gives every school of a whole city its people: pupils in classes and staff, as many as its register tells. They are
/// on the rolls from the first day of the present school year; what schools were before stands in the register.
struct CityPeopleLoading {
    private let platform: CityPlatform
    private let schools: [(school: DemoSchool, organisation: Organisation)]
    private let now = Timestamp.now
    private static let employed = LocalDate(year: 2015, month: 9, day: 1)!
    /// Behind those of the cast.
    private static let (phones, staffNumbers) = (1_000, 20_160_001)

    init(_ platform: CityPlatform, _ schools: [DemoSchool], _ entered: [Int: Organisation]) {
        self.platform = platform
        self.schools = schools.filter { !$0.isUnknown && !$0.isMerged }.compactMap { school in
            entered[school.number].map { (school, $0) }
        }
    }

    /// - Parameter birthdays: those of the cast.
    func run(_ birthdays: Birthdays, _ tell: @Sendable (String) -> Void) async throws {
        let year = SchoolYear(containing: now.day)
        var birthdays = birthdays, phones = CityPeopleLoading.phones, staffNumber = CityPeopleLoading.staffNumbers
        var pupils = 0, staff = 0
        // The index takes what follows over without looking for it.
        try await platform.directory.peopleIndexing.catchUp(settled: 0)
        for (index, (school, organisation)) in schools.enumerated() {
            let cast = DemoRoster.all.first { $0.school == school.name }?.classes ?? []
            let present = try await present(at: organisation)
            let roster = SchoolRoster(school, besides: cast, present)
            let people = try SchoolPeople(school, roster, in: year, &birthdays, &phones, &staffNumber)
            try await enter(people, at: organisation, administrator: school.login, from: year.firstDay)
            (pupils, staff) = (pupils + roster.pupils, staff + people.staff.count)
            if (index + 1) % 10 == 0 || index + 1 == schools.count {
                tell("people \(index + 1)/\(schools.count) schools: \(pupils) pupils, \(staff) staff")
            }
        }
        try await platform.identity.accountIndexing.catchUp(settled: 0)
    }

    private func present(at organisation: Organisation) async throws -> RosterCount {
        let day = now.day
        return try await platform.database.read { db in
            try RosterCountStore(db).counts(of: [organisation.id], on: day)[organisation.id] ?? RosterCount()
        }
    }

    private func enter(
        _ people: SchoolPeople, at school: Organisation, administrator login: String, from day: LocalDate
    ) async throws {
        let crypto = platform.crypto, now = Timestamp.now
        try await platform.database.write { db in
            let entry = CityPeopleEntry(db, crypto, at: school, now: now)
            let staff = try entry.appoint(people.staff, administrator: login, from: CityPeopleLoading.employed)
            for group in people.classes.indices {
                try entry.open(people.classes[group], number: group, staff, from: day)
            }
            try entry.finish(people)
            try RosterCompletionService.markWhole(school, from: day, by: DemoCity.actor, now: now, db)
        }
    }
}

/// Writes the people of one school, in one transaction.
private final class CityPeopleEntry {
    private let db: Connection
    private let crypto: any CryptoProvider
    private let school: Organisation
    private let now: Timestamp
    private let source: FactSource
    private var indexed: [PersonEntry] = []
    private var actor: AuditActor { DemoCity.actor }

    init(_ db: Connection, _ crypto: any CryptoProvider, at school: Organisation, now: Timestamp) {
        (self.db, self.crypto, self.school, self.now) = (db, crypto, school, now)
        source = FactSource(.roll, at: now, by: DemoCity.actor.name)
    }

    /// The teachers who may lead and teach classes, with their subjects. Whoever administers the school's accounts is one.
    func appoint(
        _ staff: [SchoolPeople.StaffMember], administrator login: String, from day: LocalDate
    ) throws -> [(person: ID<Person>, subject: String)] {
        let store = PersonStore(db)
        let administrator = try AccountStore(db).find(login: login, at: now)
        var teachers: [(person: ID<Person>, subject: String)] = [], added: [SchoolPeople.One] = []
        for (index, member) in staff.enumerated() {
            var person = member.person.id, name = member.person.name
            if index == 0, let administrator {
                (person, name) = (administrator.person, administrator.name)
                let values = member.person.values.filter { $0.key != "name" }
                try PersonFactStore(db, crypto).change(values, of: person, from: day, source: source)
                try PersonIdentifierStore(db, crypto).insert(
                    member.person.numbers.map { ($0, person) }, by: actor.name, at: now)
            } else {
                added.append(member.person)
            }
            if ["1", "2"].contains(member.post.prefix(1)) { teachers.append((person, member.subject)) }
            indexed.append(PersonEntry(person: person, name: name, school: school.id, tie: .staff))
        }
        try add(added, from: day)
        for (entry, member) in zip(indexed, staff) {
            try store.appoint(entry.person, at: school.id, post: member.post, from: day, at: now)
        }
        return teachers
    }

    /// A class with its teachers and pupils.
    /// - Parameter number: counts through the school's classes, from 0.
    func open(
        _ group: SchoolPeople.Class, number: Int, _ teachers: [(person: ID<Person>, subject: String)],
        from day: LocalDate
    ) throws {
        let plan = group.plan, service = ClassGroupService(db, by: actor, now: now)
        let second = plan.secondOrdinal.map { group.entry.start - $0 + plan.ordinal }
        let opened = try service.open(
            ClassDraft(
                stage: plan.stage, entryYear: group.entry.start, number: plan.number, openedOn: group.entry.firstDay,
                secondEntryYear: second), at: school)
        if !teachers.isEmpty {
            let leader = teachers[number % teachers.count]
            try service.nameHomeroomTeacher(leader.person, of: opened, from: day)
            for turn in 0..<min(3, teachers.count) {
                let teacher = teachers[(number + turn) % teachers.count]
                guard !teacher.subject.isEmpty else { continue }
                try service.addTeacher(teacher.person, of: opened, subject: teacher.subject, from: day)
            }
        }
        try add(group.pupils.map(\.person), from: day)
        try EnrolmentStore(db).insert(
            group.pupils.map { ($0.person.id, opened, $0.entryYear) }, from: day, by: actor.name, at: now)
        let parents = group.pupils.compactMap { pupil in pupil.guardian.map { (guardian: $0, child: pupil.person.id) } }
        try add(parents.map(\.guardian.person), from: day)
        try GuardianshipStore(db).insert(
            parents.map { parent in
                NewGuardianship(
                    guardian: parent.guardian.person.id, child: parent.child, relation: parent.guardian.relation,
                    order: 1)
            }, .confirmed, .school, from: day, by: actor.name, at: now)
        for pupil in group.pupils {
            indexed.append(
                PersonEntry(person: pupil.person.id, name: pupil.person.name, school: school.id, tie: .pupil))
            if let guardian = pupil.guardian {
                indexed.append(
                    PersonEntry(
                        person: guardian.person.id, name: guardian.person.name, school: school.id, tie: .guardian))
            }
        }
    }

    private func add(_ people: [SchoolPeople.One], from day: LocalDate) throws {
        try PersonStore(db).insert(
            people.map { one in
                NewPerson(id: one.id, name: one.name, sex: one.values["sex"], birthDate: one.values["birthDate"])
            }, at: now)
        try PersonFactStore(db, crypto).begin(
            people.filter { !$0.values.isEmpty }.map { ($0.id, $0.values) }, from: day, source: source)
        try PersonIdentifierStore(db, crypto).insert(
            people.flatMap { one in one.numbers.map { (identifier: $0, person: one.id) } }, by: actor.name, at: now)
    }

    func finish(_ people: SchoolPeople) throws {
        try PersonIndexStore(db).begin(indexed)
        let pupils = people.classes.reduce(0) { $0 + $1.pupils.count }
        try AuditLog.record(
            "pupil.added", school.id.rawValue, by: actor, at: school.path,
            "\(pupils) 名学生，\(people.staff.count) 名教职工", now: now, on: db)
    }
}
