import Database
import Foundation
import Kernel
import Web

/// The city as everybody names it: bureau, counties, towns, schools and teaching points, the people in them, and the
/// code lists of the national standards. Names, not processes: the one shared upstream of all features.
package struct DirectoryModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("directory/0001-organisations", OrganisationSchema.statements + PersonSchema.statements)
    ]

    private let database: Database
    private let schoolPanels: [any SchoolPanelSource]
    private let exportFolder: String

    /// - Parameters:
    ///   - schoolPanels: what other contexts add to a school's page, in any order.
    ///   - exportFolder: where files wait until they are sent.
    package init(
        database: Database, schoolPanels: [any SchoolPanelSource] = [],
        exportFolder: String = FileManager.default.temporaryDirectory.path
    ) {
        (self.database, self.exportFolder) = (database, exportFolder)
        self.schoolPanels = schoolPanels.sorted { $0.order < $1.order }
    }

    package func routes() -> [Route] {
        OrganisationRoutes(database: database).routes().all + OrganisationChangeRoutes(database: database).routes().all
            + OrganisationInterface(database: database).routes().all
            + SchoolRoutes(database: database, panels: schoolPanels, exportFolder: exportFolder).routes().all
    }
}

extension Permission {
    package static let schoolView: Permission = "directory.school.view"
    package static let organisationView: Permission = "directory.organisation.view"
    package static let organisationEdit: Permission = "directory.organisation.edit"
}
