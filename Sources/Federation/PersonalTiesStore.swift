import Database
import Kernel

/// SQL of what ties an account to other systems.
struct PersonalTiesStore {
    let db: Connection

    func weChat(of account: ID<Account>) throws -> Timestamp? {
        try db.value("SELECT bound_at FROM federation_wechat_binding WHERE account_id = \(account)")
    }

    func counterparts(of account: ID<Account>) throws -> [(name: String, since: Timestamp)] {
        try db.rows(
            """
            SELECT c.name, l.linked_at FROM federation_counterpart_link l
            JOIN federation_counterpart c ON c.id = l.counterpart_id WHERE l.account_id = \(account) ORDER BY c.name
            """
        ) { (name: try $0.get(0), since: try $0.get(1)) }
    }
}
