import Kernel
import Web

/// What a context adds to a person's page; an extension point. `App` hands the sources to `DirectoryModule`. A source
/// shows nothing when the viewer lacks its permission at the places of the person.
package protocol PersonPanelSource: Sendable {
    /// Where its panels stand among those of other contexts; the smallest comes first.
    var order: Int { get }

    /// - Parameter places: where the person belongs and the viewer may find people.
    func panels(
        for person: PersonRecord, at places: [OrganisationPath], viewer: CurrentUser, on day: LocalDate,
        page: PageContext
    ) async throws -> [SchoolPanel]
}
