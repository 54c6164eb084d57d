import Database
import Directory
import Kernel
import Platform

/// All that is asked about one child on a day, and what was answered.
struct ConsentSheet: Sendable {
    struct Item: Sendable {
        let purpose: ConsentPurpose
        let standing: ConsentStanding
        /// What was said for this purpose, the oldest first.
        let answers: [ConsentAnswer]
    }

    let child: PersonRecord
    /// `nil` when it is not known.
    let born: LocalDate?
    let age: ConsentAge
    /// The guardian relations that count on the day.
    let guardianships: [Guardianship]
    /// What is asked, in the city's order.
    let asked: [Item]
    /// What is only told.
    let told: [ConsentPurpose]
    /// Everything that was ever said, the latest first.
    let history: [ConsentAnswer]

    /// For callers that came to the child by way of a record that they may see.
    init(_ child: ID<Person>, on day: LocalDate, _ db: Connection, _ crypto: any CryptoProvider) throws {
        let store = ConsentAnswerStore(db, crypto)
        self.child = try PersonStore(db).find(child)
        born = try store.births(of: [child])[child]
        let age = ConsentAge(born: born, on: day)
        let relations = try GuardianshipStore(db).guardians(of: [child], on: day)[child] ?? []
        guardianships = relations.filter { $0.givesAccess(on: day) }
        self.age = age
        let guardians = Set(guardianships.map(\.guardian))
        let all = try store.answers(about: child, on: day)
        history = all.reversed()
        let answers = Dictionary(grouping: all, by: \.purpose)
        let open = try ConsentPurposeStore(db).open(on: day)
        told = open.filter { !$0.isAsked }
        asked = open.filter(\.isAsked).map { purpose in
            let said = answers[purpose.code] ?? []
            let rule = ConsentRule(age: age, guardians: guardians, version: purpose.version.number)
            return Item(purpose: purpose, standing: rule.standing(said.map(\.said)), answers: said)
        }
    }

    /// The words of others and of the viewer that count for the purpose.
    func voices(_ item: Item) -> [ConsentWord] {
        let rule = ConsentRule(
            age: age, guardians: Set(guardianships.map(\.guardian)), version: item.purpose.version.number)
        return rule.voices(item.answers.map(\.said))
    }

    /// What waits for an answer.
    var waiting: Int { asked.count { $0.standing == .notAsked || $0.standing == .askAgain } }
}

extension ConsentSheet.Item {
    /// The last word that stands of the one who speaks in the capacity; `nil` when she has not spoken.
    func last(of giver: ID<Person>, as capacity: ConsentAnswer.Capacity) -> ConsentAnswer? {
        answers.last { $0.said.giver == giver && $0.said.capacity == capacity && !$0.said.isOver }
    }
}
