import Kernel
import Synchronization

package struct NavigationItem: Sendable {
    package let title: String
    package let path: String
    /// Shown to holders only; `nil` shows it to everybody who is signed in.
    package let permission: Permission?
    /// The heading it stands under when a person has more items than fit side by side; `nil` keeps it always in sight.
    package let group: String?
    package init(_ title: String, path: String, permission: Permission? = nil, group: String? = nil) {
        (self.title, self.path, self.permission, self.group) = (title, path, permission, group)
    }
}

/// The main menu. What a person is offered of it looks the same on every page of a part of the product, so its markup is
/// made once for each choice of items and present item, and kept: there are about as many of these as roles times items.
package final class NavigationMenu: Sendable, ExpressibleByArrayLiteral {
    /// The links on the bar, and those of the folded menu.
    struct Markup: Sendable {
        let bar: HTML
        let folded: HTML
    }

    private struct Key: Hashable {
        let offered: [Bool]
        let current: String?
    }

    /// More choices than this are not met in practice; then the kept ones are let go.
    private static let limit = 1_000

    private let items: [NavigationItem]
    private let kept = Mutex<[Key: Markup]>([:])

    package init(_ items: [NavigationItem]) { self.items = items }
    package convenience init(arrayLiteral items: NavigationItem...) { self.init(items) }

    /// What the person is offered, in the order of the menu.
    package func offered(to user: CurrentUser) -> [NavigationItem] { items.filter { isOffered($0, to: user) } }

    private func isOffered(_ item: NavigationItem, to user: CurrentUser) -> Bool {
        item.permission.map(user.may) ?? true
    }

    /// Visitors are offered nothing.
    func markup(for user: CurrentUser?, at path: String) -> Markup {
        guard let user, !items.isEmpty else { return Markup(bar: "", folded: "") }
        let offered = items.map { isOffered($0, to: user) }
        let chosen = zip(items, offered).filter(\.1).map(\.0)
        let key = Key(offered: offered, current: NavigationMenu.current(of: chosen, at: path))
        if let known = kept.withLock({ $0[key] }) { return known }
        let sections = NavigationSection.sections(of: chosen)
        let made = Markup(
            bar: "\(each: sections, { NavigationMenu.barSection($0, key.current) })",
            folded: "\(each: sections, { NavigationMenu.foldedSection($0, key.current) })")
        kept.withLock { kept in
            if kept.count >= NavigationMenu.limit { kept = [:] }
            kept[key] = made
        }
        return made
    }

    /// The item whose path is the longest prefix of the present path, so `/plan/targets` wins over `/plan`.
    static func current(of items: [NavigationItem], at path: String) -> String? {
        let present = path.utf8
        return items.map(\.path)
            .filter { item in
                present.starts(with: item.utf8)
                    && (present.count == item.utf8.count
                        || present[present.index(present.startIndex, offsetBy: item.utf8.count)] == UInt8(ascii: "/"))
            }
            .max { $0.utf8.count < $1.utf8.count }
    }

    /// A group opens below its heading; the heading of the present page's group is marked.
    private static func barSection(_ section: NavigationSection, _ current: String?) -> HTML {
        let links: HTML = "\(each: section.items, { navigationLink($0, isCurrent: $0.path == current) })"
        guard let title = section.title else { return links }
        let isHere = section.items.contains { $0.path == current }
        let style = isHere ? "nav-group nav-group--here" : "nav-group"
        return #"""
            <li><details class="\#(style)" data-menu><summary>\#(title)</summary>\#
            <ul class="nav-group-panel">\#(links)</ul></details></li>
            """#
    }

    private static func foldedSection(_ section: NavigationSection, _ current: String?) -> HTML {
        let links: HTML = "\(each: section.items, { navigationLink($0, isCurrent: $0.path == current) })"
        let title = section.title.map { title -> HTML in #"<p class="fold-group">\#(title)</p>"# } ?? ""
        return "\(title)<ul>\(links)</ul>"
    }

    private static func navigationLink(_ item: NavigationItem, isCurrent: Bool) -> HTML {
        let current = isCurrent ? "page" : nil
        return #"<li><a href="\#(url: item.path)"\#(attribute: "aria-current", current)>\#(item.title)</a></li>"#
    }
}

/// A part of the main menu: a group under a heading, or items that stand for themselves.
struct NavigationSection: Sendable {
    /// How many items stand side by side on a bar 1366 px wide; with more, those of a group fold together.
    private static let widest = 7

    let title: String?
    private(set) var items: [NavigationItem]

    /// In the order of the items; a group stands where its first item does. Few items are not grouped, nor is one alone.
    static func sections(of items: [NavigationItem]) -> [NavigationSection] {
        if items.count <= widest { return [NavigationSection(title: nil, items: items)] }
        let sizes = Dictionary(items.map { ($0.group, 1) }, uniquingKeysWith: +)
        var sections: [NavigationSection] = []
        for item in items {
            let title = sizes[item.group] == 1 ? nil : item.group
            if let known = sections.lastIndex(where: { $0.title == title }),
                title != nil || known == sections.index(before: sections.endIndex)
            {
                sections[known].items.append(item)
            } else {
                sections.append(NavigationSection(title: title, items: [item]))
            }
        }
        return sections
    }
}
