import Database
import Kernel

/// 账号状态
package enum AccountState: String, Column, Sendable, CaseIterable {
    case active, suspended, closed

    package var title: String {
        switch self {
        case .active: "正常"
        case .suspended: "停用"
        case .closed: "注销"
        }
    }
}

/// 账号, as lists and its own page show it.
package struct AccountRecord: Sendable {
    package let id: ID<Account>
    package let person: ID<Person>
    package let name: String
    /// Pinyin initials of the name, the key names are sorted by.
    let initials: String
    package let login: String
    package let state: AccountState
    package let mustChangePassword: Bool
    package let passwordChangedAt: Timestamp
    package let lastSignInAt: Timestamp?
    package let lastSignInAddress: String
    package let createdAt: Timestamp
    /// Whether failed attempts keep it locked at the moment of reading.
    package let isLocked: Bool
    let hasSecondFactor: Bool
    /// All there ever were, oldest first.
    package var grants: [Grant] = []

    static let columns: SQL =
        """
        a.id, a.person_id, p.name, p.initials, a.login_name, a.state, a.must_change_password, a.password_changed_at,
        a.last_sign_in_at, a.last_sign_in_address, a.created_at, COALESCE(t.locked_until, 0), COALESCE(f.is_active, 0)
        """

    init(_ row: borrowing Row, at now: Timestamp) throws {
        (id, person, name, initials) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (login, state, mustChangePassword) = (try row.get(4), try row.get(5), try row.get(6))
        (passwordChangedAt, lastSignInAt) = (try row.get(7), try row.get(8))
        (lastSignInAddress, createdAt) = (try row.get(9), try row.get(10))
        isLocked = try row.get(11, as: Timestamp.self) > now
        hasSecondFactor = try row.get(12)
    }

    /// The grants that hold on the day or later; when there are none, the last one, so that the account has a place.
    package func shownGrants(on day: LocalDate) -> [Grant] {
        let open = grants.filter { $0.isOpen(on: day) }
        return open.isEmpty ? Array(grants.suffix(1)) : open
    }

    /// Where the audit log files deeds on the account.
    package func place(on day: LocalDate) -> OrganisationPath {
        shownGrants(on: day).first?.path ?? .city
    }
}

/// 登录名: lower-case letters, digits and `. _ - @`, 2 to 32 characters.
package enum LoginName {
    /// As stored and compared: white space off, full-width signs plain, lower case.
    package static func normalised(_ text: String) -> String {
        PasswordText.folded(text).filter { !$0.isWhitespace }
    }

    /// What is wrong with a normalised name, in Chinese; `nil` when it may be used.
    package static func problem(in name: String) -> String? {
        if name.isEmpty { return "填写登录名" }
        guard (2...32).contains(name.utf8.count) else { return "登录名应为 2 到 32 个字符" }
        guard name.utf8.allSatisfy(isAllowed), let first = name.utf8.first, isLetterOrDigit(first) else {
            return "登录名只能用小写字母、数字和 . _ - @，以字母或数字开头"
        }
        return nil
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == 0x2E || byte == 0x5F || byte == 0x2D || byte == 0x40
    }
}
