import Kernel
import Testing

@testable import Directory

/// The order in which a candidate is recognised, and what is doubtful, without a database.
@Suite("How a candidate is recognised")
struct MatchRulesTests {
    private let anna = ID<Person>("a"), bao = ID<Person>("b")
    private let born = LocalDate(iso: "2008-09-01")!, other = LocalDate(iso: "2009-01-02")!

    private func candidate(
        _ name: String = "黄小芳", born: LocalDate? = nil, _ kinds: [PersonIdentifierKind] = []
    ) throws -> PersonCandidate {
        let numbers: [PersonIdentifierKind: String] = [
            .studentNumber: "G450699200809010014", .citizenNumber: "450699200809010014", .staffNumber: "A001",
            .phone: "13900000001",
        ]
        return PersonCandidate(
            name: name, birthDate: born,
            identifiers: try kinds.map { try PersonIdentifier($0, try #require(numbers[$0])) })
    }

    private func known(
        _ id: ID<Person>, _ name: String = "黄小芳", born: LocalDate? = nil, has: Set<PersonIdentifierKind> = [],
        here: Bool = false, phone: Bool = false
    ) -> MatchEvidence.Known {
        .init(id: id, name: name, birthDate: born, kinds: has, isAtSchool: here, hasPhone: phone)
    }

    private func evidence(
        _ holders: [PersonIdentifierKind: ID<Person>] = [:], _ people: [MatchEvidence.Known]
    ) -> MatchEvidence {
        MatchEvidence(
            holders: holders, people: Dictionary(uniqueKeysWithValues: people.map { ($0.id, $0) }),
            namesakes: people.map(\.id))
    }

    @Test("The number of the national roll is asked first, then the document")
    func numbers() throws {
        let both = try candidate([.studentNumber, .citizenNumber])
        let one: [PersonIdentifierKind: ID<Person>] = [.studentNumber: anna, .citizenNumber: anna]
        #expect(MatchRules.decide(both, evidence(one, [known(anna)])) == .known(anna, by: .studentNumber))
        #expect(
            MatchRules.decide(both, evidence([.citizenNumber: anna], [known(anna)])) == .known(anna, by: .citizenNumber)
        )
        #expect(
            MatchRules.decide(try candidate([.staffNumber]), evidence([.staffNumber: anna], [known(anna)]))
                == .known(anna, by: .staffNumber))
    }

    @Test("Numbers of two people are never silently one")
    func contradiction() throws {
        let two = evidence([.studentNumber: anna, .citizenNumber: bao], [known(anna), known(bao)])
        #expect(
            MatchRules.decide(try candidate([.studentNumber, .citizenNumber]), two)
                == .doubtful([anna, bao], why: .numbersDisagree))
    }

    @Test("A phone that a namesake has makes a number doubtful; that of anybody else does not")
    func phoneBesideNumber() throws {
        let asked = try candidate([.citizenNumber, .phone])
        let holders: [PersonIdentifierKind: ID<Person>] = [.citizenNumber: anna, .phone: bao]
        #expect(
            MatchRules.decide(asked, evidence(holders, [known(anna), known(bao)]))
                == .doubtful([anna, bao], why: .numbersDisagree))
        #expect(
            MatchRules.decide(asked, evidence(holders, [known(anna), known(bao, "黄小芳家长")]))
                == .known(anna, by: .citizenNumber))
    }

    @Test("A number of somebody of another name is doubtful, spelling apart")
    func otherName() throws {
        let asked = try candidate("阿依古丽·买买提", [.studentNumber])
        #expect(
            MatchRules.decide(asked, evidence([.studentNumber: anna], [known(anna, "黄小芬")]))
                == .doubtful([anna], why: .otherName))
        #expect(
            MatchRules.decide(asked, evidence([.studentNumber: anna], [known(anna, "阿依古丽•买买提")]))
                == .known(anna, by: .studentNumber))
    }

    @Test("Without a number name, birth date and school decide together")
    func nameBirthSchool() throws {
        let asked = try candidate(born: born)
        #expect(MatchRules.decide(asked, evidence([known(anna, born: born, here: true)])) == .known(anna, by: .school))
        #expect(MatchRules.decide(asked, evidence([known(anna, born: other, here: true)])) == .unknown)
        #expect(
            MatchRules.decide(asked, evidence([known(anna, born: born)])) == .doubtful([anna], why: .nearly))
        #expect(
            MatchRules.decide(asked, evidence([known(anna, here: true)])) == .doubtful([anna], why: .nearly))
        #expect(MatchRules.decide(asked, evidence([known(anna)])) == .unknown)
        let twice = evidence([known(anna, born: born, here: true), known(bao, born: born, here: true)])
        #expect(MatchRules.decide(asked, twice) == .doubtful([anna, bao], why: .several))
    }

    @Test("Another number of the same kind speaks against her")
    func otherNumber() throws {
        let asked = try candidate(born: born, [.studentNumber])
        let here = known(anna, born: born, has: [.studentNumber], here: true)
        #expect(MatchRules.decide(asked, evidence([here])) == .doubtful([anna], why: .otherNumber))
        let elsewhere = known(anna, born: born, has: [.studentNumber])
        #expect(MatchRules.decide(asked, evidence([elsewhere])) == .unknown)
        let unnumbered = known(anna, born: born, has: [.phone], here: true)
        #expect(MatchRules.decide(asked, evidence([unnumbered])) == .known(anna, by: .school))
    }

    @Test("Name and phone come last")
    func phone() throws {
        #expect(MatchRules.decide(try candidate(), evidence([known(anna, phone: true)])) == .known(anna, by: .phone))
        #expect(
            MatchRules.decide(try candidate(born: born), evidence([known(anna, born: other, phone: true)])) == .unknown)
    }

    @Test("Nobody fits")
    func nobody() throws {
        #expect(MatchRules.decide(try candidate([.studentNumber]), evidence([])) == .unknown)
    }

    private func evidence(_ people: [MatchEvidence.Known]) -> MatchEvidence { evidence([:], people) }

    private func candidate(_ kinds: [PersonIdentifierKind]) throws -> PersonCandidate {
        try candidate("黄小芳", born: nil, kinds)
    }

    private func candidate(_ name: String, _ kinds: [PersonIdentifierKind]) throws -> PersonCandidate {
        try candidate(name, born: nil, kinds)
    }
}
