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
        /// The items offered, one bit each in the order of the menu.
        let offered: UInt64
        /// The place of the present item among all items; -1 for none.
        let current: Int
    }

    /// More choices than this are not met in practice; then the kept ones are let go.
    private static let limit = 1_000

    private let items: [NavigationItem]
    private let kept = Mutex<[Key: Markup]>([:])

    /// - Precondition: at most 64 items.
    package init(_ items: [NavigationItem]) {
        precondition(items.count <= UInt64.bitWidth, "a menu holds at most 64 items")
        self.items = items
    }
    package convenience init(arrayLiteral items: NavigationItem...) { self.init(items) }

    /// What the person is offered, in the order of the menu.
    package func offered(to user: CurrentUser) -> [NavigationItem] { items.filter { isOffered($0, to: user) } }

    private func isOffered(_ item: NavigationItem, to user: CurrentUser) -> Bool {
        item.permission.map(user.may) ?? true
    }

    /// Visitors are offered nothing.
    func markup(for user: CurrentUser?, at path: String) -> Markup {
        guard let user, !items.isEmpty else { return Markup(bar: "", folded: "") }
        let key = key(for: user, at: path)
        if let known = kept.withLock({ $0[key] }) { return known }
        let chosen = items.indices.filter { key.offered & (1 << UInt64($0)) != 0 }.map { items[$0] }
        let current = items.indices.contains(key.current) ? items[key.current].path : nil
        let sections = NavigationSection.sections(of: chosen)
        let made = Markup(
            bar: "\(each: sections, { NavigationMenu.barSection($0, current) })",
            folded: "\(each: sections, { NavigationMenu.foldedSection($0, current) })")
        kept.withLock { kept in
            if kept.count >= NavigationMenu.limit { kept = [:] }
            kept[key] = made
        }
        return made
    }

    /// Asked on every page, so it keeps nothing on the heap. The present item is the one whose path is the longest prefix
    /// of the present path, so `/plan/targets` wins over `/plan`.
    private func key(for user: CurrentUser, at path: String) -> Key {
        var offered: UInt64 = 0
        var current = -1, length = -1
        for index in items.indices where isOffered(items[index], to: user) {
            offered |= 1 << UInt64(index)
            let item = items[index].path.utf8
            if item.count > length, NavigationMenu.leads(item, path.utf8) { (current, length) = (index, item.count) }
        }
        return Key(offered: offered, current: current)
    }

    private static func leads(_ item: String.UTF8View, _ present: String.UTF8View) -> Bool {
        guard present.starts(with: item) else { return false }
        return present.count == item.count
            || present[present.index(present.startIndex, offsetBy: item.count)] == UInt8(ascii: "/")
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
