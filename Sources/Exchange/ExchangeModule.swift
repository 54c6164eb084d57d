import Contracts
import Database
import Directory
import Kernel
import Platform
import Web

/// 数据交换: rosters for other systems by OneRoster, SCIM, the city's own interface and files, in and out.
package struct ExchangeModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("exchange/0001-gradebook", GradebookSchema.statements),
        Migration("exchange/0010-scim", ScimDatabaseSchema.statements),
        Migration("exchange/0011-feed", FeedSchema.statements),
        Migration("exchange/0012-city-interface", NonceSchema.statements + PushSchema.statements),
        Migration("exchange/0013-runs", ExchangeRunSchema.statements),
        Migration("exchange/0014-receivers", ReceiverSchema.statements),
        Migration("exchange/0015-partners", PartnerSchema.statements),
        Migration("exchange/0016-file-drop", DropSchema.statements),
        Migration("exchange/0017-bundles", BundleImportSchema.statements),
        Migration(
            "exchange/0018-grades-of-a-pupil",
            ["CREATE INDEX exchange_grade_record_student ON exchange_grade_record (student, kind)"]),
        Migration("exchange/0019-bundle-places", BundleImportSchema.places),
        Migration("exchange/0020-expiry-of-files", DropSchema.expiry),
        Migration("exchange/0021-reads", ReadSchema.statements),
        Migration("exchange/0022-people-named", ReceiverSchema.named),
    ]

    /// Where sealed values stand.
    package static let sealedColumns: [SealedColumn] = [
        SealedColumn("exchange_scim_user", "sealed", key: "id", name: "exchange_scim_user.sealed"),
        SealedColumn("exchange_raw_value", "sealed", key: "id", name: "exchange_raw_value.sealed"),
        SealedColumn("exchange_receiver", "sealed_token", key: "id", name: "exchange_receiver.sealed_token"),
        SealedColumn("exchange_grade_record", "sealed", key: "key", name: "exchange_grade_record.sealed"),
        SealedColumn("exchange_bundle", "file_key", key: "id", name: "exchange_bundle.file_key"),
    ]

    /// Columns that keep contents: a bundle's archive is named by nothing else, and is of no use without its key.
    package static let contentColumns = [
        ContentColumn(
            "exchange_bundle", "sha256", .hash, name: "exchange_bundle.sha256", where: "file_key IS NOT NULL")
    ]

    /// Columns that name people and follow when two records of one person become one.
    package static let personColumns: [PersonColumn] = [
        PersonColumn(
            "exchange_scim_user", "person_id", name: "exchange_scim_user.person_id", hasChangedAt: true, isKey: true),
        PersonColumn(
            "exchange_grade_record", "student", key: "key", name: "exchange_grade_record.student", hasChangedAt: true),
        PersonColumn(
            "exchange_push", "person_id", key: "application || ' ' || dataset || ' ' || source_id",
            name: "exchange_push.person_id", mayExpire: true, isKey: true),
        PersonColumn(
            "exchange_raw_value", "person_id", name: "exchange_raw_value.person_id", mayExpire: true, isKey: true),
        PersonColumn(
            "exchange_bundle_key", "person_id", key: "partner_id || ' ' || source_id",
            name: "exchange_bundle_key.person_id", isKey: true),
        PersonColumn(
            "exchange_bundle_row", "former_person_id", key: "bundle_id || ' ' || batch || ' ' || row_number",
            name: "exchange_bundle_row.former_person_id"),
    ]
    /// Those that stay: another system still has to hear that the record that went is gone.
    package static let fixedPersonColumns: Set<String> = ["exchange_delivery.person_id"]

    private let database: Database
    private let crypto: any CryptoProvider
    private let machines: any MachineAccess
    private let gate: any AccountGate
    private let listeners: StaffListeners
    private let address: SiteAddress
    private let outbound: any OutboundHTTP
    private let exportFolder: String
    private let intake: any RosterIntake
    private let sealedFiles: SealedFiles
    private let files: FileStore
    private let folders: DropFolders
    private let reads: ReadTally

    /// - Parameters:
    ///   - machines: tells which other system is calling.
    ///   - gate: opens and shuts the accounts of people whom other systems keep.
    ///   - listeners: told in the same transaction when somebody is given a post, loses it or leaves.
    ///   - address: the beginning of every address told to others.
    ///   - exportFolder: where files wait until they are sent, and stand in plain while they are read; cleared when the
    ///     server starts.
    ///   - intake: takes in rosters of other systems.
    ///   - dropFolder: below it each partner has its folders.
    package init(
        database: Database, crypto: any CryptoProvider, machines: any MachineAccess, gate: any AccountGate,
        listeners: StaffListeners, address: SiteAddress, outbound: any OutboundHTTP,
        exportFolder: String, files: FileStore, intake: any RosterIntake, dropFolder: String
    ) {
        (self.database, self.crypto, self.machines) = (database, crypto, machines)
        (self.gate, self.listeners, self.address, self.outbound) = (gate, listeners, address, outbound)
        (self.exportFolder, self.intake, self.files) = (exportFolder, intake, files)
        sealedFiles = SealedFiles(files: files, crypto: crypto, workFolder: exportFolder)
        folders = DropFolders(root: dropFolder)
        reads = ReadTally(secret: PeopleSketch.Secret(crypto.lookupKey("pupils", purpose: "exchange_read.pupils")))
    }

    /// Requests a second to one receiver, unless a city needs another pace.
    private static let rate = 50

    var provisioning: Provisioning {
        Provisioning(
            database: database, crypto: crypto, gate: gate, outbound: outbound, now: { .now }, rate: ExchangeModule.rate
        )
    }
    private var comparison: ReceiverComparison {
        ReceiverComparison(database: database, crypto: crypto, gate: gate, outbound: outbound, now: { .now })
    }

    private var decisions: DropDecisions { DropDecisions(database: database, intake: intake, now: { .now }) }
    /// The folders of systems without an interface. For a look every few seconds.
    package var fileDrop: FileDrop {
        FileDrop(
            database: database,
            reader: DropReader(
                database: database, intake: intake, folders: folders, workFolder: exportFolder, now: { .now }),
            writer: DropWriter(
                database: database, crypto: crypto, folders: folders, workFolder: exportFolder, now: { .now }),
            expiry: DropExpiry(database: database, folders: folders, now: { .now }))
    }
    var bundleImports: BundleImportService {
        BundleImportService(
            database: database, crypto: crypto, sealedFiles: sealedFiles, intake: intake, files: files,
            workFolder: exportFolder, now: { .now })
    }

    /// OneRoster as files.
    package var bundles: BundleExport { BundleExport(database: database, crypto: crypto, site: address.base) }
    /// What a bundle of another system would bring.
    package func difference(
        _ check: BundleCheck, within scope: DataScope, at now: Timestamp
    ) async throws -> [BundleDifference] {
        try await BundleDifference.of(check, within: scope, database, crypto, at: now)
    }

    package var jobs: [JobHandler] { DropJobs(decisions: decisions).handlers + bundleImports.jobs }
    /// Jobs that mostly wait for other systems.
    package var errands: [JobHandler] { [provisioning.job, comparison.job] }
    package var receivers: [EventReceiver] { [] }

    /// Who was told something.
    package var dataReceivers: any DataReceiverSource { ExchangeReceivers(database: database, reads: reads) }
    /// Writes what other systems have read since. For a turn every few seconds, and before the server ends.
    package func keepReads() async throws { try await reads.keep(in: database, at: .now) }

    /// Starts the rhythms that stopped for whatever reason. For an hourly job.
    package func tend() async throws {
        let crypto = crypto
        try await database.write { db in
            guard try ReceiverStore(db, crypto).list(within: .everything).contains(where: \.isOn) else { return }
            try Provisioning.order(db, now: .now)
        }
    }

    package func routes() -> [Route] {
        var routes = Routes(module: "exchange")
        ScimRoutes(
            database: database, crypto: crypto, machines: machines, gate: gate, listeners: listeners, address: address,
            reads: reads, now: { .now }
        ).add(to: &routes)
        CityRoutes(database: database, crypto: crypto, machines: machines, reads: reads, now: { .now }).add(to: &routes)
        ExchangeRoutes(database: database, crypto: crypto, now: { .now }).add(to: &routes)
        ExchangeOwnerRoutes(database: database, machines: machines, now: { .now }).add(to: &routes)
        OneRosterRoutes(database: database, crypto: crypto, machines: machines, address: address, reads: reads).add(
            to: &routes)
        BundleRoutes(export: bundles, folder: exportFolder).add(to: &routes)
        BundleImportRoutes(service: bundleImports).add(to: &routes)
        PartnerRoutes(service: PartnerService(database: database, folders: folders, now: { .now })).add(to: &routes)
        DropRoutes(decisions: decisions).add(to: &routes)
        return routes.all
    }
}
