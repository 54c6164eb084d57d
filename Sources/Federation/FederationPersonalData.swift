import Contracts
import Database
import Identity
import Kernel
import Platform

/// Which systems are told of a person, and what ties her account to theirs.
package struct FederationPersonalData: PersonalDataSource {
    let database: Database
    package let name = "应用和绑定"

    package init(database: Database) { self.database = database }

    package func items(of person: ID<Person>) async throws -> [PersonalDatum] {
        try await database.read { db in
            guard let account = try AccountStore(db).account(of: person) else { return [] }
            let ties = PersonalTiesStore(db: db)
            var items: [PersonalDatum] = []
            if let since = try ties.weChat(of: account) {
                items.append(
                    PersonalDatum(
                        group: "绑定", label: "微信", value: "已绑定", source: "本人绑定", since: since.day, basis: .consent,
                        isErasable: true))
            }
            for link in try ties.counterparts(of: account) {
                items.append(
                    PersonalDatum(
                        group: "绑定", label: link.name, value: "已关联", source: "从该平台进入时关联", since: link.since.day,
                        basis: .consent, isErasable: true))
            }
            return items
        }
    }

    package func recipients(of person: ID<Person>) async throws -> [DataRecipient] {
        try await database.read { db in
            guard let account = try AccountStore(db).account(of: person) else { return [] }
            return try ConsentStore(db).list(of: account, at: .now).map { consent in
                let what = consent.scopes.compactMap { ApplicationScope(rawValue: $0)?.title }
                return DataRecipient(
                    name: consent.applicationName, what: what.joined(separator: "、"), since: consent.since.day,
                    path: OpenIDPaths.own)
            }
        }
    }

    /// Bindings, links and consents are hers to end at any time.
    package func erase(_ person: ID<Person>, wholly: Bool, by handler: String) async throws -> [String] {
        let (items, recipients) = (try await items(of: person), try await recipients(of: person))
        guard !(items.isEmpty && recipients.isEmpty) else { return [] }
        try await database.write { db in
            guard let account = try AccountStore(db).account(of: person) else { return }
            try EndedAccounts.forget(account, on: db)
            let actor = AuditActor(id: nil, name: handler, address: "")
            try AuditLog.record("person.ties_erased", person.rawValue, by: actor, on: db)
        }
        return items.map { $0.label + "绑定" } + recipients.map { "对\($0.name)的授权" }
    }
}
