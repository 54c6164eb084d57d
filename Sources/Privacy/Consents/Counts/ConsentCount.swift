import Directory
import Kernel

/// The pupils of a school, class or place on a day.
struct ConsentPopulation: Sendable, Equatable {
    var pupils = 0
    /// Under 14, or of unknown age.
    var children = 0
    /// From 14 to 17.
    var youths = 0
    /// Under 14, without a guardian whose relation is confirmed: only paper reaches them.
    var withoutGuardian = 0

    static func + (a: ConsentPopulation, b: ConsentPopulation) -> ConsentPopulation {
        ConsentPopulation(
            pupils: a.pupils + b.pupils, children: a.children + b.children, youths: a.youths + b.youths,
            withoutGuardian: a.withoutGuardian + b.withoutGuardian)
    }
}

/// How many pupils of one school, class or place stand how for one purpose.
struct ConsentCount: Sendable, Equatable {
    var population = ConsentPopulation()
    /// Of those about whom something was said.
    private var spoken: [ConsentStanding: Int] = [:]

    init() {}

    /// - Parameter spoken: of whom something was said for the purpose; all others have not been asked.
    init(_ population: ConsentPopulation, _ spoken: [ConsentStanding: Int]) {
        (self.population, self.spoken) = (population, spoken)
    }

    var pupils: Int { population.pupils }

    subscript(standing: ConsentStanding) -> Int {
        standing == .notAsked ? pupils - spoken.values.reduce(0, +) : spoken[standing] ?? 0
    }

    static func + (a: ConsentCount, b: ConsentCount) -> ConsentCount {
        ConsentCount(a.population + b.population, a.spoken.merging(b.spoken, uniquingKeysWith: +))
    }
}
