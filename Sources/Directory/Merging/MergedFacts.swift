import Database
import Kernel

/// What is known of a person when another record of hers comes into it, and when it leaves again.
extension PersonFactStore {
    /// Puts a version with these facts, each with the source it has, in place of the latest. Returns its key.
    func replace(
        _ facts: [String: PersonFact], of person: ID<Person>, changing changed: [String], from day: LocalDate,
        _ source: FactSource
    ) throws -> String {
        let store = PersonMergeStore(db)
        let from = max(day, try store.openVersion(of: person)?.from ?? day)
        try store.closeVersion(of: person, on: from)
        try insert(facts, of: person, from: from, source)
        try project(changed, facts, of: person, at: source.at)
        return try store.openVersion(of: person)?.id ?? ""
    }

    /// Lets name, sex and birth date of the person follow her latest version again.
    func showLatest(of person: ID<Person>, named name: String, at now: Timestamp) throws {
        var facts = try latest(of: person)?.values ?? [:]
        if facts["name"] == nil { facts["name"] = PersonFact(name, from: FactSource(.school, at: now, by: "")) }
        try project(["name", "sex", "birthDate"], facts, of: person, at: now)
    }
}
