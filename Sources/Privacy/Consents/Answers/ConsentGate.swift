import Database
import Directory
import Kernel
import Platform

/// Answers by the consents that are kept, in the transaction of whoever publishes.
package struct ConsentGate: PublicationConsent, ServiceConsent {
    let crypto: any CryptoProvider

    package init(crypto: any CryptoProvider) { self.crypto = crypto }

    package func standings(
        of people: [ID<Person>], for purpose: PublicationPurpose, on day: LocalDate, _ db: Connection
    ) throws -> [ID<Person>: ConsentStanding] {
        guard let known = try ConsentPurposeStore(db).find(purpose.rawValue, on: day), known.isAsked,
            known.isPublication, known.isOpen(on: day)
        else { return [:] }
        let standings = try standings(of: people, for: known, on: day, db)
        guard known.isWhileEnrolled else { return standings }
        let pupils = try ConsentAnswerStore(db, crypto).onRoll(people, on: day)
        return standings.filter { pupils.contains($0.key) }
    }

    package func allows(
        _ purpose: ServicePurpose, of person: ID<Person>, on day: LocalDate, _ db: Connection
    ) throws -> Bool {
        guard try ConsentAnswerStore(db, crypto).onRoll([person], on: day).contains(person) else { return true }
        guard let known = try ConsentPurposeStore(db).find(purpose.rawValue, on: day), known.isOpen(on: day) else {
            return false
        }
        return try !known.isAsked || standings(of: [person], for: known, on: day, db)[person] == .allowed
    }

    func standings(
        of people: [ID<Person>], for purpose: ConsentPurpose, on day: LocalDate, _ db: Connection
    ) throws -> [ID<Person>: ConsentStanding] {
        let store = ConsentAnswerStore(db, crypto)
        let births = try store.births(of: people)
        let words = try store.words(about: people, for: purpose.code, until: day)
        var standings: [ID<Person>: ConsentStanding] = [:]
        for chunk in ConsentAnswerStore.chunks(people) {
            let guardians = try GuardianshipStore(db).guardians(of: chunk, on: day)
            for person in chunk {
                let counting = (guardians[person] ?? []).filter { $0.givesAccess(on: day) }.map(\.guardian)
                let rule = ConsentRule(
                    age: ConsentAge(born: births[person], on: day), guardians: Set(counting),
                    version: purpose.version.number)
                standings[person] = rule.standing(words[person] ?? [])
            }
        }
        return standings
    }
}
