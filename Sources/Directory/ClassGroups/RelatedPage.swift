import Kernel
import Web

/// A page that another module has about a class, a school's staff or one of them; the directory's own page links to it.
package struct RelatedPage<Subject: Sendable>: Sendable {
    let title: String
    let path: @Sendable (Subject) -> String
    let isOpen: @Sendable (Subject, CurrentUser) -> Bool

    /// - Parameter isOpen: whether the page would answer the user.
    package init(
        _ title: String, path: @escaping @Sendable (Subject) -> String,
        isOpen: @escaping @Sendable (Subject, CurrentUser) -> Bool
    ) {
        (self.title, self.path, self.isOpen) = (title, path, isOpen)
    }
}

/// A class as its related pages ask about it.
package struct RelatedClass: Sendable {
    package let classGroup: ClassGroup
    /// Who leads and teaches it.
    package let posts: [ClassPost]

    /// Whether the person is its class teacher.
    package func isLed(by person: ID<Person>) -> Bool {
        posts.contains { $0.kind == .homeroom && $0.person == person }
    }
}

/// One of a school's staff as her related pages ask about her.
package struct RelatedStaffMember: Sendable {
    package let school: Organisation
    package let person: ID<Person>

    package init(school: Organisation, person: ID<Person>) { (self.school, self.person) = (school, person) }
}

extension [RelatedPage<RelatedClass>] {
    func links(_ model: ClassModel, _ user: CurrentUser?) -> HTML {
        let subject = RelatedClass(classGroup: model.classGroup, posts: model.posts)
        return RelatedPage.links(self, subject, model.isClosed ? nil : user)
    }
}

extension RelatedPage {
    static func links(_ pages: [RelatedPage], _ subject: Subject, _ user: CurrentUser?) -> HTML {
        guard let user else { return "" }
        let open = pages.filter { $0.isOpen(subject, user) }
        return "\(each: open, { UI.linkButton($0.title, url: $0.path(subject)) })"
    }
}
