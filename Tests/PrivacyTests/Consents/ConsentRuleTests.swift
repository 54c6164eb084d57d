import Directory
import Kernel
import Testing

@testable import Privacy

@Suite("同意的规则")
struct ConsentRuleTests {
    // MARK: Age

    @Test(arguments: [
        ("2012-10-10", "2026-10-09", 13), ("2012-10-10", "2026-10-10", 14), ("2012-02-29", "2026-02-28", 13),
        ("2012-02-29", "2026-03-01", 14), ("2012-02-29", "2028-02-29", 16), ("2026-10-10", "2026-10-10", 0),
        ("2026-10-10", "2020-01-01", 0),
    ])
    func `age is counted in full years on the day`(born: String, on day: String, age: Int) throws {
        let born = try #require(LocalDate(iso: born)), day = try #require(LocalDate(iso: day))
        #expect(ConsentAge.years(born: born, on: day) == age)
    }

    /// Every birthday of a leap year and of the year after it, and the days around the two thresholds.
    @Test func `on the day before a threshold another decides than on the day itself`() throws {
        let first = try #require(LocalDate(iso: "2008-01-01"))
        for offset in 0..<(366 + 365) {
            let born = first.adding(days: offset)
            for (years, before, after) in [(14, ConsentAge.child, ConsentAge.youth), (18, .youth, .adult)] {
                let birthday =
                    LocalDate(year: born.year + years, month: born.month, day: born.day)
                    ?? LocalDate(year: born.year + years, month: 3, day: 1)
                let day = try #require(birthday)
                #expect(ConsentAge(born: born, on: day.adding(days: -1)) == before, "\(born)")
                #expect(ConsentAge(born: born, on: day) == after, "\(born)")
                if years == 18 { #expect(Majority.day(ofBirth: born) == day) }
            }
        }
    }

    @Test func `age never falls, and an unknown one counts as under 14`() throws {
        let born = try #require(LocalDate(iso: "2012-02-29"))
        var last = 0
        for offset in stride(from: 0, to: 7400, by: 1) {
            let age = ConsentAge.years(born: born, on: born.adding(days: offset))
            #expect(age == last || age == last + 1)
            last = age
        }
        #expect(last == 20)
        #expect(ConsentAge(born: nil, on: born) == .child)
        #expect(ConsentAge(born: nil, on: born).capacity == .guardian)
    }

    // MARK: Whose word counts

    private static let mother = ID<Person>.new(), father = ID<Person>.new(), pupil = ID<Person>.new()

    private func rule(_ age: ConsentAge = .child, guardians: Set<ID<Person>>? = nil, version: Int = 1) -> ConsentRule {
        ConsentRule(
            age: age, guardians: guardians ?? [ConsentRuleTests.mother, ConsentRuleTests.father], version: version)
    }

    private func said(
        _ word: ConsentAnswer.Word, by giver: ID<Person>? = mother, version: Int = 1,
        as capacity: ConsentAnswer.Capacity = .guardian
    ) -> ConsentWord {
        ConsentWord(capacity, giver: giver, version: version, word: word)
    }

    @Test func `without a word nothing is allowed`() {
        #expect(rule().standing([]) == .notAsked)
        #expect(rule(.youth).standing([]) == .notAsked)
    }

    @Test func `the last word of a guardian counts`() {
        #expect(rule().standing([said(.yes)]) == .allowed)
        #expect(rule().standing([said(.yes), said(.no)]) == .refused)
        #expect(rule().standing([said(.no), said(.yes)]) == .allowed)
        #expect(rule().standing([said(.yes), said(.withdrawn)]) == .refused)
    }

    @Test func `a refusal of either guardian blocks, in whatever order they speak`() {
        let father = ConsentRuleTests.father
        #expect(rule().standing([said(.yes), said(.no, by: father)]) == .refused)
        #expect(rule().standing([said(.no, by: father), said(.yes)]) == .refused)
        #expect(rule().standing([said(.no, by: father), said(.yes), said(.yes, by: father)]) == .allowed)
    }

    @Test func `who is no guardian any more neither allows nor blocks`() {
        let left: Set = [ConsentRuleTests.mother]
        #expect(rule(guardians: left).standing([said(.yes, by: ConsentRuleTests.father)]) == .askAgain)
        #expect(rule(guardians: left).standing([said(.no, by: ConsentRuleTests.father), said(.yes)]) == .allowed)
    }

    @Test func `a new version is asked again, a refusal stands`() {
        #expect(rule(version: 2).standing([said(.yes)]) == .askAgain)
        #expect(rule(version: 2).standing([said(.no)]) == .refused)
        #expect(
            rule(version: 2).standing([said(.yes), said(.yes, by: ConsentRuleTests.father, version: 2)]) == .allowed)
    }

    @Test func `a paper of a guardian nobody has entered counts until one speaks by name`() {
        #expect(rule(guardians: []).standing([said(.yes, by: nil)]) == .allowed)
        #expect(rule().standing([said(.no, by: nil), said(.yes)]) == .allowed)
        #expect(rule().standing([said(.yes), said(.no, by: nil)]) == .refused)
        #expect(rule().standing([said(.no), said(.yes, by: nil)]) == .refused)
        // A stranger's word does not replace it.
        #expect(rule(guardians: []).standing([said(.no, by: nil), said(.yes)]) == .refused)
    }

    @Test(arguments: [ConsentAge.youth, .adult])
    func `from 14 on only her own word counts`(age: ConsentAge) {
        let own = said(.yes, by: ConsentRuleTests.pupil, as: .pupil)
        #expect(rule(age).standing([said(.yes)]) == .askAgain)
        #expect(rule(age).standing([said(.no)]) == .askAgain)
        #expect(rule(age).standing([said(.no), own]) == .allowed)
        #expect(rule(age).standing([own, said(.no)]) == .allowed)
        #expect(rule(age, version: 2).standing([own]) == .askAgain)
    }

    /// The same throws in every run.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Whatever is said by whom in whatever order, something is shown only when a guardian's last word is a yes to the
    /// version in force and no guardian's last word is anything else.
    @Test func `nothing is allowed against the last word of anybody`() {
        let givers: [ID<Person>?] = [ConsentRuleTests.mother, ConsentRuleTests.father, nil]
        let words: [ConsentAnswer.Word] = [.yes, .no, .withdrawn]
        var generator = Dice(state: 20)
        for _ in 0..<2000 {
            let spoken = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                said(
                    words.randomElement(using: &generator)!, by: givers.randomElement(using: &generator)!,
                    version: Int.random(in: 1...2, using: &generator))
            }
            let named = [ConsentRuleTests.mother, ConsentRuleTests.father].compactMap { giver in
                spoken.last { $0.giver == giver }
            }
            let standing = rule(version: 2).standing(spoken)
            if named.contains(where: { $0.word != .yes }) { #expect(standing != .allowed, "\(spoken)") }
            // A paper of somebody whom nobody has entered blocks until one speaks by name.
            if let last = spoken.last, last.giver == nil, last.word != .yes {
                #expect(standing == .refused, "\(spoken)")
            }
            if standing == .allowed {
                #expect(spoken.contains { $0.word == .yes && $0.version == 2 }, "\(spoken)")
            }
        }
    }
}
