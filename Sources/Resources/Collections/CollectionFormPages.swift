import Kernel
import Platform
import Web

/// The form of a collection, and its desk: what stands in it, in what order, and what may be added.
enum CollectionFormPages {
    struct New: Sendable {
        let site: Site
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func new(_ form: New, _ page: PageContext) -> HTML {
        let site = form.site
        let content: HTML = """
            \(UI.heading("新建专题", note: site.name))
            \(form.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card(
                nil,
                UI.form(
                    action: SitePages.path(site.code) + "/collections", page: page, submit: "保存草稿",
                    cancel: SitePages.path(site.code), problems: form.problems, fields(form.values, form.problems))))
            """
        return UI.layout(
            "新建专题", page,
            breadcrumbs: [
                Crumb("资源网站", SitePages.root), Crumb(site.organisationName, SitePages.path(site.code)), Crumb("新建专题"),
            ], isFailed: !form.problems.isEmpty || form.warning != nil, content)
    }

    private static func fields(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let kinds = ItemCollection.Kind.allCases.map { SelectOption($0.rawValue, $0.title) }
        return """
            \(UI.textField("title", label: "专题名称", value: values["title"], required: true, problems: problems))
            \(UI.select(
                "kind", label: "种类", options: kinds, selected: values["kind"] ?? ItemCollection.Kind.local.rawValue,
                hint: "海洋、边境、民族等本地内容选“本地特色”。", problems: problems))
            \(UI.textArea("summary", label: "简介", value: values["summary"], rows: 3, problems: problems))
            """
    }

    struct View: Sendable {
        let collection: ItemCollection
        let lines: [ItemLine]
        /// Resources in it that she does not see now.
        let hidden: Int
        /// What was asked for, to be added.
        let query: String
        let found: [ItemLine]
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func edit(_ view: View, _ page: PageContext) -> HTML {
        let collection = view.collection, base = CollectionPages.path(collection.id)
        let form = UI.form(
            action: base, page: page, submit: "保存", cancel: base, problems: view.problems,
            UI.hidden("revision", String(collection.revision)) + fields(view.values, view.problems))
        let content: HTML = """
            \(UI.heading("编辑专题", note: collection.content.title, actions: UI.linkButton("看专题", url: base)))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card("说明", form))
            \(UI.card("收录的资源", id: "items", items(view, page)))
            \(UI.card("添加资源", id: "add", adding(view, page)))
            """
        return UI.layout(
            "编辑专题", page,
            breadcrumbs: CollectionPages.crumbs(
                collection, Crumb(collection.content.title, base), Crumb("编辑专题")),
            isFailed: !view.problems.isEmpty || view.warning != nil, content)
    }

    private static func items(_ view: View, _ page: PageContext) -> HTML {
        let base = CollectionPages.path(view.collection.id) + "/items", last = view.lines.count - 1
        let hidden: HTML = view.hidden > 0 ? "<p>另有 \(view.hidden) 个资源已下架或不在你能看到的范围内，读者也看不到。</p>" : ""
        guard !view.lines.isEmpty else {
            return UI.emptyState("还没有资源", "在下面查找并收录，或在资源的页面上点“收入专题”。") + hidden
        }
        let places = Dictionary(view.lines.enumerated().map { ($1.item.id, $0) }) { first, _ in first }
        let table = DataTable<ItemLine>(
            caption: "收录的资源",
            columns: [
                DataColumn(
                    "标题", value: { .text($0.item.content.title) },
                    cell: { #"<a href="\#(url: ItemPages.path($0.item.id))">\#($0.item.content.title)</a>"# }),
                DataColumn("学校", value: { .text($0.item.schoolName) }),
                DataColumn("范围", value: { .text($0.item.reach.title) }),
                DataColumn("操作") { line in
                    let place = places[line.item.id] ?? 0, title = line.item.content.title
                    var deeds: HTML = ""
                    func button(_ label: String, _ path: String, _ more: [(String, String)] = []) {
                        deeds += UI.postButton(
                            label, action: base + path, page: page, hidden: [("item", line.item.id.rawValue)] + more)
                    }
                    if place > 0 { button("上移“\(title)”", "/order", [("way", "up")]) }
                    if place < last { button("下移“\(title)”", "/order", [("way", "down")]) }
                    button("移出“\(title)”", "/removal")
                    return #"<div class="actions">\#(deeds)</div>"#
                },
            ], isExportable: false, empty: "")
        let rows = table.html(
            Page(items: view.lines, total: view.lines.count, next: nil), path: "", query: FormValues())
        return rows + hidden
    }

    private static func adding(_ view: View, _ page: PageContext) -> HTML {
        let base = CollectionPages.path(view.collection.id)
        let bar = UI.filterBar(
            action: base + "/edit", query: FormValues(),
            UI.searchField("q", label: "找资源", value: view.query, placeholder: "标题、标签或拼音首字母"))
        guard !view.query.isEmpty else { return bar }
        let held = Set(view.lines.map(\.item.id))
        let rows: HTML = "\(each: view.found, { found($0, isHeld: held.contains($0.item.id), base, page) })"
        let list: HTML =
            view.found.isEmpty
            ? "<p>没有找到可以收录的资源。只能收录发布到全市或公开的资源。</p>" : #"<ul class="plain-list">\#(rows)</ul>"#
        return bar + list
    }

    private static func found(_ line: ItemLine, isHeld: Bool, _ base: String, _ page: PageContext) -> HTML {
        let deed: HTML =
            isHeld
            ? UI.tag("已收录", .ok)
            : UI.postButton(
                "收录“\(line.item.content.title)”", action: base + "/items", page: page,
                hidden: [("item", line.item.id.rawValue)])
        return #"""
            <li><a href="\#(url: ItemPages.path(line.item.id))">\#(line.item.content.title)</a> \#
            <span class="muted">\#(line.item.typeTitle) · \#(line.item.schoolName) · \#(line.item.reach.title)</span> \#(deed)</li>
            """#
    }
}
