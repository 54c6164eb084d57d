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
    private let schools: [(roster: DemoRoster, organisation: Organisation)]
    private let now = Timestamp.now
    private static let since = LocalDate(year: 2015, month: 9, day: 1)!
    /// 语文 and 数学
    private static let subjects = ["13", "14"]
    /// Phone numbers of teachers begin here, those of parents at 1.
    private static let teacherPhones = 9000

    init(_ platform: CityPlatform, _ schools: [DemoSchool], _ entered: [Int: Organisation]) {
        self.platform = platform
        let byName = Dictionary(
            schools.compactMap { school in entered[school.number].map { (school.name, $0) } }
        ) { first, _ in first }
        self.schools = DemoRoster.all.compactMap { roster in byName[roster.school].map { (roster, $0) } }
    }

    func run(_ tell: @Sendable (String) -> Void) async throws {
        let cast = try await castPeople()
        var staff = 0, pupils = 0
        for (roster, organisation) in schools {
            let teachers = try await enterStaff(roster, organisation, cast, from: staff)
            staff += teachers.count
            for index in roster.classes.indices {
                pupils += try await enterClass(index, of: roster, organisation, teachers, cast, from: pupils)
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

    /// Returns how many pupils were entered.
    private func enterClass(
        _ index: Int, of roster: DemoRoster, _ organisation: Organisation, _ teachers: [ID<Person>],
        _ cast: [String: ID<Person>], from first: Int
    ) async throws -> Int {
        let plan = roster.classes[index], crypto = platform.crypto, now = now
        let entry = SchoolYear(start: SchoolYear(containing: now.day).start - plan.ordinal + 1)
        let seed = "\(roster.school)/\(plan.stage.rawValue)/\(plan.ordinal)/\(plan.number)"
        let pupils = try (0..<plan.pupils).map { try DemoPupil(seed, $0, first, entry, plan) }
        let named = index == 0 && roster.school == DemoSchool.experimental ? cast : [:]
        return try await platform.database.write { db in
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
            for (place, pupil) in pupils.enumerated() {
                var new = NewPupil(
                    name: pupil.name, identifiers: pupil.identifiers, guardianPhone: pupil.guardianPhone)
                if place == 0, let child = named[DemoRoster.pupil], let parent = named[DemoRoster.guardian] {
                    try RosterLoading.introduce(child, parent, pupil, db, crypto, now)
                    new.name = try PersonStore(db).find(child).name
                }
                try service.add(new, to: classGroup, from: entry.firstDay)
            }
            return pupils.count
        }
    }

    /// Gives a member of the cast the numbers by which the class then finds her.
    private static func introduce(
        _ child: ID<Person>, _ parent: ID<Person>, _ pupil: DemoPupil, _ db: Connection, _ crypto: any CryptoProvider,
        _ now: Timestamp
    ) throws {
        let identifiers = PersonIdentifierStore(db, crypto)
        for number in pupil.identifiers { try identifiers.set(number, of: child, by: DemoCity.actor.name, at: now) }
        try DemoCanaries.plantFacts(on: child, from: since, db, crypto, at: now)
        if let phone = pupil.guardianPhone {
            try identifiers.set(phone, of: parent, by: DemoCity.actor.name, at: now)
        }
    }
}

/// A pupil of a demo before she is entered.
private struct DemoPupil: Sendable {
    let name: String
    let identifiers: [PersonIdentifier]
    let guardianPhone: PersonIdentifier?

    /// - Parameters:
    ///   - seed: names the class.
    ///   - place: counts through the class, from 0; the first has every number.
    ///   - first: pupils entered before the class.
    init(_ seed: String, _ place: Int, _ first: Int, _ entry: SchoolYear, _ plan: DemoRoster.Class) throws {
        var generator = SeededGenerator("\(seed)/\(place)")
        let isMale = generator.fraction() < 0.52
        name = DemoNames.person(&generator, isMale: isMale)
        // Six years old on the first of September of the first grade, twelve on that of 七年级.
        let month = generator.number(in: 1...12), day = generator.number(in: 1...28)
        let age = plan.stage == .junior ? 12 : 6
        let year = entry.start - age - (month >= 9 ? 1 : 0), sequence = first + place
        let citizen = DemoNames.citizenNumber(
            born: year, month: month, day: day, sequence: sequence, isMale: isMale)
        // A few wait for their formal number.
        let isTemporary = place > 0 && generator.fraction() < 0.05
        let student =
            isTemporary
            ? DemoNames.temporaryStudentNumber(born: year, month: month, day: day, sequence: sequence) : "G" + citizen
        identifiers = [
            try PersonIdentifier(.studentNumber, student), try PersonIdentifier(.citizenNumber, citizen),
        ]
        let hasPhone = place == 0 || generator.fraction() < 0.9
        guardianPhone = try hasPhone ? PersonIdentifier(.phone, DemoNames.phone(sequence + 1)) : nil
    }
}
