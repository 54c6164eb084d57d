import Kernel

extension UI {
    /// Brand, navigation, search and user menu. Below 900 px everything but the brand folds away behind one button.
    /// `frame` is the class that sets the width, the same as that of the content.
    static func topBar(_ page: PageContext, frame: String) -> HTML {
        let items = page.navigation.filter { item in
            page.user.map { user in item.permission.map(user.may) ?? true } ?? false
        }
        let current = currentPath(of: items, at: page.path)
        let sections = NavigationSection.sections(of: items)
        return #"""
            <header class="top"><div class="\#(frame) bar">
            \#(brand(page.site))
            <nav class="bar-nav" aria-label="主导航"><ul>\#(each: sections, { barSection($0, current) })</ul></nav>
            <div class="bar-tools">\#(searchForm(page))\#(userTools(page))</div>
            \#(foldedMenu(page, sections, current))
            </div></header>
            """#
    }

    private static func brand(_ site: SiteInfo) -> HTML {
        #"""
        <a class="brand" href="/"><img src="\#(url: site.assets.url("icons/logo.svg"))" width="28" height="28" alt="">\#
        <span>\#(site.name)</span></a>
        """#
    }

    /// The item whose path is the longest prefix of the present path, so `/plan/targets` wins over `/plan`.
    static func currentPath(of items: [NavigationItem], at path: String) -> String? {
        items.map(\.path)
            .filter { $0 == path || ($0 != "/" && path.utf8.starts(with: ($0 + "/").utf8)) }
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

    /// Only for those who may see schools: others would search in vain.
    private static func searchForm(_ page: PageContext) -> HTML {
        guard page.user?.may("directory.school.view") ?? false else { return "" }
        return #"""
            <form class="bar-search" role="search" action="/schools" method="get">\#
            <input type="search" name="q" aria-label="搜索学校" placeholder="学校名称、代码或拼音" autocomplete="off">\#
            <button type="submit">搜索</button></form>
            """#
    }

    private static func userTools(_ page: PageContext) -> HTML {
        guard let user = page.user else { return #"<a class="bar-link" href="/sign-in">登录</a>"# }
        return #"""
            <details class="user-menu" data-menu><summary>\#(user.name)</summary>\#
            <div class="user-menu-panel">\#(userActions(page))</div></details>
            """#
    }

    private static func userActions(_ page: PageContext) -> HTML {
        #"""
        <a href="/account">我的账号</a>\#
        <a href="/account/password">修改密码</a>\#
        <form method="post" action="/sign-out">\#(formTokens(page))<button type="submit">退出</button></form>
        """#
    }

    private static func foldedMenu(
        _ page: PageContext, _ sections: [NavigationSection], _ current: String?
    ) -> HTML {
        let account: HTML =
            page.user.map { user in
                #"<p class="fold-name">\#(user.name)</p>\#(userActions(page))"#
            } ?? #"<a href="/sign-in">登录</a>"#
        return #"""
            <details class="fold" data-menu><summary>菜单</summary>
            <div class="fold-panel">\#(searchForm(page))
            <nav aria-label="主导航">\#(each: sections, { foldedSection($0, current) })</nav>
            <div class="fold-account">\#(account)</div></div></details>
            """#
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
