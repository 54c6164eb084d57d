import Contracts
import Database
import Directory
import Kernel
import Web

/// The latest resources of a school on its page, as far as the reader may see them.
package struct SchoolResourcePanel: SchoolPanelSource {
    private let database: Database
    private let consent: any PublicationConsent

    package init(database: Database, consent: any PublicationConsent) {
        (self.database, self.consent) = (database, consent)
    }

    package let order = 60

    private static let lines = 5

    package func panels(
        for school: Organisation, viewer: CurrentUser, on day: LocalDate, page: PageContext
    ) async throws -> [SchoolPanel] {
        var filter = ItemStore.Filter()
        filter.below = school.path
        let asked = filter, viewer = ResourceViewer(viewer), consent = consent
        let lines = try await database.read { db in
            let items = try ItemStore(db).latest(asked, for: viewer, limit: SchoolResourcePanel.lines)
            return try OpenShelf(consent: consent, db: db).shown(SiteFront.lines(items, db))
        }
        guard !lines.isEmpty else { return [] }
        return [
            SchoolPanel(
                title: "教学资源", id: "resources",
                actions: UI.linkButton("全部资源", url: SchoolResourcePages.path(school.id)),
                content: SitePages.entries(lines, empty: ""))
        ]
    }

    /// Resources are no part of a school's file.
    package func dossier(
        for school: Organisation, viewer: CurrentUser, on day: LocalDate
    ) async throws -> [DossierSection] { [] }
}
