import Directory
import Kernel
import Web

/// 教材目录: the list of volumes, the tree of one, and the page of a unit or lesson with its resources.
enum TextbookPages {
    static let root = "/textbooks"
    static func path(_ id: ID<Textbook>) -> String { "\(root)/\(id)" }
    static func path(_ id: ID<TextbookNode>) -> String { "/textbook-nodes/\(id)" }

    /// What a list of textbooks shows beside them.
    struct Line: Sendable {
        let line: TextbookStore.Line
        let isChosen: Bool
    }

    static let table = DataTable<Line>(
        caption: "教材",
        columns: [
            DataColumn(
                "教材", value: { .text($0.line.textbook.key.volumeName) },
                cell: { #"<a href="\#(url: path($0.line.textbook.id))">\#($0.line.textbook.key.volumeName)</a>"# }),
            DataColumn("学段", value: { .text($0.line.textbook.key.stageTitle) }),
            DataColumn("学科", value: { .text($0.line.textbook.key.subjectTitle) }),
            DataColumn("版本", value: { .text($0.line.textbook.key.editionTitle) }),
            DataColumn("课数", value: { .integer($0.line.lessons) }),
            DataColumn(
                "本地选用", value: { .text($0.isChosen ? "是" : "") }, cell: { $0.isChosen ? UI.tag("选用", .ok) : "" }),
        ], empty: UI.emptyState("没有符合条件的教材", "换一个学段、学科或版本。市局导入教材目录后，这里按册列出。"))

    static func list(_ slice: Page<Line>, keys: [TextbookKey], _ request: WebRequest) -> HTML {
        let user = request.completeSession?.user
        var actions: HTML = ""
        if user?.may(.editionChoose) ?? false { actions += UI.linkButton("教材选用", url: EditionPages.root) }
        if user?.may(.catalogueEdit) ?? false { actions += UI.linkButton("导入目录", url: CataloguePages.root) }
        let content: HTML = """
            \(UI.heading("教材目录", note: "按教材找到每一课的资源", actions: actions))
            \(UI.card(nil, UI.filterBar(action: root, query: request.query, filters(keys, request.query))))
            \(UI.card(nil, table.html(slice, path: root, query: request.query)))
            """
        return UI.layout("教材目录", request.page, breadcrumbs: [Crumb("教材目录")], content)
    }

    /// Stage, subject and edition, as far as there are textbooks.
    static func filters(_ keys: [TextbookKey], _ query: FormValues) -> HTML {
        func field(_ name: String, _ label: String, _ pairs: [(String, String)]) -> HTML {
            var seen: Set<String> = []
            let options = pairs.filter { seen.insert($0.0).inserted }.map { SelectOption($0.0, $0.1) }
            return UI.select(name, label: label, options: [SelectOption("", "全部")] + options, selected: query[name])
        }
        return field("stage", "学段", keys.map { ($0.stage, $0.stageTitle) })
            + field("subject", "学科", keys.map { ($0.subject, $0.subjectTitle) })
            + field("edition", "版本", keys.map { ($0.edition, $0.editionTitle) })
    }

    static func show(
        _ textbook: Textbook, _ nodes: [TextbookNode], counts: [ID<TextbookNode>: Int], _ page: PageContext
    ) -> HTML {
        let key = textbook.key, present = nodes.filter { !$0.isRemoved }, gone = nodes.filter(\.isRemoved)
        let removed: HTML =
            gone.isEmpty
            ? ""
            : UI.details(
                "新目录里没有的 \(gone.count) 项", #"<ul class="plain-list">\#(each: gone, { entry($0, counts) })</ul>"#)
        let tree =
            present.isEmpty ? UI.emptyState("这册教材还没有课", "看看别的教材。") : self.tree(present, counts)
        let note = "\(key.stageTitle)\(key.subjectTitle) · \(key.editionTitle)"
        let content: HTML = """
            \(UI.heading(key.volumeName, note: note))
            \(if: textbook.isRemoved, UI.notice(.info, "这册教材不在最新的目录里，资源照常可用。"))
            \(UI.card("目录", tree + removed))
            """
        return UI.layout(key.title, page, breadcrumbs: [Crumb("教材目录", root), Crumb(key.title)], content)
    }

    /// Units with their lessons as lists in lists, which every browser and screen reader knows.
    private static func tree(_ nodes: [TextbookNode], _ counts: [ID<TextbookNode>: Int]) -> HTML {
        let ids = Set(nodes.map(\.id))
        let children = Dictionary(grouping: nodes.filter { $0.parent.map(ids.contains) ?? false }) { $0.parent }
        let tops = nodes.filter { !($0.parent.map(ids.contains) ?? false) }
        return #"""
            <ol class="textbook-tree">\#(each: tops, { top in
                let below = children[top.id] ?? []
                return branch(top, below, counts)
            })</ol>
            """#
    }

    private static func branch(
        _ top: TextbookNode, _ below: [TextbookNode], _ counts: [ID<TextbookNode>: Int]
    ) -> HTML {
        #"""
        <li>\#(link(top, counts))\#(if: !below.isEmpty, #"<ol>\#(each: below, { entry($0, counts) })</ol>"#)</li>
        """#
    }

    private static func entry(_ node: TextbookNode, _ counts: [ID<TextbookNode>: Int]) -> HTML {
        "<li>\(link(node, counts))</li>"
    }

    private static func link(_ node: TextbookNode, _ counts: [ID<TextbookNode>: Int]) -> HTML {
        let count = counts[node.id] ?? 0
        let told = count > ItemStore.mostAtNode ? "\(ItemStore.mostAtNode)+" : "\(count)"
        let number: HTML = count == 0 ? "" : #" <span class="muted">\#(told) 项资源</span>"#
        return #"<a href="\#(url: path(node.id))">\#(node.title)</a>\#(number)"#
    }

    /// What stands together on the page of a lesson.
    struct Shelf: Sendable {
        let group: ResourceGroup
        let rows: [ItemLine]
        let total: Int
        /// Whether all resources of the lesson were looked at.
        let isWhole: Bool
    }

    static func node(
        _ place: NodePlace, _ shelves: [Shelf], lessons: [TextbookNode], calls: [Call], mayWrite: Bool,
        mayPush: Bool, _ page: PageContext
    ) -> HTML {
        let wanted: HTML = "\(each: calls, call)"
        let add =
            mayWrite
            ? UI.linkButton("为这一课上传资源", url: ItemPages.root + "/new?node=\(place.node.id)", style: .primary) : ""
        let push: HTML =
            mayPush && place.node.kind == .lesson && !place.node.isRemoved
            ? UI.linkButton("推送到班级", url: PushPages.formPath(place.node.id)) : ""
        let filled = shelves.filter { $0.total > 0 }
        let empty = shelves.filter { $0.total == 0 && $0.isWhole }.map(\.group.title)
        let parts: HTML =
            filled.isEmpty
            ? UI.card(nil, UI.emptyState("这里还没有你能看到的资源", "老师上传并发布后，教案、课件、视频和练习在这里一起列出。"))
            : "\(each: filled, { shelf($0, place) })"
        let missing: HTML =
            filled.isEmpty || empty.isEmpty ? "" : #"<p class="muted">还没有：\#(empty.joined(separator: "、"))</p>"#
        let list: HTML =
            lessons.isEmpty
            ? ""
            : UI.card(
                "本单元的课",
                #"<ul class="plain-list">\#(each: lessons, { #"<li><a href="\#(url: path($0.id))">\#($0.title)</a></li>"# })</ul>"#
            )
        let content: HTML = """
            \(UI.heading(place.node.title, note: place.textbook.key.title + (place.unit.isEmpty ? "" : " · " + place.unit), 
                actions: add + push))
            \(if: place.node.isRemoved, UI.notice(.info, "这一课不在最新的教材目录里，资源照常可用。"))
            \(wanted)\(parts)\(missing)\(list)
            """
        let crumbs = [
            Crumb("教材目录", root), Crumb(place.textbook.key.title, path(place.textbook.id)), Crumb(place.node.title),
        ]
        return UI.layout(place.node.title, page, breadcrumbs: crumbs, content)
    }

    private static func call(_ call: Call) -> HTML {
        let words = "\(call.organisationName)征集中：\(call.wantedTitles)，\(call.due.chinese)截止。"
        return UI.notice(.info, #"\#(words)<a href="\#(url: CallPages.path(call.id))">看征集的要求</a>"#)
    }

    private static func shelf(_ shelf: Shelf, _ place: NodePlace) -> HTML {
        let all = ItemPages.root + "?node=\(place.node.id)&group=\(shelf.group.rawValue)"
        let more: HTML =
            shelf.total > shelf.rows.count || !shelf.isWhole
            ? UI.linkButton(shelf.isWhole ? "全部 \(shelf.total) 项" : "全部", url: all) : ""
        return UI.card(
            shelf.group.title, actions: more, #"<ul class="plain-list">\#(each: shelf.rows, ItemPages.entry)</ul>"#)
    }
}
