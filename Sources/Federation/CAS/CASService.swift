import Database
import Directory
import Identity
import Kernel
import Platform

/// What CAS does: a ticket for a signed-in person on her way to an application, and the application's question whose it is.
struct CASService: Sendable {
    let database: Database
    let sessions: SessionService
    let now: @Sendable () -> Timestamp

    /// A person who is let in.
    struct Visitor: Sendable {
        let account: ID<Account>
        let lineage: String
        let signedInAt: Timestamp
        /// Whether she has just shown who she is for this very request.
        let isFresh: Bool
    }

    func application(of service: ServiceAddress) async throws -> Application? {
        try await database.read { try ServiceTicketStore($0).application(of: service) }
    }

    /// A ticket for the service; `nil` when the session has just ended or the service is not registered (any more).
    func issue(for visitor: Visitor, to service: ServiceAddress) async throws -> String? {
        let ticket = ServiceTicket.random(), now = now()
        guard let hash = ServiceTicket.hash(ticket) else { preconditionFailure("a new ticket has the shape of one") }
        return try await database.write { db in
            let store = ServiceTicketStore(db)
            try store.deleteExpired(at: now)
            guard try sessions.isOpen(lineage: visitor.lineage, at: now, on: db),
                let application = try store.application(of: service)
            else { return nil }
            try store.insert(
                hash,
                ServiceTicket(
                    application: application.id, account: visitor.account, lineage: visitor.lineage,
                    service: service.text, isFresh: visitor.isFresh, signedInAt: visitor.signedInAt,
                    expiresAt: now.adding(seconds: ServiceTicket.life)))
            return ticket
        }
    }

    /// An application's question about a ticket.
    struct Validation: Sendable {
        let ticket: String
        let service: String
        /// Only a ticket given right after a sign-in will do.
        let renew: Bool
        /// A `pgtUrl` was sent: the application wants to act for the person elsewhere.
        let wantsProxy: Bool
        /// Whether the version asked for has attributes.
        let wantsAttributes: Bool
        /// Where the question comes from.
        let address: String
    }

    /// Burns the ticket, whatever the answer.
    func validate(_ asked: Validation) async throws -> Result<CASIdentity, CASFailure> {
        if asked.ticket.hasPrefix("PT-") { return .failure(.invalidTicketSpec) }
        guard let hash = ServiceTicket.hash(asked.ticket) else { return .failure(.invalidTicket) }
        let now = now()
        return try await database.write { db in
            guard let ticket = try ServiceTicketStore(db).take(hash),
                let application = try ApplicationStore(db).find(ticket.application)
            else { return .failure(.invalidTicket) }
            if let failure = try problem(with: ticket, of: application, asked, at: now, on: db) {
                try refuse(ticket, of: application, failure, asked, at: now, on: db)
                return .failure(failure)
            }
            return .success(try admit(ticket, to: application, asked, at: now, on: db))
        }
    }

    private func problem(
        with ticket: ServiceTicket, of application: Application, _ asked: Validation, at now: Timestamp,
        on db: Connection
    ) throws -> CASFailure? {
        if ticket.expiresAt <= now { return .invalidTicket }
        if !application.speaks(.cas) || !ticket.service.utf8.elementsEqual(asked.service.utf8) {
            return .invalidService
        }
        if asked.renew && !ticket.isFresh { return .invalidTicket }
        if asked.wantsProxy { return .unauthorizedServiceProxy }
        return try sessions.isOpen(lineage: ticket.lineage, at: now, on: db) ? nil : .invalidTicket
    }

    private func refuse(
        _ ticket: ServiceTicket, of application: Application, _ failure: CASFailure, _ asked: Validation,
        at now: Timestamp, on db: Connection
    ) throws {
        try ApplicationUse.failed(application.id, by: .cas, failure.text, at: now, on: db)
        try AuditLog.record(
            "application.ticket_refused", application.id.rawValue,
            by: AuditActor(id: nil, name: application.name, address: asked.address), at: application.ownerPath,
            "\(application.name)，CAS，账号 \(ticket.account)，\(failure.rawValue)", succeeded: false, now: now, on: db)
    }

    private func admit(
        _ ticket: ServiceTicket, to application: Application, _ asked: Validation, at now: Timestamp,
        on db: Connection
    ) throws -> CASIdentity {
        let profile = try AccountStore(db).profile(of: ticket.account, at: now)
        try ParticipationStore(db).record(
            lineage: ticket.lineage, account: ticket.account, application: application.id, kind: .cas,
            reference: asked.ticket, address: CASService.logoutAddress(ticket, application), at: now)
        try ApplicationUse.note(application.id, account: ticket.account, by: .cas, at: now, on: db)
        try AuditLog.record(
            "application.entered", application.id.rawValue,
            by: AuditActor(id: ticket.account.rawValue, name: profile.name, address: asked.address),
            at: application.ownerPath, "\(application.name)，CAS", now: now, on: db)
        let attributes = try asked.wantsAttributes ? self.attributes(of: profile, ticket, application, now.day, db) : []
        return CASIdentity(user: profile.login, attributes: attributes)
    }

    /// Where the application hears of the sign-out: at its registered address, else at the service itself.
    private static func logoutAddress(_ ticket: ServiceTicket, _ application: Application) -> String {
        application.logoutURL.isEmpty ? ServiceAddress(ticket.service)?.location ?? "" : application.logoutURL
    }

    /// What the application was approved to learn; the first three are the protocol's own.
    private func attributes(
        of profile: AccountProfile, _ ticket: ServiceTicket, _ application: Application, _ day: LocalDate,
        _ db: Connection
    ) throws -> [CASAttribute] {
        var attributes = [
            CASAttribute("authenticationDate", ticket.signedInAt.rfc3339),
            CASAttribute("longTermAuthenticationRequestTokenUsed", "false"),
            CASAttribute("isFromNewLogin", ticket.isFresh ? "true" : "false"),
        ]
        if application.scopes.contains(ApplicationScope.profile.rawValue) {
            attributes += [CASAttribute("login", profile.login), CASAttribute("name", profile.name)]
        }
        if application.scopes.contains(ApplicationScope.edu.rawValue) {
            let organisations = CASService.unrepeated(profile.posts.map(\.organisation))
            attributes += [
                CASAttribute("role", list: CASService.unrepeated(profile.posts.map(\.role.rawValue))),
                CASAttribute("organisation", list: organisations.map(\.name)),
                CASAttribute("organisationCode", list: organisations.compactMap(\.code)),
                CASAttribute("class", list: try CASService.classes(of: profile.person, on: day, db)),
            ]
        }
        return attributes
    }

    /// The class a pupil belongs to, or those a teacher leads or teaches.
    private static func classes(of person: ID<Person>, on day: LocalDate, _ db: Connection) throws -> [String] {
        let taught = try ClassGroupStore(db).classes(of: person, on: day)
        let attended = try EnrolmentStore(db).history(of: person).filter { $0.enrolment.holds(on: day) }
        return (attended.map(\.classGroup) + taught).map { $0.name(on: day) }
    }

    private static func unrepeated<Item: Equatable>(_ items: [Item]) -> [Item] {
        items.reduce(into: []) { list, item in if !list.contains(item) { list.append(item) } }
    }
}
