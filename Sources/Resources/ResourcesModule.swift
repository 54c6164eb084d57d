import Contracts
import Database
import Directory
import Kernel
import Media
import Platform
import Web

/// 资源: the textbook tree and what teachers make for its lessons.
package struct ResourcesModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("resources/0001-textbooks", TextbookSchema.statements),
        Migration("resources/0002-catalogues", CatalogueSchema.statements),
        Migration("resources/0003-editions", EditionSchema.statements),
        Migration("resources/0004-items", ItemSchema.statements),
        Migration("resources/0010-search", SearchSchema.statements),
        Migration("resources/0011-saved-searches", SavedSearchSchema.statements),
        Migration("resources/0015-reviews", ReviewSchema.statements + ReviewCheckSchema.statements),
        Migration("resources/0016-cases", CaseSchema.statements),
        Migration("resources/0017-calls", CallSchema.statements),
        Migration("resources/0025-item-lists", ItemSchema.lists),
        Migration("resources/0026-catalogue-trees", CatalogueSchema.trees),
    ]

    /// Columns that name people and follow when two records of one person become one.
    package static let personColumns: [PersonColumn] = [
        PersonColumn("resources_item_author", "person_id", name: "resources_item_author.person_id"),
        PersonColumn("resources_saved_search", "person_id", name: "resources_saved_search.person_id"),
        PersonColumn("resources_item_writer", "person_id", name: "resources_item_writer.person_id"),
        PersonColumn("resources_item_pupil", "person_id", name: "resources_item_pupil.person_id"),
    ]

    /// Columns that keep contents.
    package static let contentColumns = [
        ContentColumn("resources_catalogue", "file_id", .file, name: "resources_catalogue.file_id"),
        ContentColumn("resources_item_file", "file_id", .file, name: "resources_item_file.file_id"),
    ]

    let database: Database
    let files: FileStore
    let uploads: MediaUploads
    let workFolder: String
    /// Keeps what is searched up to the records.
    package let searchIndexing: SearchIndexing
    /// What reviewing needs of other contexts.
    package let office: ReviewOffice
    private let reader: any ContentReader

    /// - Parameter workFolder: where archives stand until they are sent; cleared when the server starts.
    package init(
        database: Database, files: FileStore, uploads: MediaUploads, workFolder: String, office: ReviewOffice
    ) {
        (self.database, self.files, self.uploads, self.workFolder) = (database, files, uploads, workFolder)
        self.office = office
        reader = ProcessedReader(database: database, uploads: uploads)
        searchIndexing = SearchIndexing(database: database, texts: ItemTexts(database: database))
    }

    package var jobs: [JobHandler] { [ReviewCheckJob(database: database, reader: reader).handler] }

    /// What has to be done from time to time; safe to run at any moment.
    package func tend() async throws { try await ReviewTending(database: database, office: office).run() }

    package func routes() -> [Route] {
        var routes = Routes(module: "resources")
        TextbookRoutes(database: database).add(to: &routes)
        CatalogueRoutes(database: database, files: files).add(to: &routes)
        EditionRoutes(database: database).add(to: &routes)
        SearchRoutes(database: database).add(to: &routes)
        let items = ItemRoutes(database: database, uploads: uploads, office: office)
        items.add(to: &routes)
        ItemEditRoutes(database: database, uploads: uploads).add(to: &routes)
        ItemFileRoutes(database: database, uploads: uploads, office: office, items: items).add(to: &routes)
        ReviewRoutes(database: database, office: office, items: items).add(to: &routes)
        CaseRoutes(database: database, office: office).add(to: &routes)
        CallRoutes(database: database, office: office).add(to: &routes)
        CheckRoutes(database: database, reader: reader).add(to: &routes)
        ArchiveRoutes(database: database, uploads: uploads, workFolder: workFolder).add(to: &routes)
        CoverageRoutes(database: database).add(to: &routes)
        return routes.all
    }

    /// What is found in files is searched with their resources.
    package var receivers: [EventReceiver] {
        let indexing = searchIndexing
        return [EventReceiver(MediaProcessed.self) { try await indexing.textArrived($0.sha256) }]
    }

    package var personalData: ResourcesPersonalData { ResourcesPersonalData(database: database) }

    /// Imports a catalogue and accepts it at once, for an installation that comes with one.
    package func installCatalogue(at path: String, name: String, year: Int, by actor: AuditActor) async throws {
        let service = CatalogueService(database: database, files: files)
        let id = try await service.start(
            CatalogueService.Upload(path: path, name: name, year: year, isComplete: true), by: actor)
        let digest = try await database.read { try CatalogueStore($0).find(id).digest }
        _ = try await service.accept(id, digest: digest, by: actor)
    }

    /// Says which edition a place uses from a school year on; for an installation that comes with choices. Part of the
    /// caller's transaction.
    package static func choose(
        _ key: TextbookKey, at organisation: OrganisationID, from year: Int, by actor: AuditActor, now: Timestamp,
        on db: Connection
    ) throws {
        try EditionChoiceStore(db).set(key, at: organisation, from: year, by: actor.name, now: now)
    }
}
