import Directory
import Kernel
import Platform
import Web

/// 外部资源: what other platforms offer, as far as it was harvested, and the city's catalogue of free public resources. They
/// are opened where they lie.
enum ExternalPages {
    static let root = "/resources/external"

    static let table = DataTable<ExternalEntry>(
        caption: "外部资源",
        columns: [
            DataColumn("标题", value: { .text($0.content.title) }, cell: { link($0) }),
            DataColumn("学科", value: { .text(title(of: $0)) }),
            DataColumn("提供者", value: { .text($0.content.provider) }),
            DataColumn("来自", value: { .text($0.sourceName) }),
            DataColumn("授权方式", value: { .text($0.content.licenceTitle) }),
            DataColumn("网址", value: { .text($0.content.link) }, cell: { HTML(text: host($0.content.link)) }),
        ], empty: UI.emptyState("没有符合条件的外部资源", "换一个词，或减少筛选条件。"))

    private static func title(of entry: ExternalEntry) -> String {
        entry.area.isEmpty ? entry.content.subjects.prefix(3).joined(separator: "、") : entry.area
    }

    static func host(_ link: String) -> String { WebLink(link)?.host ?? "" }

    /// Leaves the platform: the reader sees where to, and the other side learns nothing of where from.
    static func link(_ entry: ExternalEntry) -> HTML {
        #"<a href="\#(url: entry.content.link)" rel="external noopener noreferrer">\#(entry.content.title)</a>"#
    }

    static func list(
        _ slice: Page<ExternalEntry>, _ filter: ExternalStore.Filter, node: NodePlace?, sources: [HarvestSource],
        _ request: WebRequest
    ) -> HTML {
        let query = request.query, stages = ClassStage.allCases.map { SelectOption($0.rawValue, $0.title) }
        var fields: HTML = """
            \(UI.searchField("q", label: "关键字", value: filter.text, placeholder: "标题、简介、提供者"))
            \(UI.select(
                "stage", label: "学段", options: [SelectOption("", "全部")] + stages, selected: filter.stage))
            """
        let from =
            [SelectOption("", "全部"), SelectOption("free", "公共免费资源目录")]
            + sources.map { SelectOption($0.id.rawValue, $0.content.name) }
        fields += UI.select("source", label: "来自", options: from, selected: query["source"])
        var actions: HTML = ""
        if request.completeSession?.user.may(.externalEdit) ?? false {
            actions += UI.linkButton("免费资源目录", url: FreeLinkPages.root)
            actions += UI.linkButton("采集源", url: HarvestPages.root)
        }
        let note = node.map { "\($0.full)；在别的平台上，打开即离开本平台" } ?? "在别的平台上，打开即离开本平台"
        let content: HTML = """
            \(UI.heading("外部资源", note: note, actions: actions))
            \(UI.card(nil, UI.filterBar(action: root, query: query, keep: node == nil ? [] : ["node"], fields)))
            \(UI.card(nil, table.html(slice, path: root, query: query)))
            """
        return UI.layout(
            "外部资源", request.page, breadcrumbs: [Crumb("资源库", ItemPages.root), Crumb("外部资源")], wide: true, content)
    }

    /// Beside what was found here; nothing when there is nothing.
    static func found(_ rows: [ExternalEntry], total: Int, isExact: Bool, text: String) -> HTML {
        guard !rows.isEmpty else { return "" }
        let all = root + "?q=" + URLCoding.encode(text)
        let count = !isExact ? "\(total) 项以上" : "\(total) 项"
        let list: HTML = #"""
            <p class="muted">在别的平台上，不是本平台审核的资源；打开即离开本平台。</p>\#
            <ul class="plain-list search-hits">\#(each: rows, hit)</ul>
            """#
        let more: HTML = total > rows.count ? UI.linkButton("全部外部资源", url: all) : ""
        return UI.card("外部资源：\(count)", id: "external", actions: more, list)
    }

    private static func hit(_ entry: ExternalEntry) -> HTML {
        let content = entry.content
        let facts = [content.provider, entry.sourceName, content.licenceTitle, host(content.link)]
            .filter { !$0.isEmpty }
        let summary =
            content.description.count > 120
            ? String(content.description.prefix(120)) + "…" : content.description
        return #"""
            <li>\#(link(entry)) \#(UI.tag("外部", .muted))\#
            <p class="muted">\#(facts.joined(separator: " · "))</p>\#(if: !summary.isEmpty, "<p>\(summary)</p>")</li>
            """#
    }
}
