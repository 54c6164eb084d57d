import Contracts
import Database
import Directory
import Identity
import Kernel
import Platform
import Web

/// One sign-in for every application of the city: the registry of applications, and the protocols by which they let
/// people in on the platform's word or the platform on theirs. Sits above `Identity`, which knows nothing of it.
package struct FederationModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("federation/0001-applications", ApplicationSchema.statements),
        Migration("federation/0002-participation", ParticipationSchema.statements),
        Migration("federation/0003-openid", OpenIDSchema.statements),
        Migration("federation/0004-cas", ServiceTicketSchema.statements),
        Migration("federation/0005-gateway", GatewaySchema.statements),
        Migration("federation/0006-wechat", WeChatBindingSchema.statements),
        Migration("federation/0007-use", ApplicationSchema.use),
        Migration("federation/0008-machine-access", MachineTokenSchema.statements),
    ]

    /// Where sealed values stand that outlive a few minutes.
    package static let sealedColumns = [
        SealedColumn("federation_secret", "sealed", key: "id", name: "federation_secret.sealed"),
        SealedColumn("federation_signing_key", "sealed", key: "id", name: "federation_signing_key.sealed"),
        SealedColumn("federation_counterpart", "app_key", key: "id", name: "federation_counterpart.app_key"),
        SealedColumn("federation_counterpart_link", "person", key: "id", name: "federation_counterpart_link.person"),
        SealedColumn(
            "federation_wechat_binding", "openid", key: "account_id", name: "federation_wechat_binding.openid"),
        SealedColumn(
            "federation_wechat_binding", "unionid", key: "account_id", name: "federation_wechat_binding.unionid"),
    ]

    let database: Database
    let identity: IdentityModule
    let crypto: any CryptoProvider
    let address: SiteAddress
    let outbound: any OutboundHTTP
    /// `nil` where the city has no 服务号.
    let wechat: WeChatSettings?
    private let consent: (any ServiceConsent)?
    private let today: [any TodaySource]
    let now: @Sendable () -> Timestamp
    private let silent = SilentApplications()
    private let gateway: NationalGateway
    /// The keys that sign what applications are told.
    package let signingKeys: SigningKeys

    /// - Parameters:
    ///   - address: issuer and base of every address told to others.
    ///   - flavours: how national and provincial platforms speak.
    ///   - today: what waits for somebody, on 我的应用.
    ///   - consent: tells whether a pupil may have her WeChat bound; without one nobody is asked.
    package init(
        database: Database, identity: IdentityModule, crypto: any CryptoProvider, address: SiteAddress,
        outbound: any OutboundHTTP, flavours: GatewayFlavours = .shipped,
        wechat: WeChatSettings? = nil, consent: (any ServiceConsent)? = nil,
        today: [any TodaySource] = [],
        now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        (self.wechat, self.consent, self.today) = (wechat, consent, today)
        (self.database, self.identity, self.crypto) = (database, identity, crypto)
        (self.address, self.outbound, self.now) = (address, outbound, now)
        signingKeys = SigningKeys(database: database, crypto: crypto, now: now)
        gateway = NationalGateway(
            database: database, identity: identity, crypto: crypto, address: address, outbound: outbound,
            flavours: flavours, now: now)
    }

    /// How applications of each protocol are told that a session is over.
    private var logoutMessages: [SignOnProtocol: LogoutMessage] {
        [.cas: SAMLLogoutRequest.message, .openID: LogoutToken.message(openID), .gateway: GatewayLogout.message]
    }
    private var openID: OpenIDProvider {
        OpenIDProvider(
            database: database, sessions: identity.sessions, crypto: crypto, keys: signingKeys, address: address,
            now: now)
    }
    private var cas: CASRoutes {
        CASRoutes(
            service: CASService(database: database, sessions: identity.sessions, now: now),
            sessions: identity.sessions, asked: SignInRequestTime(crypto: crypto), now: now)
    }
    private var wechatRoutes: WeChatRoutes? {
        wechat.map { settings in
            WeChatRoutes(
                service: WeChatService(
                    database: database, client: WeChatClient(settings: settings, outbound: outbound), crypto: crypto,
                    door: identity.door, now: now, consent: consent),
                cookies: WeChatCookies(crypto: crypto, isSecure: address.base.hasPrefix("https://")),
                address: address)
        }
    }
    private var signOut: SignOutDelivery {
        SignOutDelivery(
            database: database, outbound: outbound, messages: logoutMessages, silent: silent, now: now)
    }

    /// What each protocol does when an application is suspended or retired.
    private var applicationEnds: [ApplicationEnd] {
        [OpenIDProvider.applicationEnd, NationalGateway.end, MachineTokens.applicationEnd]
    }
    /// Tells which other system is calling an interface.
    package var machineAccess: any MachineAccess { MachineTokens(database: database, crypto: crypto, now: now) }
    /// Applications from the command line.
    package var applications: OperatorApplications {
        OperatorApplications(database: database, crypto: crypto, ends: applicationEnds, now: now)
    }

    package func routes() -> [Route] {
        var routes = Routes(module: "federation")
        cas.add(to: &routes)
        AuthorizationRoutes(service: AuthorizationService(provider: openID)).add(to: &routes)
        TokenRoutes(provider: openID).add(to: &routes)
        LogoutRoutes(provider: openID).add(to: &routes)
        wechatRoutes?.add(to: &routes)
        gateway.add(to: &routes)
        LauncherRoutes(database: database, today: today, now: now).add(to: &routes)
        ApplicationRoutes(database: database, crypto: crypto, ends: applicationEnds, now: now).add(to: &routes)
        ApplicationUseRoutes(database: database, now: now).add(to: &routes)
        return routes.all
    }
    package var jobs: [JobHandler] { [] }
    /// Jobs that mostly wait for other systems; several run at a time, beside the others.
    package var errands: [JobHandler] { [signOut.job, gateway.job] }
    /// Removes what has expired. For an hourly job.
    package func forgetOld() async throws {
        let now = now()
        try await database.write { db in
            try WeChatBindingStore.forgetStates(before: now, on: db)
            try ApplicationUse.fold(before: now.day, on: db)
            try ApplicationSecretStore(db).forgetExpired(at: now)
            try AuthorizationStore(db).deleteOld(at: now)
            try MachineTokenStore(db).deleteOld(at: now)
        }
        try await signingKeys.tend()
    }
    package var receivers: [EventReceiver] {
        [signOut.receiver, gateway.receiver] + EndedAccounts(database: database).receivers
    }
}
