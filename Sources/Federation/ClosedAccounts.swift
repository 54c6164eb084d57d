import Contracts
import Database
import Kernel
import Platform

/// What this module forgets about an account that was closed: bindings, links, consents, and everything issued upon it.
/// That its sessions ended, applications are told on the way of every sign-out.
struct ClosedAccounts: Sendable {
    let database: Database

    var receiver: EventReceiver {
        EventReceiver(AccountClosed.self) { [database] event in
            guard let account = ID<Account>(checking: event.account) else { return }
            try await database.write { try ClosedAccounts.forget(account, on: $0) }
        }
    }

    private static func forget(_ account: ID<Account>, on db: Connection) throws {
        try db.execute("DELETE FROM federation_wechat_binding WHERE account_id = \(account)")
        try db.execute("DELETE FROM federation_counterpart_link WHERE account_id = \(account)")
        try db.execute("DELETE FROM federation_gateway_session WHERE account_id = \(account)")
        try db.execute("DELETE FROM federation_openid_consent WHERE account_id = \(account)")
        try db.execute(
            """
            DELETE FROM federation_openid_token WHERE authorization_id IN (
                SELECT id FROM federation_openid_authorization WHERE account_id = \(account))
            """)
        try db.execute("DELETE FROM federation_openid_authorization WHERE account_id = \(account)")
        try db.execute("DELETE FROM federation_openid_subject WHERE account_id = \(account)")
    }
}
