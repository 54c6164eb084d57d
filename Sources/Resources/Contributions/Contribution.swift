import Database
import Directory
import Kernel

/// 贡献: what came of resources, each written down once in the transaction in which it happened.
struct Contribution: Sendable, Equatable {
    enum Kind: String, Column, Sendable, CaseIterable {
        /// First passed by its school.
        case published
        /// First opened to its county, and to the city or everybody.
        case county, city
        /// Somebody else published something made from it.
        case adapted

        var title: String {
            switch self {
            case .published: "发布"
            case .county: "进县级库"
            case .city: "进市级库"
            case .adapted: "被改编"
            }
        }
    }

    let item: ID<Item>
    let kind: Kind
    /// Empty when the viewer may not see the resource.
    let title: String
    let school: String
    /// Stage and subject, `2-13`.
    let area: String
    let group: ResourceGroup?
    let at: Timestamp
    /// What was made from it; `nil` but for `adapted`.
    let by: ID<Item>?
}

/// How much of each kind.
struct ContributionCounts: Sendable, Equatable {
    private var numbers: [Contribution.Kind: Int] = [:]

    init(_ numbers: [Contribution.Kind: Int] = [:]) { self.numbers = numbers }

    subscript(kind: Contribution.Kind) -> Int {
        get { numbers[kind] ?? 0 }
        set { numbers[kind] = newValue }
    }

    static func + (a: ContributionCounts, b: ContributionCounts) -> ContributionCounts {
        ContributionCounts(a.numbers.merging(b.numbers, uniquingKeysWith: +))
    }

    var isEmpty: Bool { numbers.values.allSatisfy { $0 == 0 } }
}

/// The time that a board is about: a school year or one half of it.
struct ContributionPeriod: Sendable, Equatable {
    enum Half: String, Sendable, CaseIterable {
        case first = "1"
        case second = "2"

        var title: String { self == .first ? "上学期" : "下学期" }
    }

    let year: SchoolYear
    /// `nil` for the whole year.
    let half: Half?

    /// The first day, and the day after the last.
    var days: (from: LocalDate, to: LocalDate) {
        let turn = LocalDate(year: year.start + 1, month: 2, day: 1) ?? year.lastDay
        switch half {
        case nil: return (year.firstDay, year.lastDay.adding(days: 1))
        case .first: return (year.firstDay, turn)
        case .second: return (turn, year.lastDay.adding(days: 1))
        }
    }

    var title: String { year.title + (half?.title ?? "") }
}

/// 名次: who has the same stands at the same place, and the places after it are left out.
enum Ranking {
    /// - Parameter values: the largest first.
    static func places(_ values: [Int]) -> [Int] {
        var places: [Int] = []
        for (index, value) in values.enumerated() {
            places.append(index > 0 && values[index - 1] == value ? places[index - 1] : index + 1)
        }
        return places
    }
}
