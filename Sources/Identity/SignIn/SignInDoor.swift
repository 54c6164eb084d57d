import Database
import Directory
import Kernel
import Platform
import Web

/// What proved who a person is.
package enum SignInMethod: String, Sendable {
    case password, card, wechat, gateway

    package var title: String {
        switch self {
        case .password: "密码"
        case .card: "登录卡"
        case .wechat: "微信"
        case .gateway: "国家或省平台"
        }
    }
}

/// What came of an attempt to sign in.
package enum SignInResult: Sendable {
    case started(token: String, mustChangePassword: Bool, last: LastSignIn?)
    /// Wrong, or not allowed; the text is shown.
    case refused(String)
    /// Too many failures; not even looked at.
    case wait(seconds: Int64)
}

/// When and from where the account signed in before.
package struct LastSignIn: Sendable, Equatable {
    let at: Timestamp
    let address: String
}

/// Where a sign-in comes from.
package struct SignInVisit: Sendable {
    struct SessionReference: Sendable {
        let id: String
        let account: ID<Account>
    }

    package let address: String
    let browser: String
    /// The session the browser had before; it ends.
    let previous: SessionReference?

    init(address: String, browser: String, previous: SessionReference?) {
        (self.address, self.browser, self.previous) = (address, browser, previous)
    }

    package init(_ request: WebRequest) {
        self.init(
            address: request.remoteAddress, browser: request.headers["user-agent"] ?? "",
            previous: request.session.map { SessionReference(id: $0.id, account: $0.user.account) })
    }
}

/// The one place where sessions of people begin, whatever proved who they are: the state of the account, the session
/// that is replaced, the note of the last sign-in, the audit entry.
package struct SignInDoor: Sendable {
    let sessions: SessionService
    /// Whether accounts of the demo's data may sign in; their passwords are known to everybody.
    let admitsDemoAccounts: Bool

    static let wrong = "账号或密码不正确"

    /// Starts a session inside the caller's transaction for an account that something other than a password vouches for.
    /// Throws `DomainError.notFound` without such an account.
    package func admit(
        _ account: ID<Account>, by method: SignInMethod, _ visit: SignInVisit, at now: Timestamp, on db: Connection
    ) throws -> SignInResult {
        guard let known = try AccountStore(db).credentials(of: account) else { throw DomainError.notFound }
        guard admitsDemoAccounts || !known.isOfDemo else { return .refused("这个账号不能登录") }
        return try admit(known, newHash: nil, by: method, visit, at: now, on: db)
    }

    func admit(
        _ known: AccountStore.Credentials, newHash: String?, by method: SignInMethod, _ visit: SignInVisit,
        at now: Timestamp, on db: Connection
    ) throws -> SignInResult {
        let store = AccountStore(db)
        guard try store.markSignedIn(known, newHash: newHash, address: visit.address, at: now) else {
            try SignInDoor.note(
                "account.sign_in_failed", known, method, visit.address, succeeded: false, at: now, on: db)
            return .refused(known.state == .active ? SignInDoor.wrong : "这个账号已停用，请联系管理员")
        }
        let previous = visit.previous, old = previous.flatMap { Hex.decode($0.id) }
        var lineage: String?
        if let previous, let old, previous.account == known.id {
            lineage = try SessionStore(db).lineage(of: old, of: known.id)
        }
        let roles = try (store.grants(of: [known.id])[known.id] ?? []).filter { $0.holds(on: now.day) }.map(\.role)
        let token = try sessions.start(
            for: known.id, roles: roles, by: method, lineage: lineage, browser: visit.browser, address: visit.address,
            at: now,
            on: db)
        if let previous, let old { try SessionStore(db).delete(old, of: previous.account) }
        try SignInDoor.note("account.signed_in", known, method, visit.address, succeeded: true, at: now, on: db)
        let last = known.lastSignInAt.map { LastSignIn(at: $0, address: known.lastSignInAddress) }
        return .started(token: token, mustChangePassword: known.mustChange, last: last)
    }

    /// A name that no account has is not written down: it may be a password typed into the wrong field.
    static func note(
        _ action: String, _ known: AccountStore.Credentials?, _ method: SignInMethod, _ address: String,
        succeeded: Bool, at now: Timestamp, on db: Connection
    ) throws {
        let actor = AuditActor(id: known?.id.rawValue, name: known?.name ?? "访客", address: address)
        let place =
            try known.map { try AccountStore(db).find($0.id, within: .everything, at: now).place(on: now.day) }
            ?? OrganisationStore(db).city()?.path
        let detail = known.map { method == .password ? $0.login : "\($0.login)，\(method.title)" } ?? "没有这个账号"
        try AuditLog.record(
            action, known?.id.rawValue ?? "", by: actor, at: place ?? .city, detail, succeeded: succeeded, now: now,
            on: db)
    }
}

/// What a browser is answered when its session has begun.
package enum SignInAnswer {
    /// - Parameter way: the path the person was on her way to.
    package static func started(
        token: String, mustChangePassword: Bool, last: LastSignIn?, way: String, _ page: PageContext
    ) -> WebResponse {
        var answer: WebResponse
        if mustChangePassword {
            answer = .redirect(
                "/account/password?return=" + URLCoding.encode(way), flash: Flash(.warning, "首次登录或密码已重置，先设置自己的密码"))
        } else {
            answer = onward(way, Flash(.done, last.map { "上次登录：\($0.at.text)，来自 \($0.address)" } ?? "已登录"), page)
        }
        answer.sessionChange = .start(token: token)
        return answer
    }

    /// On to where the person was going.
    package static func onward(_ way: String, _ flash: Flash, _ page: PageContext) -> WebResponse {
        leadsAway(way) ? passOn(to: way, page) : .redirect(way, flash: flash)
    }

    /// Whether the path is a door of single sign-on, which sends the browser on to another site.
    private static func leadsAway(_ way: String) -> Bool {
        ["/openid/", "/cas/", "/gateway/"].contains { way.hasPrefix($0) }
    }

    /// A page that moves on by itself. A redirect would not do: browsers hold every redirect that follows a form to the
    /// form's own policy, and that allows this site only.
    package static func passOn(to way: String, _ page: PageContext) -> WebResponse {
        let content: HTML = #"""
            \#(UI.heading("正在进入应用"))
            <p><a href="\#(url: way)">没有自动跳转时点这里继续</a></p>
            """#
        return .html(UI.layout("正在进入应用", page, content)).with(header: "refresh", "0; url=" + way)
    }
}
