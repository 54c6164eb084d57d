import App
import Database
import Directory
import Identity
import Kernel
import Platform

/// Gives the schools of the cast their teachers, classes and pupils, as of the school year of the day it runs: a class
/// of 六年级 is one whenever the demo is made.
struct RosterLoading {
    private let platform: CityPlatform
    private let schools: [(roster: DemoRoster, school: DemoSchool, organisation: Organisation)]
    private let now = Timestamp.now
    private static let since = LocalDate(year: 2015, month: 9, day: 1)!
    /// 语文 and 数学
    private static let subjects = ["13", "14"]
    /// Phone numbers of teachers begin here, those of parents at 1.
    private static let teacherPhones = 9000

    init(_ platform: CityPlatform, _ schools: [DemoSchool], _ entered: [Int: Organisation]) {
        self.platform = platform
        let byName = Dictionary(
            schools.compactMap { school in entered[school.number].map { (school.name, (school, $0)) } }
        ) { first, _ in first }
        self.schools = DemoRoster.all.compactMap { roster in byName[roster.school].map { (roster, $0.0, $0.1) } }
    }

    func run(_ birthdays: inout Birthdays, _ tell: @Sendable (String) -> Void) async throws {
        let cast = try await castPeople()
        var staff = 0, pupils = 0
        for (roster, school, organisation) in schools {
            let teachers = try await enterStaff(roster, organisation, cast, from: staff)
            staff += teachers.count
            for index in roster.classes.indices {
                let entry = entry(of: roster.classes[index])
                let added = try DemoPupil.pupils(of: roster.classes[index], entry, school, from: pupils, &birthdays)
                try await enterClass(index, of: roster, organisation, teachers, cast, added)
                pupils += added.count
            }
            tell("roster \(roster.school): \(roster.classes.count) classes")
        }
        tell("roster: \(staff) teachers, \(pupils) pupils")
    }

    /// The people behind the accounts of the cast, by login name.
    private func castPeople() async throws -> [String: ID<Person>] {
        let logins = DemoCast.members.map(\.login), now = now
        return try await platform.database.read { db in
            let store = AccountStore(db)
            return try logins.reduce(into: [:]) { $0[$1] = try store.find(login: $1, at: now)?.person }
        }
    }

    /// The cast first, in the order of the roster.
    private func enterStaff(
        _ roster: DemoRoster, _ organisation: Organisation, _ cast: [String: ID<Person>], from first: Int
    ) async throws -> [ID<Person>] {
        let crypto = platform.crypto, now = now
        return try await platform.database.write { db in
            let people = PersonStore(db), identifiers = PersonIdentifierStore(db, crypto)
            let service = StaffService(db, crypto, by: DemoCity.actor, now: now)
            var staff: [ID<Person>] = []
            for duty in roster.cast {
                guard let person = cast[duty.login] else { continue }
                try people.appoint(person, at: organisation.id, post: duty.post, from: RosterLoading.since)
                for number in try RosterLoading.numbers(first + staff.count) {
                    try identifiers.set(number, of: person, by: DemoCity.actor.name, at: now)
                }
                staff.append(person)
            }
            for index in 0..<roster.teachers {
                var generator = SeededGenerator("\(roster.school)/teacher/\(index)")
                let isMale = generator.fraction() < 0.3
                let name = DemoNames.person(&generator, isMale: isMale)
                let member = NewStaffMember(
                    name: name, post: "10", identifiers: try RosterLoading.numbers(first + staff.count),
                    from: RosterLoading.since)
                staff.append(try service.add(member, to: organisation))
            }
            return staff
        }
    }

    /// Phone and 工号 of a teacher.
    private static func numbers(_ index: Int) throws -> [PersonIdentifier] {
        [
            try PersonIdentifier(.phone, DemoNames.phone(teacherPhones + index)),
            try PersonIdentifier(.staffNumber, "T\(20_150_001 + index)"),
        ]
    }

    private func entry(of plan: DemoRoster.Class) -> SchoolYear {
        SchoolYear(start: SchoolYear(containing: now.day).start - plan.ordinal + 1)
    }

    private func enterClass(
        _ index: Int, of roster: DemoRoster, _ organisation: Organisation, _ teachers: [ID<Person>],
        _ cast: [String: ID<Person>], _ pupils: [DemoPupil]
    ) async throws {
        let plan = roster.classes[index], crypto = platform.crypto, now = now, entry = entry(of: plan)
        let named = index == 0 && roster.school == DemoSchool.experimental ? cast : [:]
        try await platform.database.write { db in
            let classes = ClassGroupService(db, by: DemoCity.actor, now: now)
            let classGroup = try classes.open(
                ClassDraft(
                    stage: plan.stage, entryYear: entry.start, number: plan.number, openedOn: entry.firstDay),
                at: organisation)
            let leader = roster.cast.firstIndex { $0.leads == index } ?? (roster.cast.count + index) % teachers.count
            try classes.nameHomeroomTeacher(teachers[leader], of: classGroup, from: entry.firstDay)
            for (turn, subject) in RosterLoading.subjects.enumerated() {
                let teacher = teachers[(leader + turn) % teachers.count]
                try classes.addTeacher(teacher, of: classGroup, subject: subject, from: entry.firstDay)
            }
            let service = EnrolmentService(db, crypto, by: DemoCity.actor, now: now)
            let facts = PersonFactStore(db, crypto), source = FactSource(.roll, at: now, by: DemoCity.actor.name)
            for (place, pupil) in pupils.enumerated() {
                var new = NewPupil(
                    name: pupil.name, identifiers: pupil.identifiers, guardianPhone: pupil.guardianPhone)
                if place == 0, let child = named[DemoRoster.pupil], let parent = named[DemoRoster.guardian] {
                    try RosterLoading.introduce(child, parent, pupil, db, crypto, now)
                    new.name = try PersonStore(db).find(child).name
                }
                let person = try service.add(new, to: classGroup, from: entry.firstDay)
                // What is planted in the cast stays.
                let known = try facts.latest(of: person)
                try facts.change(
                    pupil.facts.filter { known?[$0.key] == nil }, of: person, knowing: known, from: entry.firstDay,
                    source: source)
                if place == 0, let parent = named[DemoRoster.guardian] {
                    let guardianships = GuardianshipStore(db)
                    guard let own = try guardianships.open(parent, person) else { continue }
                    // She has her phone by now, so the school's word is asked for.
                    _ = try guardianships.confirm(own.id, from: own.from, by: DemoCity.actor.name, at: now)
                    try guardianships.set(RosterLoading.mother, 1, of: own.id, at: now)
                }
            }
        }
    }

    /// 监护人关系
    private static let mother = "2"

    /// Gives a member of the cast the numbers by which the class then finds her.
    private static func introduce(
        _ child: ID<Person>, _ parent: ID<Person>, _ pupil: DemoPupil, _ db: Connection, _ crypto: any CryptoProvider,
        _ now: Timestamp
    ) throws {
        let identifiers = PersonIdentifierStore(db, crypto)
        for number in pupil.identifiers { try identifiers.set(number, of: child, by: DemoCity.actor.name, at: now) }
        try DemoCanaries.plant(on: child, and: parent, from: since, db, crypto, at: now)
        if let phone = pupil.guardianPhone {
            try identifiers.set(phone, of: parent, by: DemoCity.actor.name, at: now)
        }
    }
}
