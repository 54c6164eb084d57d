import Directory
import Kernel
import Web

/// 找资源: the question, what was found and by what, and the searches somebody keeps.
enum SearchPages {
    static let root = "/resources/search"
    static let saved = "/resources/searches"

    static func path(_ values: FormValues) -> String {
        values.pairs.isEmpty ? root : "\(root)?\(values.encoded)"
    }

    struct Hit: Sendable {
        let line: ItemLine
        let places: [NodePlace]
        let match: SearchMatch
    }

    struct View: Sendable {
        let form: SearchForm
        let answer: SearchAnswer
        /// Of this page.
        let hits: [Hit]
        /// Of other platforms, the first few, and how many there are.
        let external: [ExternalEntry]
        let externalTotal: Int
        let isExternalExact: Bool
        let school: Organisation?
        /// Stages, subjects and editions that there are.
        let keys: [TextbookKey]
        /// Of the form that keeps the search.
        let values: FormValues
        let problems: [FieldProblem]
    }

    static func search(_ view: View, _ page: PageContext) -> HTML {
        var actions: HTML = UI.linkButton("按教材找", url: TextbookPages.root)
        if page.user != nil { actions += UI.linkButton("常用查找", url: saved) }
        let content: HTML = """
            \(UI.heading("找资源", note: "标题、教材的课、教师、学校、标签、简介和文件里的文字；可以打拼音首字母", actions: actions))
            \(UI.card(nil, UI.filterBar(action: root, query: view.form.values, keep: ["school"], filters(view, page))))
            \(results(view, page))
            \(ExternalPages.found(
                view.external, total: view.externalTotal, isExact: view.isExternalExact, text: view.form.text))
            \(keep(view, page))
            """
        return UI.layout(
            "找资源", page, breadcrumbs: [Crumb("资源库", ItemPages.root), Crumb("找资源")],
            isFailed: !view.problems.isEmpty, content)
    }

    private static func filters(_ view: View, _ page: PageContext) -> HTML {
        let values = view.form.values
        func field(_ facet: SearchFacet, _ pairs: [(String, String)]) -> HTML {
            var seen: Set<String> = []
            let options = pairs.filter { seen.insert($0.0).inserted }.map { SelectOption($0.0, $0.1) }
            return UI.select(
                facet.rawValue, label: facet.title, options: [SelectOption("", "全部")] + options,
                selected: values[facet.rawValue])
        }
        let grades = ["P", "J", "S"].flatMap { letter in (1...6).map { "\(letter)\($0)" } }
            .map { ($0, TextbookGrade.title($0)) }.filter { !$0.1.isEmpty && $0.1 != $0.0 }
        let types = ResourceLists.type.codes.filter { $0.parent != nil }.map { ($0.code, $0.name) }
        var fields: HTML = """
            \(UI.searchField("q", label: "要找什么", value: values["q"], placeholder: "如：灯塔 课件，或 dtkj"))
            \(field(.stage, view.keys.map { ($0.stage, $0.stageTitle) }))
            \(field(.subject, view.keys.map { ($0.subject, $0.subjectTitle) }))
            \(field(.edition, view.keys.map { ($0.edition, $0.editionTitle) }))
            \(field(.grade, grades))
            \(field(.type, types))
            \(field(.level, ItemVisibility.allCases.map { ($0.rawValue, $0.title) }))
            """
        if page.user != nil {
            let places = [
                SelectOption("", "全部"), SelectOption("school", "本校的"), SelectOption("county", "本县(市、区)的"),
            ]
            fields += UI.select("place", label: "来自", options: places, selected: values["place"])
        }
        return fields
    }

    private static func results(_ view: View, _ page: PageContext) -> HTML {
        guard !view.form.isEmpty else {
            return UI.card(nil, UI.emptyState("要找什么？", "打几个字，或选一个学段、学科；错一个字、打拼音首字母也能找到。"))
        }
        var head: HTML = ""
        if let school = view.school {
            let others = path(view.form.values.replacing("school", with: nil))
            head += #"<p>只看：\#(school.name) \#(UI.linkButton("所有学校", url: others))</p>"#
        }
        if view.answer.isCatchingUp {
            head += UI.notice(.info, "刚有一批资源更新，个别新资源要过一会儿才能找到。")
        }
        guard !view.answer.hits.isEmpty else {
            return UI.card(
                nil,
                head
                    + UI.emptyState(
                        "没有找到", "换一个词，少打几个字，或减少筛选条件。", action: UI.linkButton("教材目录", url: TextbookPages.root)))
        }
        if view.answer.isLoose {
            head += UI.notice(.info, "没有完全符合的，下面是相近的。")
        }
        let list: HTML = #"<ol class="plain-list search-hits">\#(each: view.hits, { hit($0, view) })</ol>"#
        return UI.card(count(view), id: "results", actions: exports(view), head + list + pager(view))
    }

    private static func count(_ view: View) -> String {
        let answer = view.answer
        return answer.isExact ? "找到 \(answer.total) 项" : "找到 \(answer.total) 项以上"
    }

    private static func exports(_ view: View) -> HTML {
        let base = view.form.values
        return UI.linkButton("导出 Excel", url: path(base.replacing("format", with: "xlsx")))
    }

    private static func hit(_ hit: Hit, _ view: View) -> HTML {
        let item = hit.line.item, plan = SearchPlan(view.form.text)
        let title = SearchHighlight.marked(item.content.title, plan)
        let school = path(view.form.values.replacing("school", with: item.school.rawValue))
        let lessons = hit.places.prefix(2).map(\.full).joined(separator: "；")
        let summary = SearchHighlight.snippet(item.content.summary, plan)
        return #"""
            <li><a href="\#(url: ItemPages.path(item.id))">\#(title)</a> \#
            \#(UI.tag(item.typeTitle, .muted)) \#(UI.tag(item.reach.title, .muted))
            <p class="muted">\#(SearchHighlight.marked(hit.line.authorNames, plan)) · \#
            <a href="\#(url: school)">\#(SearchHighlight.marked(item.schoolName, plan))</a>\#
            \#(if: !lessons.isEmpty, " · \(SearchHighlight.marked(lessons, plan))")</p>\#
            \#(if: !summary.isEmpty, "<p>\(summary)</p>")\#
            \#(if: !view.form.text.isEmpty, "<p class=\"muted\">\(why(hit.match))</p>")</li>
            """#
    }

    /// By what it was found.
    private static func why(_ match: SearchMatch) -> String {
        let names = match.fields.map(\.label).joined(separator: "、")
        if match.isNear { return "相近：" + names }
        return names.isEmpty ? "符合：简介或文件里的文字" : "符合：" + names
    }

    private static func pager(_ view: View) -> HTML {
        let pages = (view.answer.hits.count + SearchForm.pageLength - 1) / SearchForm.pageLength, page = view.form.page
        guard pages > 1 else { return "" }
        func link(_ label: String, _ number: Int) -> HTML {
            UI.linkButton(label, url: path(view.form.values.replacing("page", with: String(number))))
        }
        var links: HTML = ""
        if page > 1 { links += link("上一页", page - 1) }
        if page < pages { links += link("下一页", page + 1) }
        let end: HTML =
            page == pages && !view.answer.isExact
            ? #"<p class="muted">只列出最相关的 \#(view.answer.hits.count) 项，加条件可以缩小范围。</p>"# : ""
        return #"""
            <nav class="actions" aria-label="分页">\#(links) <span class="muted">第 \#(page) 页，共 \#(pages) 页</span></nav>\#(end)
            """#
    }

    private static func keep(_ view: View, _ page: PageContext) -> HTML {
        guard page.user != nil, !view.form.isEmpty else { return "" }
        let fields =
            UI.hidden("address", view.form.address)
            + UI.textField(
                "name", label: "名称", value: view.values["name"], hint: "以后在“常用查找”里一点就能再找。", required: true,
                problems: view.problems)
        let form = UI.form(action: saved, page: page, submit: "保存", problems: view.problems, fields)
        return UI.card(nil, UI.details("保存这次查找", form, isOpen: !view.problems.isEmpty))
    }

    static func saved(_ list: [SavedSearch], _ page: PageContext) -> HTML {
        let table = DataTable<SavedSearch>(
            caption: "常用查找",
            columns: [
                DataColumn(
                    "名称", value: { .text($0.name) },
                    cell: { #"<a href="\#(url: "\(root)?\($0.address)")">\#($0.name)</a>"# }),
                DataColumn("保存时间", value: { .text($0.createdAt.text) }),
                DataColumn("操作") { search in
                    UI.postButton(
                        "删除", action: "\(saved)/\(search.id)/removal", page: page, confirm: "删除“\(search.name)”？")
                },
            ], isExportable: false,
            empty: UI.emptyState("还没有保存的查找", "在“找资源”里找过以后，点“保存这次查找”。", action: UI.linkButton("找资源", url: root)))
        let rows = table.html(
            Page(items: list, total: list.count, next: nil), path: saved, query: FormValues())
        let content: HTML = """
            \(UI.heading("常用查找", note: "只有自己看得到", actions: UI.linkButton("找资源", url: root)))
            \(UI.card(nil, rows))
            """
        return UI.layout("常用查找", page, breadcrumbs: [Crumb("找资源", root), Crumb("常用查找")], content)
    }
}
