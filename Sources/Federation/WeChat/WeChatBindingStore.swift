import Database
import Kernel
import Platform

enum WeChatBindingSchema {
    /// Ids of WeChat stand sealed beside the keys they are found by. `federation_wechat_state` holds states that came
    /// back, so that none does twice.
    static let statements = [
        """
        CREATE TABLE federation_wechat_binding (
            account_id TEXT NOT NULL PRIMARY KEY, openid_key BLOB NOT NULL UNIQUE, openid BLOB NOT NULL,
            unionid_key BLOB UNIQUE, unionid BLOB, bound_at INTEGER NOT NULL, used_at INTEGER,
            CHECK ((unionid_key IS NULL) = (unionid IS NULL)))
        """,
        """
        CREATE TABLE federation_wechat_state (
            hash BLOB NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL)
        """,
    ]
}

/// All SQL of bindings and of states that came back.
struct WeChatBindingStore {
    let db: Connection
    let crypto: any CryptoProvider
    /// Of the 服务号 whose open ids these are.
    let appID: String

    func find(of account: ID<Account>) throws -> WeChatBinding? {
        try db.first(
            "SELECT \(WeChatBindingStore.columns) FROM federation_wechat_binding WHERE account_id = \(account)",
            WeChatBindingStore.binding)
    }

    /// By open id; by union id when the city has changed its 服务号 since.
    func find(_ identity: WeChatIdentity) throws -> WeChatBinding? {
        let found = try db.first(
            "SELECT \(WeChatBindingStore.columns) FROM federation_wechat_binding WHERE openid_key = \(key(identity))",
            WeChatBindingStore.binding)
        guard found == nil, let unionKey = unionKey(identity) else { return found }
        return try db.first(
            "SELECT \(WeChatBindingStore.columns) FROM federation_wechat_binding WHERE unionid_key = \(unionKey)",
            WeChatBindingStore.binding)
    }

    /// Throws `DatabaseError.uniqueViolation` when the account or the WeChat is bound.
    func insert(_ identity: WeChatIdentity, to account: ID<Account>, at now: Timestamp) throws {
        let (openID, unionID) = try sealed(identity, account)
        try db.execute(
            """
            INSERT INTO federation_wechat_binding (account_id, openid_key, openid, unionid_key, unionid, bound_at)
            VALUES (\(account), \(key(identity)), \(openID), \(unionKey(identity)), \(unionID), \(now))
            """)
    }

    /// Notes a sign-in, and the ids that WeChat tells now.
    func use(_ identity: WeChatIdentity, of account: ID<Account>, at now: Timestamp) throws {
        let (openID, unionID) = try sealed(identity, account)
        try db.execute(
            """
            UPDATE federation_wechat_binding SET used_at = \(now), openid_key = \(key(identity)), openid = \(openID)
            WHERE account_id = \(account)
            """)
        guard let unionID, let unionKey = unionKey(identity) else { return }
        try db.execute(
            """
            UPDATE federation_wechat_binding SET unionid_key = \(unionKey), unionid = \(unionID)
            WHERE account_id = \(account)
            """)
    }

    /// Returns whether there was one.
    @discardableResult
    func delete(of account: ID<Account>) throws -> Bool {
        try db.change("DELETE FROM federation_wechat_binding WHERE account_id = \(account)") == 1
    }

    /// Notes that a state came back; `false` when it did before.
    func spend(_ state: String, at now: Timestamp) throws -> Bool {
        let end = now.adding(seconds: WeChatCookies.life)
        return try db.change(
            """
            INSERT INTO federation_wechat_state (hash, expires_at) VALUES (\(SHA256.hash(state)), \(end))
            ON CONFLICT (hash) DO NOTHING
            """) == 1
    }

    /// Forgets states that are too old to come back.
    static func forgetStates(before now: Timestamp, on db: Connection) throws {
        try db.execute("DELETE FROM federation_wechat_state WHERE expires_at < \(now)")
    }

    private static let columns: SQL = "account_id, bound_at, used_at"

    private static func binding(_ row: borrowing Row) throws -> WeChatBinding {
        WeChatBinding(account: try row.get(0), boundAt: try row.get(1), usedAt: try row.get(2))
    }

    private func key(_ identity: WeChatIdentity) -> [UInt8] {
        crypto.lookupKey(appID + " " + identity.openID, purpose: "federation_wechat_binding.openid")
    }

    private func unionKey(_ identity: WeChatIdentity) -> [UInt8]? {
        identity.unionID.map { crypto.lookupKey($0, purpose: "federation_wechat_binding.unionid") }
    }

    private func sealed(_ identity: WeChatIdentity, _ account: ID<Account>) throws -> ([UInt8], [UInt8]?) {
        let place = "/" + account.rawValue
        return (
            try crypto.seal(identity.openID, context: "federation_wechat_binding.openid" + place),
            try identity.unionID.map { try crypto.seal($0, context: "federation_wechat_binding.unionid" + place) }
        )
    }
}
