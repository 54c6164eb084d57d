import Database
import Identity
import Kernel
import Platform
import Web

/// What applications that were written for the national gateway get here: tokens, tickets and sessions.
struct GatewayService: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let sessions: SessionService
    let address: SiteAddress
    let meter: RequestMeter
    let now: @Sendable () -> Timestamp

    /// Calls of one application in a minute, and of them those for a token.
    static let callLimit = 1200
    static let tokenLimit = 120
    /// Calls of one address in a minute that name no application we know.
    static let strangerLimit = 60

    static let stranger = GatewayRefusal(.wrong, "appId 或 keyInfo 不正确")
    static let dead = GatewayRefusal(.dead, "ticket 或会话已失效")

    // MARK: Tokens

    /// A token for whoever signs with the application's key. Throws `GatewayRefusal`.
    func token(_ call: GatewayCall, from address: String) async throws -> String {
        let appID = try call.required("appId"), time = try call.required("timeStamp")
        let keyInfo = try call.required("keyInfo"), session = call.text("usessionId")
        let now = now()
        guard let moment = GatewaySignature.moment(time) else {
            throw GatewayRefusal(.wrong, "timeStamp 应为秒或毫秒的数字")
        }
        guard GatewaySignature.isTimely(moment, at: now) else {
            throw GatewayRefusal(.wrong, "timeStamp 与平台时间相差超过 5 分钟，请校准时钟")
        }
        let crypto = crypto, meter = meter
        let outcome = try await database.write { db -> Result<String, GatewayRefusal> in
            let applications = ApplicationStore(db)
            guard let application = try applications.find(clientID: appID), application.speaks(.gateway) else {
                let mayAsk = meter.admits("address " + address, limit: GatewayService.strangerLimit, per: 60, at: now)
                return .failure(mayAsk ? GatewayService.stranger : GatewayService.tooMany)
            }
            guard meter.admits("token " + appID, limit: GatewayService.tokenLimit, per: 60, at: now) else {
                return .failure(GatewayService.tooMany)
            }
            let keys = try applications.appKeys(of: application.id, at: now, crypto)
            guard GatewaySignature.isValid(keyInfo, appID: appID, keys: keys, time: time) else {
                try ApplicationUse.failed(application.id, by: .gateway, "keyInfo 签名不正确", at: now, on: db)
                return .failure(GatewayService.stranger)
            }
            let store = GatewayStore(db)
            let first = try store.firstSeen(SHA256.hash(appID + " " + time), at: now)
            guard first.adding(seconds: GatewaySignature.repeatable) > now else {
                try ApplicationUse.failed(application.id, by: .gateway, "重复使用旧的 keyInfo", at: now, on: db)
                return .failure(GatewayRefusal(.wrong, "keyInfo 已经用过，请用新的 timeStamp 计算"))
            }
            if let session, try store.session(session, of: application.id, at: now) == nil {
                return .failure(GatewayService.dead)
            }
            let token = SecureRandom.token()
            try store.insertToken(
                token, of: application.id, at: now, until: now.adding(seconds: GatewayTicket.tokenLife))
            return .success(token)
        }
        return try outcome.get()
    }

    static let tooMany = GatewayRefusal(.tooMany, "请求过于频繁，请稍后再试")

    /// The application of the call's token. Throws `GatewayRefusal`, also when the application is suspended.
    func caller(_ call: GatewayCall, on db: Connection) throws -> Application {
        let token = try call.required("accessToken", "token"), now = now()
        guard let id = try GatewayStore(db).holder(ofToken: token, at: now),
            let application = try ApplicationStore(db).find(id), application.speaks(.gateway)
        else { throw GatewayRefusal(.wrong, "accessToken 无效或已过期") }
        guard meter.admits("call " + application.clientID, limit: GatewayService.callLimit, per: 60, at: now) else {
            throw GatewayService.tooMany
        }
        return application
    }

    // MARK: Tickets

    /// A ticket by which the application learns who its visitor is. Part of the caller's transaction. Throws
    /// `DomainError.conflict` when the session has just ended.
    func ticket(
        for application: Application, _ account: ID<Account>, lineage: String, on db: Connection
    ) throws -> String {
        let now = now(), ticket = GatewayTicket.random(at: now)
        guard try sessions.isOpen(lineage: lineage, at: now, on: db) else {
            throw DomainError.conflict("登录已结束，请重新登录后再打开应用。")
        }
        let what = GatewayStore.Ticket(
            application: application.id.rawValue, issuedBy: "", account: account, lineage: lineage,
            expiresAt: now.adding(seconds: GatewayTicket.life))
        try GatewayStore(db).insertTicket(ticket, what, at: now)
        return ticket
    }

    /// A ticket that an application makes from its visitor's session, to hand her on to another one: the one it names,
    /// or any. Only applications that the city has approved may leave that open.
    func ticket(from call: GatewayCall) async throws -> String {
        try await database.write { db in
            let application = try caller(call, on: db), now = now(), store = GatewayStore(db)
            guard let session = try store.session(try call.required("usessionId"), of: application.id, at: now) else {
                throw GatewayService.dead
            }
            var target = ""
            if let name = call.text("targetAppId") {
                guard let found = try ApplicationStore(db).find(clientID: name), found.speaks(.gateway) else {
                    throw GatewayRefusal(.wrong, "targetAppId 不正确")
                }
                target = found.id.rawValue
            } else if [.county, .school, .personal].contains(application.level) {
                throw GatewayRefusal(.wrong, "县、校和个人级应用须用 targetAppId 指明目标应用")
            }
            let ticket = GatewayTicket.random(at: now)
            let what = GatewayStore.Ticket(
                application: target, issuedBy: application.id.rawValue, account: session.account,
                lineage: session.lineage, expiresAt: now.adding(seconds: GatewayTicket.life))
            try store.insertTicket(ticket, what, at: now)
            return ticket
        }
    }

    /// What an application gets for a ticket.
    struct Admission: Sendable {
        let person: GatewayPerson
        let application: Application
        /// 会话 at the application.
        let session: String
    }

    /// The visitor behind a ticket, for the application it was made for. The ticket is used up, whatever comes of it.
    func admission(_ call: GatewayCall, from address: String) async throws -> Admission {
        let outcome = try await database.write { db -> Result<Admission, GatewayRefusal> in
            let application = try caller(call, on: db)
            return try admission(try call.required("ticket"), by: application, from: address, on: db)
        }
        return try outcome.get()
    }

    /// The same for the first flavour, whose applications check tickets before they have a token: the ticket itself says
    /// which application it is for. The session it brings is worth nothing without that application's token.
    func admissionWithoutToken(_ call: GatewayCall, from address: String) async throws -> Admission {
        guard meter.admits("address " + address, limit: GatewayService.callLimit, per: 60, at: now()) else {
            throw GatewayService.tooMany
        }
        let outcome = try await database.write { db in
            try admission(try call.required("ticket"), by: nil, from: address, on: db)
        }
        return try outcome.get()
    }

    private func admission(
        _ ticket: String, by caller: Application?, from address: String, on db: Connection
    ) throws -> Result<Admission, GatewayRefusal> {
        let now = now(), store = GatewayStore(db)
        guard let what = try store.takeTicket(ticket) else { return .failure(GatewayService.dead) }
        let owner = try ID<Application>(checking: what.application).flatMap { try ApplicationStore(db).find($0) }
        if let caller, !what.application.isEmpty, owner?.id != caller.id {
            try ApplicationUse.failed(caller.id, by: .gateway, "拿着别的应用的 ticket", at: now, on: db)
            try GatewayService.note(
                "application.ticket_refused", caller, AuditActor(id: nil, name: caller.name, address: address),
                "账号 \(what.account)，别的应用的 ticket", succeeded: false, at: now, on: db)
            return .failure(GatewayService.dead)
        }
        guard let application = caller ?? owner, application.speaks(.gateway), what.expiresAt > now,
            try sessions.isOpen(lineage: what.lineage, at: now, on: db)
        else { return .failure(GatewayService.dead) }
        let account = try AccountStore(db).find(what.account, within: .everything, at: now)
        let person = GatewayPerson(account, on: now.day)
        guard person.isActive else { return .failure(GatewayService.dead) }
        let session = try begin(what, person, at: application, now: now, on: db)
        let actor = AuditActor(id: what.account.rawValue, name: person.name, address: address)
        let issuer = try ID<Application>(checking: what.issuedBy).flatMap { try ApplicationStore(db).find($0) }
        try GatewayService.note(
            "application.entered", application, actor, issuer.map { "由\($0.name)转来" }, at: now, on: db)
        return .success(Admission(person: person, application: application, session: session))
    }

    /// A session of the person at the application, with everything that hangs on it.
    private func begin(
        _ ticket: GatewayStore.Ticket, _ person: GatewayPerson, at application: Application, now: Timestamp,
        on db: Connection
    ) throws -> String {
        let session = GatewayTicket.newSession()
        try GatewayStore(db).insertSession(
            session, of: ticket.account, lineage: ticket.lineage, for: application.id, at: now,
            until: now.adding(seconds: GatewayTicket.sessionLife))
        try ParticipationStore(db).record(
            lineage: ticket.lineage, account: ticket.account, application: application.id, kind: .gateway,
            reference: session, address: application.logoutURL, at: now)
        try ApplicationUse.note(application.id, account: ticket.account, by: .gateway, at: now, on: db)
        return session
    }

    private static func note(
        _ action: String, _ application: Application, _ actor: AuditActor, _ more: String?, succeeded: Bool = true,
        at now: Timestamp, on db: Connection
    ) throws {
        let detail = [application.name, SignOnProtocol.gateway.title, more].compactMap { $0 }.joined(separator: "，")
        try AuditLog.record(
            action, application.id.rawValue, by: actor, at: application.ownerPath, detail, succeeded: succeeded,
            now: now, on: db)
    }

    // MARK: Sign-in on an application's word

    /// A slip that lets a browser come by for sign-in once.
    func access(_ call: GatewayCall) async throws -> String {
        try await database.write { db in
            let application = try caller(call, on: db), now = now(), access = SecureRandom.token()
            try GatewayStore(db).insertAccess(
                access, of: application.id, at: now, until: now.adding(seconds: GatewayTicket.accessLife))
            return access
        }
    }
}

/// How applications of the gateway are told of a sign-out. The protocol has no word for it, so it is told in its manner:
/// the key of the session as JSON, to the address that was registered for it.
enum GatewayLogout {
    static let message: LogoutMessage = { ended, _ in
        OutboundRequest(
            method: .post, url: ended.address, headers: [("Content-Type", "application/json; charset=utf-8")],
            body: Array(GatewayValue.object(["usessionId": .text(ended.reference)]).json.utf8))
    }
}
