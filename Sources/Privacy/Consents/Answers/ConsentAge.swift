import Directory
import Kernel

/// Who decides about a person's data on a day, by her age (个人信息保护法, art. 31; 儿童个人信息网络保护规定, art. 2).
enum ConsentAge: Sendable, Equatable {
    /// Under 14, or of unknown age: a guardian decides.
    case child
    /// From the 14th birthday on she decides herself; a guardian may see.
    case youth
    /// From the 18th birthday on: nobody is her guardian any more.
    case adult

    static let ownDecision = 14

    init(born: LocalDate?, on day: LocalDate) {
        guard let born else {
            self = .child
            return
        }
        let age = ConsentAge.years(born: born, on: day)
        self = age < ConsentAge.ownDecision ? .child : age < Majority.age ? .youth : .adult
    }

    /// Full years of age on the day; 0 before birth. Who was born on 29 February is a year older on 1 March of a year
    /// without that day.
    static func years(born: LocalDate, on day: LocalDate) -> Int {
        let isBefore = (day.month, day.day) < (born.month, born.day)
        return max(0, day.year - born.year - (isBefore ? 1 : 0))
    }

    /// The latest birth date, as ISO text, of those who are so many years old on the day; in a year without it 29 February
    /// stands for a day between its neighbours.
    static func latestBirth(of years: Int, on day: LocalDate) -> String {
        let year = String(max(day.year - years, 1))
        return String(repeating: "0", count: 4 - year.utf8.count) + year + day.iso.dropFirst(4)
    }

    /// In which capacity somebody answers at this age.
    var capacity: ConsentAnswer.Capacity { self == .child ? .guardian : .pupil }

    /// Who that is, in a word.
    var decider: String { self == .child ? "家长" : "本人" }
}
