import Directory
import Kernel
import Platform
import Web

/// A resource with the names of who made it.
struct ItemLine: Sendable {
    let item: Item
    let authors: [ItemAuthor]
    /// Where it waits for review; only in the list of one's own.
    var step: ReviewStep?
    /// Why its open version came back; only there too.
    var remark = ""

    var authorNames: String { authors.map(\.name).joined(separator: "、") }
}

/// The lists of resources and the page of one.
enum ItemPages {
    static let root = "/resources"
    static func path(_ id: ID<Item>) -> String { "\(root)/\(id)" }
    static func path(_ file: ItemFile, of id: ID<Item>) -> String { "\(path(id))/attachments/\(file.id)" }

    static func tone(_ state: ItemState) -> Tone {
        switch state {
        case .draft: .info
        case .pending: .warn
        case .published: .ok
        case .takenDown: .muted
        }
    }

    private static func table(
        _ caption: String, hasState: Bool, hasProgress: Bool = false, isExportable: Bool = true, empty: HTML
    ) -> DataTable<ItemLine> {
        var columns: [DataColumn<ItemLine>] = [
            DataColumn(
                "标题", value: { .text($0.item.content.title) },
                cell: { #"<a href="\#(url: path($0.item.id))">\#($0.item.content.title)</a>"# }),
            DataColumn("类型", value: { .text($0.item.typeTitle) }),
            DataColumn("作者", value: { .text($0.authorNames) }),
            DataColumn("学校", value: { .text($0.item.schoolName) }),
            DataColumn("范围", value: { .text($0.item.reach.title) }),
        ]
        if hasState {
            columns.append(
                DataColumn(
                    "状态", value: { .text($0.item.state.title) },
                    cell: { UI.tag($0.item.state.title, tone($0.item.state)) }))
        }
        if hasProgress {
            columns.append(
                DataColumn(
                    "审核", value: { .text(progress(of: $0, most: .max)) },
                    cell: { HTML(text: progress(of: $0, most: 40)) }))
        }
        columns.append(DataColumn("更新时间", value: { .text($0.item.changedAt.text) }))
        return DataTable(caption: caption, columns: columns, isExportable: isExportable, empty: empty)
    }

    /// Where the resource waits, or why it came back, of which at most so many characters.
    private static func progress(of line: ItemLine, most: Int) -> String {
        if let step = line.step { return ReviewPages.place(of: step, on: Timestamp.now.day) }
        guard !line.remark.isEmpty else { return "" }
        return "退回：" + (line.remark.count > most ? line.remark.prefix(most) + "…" : line.remark)
    }

    static func library(isExportable: Bool) -> DataTable<ItemLine> {
        table(
            "资源库", hasState: false, isExportable: isExportable,
            empty: UI.emptyState("没有符合条件的资源", "换一个词，或减少筛选条件。"))
    }
    static let own = table(
        "我的资源", hasState: true, hasProgress: true, empty: UI.emptyState("还没有资源", "点“新建资源”，或在教材的一课上点“为这一课上传资源”。"))
    static let reviews = table(
        "资源审核", hasState: true, empty: UI.emptyState("没有这一类资源", "通过审核后在这里。"))

    static func library(_ slice: Page<ItemLine>, node: NodePlace?, _ request: WebRequest) -> HTML {
        let query = request.query, isSignedIn = request.completeSession != nil
        let groups = [SelectOption("", "全部")] + ResourceGroup.allCases.map { SelectOption($0.rawValue, $0.title) }
        let places = [
            SelectOption("", "全部"), SelectOption("school", "本校的"), SelectOption("county", "本县(市、区)的"),
        ]
        var fields: HTML = """
            \(UI.searchField("q", label: "关键字", value: query["q"], placeholder: "标题、标签或拼音首字母"))
            \(UI.select("group", label: "类型", options: groups, selected: query["group"]))
            """
        if isSignedIn { fields += UI.select("place", label: "来自", options: places, selected: query["place"]) }
        let words = query.text("q"), actions = searching(words, node) + metadata(query, isSignedIn)
        let content: HTML = """
            \(UI.heading("资源库", note: note(words, node), actions: actions))
            \(UI.card(nil, UI.filterBar(action: root, query: query, keep: node == nil ? [] : ["node"], fields)))
            \(UI.card(nil, library(isExportable: isSignedIn).html(slice, path: root, query: query)))
            """
        return UI.layout("资源库", request.page, breadcrumbs: [Crumb("资源库")], wide: true, content)
    }

    private static func note(_ words: String?, _ node: NodePlace?) -> String {
        if let node { return node.full }
        return words == nil ? "已发布的资源" : "按更新先后，最多列出 \(ItemStore.mostSearched) 项"
    }

    /// The same words, the best fitting first.
    private static func searching(_ words: String?, _ node: NodePlace?) -> HTML {
        guard let words, node == nil else { return "" }
        return UI.linkButton("按相关程度查找", url: SearchPages.root + "?" + FormValues([("q", words)]).encoded)
    }

    /// What is told of the resources of the list, as files.
    private static func metadata(_ query: FormValues, _ isSignedIn: Bool) -> HTML {
        guard isSignedIn else { return "" }
        let asked = FormValues(query.pairs.filter { ["q", "group", "node", "place"].contains($0.name) })
        let lom = asked.replacing("kind", with: "lom").encoded
        return UI.linkButton("导出元数据 CSV", url: "\(ExportRoutes.list)?\(asked.encoded)")
            + UI.linkButton("导出元数据 LOM", url: "\(ExportRoutes.list)?\(lom)")
    }

    /// - Parameter notices: what is wanted of her schools.
    static func own(
        _ slice: Page<ItemLine>, hasOriginals: Bool, _ notices: HTML, _ request: WebRequest
    ) -> HTML {
        let path = root + "/mine"
        var actions = UI.linkButton("新建资源", url: root + "/new", style: .primary)
        actions += UI.linkButton("导入文件夹", url: FolderPages.root)
        if hasOriginals { actions += UI.linkButton("下载我的存档", url: path + "/archive") }
        let content: HTML = """
            \(UI.heading("我的资源", note: "发布过的一直保留，随时可以下载原件", actions: actions))
            \(notices)
            \(UI.card(nil, own.html(slice, path: path, query: request.query)))
            """
        return UI.layout("我的资源", request.page, breadcrumbs: [Crumb("我的资源")], wide: true, content)
    }

    /// What the list of reviewers can show besides what waits.
    enum Desk: String, CaseIterable {
        case published
        case takenDown = "taken_down"

        var title: String { self == .published ? "已发" : "下架" }
    }

    /// A line on the page of a lesson.
    static func entry(_ line: ItemLine) -> HTML {
        #"""
        <li><a href="\#(url: path(line.item.id))">\#(line.item.content.title)</a> \#
        <span class="muted">\#(line.item.typeTitle) · \#(line.authorNames) · \#(line.item.schoolName)</span></li>
        """#
    }
}
