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

    /// A value for every sealed field that takes any text.
    package static let facts: [String: String] = PersonField.all.reduce(into: [:]) { facts, field in
        if field.isSensitive && field.kind == .text { facts[field.id] = mark + field.id }
    }

    /// What must not be found where it does not belong.
    package static let texts: [String] =
        [mark, citizenNumber, phone, document, String(studentNumber.dropFirst())]

    /// Gives a person the sealed fields, with plausible codes where only codes go.
    package static func plantFacts(
        on person: ID<Person>, from day: LocalDate, _ db: Connection, _ crypto: any CryptoProvider, at now: Timestamp
    ) throws {
        var values = facts
        for field in PersonField.all where field.isSensitive {
            if field.kind == .flag { values[field.id] = "1" }
            if field.kind == .code, let code = field.list?.leaves.last { values[field.id] = code.code }
        }
        try PersonFactStore(db, crypto).change(
            values, of: person, from: day, source: FactSource(.roll, at: now, by: DemoCity.actor.name))
    }
}
