import Database
import Directory
import Kernel
import Platform

/// Data planted to be looked for: whatever is sealed in the database must not be found in it, in backups or in logs.
/// Each value carries the mark; no other text has it.
package enum DemoCanaries {
    package static let mark = "金丝雀QX7Z"
    /// Numbers of nobody. The area 450699 does not exist, and no operator gives out 1990000.
    package static let citizenNumber = DemoNames.citizenNumber(
        born: 2011, month: 11, day: 11, sequence: 471, isMale: true)
    package static let studentNumber = "G" + citizenNumber
    package static let phone = DemoNames.phone(9871)
    package static let document = "CANARY7Q2Z"

    /// The same of a grown-up.
    package static let guardianNumber = DemoNames.citizenNumber(
        born: 1985, month: 5, day: 5, sequence: 472, isMale: false)

    /// A value for every sealed field that takes any text.
    package static let facts: [String: String] = PersonField.all.reduce(into: [:]) { facts, field in
        if field.isSensitive && field.kind == .text { facts[field.id] = mark + field.id }
    }

    /// What must not be found where it does not belong.
    package static let texts: [String] =
        [mark, citizenNumber, guardianNumber, phone, document]

    /// What the pupil of the cast and her parent have in every demo: all sealed fields, a second document, and a citizen
    /// number of the parent.
    static func plant(
        on child: ID<Person>, and parent: ID<Person>, from day: LocalDate, _ db: Connection,
        _ crypto: any CryptoProvider, at now: Timestamp
    ) throws {
        try plantFacts(on: child, of: [.common, .student], from: day, db, crypto, at: now)
        try plantFacts(on: parent, of: [.common], from: day, db, crypto, at: now)
        let identifiers = PersonIdentifierStore(db, crypto), author = DemoCity.actor.name
        try identifiers.set(
            try PersonIdentifier(.document, document, documentType: "B"), of: child, by: author, at: now)
        try identifiers.set(try PersonIdentifier(.citizenNumber, guardianNumber), of: parent, by: author, at: now)
    }

    /// Gives a person the sealed fields of some groups, with codes of the lists where only codes go.
    package static func plantFacts(
        on person: ID<Person>, of groups: Set<PersonField.Group> = Set(PersonField.Group.allCases),
        from day: LocalDate, _ db: Connection, _ crypto: any CryptoProvider, at now: Timestamp
    ) throws {
        var values: [String: String] = [:]
        for field in PersonField.all where field.isSensitive && groups.contains(field.group) {
            values[field.id] = facts[field.id]
            if field.kind == .flag { values[field.id] = "1" }
            if field.kind == .code, let code = field.list?.leaves.last { values[field.id] = code.code }
        }
        try PersonFactStore(db, crypto).change(
            values, of: person, from: day, source: FactSource(.roll, at: now, by: DemoCity.actor.name))
    }
}
