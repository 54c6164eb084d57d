import Contracts
import Database
import Kernel
import Platform

/// All SQL of sessions.
struct SessionStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The session of an active account with the grants that hold on the day, in one query. Sessions of the demo's
    /// accounts are found only when those are admitted.
    func find(_ hash: [UInt8], on day: LocalDate, admittingDemo: Bool) throws -> Session? {
        let demo: SQL = admittingDemo ? "" : " AND a.created_by <> \(AccountService.demoActor)"
        var found: Session?
        try db.each(
            """
            SELECT s.kind, s.account_id, a.person_id, p.name, s.csrf_token, s.created_at, s.last_seen_at, s.expires_at,
                a.must_change_password, a.password_changed_at, s.lineage, s.confirmed_at,
                COALESCE(f.is_active, 0), \(SettingStore.scalar(SecondFactorPolicy.setting)), g.role, o.id, o.path, s.method,
                \(NoticeStore.unread(of: "a.person_id"))
            FROM identity_session s
            JOIN identity_account a ON a.id = s.account_id AND a.state = 'active'\(demo)
            JOIN directory_person p ON p.id = a.person_id
            LEFT JOIN identity_second_factor f ON f.account_id = a.id
            LEFT JOIN identity_grant g ON g.account_id = a.id AND g.valid_from <= \(day)
                AND (g.valid_to IS NULL OR g.valid_to > \(day))
            LEFT JOIN directory_organisation o ON o.id = g.organisation_id AND o.closed_on IS NULL
            WHERE s.token_hash = \(hash)
            """
        ) { row in
            if found == nil { found = try Self.session(hash, row) }
            if let grant = try Self.grant(row) { found?.grants.append(grant) }
        }
        return found
    }

    private static func session(_ hash: [UInt8], _ row: borrowing Row) throws -> Session {
        Session(
            hash: hash, kind: try row.get(0), account: try row.get(1), person: try row.get(2), name: try row.get(3),
            csrfToken: try row.get(4), createdAt: try row.get(5), lastSeenAt: try row.get(6), expiresAt: try row.get(7),
            mustChangePassword: try row.get(8), passwordChangedAt: try row.get(9),
            lineage: try row.get(10), confirmedAt: try row.get(11), hasSecondFactor: try row.get(12),
            factorSetting: try row.get(13), isByCard: try row.text(17) == SignInMethod.card.rawValue,
            unreadNotices: try row.get(18), grants: [])
    }

    /// `nil` without a grant, or when its organisation has been closed.
    private static func grant(_ row: borrowing Row) throws -> EffectiveGrant? {
        guard !row.isNull(14), !row.isNull(15) else { return nil }
        let role: Role = try row.get(14)
        return EffectiveGrant(
            role: role.rawValue, organisation: try row.get(15), path: try row.get(16), permissions: role.permissions)
    }

    func insert(
        _ hash: [UInt8], _ kind: SessionKind, of account: ID<Account>, csrfToken: String, lineage: String = "",
        method: SignInMethod? = nil, label: String, address: String, at now: Timestamp, until end: Timestamp
    ) throws {
        let label = String(label.unicodeScalars.filter { $0.value >= 0x20 }.prefix(200).map(Character.init))
        try db.execute(
            """
            INSERT INTO identity_session (token_hash, account_id, kind, csrf_token, label, address, created_at, last_seen_at,
                expires_at, lineage, method)
            VALUES (\(hash), \(account), \(kind), \(csrfToken), \(label), \(address), \(now), \(now), \(end), \(lineage),
                \(method?.rawValue ?? ""))
            """)
    }

    /// Goes on with a session under a new token after its holder has given her second factor; `false` when it has ended.
    func renew(_ old: [UInt8], as new: [UInt8], csrfToken: String, confirmedAt: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE identity_session SET token_hash = \(new), csrf_token = \(csrfToken), confirmed_at = \(confirmedAt),
                last_seen_at = \(confirmedAt) WHERE token_hash = \(old) AND kind = 'browser'
            """) == 1
    }

    /// Carries the time of the second factor over to a session that takes the place of another.
    func setConfirmed(_ hash: [UInt8], at time: Timestamp) throws {
        try db.execute("UPDATE identity_session SET confirmed_at = \(time) WHERE token_hash = \(hash)")
    }

    /// Notes that the session was used, unless that is noted already.
    func touch(_ hash: [UInt8], at now: Timestamp, ifBefore limit: Timestamp) throws {
        try db.execute(
            "UPDATE identity_session SET last_seen_at = \(now) WHERE token_hash = \(hash) AND last_seen_at <= \(limit)")
    }

    /// The sessions of the account that are still good, newest first.
    func list(of account: ID<Account>, at now: Timestamp) throws -> [SessionLine] {
        try db.rows(
            """
            SELECT token_hash, kind, label, address, created_at, last_seen_at, expires_at FROM identity_session
            WHERE account_id = \(account) AND expires_at > \(now) ORDER BY created_at DESC, token_hash
            """
        ) {
            SessionLine(
                id: Hex.encode(try $0.blob(0)), kind: try $0.get(1), label: try $0.get(2), address: try $0.get(3),
                createdAt: try $0.get(4), lastSeenAt: try $0.get(5), expiresAt: try $0.get(6))
        }
    }

    /// The lineage of a session of the account that is still kept.
    func lineage(of hash: [UInt8], of account: ID<Account>) throws -> String? {
        try db.value(
            "SELECT lineage FROM identity_session WHERE token_hash = \(hash) AND account_id = \(account) AND lineage <> ''"
        )
    }

    /// Whether an active account has a browser session of the lineage that is neither too old nor too long idle.
    func isOpen(lineage: String, at now: Timestamp, idleSince: Timestamp) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM identity_session s JOIN identity_account a ON a.id = s.account_id AND a.state = 'active'
            WHERE s.lineage = \(lineage) AND s.kind = 'browser' AND s.lineage <> '' AND s.expires_at > \(now)
                AND s.last_seen_at > \(idleSince) LIMIT 1
            """)
        return found != nil
    }

    /// Returns whether there was such a session of the account.
    @discardableResult
    func delete(_ hash: [UInt8], of account: ID<Account>) throws -> Bool {
        try end("token_hash = \(hash) AND account_id = \(account)") == 1
    }

    /// Browsers and tokens, all but one session.
    func deleteAll(of account: ID<Account>, except kept: [UInt8]?) throws {
        let others: SQL = kept.map { " AND token_hash <> \($0)" } ?? ""
        try end("account_id = \(account)\(others)")
    }

    /// Keeps the newest browser sessions of the account.
    func deleteOldest(of account: ID<Account>, keeping count: Int) throws {
        try end(
            """
            account_id = \(account) AND kind = 'browser' AND token_hash NOT IN (
                SELECT token_hash FROM identity_session WHERE account_id = \(account) AND kind = 'browser'
                ORDER BY created_at DESC, token_hash LIMIT \(count))
            """)
    }

    func deleteExpired(at now: Timestamp, idleSince: Timestamp) throws {
        try end("expires_at <= \(now) OR (kind = 'browser' AND last_seen_at <= \(idleSince))")
    }

    /// Deletes the sessions that meet the condition and tells those who rely on them, unless another session carries
    /// the lineage on. Returns how many there were.
    @discardableResult
    private func end(_ condition: SQL) throws -> Int {
        let ended = try db.rows(
            "DELETE FROM identity_session WHERE \(condition) RETURNING lineage, account_id"
        ) { SessionEnded(lineage: try $0.text(0), account: try $0.text(1)) }
        for event in ended where !event.lineage.isEmpty {
            let next: Int? = try db.value("SELECT 1 FROM identity_session WHERE lineage = \(event.lineage) LIMIT 1")
            if next == nil { try Outbox.post(event, on: db) }
        }
        return ended.count
    }
}
