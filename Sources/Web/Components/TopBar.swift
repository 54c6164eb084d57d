import Kernel

extension UI {
    /// Brand, navigation, search and user menu. Below 900 px everything but the brand folds away behind one button.
    /// `frame` is the class that sets the width, the same as that of the content.
    static func topBar(_ page: PageContext, frame: String) -> HTML {
        let menu = page.navigation.markup(for: page.user, at: page.path)
        let actions = page.user == nil ? "" : userActions(page)
        return #"""
            <header class="top"><div class="\#(frame) bar">
            \#(brand(page.site))
            <nav class="bar-nav" aria-label="主导航"><ul>\#(menu.bar)</ul></nav>
            <div class="bar-tools">\#(searchForm(page))\#(userTools(page, actions))</div>
            \#(if: page.user != nil, noticeLink(page))\#(foldedMenu(page, menu.folded, actions))
            </div></header>
            """#
    }

    private static func brand(_ site: SiteInfo) -> HTML {
        #"""
        <a class="brand" href="/"><img src="\#(url: site.assets.url("icons/logo.svg"))" width="28" height="28" alt="">\#
        <span>\#(site.name)</span></a>
        """#
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

    private static func userTools(_ page: PageContext, _ actions: HTML) -> HTML {
        guard let user = page.user else { return #"<a class="bar-link" href="/sign-in">登录</a>"# }
        return #"""
            <details class="user-menu" data-menu><summary>\#(user.name)</summary>\#
            <div class="user-menu-panel">\#(actions)</div></details>
            """#
    }

    /// In sight on every screen, also where the menu folds away. From 100 on the number is not counted out.
    private static func noticeLink(_ page: PageContext) -> HTML {
        let count = page.unreadNotices
        guard count > 0 else { return #"<a class="bar-notices" href="/notices">消息</a>"# }
        let words = count < 100 ? String(count) : "99+"
        return #"""
            <a class="bar-notices" href="/notices">消息 <span class="bar-count">\#(words)</span>\#
            <span class="visually-hidden"> 条未读</span></a>
            """#
    }

    private static func userActions(_ page: PageContext) -> HTML {
        #"""
        <a href="/account">我的账号</a>\#
        <a href="/account/password">修改密码</a>\#
        <form method="post" action="/sign-out" data-sign-out>\#(formTokens(page))<button type="submit">退出</button></form>
        """#
    }

    private static func foldedMenu(_ page: PageContext, _ links: HTML, _ actions: HTML) -> HTML {
        let account: HTML =
            page.user.map { user in
                #"<p class="fold-name">\#(user.name)</p>\#(actions)"#
            } ?? #"<a href="/sign-in">登录</a>"#
        return #"""
            <details class="fold" data-menu><summary>菜单</summary>
            <div class="fold-panel">\#(searchForm(page))
            <nav aria-label="主导航">\#(links)</nav>
            <div class="fold-account">\#(account)</div></div></details>
            """#
    }
}
