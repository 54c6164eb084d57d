import Directory
import Kernel
import Platform
import Web

/// The list of sites and the front page of one.
enum SitePages {
    static let root = "/sites"
    static func path(_ code: String) -> String { "\(root)/\(code)" }
    static func feed(_ code: String) -> String { path(code) + "/feed.atom" }

    static func list(
        _ sites: [Site], _ counties: [SiteStore.County], _ user: CurrentUser?, _ meta: PageMeta, _ page: PageContext
    ) -> HTML {
        let live = counties.count { $0.liveSince != nil }
        let cards: HTML =
            sites.isEmpty
            ? UI.card(nil, UI.emptyState("还没有开通的资源网站", "市和县(市、区)开通后列在这里。"))
            : #"<div class="columns">\#(each: sites, { card($0, user) })</div>"#
        let content: HTML = """
            \(UI.heading("资源网站", note: "\(counties.count) 个县(市、区)中 \(live) 个已开通并有自己的资源"))
            \(UI.card(nil, search))
            \(cards)
            """
        return UI.layout("资源网站", page, breadcrumbs: [Crumb("资源网站")], meta: meta, content)
    }

    private static func card(_ site: Site, _ user: CurrentUser?) -> HTML {
        let state: HTML = site.isPublished ? "" : UI.tag(site.state.title, .muted)
        return UI.card(
            nil,
            #"""
            <h2><a href="\#(url: path(site.code))">\#(site.name)</a></h2>\#
            <p class="muted">\#(site.organisationName) \#(state)</p>\#
            \#(if: !site.introduction.isEmpty, paragraphs(site.introduction))
            """#)
    }

    /// Finding a resource from wherever a visitor is.
    private static var search: HTML {
        UI.filterBar(
            action: SearchPages.root, query: FormValues(),
            UI.searchField("q", label: "找资源", placeholder: "标题、课、教师、学校或拼音"))
    }

    static func paragraphs(_ text: String) -> HTML {
        "\(each: text.split(separator: "\n"), { "<p>\($0)</p>" as HTML })"
    }

    // One site

    static func front(
        _ front: SiteFront, _ collections: [ItemCollection], mayEdit: Bool, _ meta: PageMeta, _ page: PageContext
    ) -> HTML {
        let site = front.site
        let blocks: HTML = "\(each: front.blocks, { block($0, site) })"
        let content: HTML = """
            \(UI.heading(site.name, note: site.organisationName, actions: actions(site, mayEdit: mayEdit, page)))
            \(if: !site.isPublished, UI.notice(.warn, "网站还没有开通，只有维护网站的人能看到。"))
            \(if: !site.introduction.isEmpty, UI.card(nil, paragraphs(site.introduction)))
            \(UI.card(nil, search))
            \(blocks)
            \(UI.card("全部专题", id: "collections", list(of: collections)))
            \(UI.card("订阅", id: "subscribe", subscriptions(site)))
            """
        return UI.layout(
            site.name, page, breadcrumbs: [Crumb("资源网站", root), Crumb(site.organisationName)], meta: meta, content)
    }

    private static func actions(_ site: Site, mayEdit: Bool, _ page: PageContext) -> HTML {
        guard mayEdit else { return "" }
        var deeds = UI.linkButton("编辑网站", url: path(site.code) + "/edit")
        deeds += UI.linkButton("管理通知动态", url: SiteNewsPages.desk(site.code))
        deeds += UI.linkButton("新建专题", url: CollectionPages.new(site.code))
        if site.isPublished {
            deeds += UI.postButton(
                "关闭网站", action: path(site.code) + "/closure", page: page, confirm: "关闭后公众看不到这个网站和它的专题。")
        } else if site.revision > 0 {
            deeds += UI.postButton(
                "开通网站", action: path(site.code) + "/publication", page: page, style: .primary,
                hidden: [("revision", String(site.revision))])
        }
        return deeds
    }

    private static func block(_ block: SiteFront.Block, _ site: Site) -> HTML {
        switch block {
        case .news(let news):
            let more: HTML = news.isEmpty ? "" : UI.linkButton("全部通知动态", url: SiteNewsPages.path(site.code))
            let line = SiteNewsPages.line(site.code)
            let list: HTML =
                news.isEmpty ? "<p>现在没有通知。</p>" : #"<ul class="plain-list">\#(each: news, line)</ul>"#
            return UI.card("通知动态", id: "news", actions: more, list)
        case .newest(let lines):
            return UI.card("最新资源", id: "newest", entries(lines, empty: "还没有公开的资源。"))
        case .selected(let lines):
            return UI.card("收录最多", id: "selected", entries(lines, empty: "还没有收录的资源。"))
        case .collection(let collection, let lines):
            let more = UI.linkButton("打开专题", url: CollectionPages.path(collection.id))
            let head: HTML = UI.tag(collection.content.kind.title, .info)
            return UI.card(
                collection.content.title, actions: more,
                "<p>\(head) \(collection.content.summary)</p>" + entries(lines, empty: "专题里现在没有你能看到的资源。"))
        }
    }

    /// - Parameter empty: what stands there without lines.
    static func entries(_ lines: [ItemLine], empty: String) -> HTML {
        lines.isEmpty ? "<p>\(empty)</p>" : #"<ul class="plain-list">\#(each: lines, ItemPages.entry)</ul>"#
    }

    private static func list(of collections: [ItemCollection]) -> HTML {
        guard !collections.isEmpty else { return "<p>还没有发布的专题。</p>" }
        return #"<ul class="plain-list">\#(each: collections, CollectionPages.entry)</ul>"#
    }

    private static func subscriptions(_ site: Site) -> HTML {
        #"""
        <p>用阅读器或学校网站订阅，有新的资源和通知就会收到。</p>\#
        <ul class="plain-list"><li><a href="\#(url: feed(site.code))" type="application/atom+xml">订阅新资源</a></li>\#
        <li><a href="\#(url: SiteNewsPages.feed(site.code))" type="application/atom+xml">订阅通知动态</a></li></ul>
        """#
    }
}
