import Database
import Directory
import Kernel
import Platform
import Web

/// 宽带网络校校通 and the facility register: lines, rooms, devices and head counts of every school, entered by form,
/// by the counties' workbooks and by API under one set of rules; and the indicators computed from them.
package struct ConnectivityModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("connectivity/0001-register", FacilitySchema.statements),
        Migration("connectivity/0002-imports", ImportSchema.statements),
        Migration(
            "connectivity/0003-roster-completion",
            RosterCompletionSchema.statements + RosterCompletionSchema.present),
    ]

    /// Columns that keep contents.
    package static let contentColumns = [
        ContentColumn("connectivity_import", "file_id", .file, name: "connectivity_import.file_id")
    ]

    package let register: FacilityRegister
    package let imports: FacilityImport
    /// The register's offer of indicators, each figure's source linked to the school's history.
    package let indicators: FacilityIndicators
    private let database: Database
    private let files: FileStore

    package init(database: Database, files: FileStore) {
        (self.database, self.files) = (database, files)
        register = FacilityRegister(database: database)
        imports = FacilityImport(database: database, files: files)
        indicators = FacilityIndicators(database: database, path: FacilityPages.rowsPath)
    }

    package var schoolPanels: [any SchoolPanelSource] { [FacilityPanels(database: database)] }
    package var jobs: [JobHandler] { ImportJobs(database: database, files: files).handlers }
    /// Nothing of the register follows from other contexts.
    package var receivers: [EventReceiver] { [] }

    /// Notes which rosters have become whole. For an hourly job.
    package func tend() async throws { try await RosterCompletionService(database: database).prove() }

    package func routes() -> [Route] {
        FacilityRoutes(database: database, register: register).routes().all
            + FacilityInterface(database: database, service: register.service).routes().all
            + ImportRoutes(database: database, files: files).routes().all
    }
}

extension Permission {
    /// See the figures of the register and their history.
    package static let registerView: Permission = "connectivity.register.view"
    /// Tell figures by form and API.
    package static let registerEdit: Permission = "connectivity.register.edit"
    /// Say that the rosters of one's schools are whole.
    package static let rosterComplete: Permission = "connectivity.roster.complete"
}
