import Kernel
import Platform
import Web

/// A resource in a frame of another site.
enum EmbedPages {
    static func path(_ id: ID<Item>) -> String { "/embed/resources/\(id)" }

    static func show(
        _ open: OpenItem, _ files: ItemFilePages.View, _ address: SiteAddress, _ page: PageContext
    ) -> HTML {
        let item = open.item, content = item.content, whole = address.absolute(ItemPages.path(item.id))
        let figures = ItemFilePages.figures(files, of: item.id)
        let body: HTML = #"""
            <h1 class="embed-title"><a href="\#(url: whole)" target="_blank" rel="noopener">\#(content.title)</a></h1>
            <p class="muted">\#(item.typeTitle) · \#(open.authorNames) · \#(item.schoolName)</p>
            \#(figures)
            \#(if: figures.isEmpty && !content.summary.isEmpty, SitePages.paragraphs(content.summary))
            <p class="muted">\#(item.licence?.name) · <a href="\#(url: whole)" target="_blank" rel="noopener">在\#(page.site.name)打开</a></p>
            """#
        return UI.embedded(content.title, page, body)
    }

    /// How others show it, on its own page.
    static func offer(_ item: Item, _ address: SiteAddress) -> HTML {
        let frame = OEmbed.frame(item.content.title, item.id, address).text
        let field = UI.textArea(
            "embed", label: "嵌入代码", value: frame, hint: "粘贴到学校网站的页面里。下架后嵌入的地方也不再显示。", rows: 3)
        return UI.card(nil, UI.details("嵌入到别的网站", field))
    }
}
