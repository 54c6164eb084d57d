import Directory
import Kernel
import Platform
import Web

/// One collection as readers see it.
enum CollectionPages {
    static let root = "/collections"
    static func path(_ id: ID<ItemCollection>) -> String { "\(root)/\(id)" }
    static func feed(_ id: ID<ItemCollection>) -> String { path(id) + "/feed.atom" }
    static func new(_ code: String) -> String { SitePages.path(code) + "/collections/new" }

    static func crumbs(_ collection: ItemCollection, _ more: Crumb...) -> [Crumb] {
        [Crumb("资源网站", SitePages.root), Crumb(collection.organisationName, SitePages.path(collection.code))] + more
    }

    /// A line in a list of collections.
    static func entry(_ collection: ItemCollection) -> HTML {
        #"""
        <li><a href="\#(url: path(collection.id))">\#(collection.content.title)</a> \#
        <span class="muted">\#(collection.content.kind.title)</span></li>
        """#
    }

    struct View: Sendable {
        let collection: ItemCollection
        /// What the viewer sees of it, in its order.
        let lines: [ItemLine]
        let mayEdit: Bool
    }

    static func show(_ view: View, _ meta: PageMeta, _ page: PageContext) -> HTML {
        let collection = view.collection, content = collection.content
        let note = "\(content.kind.title) · \(collection.organisationName)"
        let list: HTML =
            view.lines.isEmpty
            ? UI.emptyState("专题里现在没有你能看到的资源", "登录后可能看到更多。")
            : #"<ol class="plain-list">\#(each: view.lines, ItemPages.entry)</ol>"#
        let body: HTML = """
            \(UI.heading(content.title, note: note, actions: actions(view, page)))
            \(if: !collection.isShown, UI.notice(.warn, HTML(text: hiddenWords(collection))))
            \(if: !content.summary.isEmpty, UI.card(nil, SitePages.paragraphs(content.summary)))
            \(UI.card("\(view.lines.count) 个资源", id: "items", list))
            <p><a href="\(url: feed(collection.id))" type="application/atom+xml">订阅这个专题</a></p>
            """
        return UI.layout(
            content.title, page, breadcrumbs: crumbs(collection, Crumb(content.title)), meta: meta, body)
    }

    private static func hiddenWords(_ collection: ItemCollection) -> String {
        collection.state == .published ? "网站还没有开通，公众看不到这个专题。" : "\(collection.state.title)，公众看不到这个专题。"
    }

    private static func actions(_ view: View, _ page: PageContext) -> HTML {
        guard view.mayEdit else { return "" }
        let base = path(view.collection.id)
        var deeds = UI.linkButton("编辑专题", url: base + "/edit")
        if view.collection.state == .published {
            deeds += UI.postButton("撤下专题", action: base + "/withdrawal", page: page)
        } else {
            deeds += UI.postButton(
                "发布专题", action: base + "/publication", page: page, style: .primary,
                hidden: [("revision", String(view.collection.revision))])
        }
        return deeds
    }

    // From the page of a resource

    struct Choice: Sendable {
        let item: Item
        /// Those that she fills.
        let collections: [ItemCollection]
        let holding: Set<ID<ItemCollection>>
    }

    /// Into which collections a resource is to be put.
    static func choose(_ choice: Choice, _ page: PageContext) -> HTML {
        let title = choice.item.content.title, item = choice.item
        let may = choice.collections.filter { item.mayBeCollected(at: $0.path) }
        let rows: HTML = "\(each: may, { row($0, choice, page) })"
        let list: HTML =
            may.isEmpty
            ? UI.emptyState("没有可以收录它的专题", "先在资源网站里新建专题；只有发布到全市或公开的资源可以收录。")
            : #"<ul class="plain-list">\#(rows)</ul>"#
        let content: HTML = """
            \(UI.heading("收入专题", note: title))
            \(UI.card(nil, list))
            """
        return UI.layout(
            "收入专题", page,
            breadcrumbs: [Crumb("资源库", ItemPages.root), Crumb(title, ItemPages.path(item.id)), Crumb("收入专题")], content)
    }

    private static func row(_ collection: ItemCollection, _ choice: Choice, _ page: PageContext) -> HTML {
        let deed: HTML =
            choice.holding.contains(collection.id)
            ? UI.tag("已收录", .ok)
            : UI.postButton(
                "收入“\(collection.content.title)”", action: path(collection.id) + "/items", page: page,
                hidden: [("item", choice.item.id.rawValue), ("back", "item")])
        return #"""
            <li>\#(UI.tag(collection.content.kind.title, .info)) \#
            <a href="\#(url: path(collection.id))">\#(collection.content.title)</a> \#
            <span class="muted">\#(collection.organisationName)</span> \#(deed)</li>
            """#
    }
}
