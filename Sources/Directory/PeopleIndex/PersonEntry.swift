import Kernel

/// A person at one place, as lists of people show her. Who belongs to several places has an entry at each.
package struct PersonEntry: Sendable, Hashable {
    /// Why she is found there.
    package enum Tie: String, Sendable, CaseIterable {
        case pupil, staff, guardian
        /// Has left; found at the school she left last.
        case formerPupil = "former_pupil"
        case formerStaff = "former_staff"

        package var title: String {
            switch self {
            case .pupil: "学生"
            case .staff: "教职工"
            case .guardian: "家长"
            case .formerPupil: "已离校学生"
            case .formerStaff: "已离任教职工"
            }
        }
    }

    package let person: ID<Person>
    package let name: String
    package let school: OrganisationID
    package let tie: Tie

    package init(person: ID<Person>, name: String, school: OrganisationID, tie: Tie) {
        (self.person, self.name, self.school, self.tie) = (person, name, school, tie)
    }

    /// The places of each of the people, from what ties them to schools.
    /// - Parameter ties: of one person, with the first day on which it no longer holds.
    static func present(
        _ ties: [(school: OrganisationID, tie: Tie, until: LocalDate?)], of person: ID<Person>, named name: String,
        on day: LocalDate
    ) -> [PersonEntry] {
        let open = ties.filter { $0.until.map { $0 > day } ?? true }
        var seen: Set<PersonEntry> = []
        if !open.isEmpty {
            return open.map { PersonEntry(person: person, name: name, school: $0.school, tie: $0.tie) }
                .filter { seen.insert($0).inserted }
        }
        guard let last = ties.max(by: { ($0.until?.iso ?? "") < ($1.until?.iso ?? "") }) else { return [] }
        let former: Tie =
            switch last.tie {
            case .pupil: .formerPupil
            case .staff: .formerStaff
            default: last.tie
            }
        return [PersonEntry(person: person, name: name, school: last.school, tie: former)]
    }
}
