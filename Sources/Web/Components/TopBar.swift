import Kernel

extension UI {
    /// Brand, navigation, search and user menu. Below 900 px everything but the brand folds away behind one button.
    /// `frame` is the class that sets the width, the same as that of the content.
    static func topBar(_ page: PageContext, frame: String) -> HTML {
        let items = page.navigation.filter { item in
            page.user.map { user in item.permission.map(user.may) ?? true } ?? false
        }
        let current = currentPath(of: items, at: page.path)
        let links: HTML = "\(each: items, { navigationLink($0, isCurrent: $0.path == current) })"
        let barClass = frame + (items.count > 6 ? " bar bar--two-lines" : " bar")
        return #"""
            <header class="top"><div class="\#(barClass)">
            \#(brand(page.site))
            <nav class="bar-nav" aria-label="主导航"><ul>\#(links)</ul></nav>
            <div class="bar-tools">\#(searchForm(page))\#(userTools(page))</div>
            \#(foldedMenu(page, links: links))
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

    private static func foldedMenu(_ page: PageContext, links: HTML) -> HTML {
        let account: HTML =
            page.user.map { user in
                #"<p class="fold-name">\#(user.name)</p>\#(userActions(page))"#
            } ?? #"<a href="/sign-in">登录</a>"#
        return #"""
            <details class="fold" data-menu><summary>菜单</summary>
            <div class="fold-panel">\#(searchForm(page))
            <nav aria-label="主导航"><ul>\#(links)</ul></nav>
            <div class="fold-account">\#(account)</div></div></details>
            """#
    }
}
