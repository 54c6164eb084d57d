import Contracts
import Database
import Kernel
import Platform

/// What ends with an account: when it is suspended, all that was issued upon it; when it is closed, bindings, links and
/// consents too. That its sessions ended, applications are told on the way of every sign-out.
struct EndedAccounts: Sendable {
    let database: Database

    var receivers: [EventReceiver] {
        [
            EventReceiver(AccountSuspended.self) { [database] event in
                guard let account = ID<Account>(checking: event.account) else { return }
                try await database.write { try AuthorizationStore($0).end(allOf: account, at: .now) }
            },
            EventReceiver(AccountClosed.self) { [database] event in
                guard let account = ID<Account>(checking: event.account) else { return }
                try await database.write { try EndedAccounts.forget(account, on: $0) }
            },
        ]
    }

    static func forget(_ account: ID<Account>, on db: Connection) throws {
        try db.execute("DELETE FROM federation_wechat_binding WHERE account_id = \(account)")
        try db.execute("DELETE FROM federation_counterpart_link WHERE account_id = \(account)")
        try db.execute("DELETE FROM federation_gateway_session WHERE account_id = \(account)")
        try db.execute("DELETE FROM federation_openid_consent WHERE account_id = \(account)")
        // The random subjects stay: a sign-out that is still on its way to an application names the person by one.
        try AuthorizationStore(db).end(allOf: account, at: .now)
    }
}
