import Database
import Kernel
import Platform
import Web

/// How long sessions live. Domain figures: GB/T 22239-2019, 8.1.4.1, with the city's own settings.
package struct SessionLimits: Sendable {
    /// Seconds without a request after which a browser session ends.
    package var idle: Int64 = 30 * 60
    /// The same for administrators.
    package var administratorIdle: Int64 = 15 * 60
    /// Seconds after sign-in at which every browser session ends.
    package var absolute: Int64 = 12 * 3600
    /// Browser sessions of an administrator at once, the newest win; `nil` = any number.
    package var administratorSessions: Int?
    /// The same for everybody else.
    package var otherSessions: Int?

    package init(administratorSessions: Int? = nil, otherSessions: Int? = nil) {
        (self.administratorSessions, self.otherSessions) = (administratorSessions, otherSessions)
    }

    /// One session of an administrator at a time, three of everybody else: a person has a PC, a phone and WeChat. In a
    /// demo many people use the same accounts, so there they are without limit.
    package static let ofACity = SessionLimits(administratorSessions: 1, otherSessions: 3)

    func sessions(for roles: [Role]) -> Int? {
        roles.contains(where: \.isAdministrator) ? administratorSessions : otherSessions
    }
}

/// A browser that is signed in, or a token of a program.
package enum SessionKind: String, Column, Sendable { case browser, token }

/// 会话: what the database keeps of it. The token itself is known to its holder only.
struct Session: Sendable {
    let hash: [UInt8]
    let kind: SessionKind
    let account: ID<Account>
    let person: ID<Person>
    let name: String
    let csrfToken: String
    let createdAt: Timestamp
    let lastSeenAt: Timestamp
    let expiresAt: Timestamp
    let mustChangePassword: Bool
    let passwordChangedAt: Timestamp
    let lineage: String
    let confirmedAt: Timestamp?
    /// Whether a second factor is in force.
    let hasSecondFactor: Bool
    /// The city's choice of `SecondFactorPolicy`, as it stands in the settings.
    let factorSetting: String?
    /// Whether a card began it, which whoever holds the paper can do.
    let isByCard: Bool
    /// See `NoticeStore.unread(of:)`.
    let unreadNotices: Int
    /// Those that hold today.
    var grants: [EffectiveGrant]

    /// The public name of a session, from which the token cannot be found.
    var id: String { Hex.encode(hash) }

    private var roles: [Role] { grants.compactMap { Role(rawValue: $0.role) } }

    func isValid(at now: Timestamp, _ limits: SessionLimits) -> Bool {
        guard now < expiresAt else { return false }
        guard kind == .browser else { return true }
        let idle = roles.contains(where: \.isAdministrator) ? limits.administratorIdle : limits.idle
        return now < lastSeenAt.adding(seconds: idle)
    }

    func info(at now: Timestamp, isDemo: Bool) -> SessionInfo {
        let user = CurrentUser(account: account, person: person, name: name, grants: grants)
        let holder = PasswordPolicy.Holder(roles)
        let isOld = holder.maximumAge.map { passwordChangedAt.adding(days: Int64($0)) <= now } ?? false
        let demanding = SecondFactorPolicy(factorSetting, isDemo: isDemo).roles
        let isDemanded = hasSecondFactor || roles.contains(where: demanding.contains)
        return SessionInfo(
            id: id, user: user, csrfToken: csrfToken,
            mustChangePassword: mustChangePassword || kind == .browser && isOld, lineage: lineage,
            signedInAt: createdAt, confirmedAt: confirmedAt,
            mustConfirm: kind == .browser && confirmedAt == nil && isDemanded, hasSecondFactor: hasSecondFactor,
            isByCard: isByCard, unreadNotices: unreadNotices)
    }
}

extension PasswordPolicy.Holder {
    /// By the strictest of the roles.
    init(_ roles: [Role]) {
        if roles.contains(where: \.isAdministrator) {
            self = .administrator
        } else if !roles.isEmpty, roles.allSatisfy({ $0 == .student }) {
            self = .pupil
        } else {
            self = .staff
        }
    }
}

/// 32 random bytes, written as 43 characters; the database keeps their SHA-256 only.
enum SessionToken {
    static func random() -> String { SecureRandom.token() }

    /// `nil` when the text cannot be a token, so that no query is asked for it.
    static func hash(_ token: String) -> [UInt8]? {
        guard token.utf8.count == 43, let bytes = Base64URL.decode(token) else { return nil }
        return SHA256.hash(bytes)
    }
}

/// One line of a person's list of sessions.
struct SessionLine: Sendable {
    let id: String
    let kind: SessionKind
    let label: String
    let address: String
    let createdAt: Timestamp
    let lastSeenAt: Timestamp
    let expiresAt: Timestamp
}
