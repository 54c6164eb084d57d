import Database
import Directory
import Kernel
import Platform

/// The confirmed guardians of a class with their accounts, for whoever may equip them: the class teacher of the class, and
/// those who hold the right for the whole school.
struct GuardianAccounts: AccountsOfClass {
    /// A guardian with her children in the class.
    struct Guardian: Sendable {
        let person: ID<Person>
        let name: String
        let children: [String]
    }

    let classGroup: ClassGroup
    let day: LocalDate
    let guardians: [Guardian]
    let states: [ID<Person>: OnboardingState]
    private let grants: [ID<Account>: [Grant]]
    /// How many pupils have no confirmed guardian.
    let withoutGuardian: Int

    /// Throws `DomainError.notFound` for everybody else.
    init(_ id: ID<ClassGroup>, for user: CurrentUser, at now: Timestamp, _ db: Connection) throws {
        let pupils = try ClassAccounts(id, for: user, at: now, db)
        (classGroup, day) = (pupils.classGroup, pupils.day)
        let relations = try GuardianshipStore(db).guardians(of: pupils.pupils.map(\.person), on: now.day)
        var found: [Guardian] = [], places: [ID<Person>: Int] = [:], without = 0
        for pupil in pupils.pupils {
            let own = (relations[pupil.person] ?? []).filter { $0.givesAccess(on: now.day) }
            if own.isEmpty { without += 1 }
            for one in own {
                if let place = places[one.guardian] {
                    found[place] = Guardian(
                        person: one.guardian, name: one.guardianName, children: found[place].children + [pupil.name])
                } else {
                    places[one.guardian] = found.count
                    found.append(Guardian(person: one.guardian, name: one.guardianName, children: [pupil.name]))
                }
            }
        }
        (guardians, withoutGuardian) = (found, without)
        states = try OnboardingStore(db).accounts(of: found.map(\.person), at: now)
        grants = try AccountStore(db).grants(of: states.values.map(\.account))
    }

    var name: String { classGroup.name(on: day) }

    /// All, or one of them. Throws `DomainError.notFound` when she is no guardian of the class.
    func candidates(_ person: ID<Person>? = nil) throws -> [AccountOpening.Candidate] {
        let chosen = guardians.filter { person == nil || $0.person == person }
        if chosen.isEmpty, person != nil { throw DomainError.notFound }
        return chosen.map {
            AccountOpening.Candidate(
                person: $0.person, name: $0.name, place: "\(name) \($0.children.joined(separator: "、"))的家长")
        }
    }

    /// Those who cannot sign in by password yet and whom this school may equip.
    func waiting() throws -> [AccountOpening.Candidate] {
        try candidates().filter { one in
            guard let state = states[one.person], state.state == .active, !state.hasPassword else { return false }
            return mayEquip(state)
        }
    }

    /// A slip is the way into an account. That of somebody who is more than a guardian, or who has children at another
    /// school, is not this school's to give out. Throws `DomainError.forbidden`.
    func check(_ one: AccountOpening.Candidate) throws {
        guard let state = states[one.person], !mayEquip(state) else { return }
        throw DomainError.forbidden("\(one.name)的账号还有其他单位的角色，由上级管理员重置。")
    }

    private func mayEquip(_ state: OnboardingState) -> Bool {
        let open = (grants[state.account] ?? []).filter { $0.isOpen(on: day) }
        return !open.isEmpty && open.allSatisfy { $0.role == .guardian && $0.organisation == classGroup.school }
    }
}
