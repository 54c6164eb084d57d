import Contracts
import Database
import Directory
import Kernel
import Platform
import Web

/// 资源: the textbook tree and what teachers make for its lessons.
package struct ResourcesModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("resources/0001-textbooks", TextbookSchema.statements),
        Migration("resources/0002-catalogues", CatalogueSchema.statements),
        Migration("resources/0003-editions", EditionSchema.statements),
        Migration("resources/0004-items", ItemSchema.statements),
    ]

    /// Columns that name people and follow when two records of one person become one.
    package static let personColumns: [PersonColumn] = [
        PersonColumn("resources_item_author", "person_id", name: "resources_item_author.person_id")
    ]

    let database: Database
    let files: FileStore
    let workFolder: String

    /// - Parameter workFolder: where archives stand until they are sent; cleared when the server starts.
    package init(database: Database, files: FileStore, workFolder: String) {
        (self.database, self.files, self.workFolder) = (database, files, workFolder)
    }

    package func routes() -> [Route] {
        var routes = Routes(module: "resources")
        TextbookRoutes(database: database).add(to: &routes)
        CatalogueRoutes(database: database, files: files).add(to: &routes)
        EditionRoutes(database: database).add(to: &routes)
        ItemRoutes(database: database).add(to: &routes)
        ItemEditRoutes(database: database, files: files).add(to: &routes)
        ArchiveRoutes(database: database, files: files, workFolder: workFolder).add(to: &routes)
        CoverageRoutes(database: database).add(to: &routes)
        return routes.all
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
