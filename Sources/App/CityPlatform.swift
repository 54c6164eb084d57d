import Connectivity
import Contracts
import Database
import Directory
import Exchange
import Federation
import Foundation
import Identity
import Kernel
import Logging
import Media
import Plan
import Platform
import Privacy
import Resources
import Rosters
import SchoolAffairs
import Web

/// The composition root: every module with what it needs, in order, and the list of all routes.
/// Nothing is global; a test builds one of these per case.
package struct CityPlatform: Sendable {
    package let configuration: AppConfiguration
    package let database: Database
    package let files: FileStore
    /// Resumable uploads and the storage of files.
    package let media: MediaModule
    package let hasher: PasswordHasher
    /// Seals fields and makes them findable; its keys are outside the database.
    package let crypto: any CryptoProvider
    private let keyFingerprint: String
    /// The one door for requests to other systems.
    package let outbound: any OutboundHTTP
    /// The absolute address of the platform.
    package let address: SiteAddress
    package let identity: IdentityModule
    package let federation: FederationModule
    package let directory: DirectoryModule
    package let connectivity: ConnectivityModule
    package let plan: PlanModule
    package let rosters: RostersModule
    package let affairs: SchoolAffairsModule
    package let exchange: ExchangeModule
    package let privacy: PrivacyModule
    package let resources: ResourcesModule
    /// Told of posts and of leaving by whatever changes them.
    package let staffListeners: StaffListeners
    package let metrics: WebMetrics
    package let logger: Logger
    package let routes: [Route]
    package let pipeline: WebPipeline

    /// All schema steps in the order of the modules.
    package static let migrations: [Migration] =
        PlatformModule.migrations + MediaModule.migrations + DirectoryModule.migrations + IdentityModule.migrations
        + FederationModule.migrations
        + ConnectivityModule.migrations + PlanModule.migrations + RostersModule.migrations
        + SchoolAffairsModule.migrations + ExchangeModule.migrations + PrivacyModule.migrations
        + ResourcesModule.migrations

    /// Every column with sealed values.
    package static let sealedColumns =
        DirectoryModule.sealedColumns + IdentityModule.sealedColumns + FederationModule.sealedColumns
        + RostersModule.sealedColumns + SchoolAffairsModule.sealedColumns + ExchangeModule.sealedColumns
        + PrivacyModule.sealedColumns

    /// Every column outside the directory that names a person.
    package static let personColumns: [PersonColumn] =
        RostersModule.personColumns + SchoolAffairsModule.personColumns + ExchangeModule.personColumns
        + PrivacyModule.personColumns + ResourcesModule.personColumns
        + NoticePersonalData.columns
    /// Everything that people are told, in the order of the settings page.
    package static let noticeKinds: [NoticeKind] =
        ResourcesModule.noticeKinds + MediaModule.noticeKinds + SchoolAffairsModule.noticeKinds
        + PlatformModule.noticeKinds
    /// Every column that keeps the content of a file. What none of them names is swept.
    package static let contentColumns: [ContentColumn] =
        ContentColumn.ofPlatform + MediaModule.contentColumns + ConnectivityModule.contentColumns
        + PlanModule.contentColumns + RostersModule.contentColumns + ExchangeModule.contentColumns
        + ResourcesModule.contentColumns
    /// Who else sees to the records of people when two become one.
    package static let mergeListeners: [any PersonMergeListener] = [AccountMerging()]

    /// What differs between a running server, a command and a test.
    package struct Options: Sendable {
        package var passwordCost: PasswordHasher.Cost = .standard
        /// Accounts to show on the sign-in page; only a demo has some.
        package var demoAccounts: (@Sendable () async throws -> [DemoAccount])?
        /// Stands in for the network.
        package var outbound: (any OutboundHTTP)?
        /// Stands in for the clock where a deed has its months.
        package var now: @Sendable () -> Timestamp = { .now }
        /// Stands in for the registry of applications where it tells which system calls.
        package var machines: (any MachineAccess)?
        package init() {}
    }

    package init(
        _ configuration: AppConfiguration, database: Database, options: Options = Options(), logger: Logger
    ) throws {
        self.configuration = configuration
        self.database = database
        self.logger = logger
        let folder = configuration.dataFolder
        files = try FileStore(root: folder + "/files")
        let uploads = folder + "/uploads"
        try PrivateFile.makeFolder(uploads)
        hasher = PasswordHasher(cost: options.passwordCost)
        metrics = WebMetrics()
        let ring = try KeyFile(path: configuration.keyFile).loadOrCreate()
        keyFingerprint = ring.fingerprint
        crypto = configuration.crypto.provider(ring)
        outbound =
            options.outbound
            ?? OutboundClient(
                policy: configuration.outbound, authorities: configuration.outboundAuthorities, logger: logger)
        media = try MediaModule(
            database: database, files: files, settings: configuration.media, outbound: outbound, folder: folder,
            contents: NamedContents(CityPlatform.contentColumns),
            logger: logger, now: options.now)
        address = SiteAddress(configuration.publicURL ?? "http://\(configuration.host):\(configuration.port)")

        staffListeners = StaffListeners(
            leaving: [GrantEnding(), GuardianGrants(), StaffDeparture(crypto: crypto)],
            appointments: [AppointmentGrants()])
        connectivity = ConnectivityModule(database: database, files: files)
        plan = PlanModule(
            database: database, files: files,
            sources: [
                connectivity.indicators,
                ResourceIndicators(database: database),
                SiteIndicators(database: database),
            ])
        let reviewOffice = ReviewOffice(
            calendar: WorkCalendar.shipped, consent: ConsentGate(crypto: crypto),
            reviewers: GrantHolders(database: database))
        let lessonOffice = LessonOffice(
            schoolDays: WorkCalendar.shipped, consent: ConsentGate(crypto: crypto), now: options.now)
        rosters = RostersModule(
            database: database, crypto: crypto, files: files, personColumns: CityPlatform.personColumns,
            mergeListeners: CityPlatform.mergeListeners, guardianshipListeners: [GuardianGrants()],
            personUses: [AccountUse(), StudentUse(), ConsentUse()], personTraces: [DropoutTraces()],
            workFolder: uploads)
        affairs = SchoolAffairsModule(
            database: database, crypto: crypto, staffListeners: staffListeners, exportFolder: uploads,
            now: options.now)
        directory = DirectoryModule(
            database: database, crypto: crypto,
            schoolPanels: connectivity.schoolPanels + plan.schoolPanels
                + ResourcesModule.schoolPanels(database, reviewOffice),
            leavingListeners: staffListeners.leaving,
            classPages: [
                IdentityModule.classPage, RostersModule.classPage, SchoolAffairsModule.classPage,
                PrivacyModule.classPage, ResourcesModule.classPage,
            ],
            staffPages: [IdentityModule.staffPage, RostersModule.staffPage, RostersModule.staffImportPage]
                + SchoolAffairsModule.staffPages,
            personPanels: rosters.personPanels, pupilPanels: SchoolAffairsModule.pupilPanels(crypto),
            memberPages: [SchoolAffairsModule.memberPage], appointmentListeners: staffListeners.appointments,
            guardianshipListeners: [GuardianGrants()], personUses: [AccountUse()],
            guardianPages: [IdentityModule.guardianPage],
            childPanels: PrivacyModule.childPanels(crypto) + ResourcesModule.childPanels(reviewOffice, lessonOffice),
            personColumns: CityPlatform.personColumns, withdrawalFollowers: [ReceiverForgetting()],
            exportFolder: uploads)
        identity = IdentityModule(
            database: database, hasher: hasher, crypto: crypto, address: address,
            demoAccounts: options.demoAccounts ?? { [] },
            isDemo: options.demoAccounts != nil, limits: options.demoAccounts == nil ? .ofACity : SessionLimits(),
            signInLinks: WeChatPanel.signInLinks(configuration.wechat),
            panels: WeChatPanel.panels(configuration.wechat, database: database, crypto: crypto)
                + GatewayPanel.panels(database: database, crypto: crypto) + ConsentPanel.panels(database: database))
        federation = FederationModule(
            database: database, identity: identity, crypto: crypto, address: address, outbound: outbound,
            flavours: try GatewayFlavours(folder: folder + "/gateway"), wechat: configuration.wechat,
            consent: ConsentGate(crypto: crypto),
            today: PrivacyModule.today(crypto) + ResourcesModule.today(reviewOffice, lessonOffice))
        exchange = ExchangeModule(
            database: database, crypto: crypto, machines: options.machines ?? federation.machineAccess,
            gate: PersonAccounts(), listeners: staffListeners, address: address, outbound: outbound,
            exportFolder: uploads, files: files, intake: rosters.intake, dropFolder: configuration.exchangeFolder)

        resources = ResourcesModule(
            database: database, files: files, uploads: media.uploads, workFolder: uploads,
            office: reviewOffice, lessons: lessonOffice,
            interchange: Interchange(
                outbound: outbound, crypto: crypto, siteName: configuration.siteName,
                contact: configuration.siteContact), address: address)
        let held = DirectoryPersonalData(database: database, crypto: crypto)
        privacy = PrivacyModule(
            database: database, crypto: crypto, gate: PersonAccounts(), workDays: WorkCalendar.shipped,
            dataReceivers: [exchange.dataReceivers, ApplicationReceivers(database: database)],
            personalData: [
                held, AccountPersonalData(database: database, crypto: crypto),
                FederationPersonalData(database: database), ConsentPersonalData(database: database, crypto: crypto),
                ExchangePersonalData(database: database, crypto: crypto), resources.personalData,
                NoticePersonalData(database: database, kinds: CityPlatform.noticeKinds),
            ],
            retained: [
                held, RosterRetention(database: database), AbsenceRetention(database: database, crypto: crypto),
                AffairsRetention(database: database), ExchangeRunRetention(database: database),
                PushRetention(database: database), LessonRetention(database: database),
                ExchangeFileRetention(database: database, intake: rosters.intake),
            ], roleTitle: CityPlatform.roleTitle, exportFolder: uploads)

        var operations = Routes(module: "operations")
        HealthRoutes(database: database, metrics: metrics).add(to: &operations)
        JobRoutes(database: database).add(to: &operations)
        AuditRoutes(database: database).add(to: &operations)
        NoticeRoutes(database: database, kinds: CityPlatform.noticeKinds).add(to: &operations)
        let web = WebRoutes.routes(hasGallery: options.demoAccounts != nil)
        let described =
            web.all + media.routes() + identity.routes() + federation.routes() + directory.routes()
            + connectivity.routes() + plan.routes() + rosters.routes() + affairs.routes() + exchange.routes()
            + privacy.routes() + resources.routes() + operations.all
        routes = described + APIDescription.routes(describing: described, title: configuration.siteName)
        let sessions = identity
        let services = WebServices(
            authenticate: { try await sessions.authenticate($0) },
            repeats: StoredRepeatGuard(requests: RepeatedRequests(database)),
            site: SiteInfo(
                name: configuration.siteName, owner: configuration.siteOwner, contact: configuration.siteContact,
                registration: configuration.siteRegistration, isDemo: options.demoAccounts != nil,
                assets: try AssetManifest(folder: configuration.publicFolder)),
            navigation: NavigationMenu(Navigation.items), exporter: SheetExporter(folder: uploads),
            uploadFolder: uploads,
            isSecure: configuration.publicURL?.hasPrefix("https://") ?? false, trustsProxy: configuration.trustsProxy)
        pipeline = WebPipeline(routes: routes, services: services, metrics: metrics, logger: logger)
    }

    @Sendable private static func roleTitle(_ code: String) -> String {
        code == Looker.systemRole ? "其他系统" : Role(rawValue: code)?.title ?? code
    }

    package var jobs: [JobHandler] {
        federation.jobs + connectivity.jobs + plan.jobs + rosters.jobs + affairs.jobs + exchange.jobs + privacy.jobs
            + resources.jobs + media.careJobs
    }
    /// Jobs that mostly wait for other systems.
    package var errands: [JobHandler] { federation.errands + exchange.errands + resources.errands }
    package var receivers: [EventReceiver] {
        federation.receivers + connectivity.receivers + plan.receivers + rosters.receivers + affairs.receivers
            + exchange.receivers + privacy.receivers + resources.receivers
            + identity.receivers
    }

    /// Uploads and exports of a server that died are of no use to the next one. Only a server clears them: a command
    /// may run beside one.
    func clearUploads() throws {
        let manager = FileManager.default, path = configuration.dataFolder + "/uploads"
        for name in try manager.contentsOfDirectory(atPath: path) { try manager.removeItem(atPath: path + "/" + name) }
    }

    /// Opens the database of the configuration, making the data folder when it is missing.
    package static func openDatabase(_ configuration: AppConfiguration, logger: Logger) throws -> Database {
        try FileManager.default.createDirectory(
            atPath: configuration.dataFolder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o750])
        return try Database(configuration.database, readers: configuration.readers, logger: logger)
    }

    /// Throws `CryptoError.keyFile` when the keys are not those the database was first used with: what is sealed in it
    /// would not open, and what is sealed now would be lost with the right ones.
    package func verifyKeys() async throws {
        let fingerprint = keyFingerprint, name = "platform.key.fingerprint"
        var known = try await database.read { try SettingStore($0).value(name) }
        if known == nil {
            known = try await database.write { db in
                let store = SettingStore(db)
                if let known = try store.value(name) { return known }
                try store.set(name, to: fingerprint, by: .system)
                return fingerprint
            }
        }
        guard known == fingerprint else {
            throw CryptoError.keyFile(path: configuration.keyFile, reason: "不是这个数据库的密钥。请从备份恢复原来的密钥文件")
        }
    }

    /// Notes in the audit log what the operator did to the keys.
    package func noteKeys(_ detail: String) async throws {
        try await database.write { try AuditLog.record("keys.changed", "keys", by: .system, detail, on: $0) }
    }

    /// A fresh database gets the city's tree and the shipped target sets. Safe to run again.
    package func prepare() async throws {
        let plan = plan
        try await database.write { db in
            try CitySetup.prepare(db, by: .system)
            try plan.installShippedTargets(db)
        }
    }
}
