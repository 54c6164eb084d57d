import Contracts
import Database
import Directory
import Kernel
import Platform

/// What is kept about a person's account.
package struct AccountPersonalData: PersonalDataSource {
    let database: Database
    let crypto: any CryptoProvider
    package let name = "账号"

    package init(database: Database, crypto: any CryptoProvider) {
        (self.database, self.crypto) = (database, crypto)
    }

    package func items(of person: ID<Person>) async throws -> [PersonalDatum] {
        let now = Timestamp.now
        return try await database.read { db in
            let store = AccountStore(db)
            guard let id = try store.account(of: person) else { return [] }
            let account = try store.find(id, within: .everything, at: now)
            let sessions = try SessionStore(db).list(of: id, at: now)
            return AccountPersonalData.items(of: account)
                + sessions.map { line in
                    PersonalDatum(
                        group: "登录的设备", label: OwnAccountPages.deviceText(line.label),
                        value: "\(line.createdAt.text) 登录，\(line.address)", source: "平台记录", since: line.createdAt.day,
                        basis: .contract)
                }
        }
    }

    private static func items(of account: AccountRecord) -> [PersonalDatum] {
        var items = [
            PersonalDatum(group: "账号", label: "登录名", value: account.login, source: "开通账号时设置", basis: .contract),
            PersonalDatum(group: "账号", label: "状态", value: account.state.title, source: "平台记录", basis: .contract),
        ]
        for grant in account.grants {
            items.append(
                PersonalDatum(
                    group: "角色", label: grant.role.title, value: "\(grant.organisationName)，\(grant.periodText)",
                    source: "管理员授予", since: grant.from, basis: .duty))
        }
        return items
    }

    package func recipients(of person: ID<Person>) async throws -> [DataRecipient] { [] }

    /// The account of somebody who is made unknown is closed; of everybody else nothing is kept for her sake alone.
    package func erase(_ person: ID<Person>, wholly: Bool, by handler: String) async throws -> [String] {
        guard wholly else { return [] }
        let crypto = crypto, actor = AuditActor(id: nil, name: handler, address: "")
        return try await database.write { db in
            let now = Timestamp.now, store = AccountStore(db)
            guard let id = try store.account(of: person) else { return [] }
            let account = try store.find(id, within: .everything, at: now)
            if account.state == .closed { return [] }
            try AccountService(db, by: actor, now: now).close(account, crypto)
            return ["账号和登录方式"]
        }
    }
}
