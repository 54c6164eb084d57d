import Database
import Directory
import Kernel
import Platform

/// How much waits for an answer about each of several people.
struct ConsentWaiting: Sendable {
    let age: ConsentAge
    let count: Int

    /// Those about whom something waits; each table is read once for all of them.
    static func find(
        _ people: [ID<Person>], on day: LocalDate, _ db: Connection, _ crypto: any CryptoProvider
    ) throws -> [ID<Person>: ConsentWaiting] {
        let asked = try ConsentPurposeStore(db).open(on: day).filter(\.isAsked)
        guard !people.isEmpty, !asked.isEmpty else { return [:] }
        let store = ConsentAnswerStore(db, crypto)
        let births = try store.births(of: people), words = try store.words(about: people, until: day)
        let guardians = try GuardianshipStore(db).guardians(of: people, on: day)
        return people.reduce(into: [:]) { found, person in
            let age = ConsentAge(born: births[person], on: day)
            let counting = (guardians[person] ?? []).filter { $0.givesAccess(on: day) }.map(\.guardian)
            let count = asked.count { purpose in
                let rule = ConsentRule(
                    age: age, guardians: Set(counting), version: purpose.version.number)
                let standing = rule.standing(words[person]?[purpose.code] ?? [])
                return standing == .notAsked || standing == .askAgain
            }
            if count > 0 { found[person] = ConsentWaiting(age: age, count: count) }
        }
    }
}

/// On the page with which a pupil begins: what she decides herself and has not answered.
struct ConsentToday: TodaySource {
    let crypto: any CryptoProvider

    func items(for user: CurrentUser, on day: LocalDate, _ db: Connection) throws -> [TodayItem] {
        let person = user.person
        guard try ConsentAnswerStore(db, crypto).onRoll([person], on: day).contains(person),
            let waiting = try ConsentWaiting.find([person], on: day, db, crypto)[person], waiting.age != .child
        else { return [] }
        return [TodayItem("征求同意：\(waiting.count) 项等你答复。", "查看和答复", path: ConsentPages.ownPath)]
    }
}
