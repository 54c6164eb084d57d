import Database
import Directory
import Kernel
import Platform
import Web

/// 花名册: rosters come in from the workbooks schools have, are matched with the people the city knows, and go out in the
/// layouts others ask for.
package struct RostersModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("rosters/0001-imports", RosterImportSchema.statements),
        Migration("rosters/0003-duplicates", DuplicateSchema.statements),
        Migration("rosters/0004-templates", TemplateSchema.statements),
        Migration("rosters/0005-differences", DifferenceSchema.statements),
        Migration("rosters/0006-origins", RosterImportSchema.origins),
        Migration("rosters/0007-difference-lines", DifferenceSchema.lines),
        Migration("rosters/0008-export-orders", ExportOrderSchema.statements),
        Migration("rosters/0009-class-lists", ClassListSchema.statements),
        Migration("rosters/0010-ended-files", RosterImportSchema.files),
    ]

    /// Where sealed values stand.
    package static let sealedColumns: [SealedColumn] = [
        SealedColumn("rosters_import", "file_key", key: "id", name: "rosters_import.file_key"),
        SealedColumn("rosters_import_row", "sealed", key: "id", name: "rosters_import_row.sealed"),
        SealedColumn("rosters_difference", "sealed", key: "id", name: "rosters_difference.sealed"),
        SealedColumn("rosters_export_order", "file_key", key: "id", name: "rosters_export_order.file_key"),
        SealedColumn("rosters_difference", "file_key", key: "id", name: "rosters_difference.file_key"),
        SealedColumn("rosters_difference_line", "sealed", key: "id", name: "rosters_difference_line.sealed"),
    ]

    /// Columns that keep contents. The file of a comparison or an export is named by nothing else.
    package static let contentColumns = [
        ContentColumn("rosters_import", "file_id", .file, name: "rosters_import.file_id", where: "has_file = 1"),
        ContentColumn("rosters_difference", "sha256", .hash, name: "rosters_difference.sha256"),
        ContentColumn("rosters_export_order", "sha256", .hash, name: "rosters_export_order.sha256"),
    ]

    /// Columns that name people.
    package static let personColumns: [PersonColumn] = []

    private let database: Database
    private let crypto: any CryptoProvider
    private let files: FileStore
    private let personColumns: [PersonColumn]
    private let mergeListeners: [any PersonMergeListener]
    private let importService: RosterImportService
    private let workFolder: String

    /// - Parameters:
    ///   - personColumns: of all modules; their rows follow when two records of one person become one.
    ///   - mergeListeners: who else has records of people.
    ///   - guardianshipListeners: who gives rights to the parents of pupils.
    ///   - personUses: who keeps something of people whose import is to be taken back.
    ///   - personTraces: what the platform writes of people by itself, which goes with an import that is taken back.
    ///   - workFolder: where files stand in plain while they are read; cleared when the server starts.
    package init(
        database: Database, crypto: any CryptoProvider, files: FileStore, personColumns: [PersonColumn] = [],
        mergeListeners: [any PersonMergeListener] = [],
        guardianshipListeners: [any GuardianshipListener] = [], personUses: [any PersonUse] = [],
        personTraces: [any PersonTraces] = [], workFolder: String
    ) {
        (self.database, self.crypto, self.files) = (database, crypto, files)
        (self.personColumns, self.mergeListeners) = (personColumns, mergeListeners)
        self.workFolder = workFolder
        importService = RosterImportService(
            database: database, files: files,
            sealedFiles: SealedFiles(files: files, crypto: crypto, workFolder: workFolder), crypto: crypto,
            mergeListeners: mergeListeners, uses: personUses + [MergeUse(), LaterUse(personColumns)],
            traces: personTraces, listeners: guardianshipListeners, keys: personColumns.filter(\.isKey))
    }

    /// From the staff and from a class to their workbook in the official layout.
    package static let staffPage = RelatedPage<Organisation>(
        "导出名册", path: { ExportPages.path("教师系统-教师基本信息", of: $0.id) },
        isOpen: { school, user in user.may(.exportRun, at: school.path) })
    package static let classPage = RelatedPage<RelatedClass>(
        "导出学生名册", path: { ExportPages.path("学籍-学生基础信息", of: $0.classGroup.school) },
        isOpen: { related, user in user.may(.exportRun, at: related.classGroup.path) })

    package var personPanels: [any PersonPanelSource] { [OwnershipPanel(database: database)] }
    /// From the staff to the import of theirs.
    package static let staffImportPage = RelatedPage<Organisation>(
        "导入教职工", path: { _ in RosterImportPages.root + "/new?roster=staff" },
        isOpen: { $1.may(.rosterImport, at: $0.path) })

    /// Rosters that other systems send.
    package var intake: any RosterIntake { RosterSystemIntake(service: importService) }
    /// Imports without pages.
    package var imports: RosterImport { RosterImport(service: importService) }

    package var jobs: [JobHandler] {
        [DuplicateSearch(database: database, crypto: crypto, mergeListeners: mergeListeners).handler]
            + RosterImportJobs(service: importService).handlers + [
                differences.handler,
                ExportOrders(
                    database: database, crypto: crypto, sealedFiles: sealedFiles, files: files, workFolder: workFolder
                ).handler,
            ]
    }
    private var differences: DifferenceService {
        DifferenceService(database: database, crypto: crypto, sealedFiles: sealedFiles, files: files)
    }
    private var sealedFiles: SealedFiles { SealedFiles(files: files, crypto: crypto, workFolder: workFolder) }
    package var receivers: [EventReceiver] { [] }

    /// Sends on its way what a stop of the server has kept from a job. For an hourly job.
    package func tend() async throws { try await differences.tend() }

    package func routes() -> [Route] {
        DuplicateRoutes(
            database: database, crypto: crypto, personColumns: personColumns, mergeListeners: mergeListeners
        ).routes().all
            + ExportRoutes(database: database, crypto: crypto, files: sealedFiles, workFolder: workFolder).routes().all
            + TemplateRoutes(database: database).routes().all
            + DifferenceRoutes(service: differences).routes().all
            + ClassListRoutes(service: ClassListService(database: database)).routes().all
            + OwnershipRoutes(database: database, crypto: crypto).routes().all
            + RosterImportRoutes(service: importService, workFolder: workFolder).routes().all
    }
}

extension Permission {
    /// Decide whether two records are one person, where one is over both.
    static let matchDecide: Permission = "rosters.match.decide"
    /// Take rosters out in the layout of a template.
    static let exportRun: Permission = "rosters.export.run"
    /// Load templates of exports.
    static let templateEdit: Permission = "rosters.template.edit"
}
