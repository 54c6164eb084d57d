import Database
import Kernel
import Web

/// What a context adds to the page of a pupil; an extension point. `App` hands the sources to `DirectoryModule`.
package protocol PupilPanelSource: Sendable {
    /// Where its panels stand among those of other contexts; the smallest comes first.
    var order: Int { get }

    /// Cards of the pupil's page, none when the viewer lacks the permission at `pupil.classGroup.path`.
    func panels(for pupil: PupilSubject, viewer: CurrentUser, _ db: Connection) throws -> [PupilPanel]
}

/// A pupil as the panels ask about her; the viewer may see her.
package struct PupilSubject: Sendable {
    package let person: ID<Person>
    package let name: String
    package let classGroup: ClassGroup
    /// In 休学: on the roll of the school, in no class.
    package let isSuspended: Bool
    package let day: LocalDate
}

/// A card on a pupil's page.
package struct PupilPanel: Sendable {
    package let title: String
    /// The anchor on the page: lower-case letters and dashes.
    package let id: String
    package let content: HTML

    package init(title: String, id: String, content: HTML) {
        (self.title, self.id, self.content) = (title, id, content)
    }
}
