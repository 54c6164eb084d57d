import Database
import Directory
import Kernel
import Platform

/// The pupils of a class with their accounts, for whoever may equip them: the class teacher of the class, and those who
/// hold the right for the whole school.
struct ClassAccounts: AccountsOfClass {
    let classGroup: ClassGroup
    let day: LocalDate
    let pupils: [Enrolment]
    let states: [ID<Person>: OnboardingState]

    /// Throws `DomainError.notFound` for everybody else.
    init(_ id: ID<ClassGroup>, for user: CurrentUser, at now: Timestamp, _ db: Connection) throws {
        let store = ClassGroupStore(db), day = now.day
        let known = try store.find(id, within: .everything)
        if !user.may(.classAccountsAll, at: known.path) {
            _ = try store.find(id, within: .led(by: user, with: .classAccountsLed, on: day))
        }
        guard known.isOpen(on: day) else { throw DomainError.notFound }
        (classGroup, self.day) = (known, day)
        pupils = try EnrolmentStore(db).members(of: id, on: day)
        states = try OnboardingStore(db).accounts(of: pupils.map(\.person), at: now)
    }

    var name: String { classGroup.name(on: day) }

    /// The pupils as candidates: all, or one of them. Throws `DomainError.notFound` when she is not in the class.
    func candidates(_ person: ID<Person>? = nil) throws -> [AccountOpening.Candidate] {
        let chosen = pupils.filter { person == nil || $0.person == person }
        if chosen.isEmpty, person != nil { throw DomainError.notFound }
        return chosen.map { AccountOpening.Candidate(person: $0.person, name: $0.name, place: name) }
    }

    /// Those who cannot sign in by password yet.
    func waiting() throws -> [AccountOpening.Candidate] {
        try candidates().filter { states[$0.person].map { $0.state == .active && !$0.hasPassword } ?? false }
    }
}
