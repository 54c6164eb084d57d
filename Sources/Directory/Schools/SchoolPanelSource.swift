import Kernel
import Web

/// What a context adds to a school's page and file (一校一档); an extension point. `App` hands the sources to
/// `DirectoryModule`. A source shows nothing when the viewer lacks its permission at `school.path`.
package protocol SchoolPanelSource: Sendable {
    /// Where its panels stand among those of other contexts; the smallest comes first.
    var order: Int { get }

    /// Panels of the school's page.
    /// - Parameters:
    ///   - school: as it is today; rights are asked at its `path`.
    ///   - day: the day the reader asked for, today or earlier; the source shows its records of that day.
    func panels(
        for school: Organisation, viewer: CurrentUser, on day: LocalDate, page: PageContext
    ) async throws -> [SchoolPanel]

    /// Tables for the school's file, on paper and as one sheet each.
    func dossier(for school: Organisation, viewer: CurrentUser, on day: LocalDate) async throws -> [DossierSection]
}

/// A card on a school's page.
package struct SchoolPanel: Sendable {
    package let title: String
    /// The anchor on the page, `facilities`: lower-case letters and dashes.
    package let id: String
    /// Buttons beside the title.
    package let actions: HTML
    package let content: HTML

    package init(title: String, id: String, actions: HTML = "", content: HTML) {
        (self.title, self.id, self.actions, self.content) = (title, id, actions, content)
    }
}

/// A table of a school's file.
package struct DossierSection: Sendable {
    /// Also the name of the sheet.
    package let title: String
    package let header: [String]
    package let rows: [[TableValue]]

    package init(title: String, header: [String], rows: [[TableValue]]) {
        (self.title, self.header, self.rows) = (title, header, rows)
    }
}
