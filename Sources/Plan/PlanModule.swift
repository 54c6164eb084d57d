import Contracts
import Database
import Directory
import Kernel
import Platform
import Web

/// The plan: its text and versions, its targets, the city's choices, and its living state.
package struct PlanModule: Sendable {
    package static let migrations: [Migration] = [Migration("plan/0001-plans", PlanSchema.statements)]

    /// Columns that keep contents.
    package static let contentColumns = [
        ContentColumn("plan_version", "file_id", .file, name: "plan_version.file_id"),
        ContentColumn("plan_draft", "file_id", .file, name: "plan_draft.file_id"),
    ]

    let database: Database
    let files: FileStore
    let sources: [any IndicatorSource]
    /// The state of the plan on any day.
    package let boards: PlanBoardService

    /// - Parameter sources: the contexts that own the records behind the indicators.
    package init(database: Database, files: FileStore, sources: [any IndicatorSource]) {
        (self.database, self.files, self.sources) = (database, files, sources)
        boards = PlanBoardService(database: database, sources: sources)
    }

    /// Imports and publishes plan documents.
    package var documents: PlanDocumentService { PlanDocumentService(database: database, files: files) }

    package func routes() -> [Route] {
        var routes = Routes(module: "plan")
        PlanDocumentRoutes(database: database, files: files).add(to: &routes)
        PlanDraftRoutes(database: database, files: files).add(to: &routes)
        TargetSetRoutes(database: database, sources: sources).add(to: &routes)
        TargetSetExchangeRoutes(database: database, sources: sources).add(to: &routes)
        TargetRoutes(database: database, sources: sources).add(to: &routes)
        SettingRoutes(database: database, boards: boards).add(to: &routes)
        BoardRoutes(database: database, boards: boards).add(to: &routes)
        return routes.all
    }

    /// Freezes the figures of a day.
    package var snapshots: SnapshotService { SnapshotService(database: database, boards: boards) }

    package var jobs: [JobHandler] { BoardWork(database: database, boards: boards).jobs }
    package var receivers: [EventReceiver] { BoardWork(database: database, boards: boards).receivers }
    package var schoolPanels: [any SchoolPanelSource] { [PlanSchoolPanel(database: database, boards: boards)] }

    /// Loads the target sets that come with the program, where they are missing, and starts the daily look for due
    /// snapshots. Part of the caller's transaction.
    /// - Returns: how many sets were loaded.
    @discardableResult
    package func installShippedTargets(_ db: Connection) throws -> Int {
        try BoardWork.schedule(on: db)
        return try PlanInstaller.installShippedTargets(db)
    }
}
