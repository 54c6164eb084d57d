import Database
import Directory
import Kernel
import Platform

/// 关键信息: what is locked once it is told. Ids of `PersonField`, and the numbers of the record.
package enum KeyDatum: String, Sendable, CaseIterable, Codable {
    case name, sex, birthDate, ethnicity
    case citizenNumber, studentNumber

    var field: PersonField? { PersonField.named(rawValue) }

    var number: PersonIdentifierKind? {
        switch self {
        case .citizenNumber: .citizenNumber
        case .studentNumber: .studentNumber
        default: nil
        }
    }

    package var title: String { number?.title ?? field?.label ?? rawValue }

    /// The spelling in which it is kept. Throws `DomainError.invalid` at its name.
    func canonical(_ typed: String) throws -> String {
        guard let number else {
            let value = try field?.canonical(typed) ?? typed
            if value.isEmpty { throw DomainError.invalid(rawValue, "填写\(title)") }
            return value
        }
        _ = try PersonIdentifier(number, typed, field: rawValue)
        let plain = ChineseText.matchingKey(typed).uppercased().filter { $0 != "-" }
        return number == .citizenNumber ? CitizenNumber.extended(plain) ?? plain : plain
    }

    /// As a person reads it in full.
    func text(_ value: String) -> String { value.isEmpty ? "未填" : field?.text(value) ?? value }

    /// As a list shows it: numbers with stars.
    func masked(_ value: String) -> String {
        guard let number, !value.isEmpty else { return text(value) }
        return (try? PersonIdentifier(number, value))?.masked ?? "******"
    }
}

/// One key datum before and after.
package struct KeyDataChange: Sendable, Equatable, Codable {
    package let datum: KeyDatum
    /// Empty when nothing was known.
    package let old: String
    package let new: String

    package init(_ datum: KeyDatum, old: String, new: String) { (self.datum, self.old, self.new) = (datum, old, new) }
}

enum KeyDataRules {
    /// What the fields typed would change. Throws `DomainError.invalid` at each field that cannot be so, and for the whole
    /// when nothing changes.
    static func changes(_ typed: [KeyDatum: String], knowing known: [KeyDatum: String]) throws -> [KeyDataChange] {
        var problems: [FieldProblem] = [], changes: [KeyDataChange] = []
        for datum in KeyDatum.allCases {
            guard let text = typed[datum], !text.isEmpty else { continue }
            do {
                let new = try datum.canonical(text), old = known[datum] ?? ""
                if new != old { changes.append(KeyDataChange(datum, old: old, new: new)) }
            } catch DomainError.invalid(let found) { problems += found }
        }
        if problems.isEmpty, changes.isEmpty { problems.append(.init(field: "", message: "填写要变更的内容")) }
        if problems.isEmpty { problems = contradictions(changes, known) }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        return changes
    }

    /// The citizen number tells birth date and sex too; all three change together or agree.
    private static func contradictions(_ changes: [KeyDataChange], _ known: [KeyDatum: String]) -> [FieldProblem] {
        let after = changes.reduce(into: known) { $0[$1.datum] = $1.new }
        let touched = Set(changes.map(\.datum))
        guard let number = after[.citizenNumber], !touched.isDisjoint(with: [.citizenNumber, .birthDate, .sex]) else {
            return []
        }
        var problems: [FieldProblem] = []
        if let told = after[.birthDate], let day = CitizenNumber.birthDate(of: number), day.iso != told {
            problems.append(.init(field: "birthDate", message: "与身份证号里的出生日期不一致，一并变更"))
        }
        if let told = after[.sex], ["1", "2"].contains(told), let sex = CitizenNumber.sex(of: number), sex != told {
            problems.append(.init(field: "sex", message: "与身份证号里的性别不一致，一并变更"))
        }
        return problems
    }
}

/// Reads and writes key data where they are kept.
struct KeyData {
    let db: Connection
    let crypto: any CryptoProvider

    /// What is known of the person.
    func known(of person: ID<Person>) throws -> [KeyDatum: String] {
        let facts = try PersonFactStore(db, crypto).latest(of: person)
        let numbers = try PersonIdentifierStore(db, crypto).texts(
            of: [person], kinds: [.citizenNumber, .studentNumber])
        var known: [KeyDatum: String] = [:]
        for datum in KeyDatum.allCases {
            known[datum] = datum.number.map { numbers[person]?[$0] } ?? facts?[datum.rawValue]
        }
        known[.name] = try PersonStore(db).find(person).name
        return known
    }

    /// Puts approved changes in force. Throws `DomainError.conflict` when something has changed since they were applied
    /// for, `DomainError.invalid` when a number belongs to somebody else by now.
    func apply(
        _ changes: [KeyDataChange], to person: ID<Person>, from day: LocalDate, source: FactSource
    ) throws {
        let known = try known(of: person)
        if let stale = changes.first(where: { (known[$0.datum] ?? "") != $0.old }) {
            throw DomainError.conflict("\(stale.datum.title)在申请以后变了，退回学校重新申请。")
        }
        let facts = changes.filter { $0.datum.number == nil }.map { ($0.datum.rawValue, $0.new) }
        if !facts.isEmpty {
            try PersonFactStore(db, crypto).change(
                Dictionary(uniqueKeysWithValues: facts), of: person, from: day, source: source)
        }
        let identifiers = PersonIdentifierStore(db, crypto)
        for change in changes {
            guard let kind = change.datum.number else { continue }
            try identifiers.set(
                PersonIdentifier(kind, change.new), of: person, by: source.by, at: source.at, field: "decision")
        }
    }
}
