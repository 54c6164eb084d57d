import Database
import Directory
import Kernel

/// 贡献榜: counties, schools or people of one place, by how much of one kind came of them.
struct ContributionBoard: Sendable {
    enum Subject: String, Sendable, CaseIterable {
        case unit, school, person

        var title: String {
            switch self {
            case .unit: "县(市、区)"
            case .school: "学校"
            case .person: "教师"
            }
        }
    }

    struct Line: Sendable {
        let rank: Int
        let name: String
        /// The school of a person; empty otherwise.
        let school: String
        let counts: ContributionCounts
        /// Where the rows behind the figures are.
        let place: OrganisationID
        /// `nil` but for somebody whom the viewer may know by name.
        let person: ID<Person>?
        /// Whether the rows may be opened.
        let isOpen: Bool
    }

    let subject: Subject
    let measure: Contribution.Kind
    let period: ContributionPeriod
    /// By rank.
    let lines: [Line]

    /// People on one board.
    static let mostPeople = 100
    static let unnamed = "（不公开姓名）"

    /// What a place can be asked for: people of a county or school only, by whoever has it in her scope.
    static func subjects(of place: Organisation, within scope: DataScope) -> [Subject] {
        let holdsPlace = scope.roots.contains { $0.contains(place.path) }
        return Subject.allCases.filter { subject in
            switch subject {
            case .unit: place.kind == .city
            case .school: !place.kind.isSchool
            case .person: holdsPlace && place.kind != .city
            }
        }
    }

    init(
        _ subject: Subject, of place: Organisation, by measure: Contribution.Kind, _ period: ContributionPeriod,
        for user: CurrentUser, _ db: Connection
    ) throws {
        (self.subject, self.measure, self.period) = (subject, measure, period)
        let store = ContributionStore(db), scope = DataScope([place.path])
        switch subject {
        case .unit:
            let units = try OrganisationStore(db).all(within: .everything, kinds: [.county, .municipal])
            let schools = try store.schools(within: scope, period)
            lines = ContributionBoard.ranked(
                units.map { unit in
                    let own = schools.filter { unit.path.contains($0.path) }
                    return (unit.id, unit.name, own.map(\.counts).reduce(ContributionCounts(), +))
                }, measure)
        case .school:
            let schools = try store.schools(within: scope, period)
            lines = ContributionBoard.ranked(schools.map { ($0.school, $0.name, $0.counts) }, measure)
        case .person:
            let people = try store.people(measure, within: scope, period, limit: ContributionBoard.mostPeople)
            let ranks = Ranking.places(people.map { $0.counts[measure] })
            let reviews = user.may(.itemReview, at: place.path)
            lines = zip(people, ranks).map { one, rank in
                let isNamed = !one.isUnnamed || reviews || one.person == user.person
                return Line(
                    rank: rank, name: isNamed ? one.name : ContributionBoard.unnamed, school: one.school,
                    counts: one.counts, place: place.id, person: isNamed ? one.person : nil, isOpen: isNamed)
            }
        }
    }

    private static func ranked(
        _ found: [(id: OrganisationID, name: String, counts: ContributionCounts)], _ measure: Contribution.Kind
    ) -> [Line] {
        // What is equal keeps the order of the tree.
        let sorted = found.enumerated().sorted {
            ($0.element.counts[measure], $1.offset) > ($1.element.counts[measure], $0.offset)
        }.map(\.element)
        let ranks = Ranking.places(sorted.map { $0.counts[measure] })
        return zip(sorted, ranks).map { one, rank in
            Line(
                rank: rank, name: one.name, school: "", counts: one.counts, place: one.id, person: nil, isOpen: true)
        }
    }
}
