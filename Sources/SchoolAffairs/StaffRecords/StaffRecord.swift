import Database
import Directory
import Kernel
import Platform

/// Somebody at a school where she works or has worked, as her page there shows her. What she did at other schools is
/// shown while she works here; afterwards only what she did here.
struct StaffRecord: Sendable {
    let school: Organisation
    let person: PersonRecord
    let today: LocalDate
    /// At every school, or at this one only; the latest first.
    let appointments: [Appointment]
    let duties: [(post: ClassPost, classGroup: ClassGroup)]
    let teams: [TeamMember]
    let leaves: [StaffLeave]
    let substitutions: [ID<StaffLeave>: [Substitution]]
    let facts: PersonFacts?
    /// Masked.
    let numbers: [PersonIdentifierKind: String]
    let transfer: StaffTransfer?

    /// Posts here that have not ended today.
    var open: [Appointment] {
        appointments.filter { $0.school == school.id && ($0.until.map { $0 > today } ?? true) }
    }
    /// Whether she works here now or will.
    var isHere: Bool { !open.isEmpty }
    var leave: StaffLeave? { leaves.first { $0.until == nil } }
    var presentTeams: Set<StaffTeam> { Set(teams.filter { $0.until == nil }.map(\.team)) }

    /// Throws `DomainError.notFound` for a person who has never worked at the school.
    init(
        _ person: ID<Person>, at school: Organisation, today: LocalDate, _ db: Connection,
        _ crypto: any CryptoProvider
    ) throws {
        let store = AppointmentStore(db), leaveStore = StaffLeaveStore(db, crypto)
        guard school.kind.isSchool, !school.isTakenBack, try store.isKnown(person, at: school.id) else {
            throw DomainError.notFound
        }
        (self.school, self.today) = (school, today)
        self.person = try PersonStore(db).find(person)
        let all = try store.history(of: person)
        let isHere = all.contains { $0.school == school.id && ($0.until.map { $0 > today } ?? true) }
        appointments = isHere ? all : all.filter { $0.school == school.id }
        duties = try ClassPostStore(db).history(of: person, at: school.id)
        teams = try StaffTeamStore(db).history(of: person, at: school.id)
        leaves = try leaveStore.history(of: person, at: school.id)
        substitutions = try leaves.reduce(into: [:]) { $0[$1.id] = try leaveStore.substitutions(of: $1.id) }
        facts = isHere ? try PersonFactStore(db, crypto).latest(of: person) : nil
        numbers = isHere ? try PersonIdentifierStore(db, crypto).masked(of: [person])[person] ?? [:] : [:]
        transfer = try StaffTransferStore(db).open(of: person).flatMap {
            $0.from.id == school.id || $0.to.id == school.id ? $0 : nil
        }
    }
}
