import Database
import Directory
import Kernel
import Platform

/// 个人基本信息: sex, birth date and 民族 of those who learn or work in the scope. Never any number.
struct OneRosterDemographicStore: OneRosterSource {
    let db: Connection
    let view: OneRosterView
    let crypto: any CryptoProvider

    private var users: OneRosterUserStore { OneRosterUserStore(db: db, view: view) }

    func keys(_ selection: OneRosterSelection) throws -> OneRosterKeys {
        let (students, teachers) = (OneRosterSelection.Role.student, OneRosterSelection.Role.teacher)
        var all: Set<String> = []
        for role in [students, teachers] {
            var narrow = selection
            narrow.role = role
            let keys = try users.keys(narrow)
            for index in 0..<keys.count { all.insert(keys[index]) }
        }
        return OneRosterKeys(all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    func records(_ keys: [String]) throws -> [OneRosterRecord] {
        let roles = try users.roles(keys), people = try users.people(keys)
        let facts = try PersonFactStore(db, crypto).latest(of: keys.map(ID<Person>.init))
        return keys.compactMap { key in
            guard let person = people[key], let roles = roles[key] else { return nil }
            let ethnicity = facts[ID<Person>(key)]?.values["ethnicity"]?.value
            let isActive = !person.isMerged && roles.contains { role in role.until.map { $0 > view.today } ?? true }
            var modified = person.changedAt
            for role in roles {
                modified = max(modified, role.changedAt).orReached(role.from, by: view.today)
                    .orReached(role.until, by: view.today)
            }
            return OneRosterRecord(
                key, isActive: isActive, modified: modified,
                OneRosterDemographicStore.members(person, ethnicity: ethnicity))
        }
    }

    /// GB/T 2261.1 knows 1 and 2 for the sexes, 0 and 9 for what is not known or not said.
    private static func members(_ person: OneRosterUserStore.Known, ethnicity: String?) -> [OneRosterMember] {
        var members: [OneRosterMember] = []
        if let ethnicity {
            let metadata = [
                OneRosterMember("ethnicityCode", ethnicity),
                OneRosterMember("ethnicity", CodeLists.ethnicity.name(of: ethnicity)),
            ]
            members.append(OneRosterMember("metadata", .object(metadata)))
        }
        if let day = person.birthDate { members.append(OneRosterMember("birthDate", day.iso)) }
        if let sex = person.sex {
            members.append(OneRosterMember("sex", sex == "1" ? "male" : sex == "2" ? "female" : "unspecified"))
        }
        return members
    }
}
