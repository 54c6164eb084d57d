import Database
import Kernel
import Web

/// What a context adds to the page of a child as her guardian sees it; an extension point. `App` hands the sources to
/// `DirectoryModule`.
package protocol ChildPanelSource: Sendable {
    /// Where its panels stand among those of other contexts; the smallest comes first.
    var order: Int { get }

    /// Cards of the child's page. The viewer is a confirmed guardian of the child, who is a minor.
    func panels(for child: ChildSubject, viewer: CurrentUser, _ db: Connection) throws -> [ChildPanel]

    /// What waits for the guardian about her children, for the list of them: by the child. The relations are confirmed.
    func waiting(
        for guardianships: [Guardianship], on day: LocalDate, _ db: Connection
    ) throws -> [ID<Person>: [TodayItem]]
}

extension ChildPanelSource {
    package func waiting(
        for guardianships: [Guardianship], on day: LocalDate, _ db: Connection
    ) throws -> [ID<Person>: [TodayItem]] { [:] }
}

/// A child as the panels ask about her.
package struct ChildSubject: Sendable {
    /// What the viewer is to her; names and ids of both.
    package let guardianship: Guardianship
    /// Where she is a pupil; `nil` when she is in no school of the city.
    package let enrolment: Enrolment?
    package let classGroup: ClassGroup?
    package let day: LocalDate
}

/// A card on the page of a child.
package struct ChildPanel: Sendable {
    package let title: String
    /// The anchor on the page: lower-case letters and dashes.
    package let id: String
    package let content: HTML

    package init(title: String, id: String, content: HTML) {
        (self.title, self.id, self.content) = (title, id, content)
    }
}
