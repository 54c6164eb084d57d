import Database
import Kernel
import Web

/// What waits for somebody, on the page she begins with; an extension point. `App` hands the sources to the context of that
/// page.
package protocol TodaySource: Sendable {
    /// What waits for the user herself on the day; nothing when nothing does.
    func items(for user: CurrentUser, on day: LocalDate, _ db: Connection) throws -> [TodayItem]
}

/// One thing that waits for somebody, with the place where she sees to it.
package struct TodayItem: Sendable {
    package let text: String
    /// The words of the link, a verb.
    package let label: String
    package let path: String

    package init(_ text: String, _ label: String, path: String) {
        (self.text, self.label, self.path) = (text, label, path)
    }

    package var html: HTML { UI.notice(.warn, "<p>\(text) \(UI.linkButton(label, url: path))</p>") }
}
