import Database
import Kernel
import Platform

/// Letting go what the law does not have the city keep (个人信息保护法, art. 47).
package struct PersonErasure {
    let db: Connection
    let crypto: any CryptoProvider
    let now: Timestamp

    /// What stands in place of the name of somebody who was made unknown.
    static let nobody = "已删除"

    /// Takes the fields that are kept for her own sake out of every version of what is known of her, the past ones too.
    /// Returns their labels.
    func eraseOptional(_ person: ID<Person>) throws -> [String] {
        let gone = try PersonFactStore(db, crypto).erase(Set(PersonField.all.filter(\.isOptional)), of: person, at: now)
        return gone.map(\.label)
    }

    /// Makes somebody unknown who never was a pupil or an employee. Returns what went. Throws `DomainError.conflict` for
    /// whoever stands on a roster, whose record is kept for good, and for a guardian of a child.
    func anonymise(_ person: ID<Person>) throws -> [String] {
        let store = PersonalDataStore(db: db), record = try PersonStore(db).find(person)
        if try store.isOfRoster(person) {
            throw DomainError.conflict("\(record.name)有学籍或任职记录，依法永久保存，只能删除选填的信息。")
        }
        if try store.isGuardian(person, after: now.day) {
            throw DomainError.conflict("\(record.name)还是学生的家长，先由学校解除。")
        }
        if record.name == PersonErasure.nobody { return [] }
        try store.anonymise(person, at: now)
        return ["姓名", "号码", "个人信息"]
    }
}

extension PersonFactStore {
    /// Takes fields out of all versions of what is known of the person. Returns those that were there.
    func erase(_ fields: Set<PersonField>, of person: ID<Person>, at now: Timestamp) throws -> [PersonField] {
        let ids = Set(fields.map(\.id))
        let versions = try db.rows(
            """
            SELECT f.id, f.plain, f.sealed, f.sources FROM directory_person_facts f WHERE f.person_id = \(person)
            """
        ) { row in
            (id: try row.text(0), plain: try row.text(1), sealed: try row.blob(2), sources: try row.text(3))
        }
        var gone: Set<String> = []
        for version in versions {
            let context = PersonFactStore.context(version.id)
            let (plain, first) = PersonFactText.without(ids, version.plain)
            let (hidden, second) = PersonFactText.without(ids, try crypto.openText(version.sealed, context: context))
            if first.isEmpty && second.isEmpty { continue }
            gone.formUnion(first + second)
            let sealed = try crypto.seal(hidden, context: context)
            try db.execute(
                """
                UPDATE directory_person_facts SET plain = \(plain), sealed = \(sealed) WHERE id = \(version.id)
                """)
        }
        if !gone.isEmpty { try db.execute("UPDATE directory_person SET changed_at = \(now) WHERE id = \(person)") }
        return PersonField.all.filter { gone.contains($0.id) }
    }
}

extension PersonFactText {
    /// The entries without those of the fields, and which of them were there.
    static func without(_ ids: Set<String>, _ text: String) -> (text: String, gone: [String]) {
        var kept: [Substring] = [], gone: [String] = []
        for entry in text.split(separator: "\u{1E}") {
            let id = String(entry.prefix { $0 != "\u{1F}" })
            if ids.contains(id) { gone.append(id) } else { kept.append(entry) }
        }
        return (kept.joined(separator: "\u{1E}"), gone)
    }
}
