import Directory
import Kernel
import Platform
import Web

/// News of a site: the list for everybody, one piece, and the desk of whoever fills the site.
enum SiteNewsPages {
    static func path(_ code: String) -> String { SitePages.path(code) + "/news" }
    static func path(_ id: ID<SiteNews>, _ code: String) -> String { "\(path(code))/\(id)" }
    static func feed(_ code: String) -> String { path(code) + "/feed.atom" }
    static func desk(_ code: String) -> String { path(code) + "/desk" }

    private static func crumbs(_ site: Site, _ more: Crumb...) -> [Crumb] {
        [Crumb("资源网站", SitePages.root), Crumb(site.organisationName, SitePages.path(site.code))] + more
    }

    static func line(_ code: String) -> (SiteNews) -> HTML {
        { news in
            #"""
            <li><a href="\#(url: path(news.id, code))">\#(news.content.title)</a> \#
            <span class="muted">\#(news.content.from?.iso)</span></li>
            """#
        }
    }

    static func list(_ site: Site, _ news: [SiteNews], next: String?, _ meta: PageMeta, _ page: PageContext) -> HTML {
        let rows: HTML =
            news.isEmpty
            ? UI.emptyState("现在没有通知", "以后的通知和动态列在这里。")
            : #"<ul class="plain-list">\#(each: news, line(site.code))</ul>"#
        let more: HTML = next.map { UI.linkButton("更早的通知", url: "\(path(site.code))?after=\($0)") } ?? ""
        let content: HTML = """
            \(UI.heading("通知动态", note: site.name))
            \(UI.card(nil, rows + more))
            """
        return UI.layout("通知动态", page, breadcrumbs: crumbs(site, Crumb("通知动态")), meta: meta, content)
    }

    static func show(
        _ site: Site, _ news: SiteNews, on today: LocalDate, mayEdit: Bool, _ meta: PageMeta, _ page: PageContext
    ) -> HTML {
        let content = news.content, note = "\(site.organisationName) · \(content.from?.chinese ?? "")"
        var deeds: HTML = ""
        if mayEdit { deeds += UI.linkButton("修改通知", url: path(news.id, site.code) + "/edit") }
        if mayEdit, news.state != .published {
            deeds += UI.postButton(
                "发布通知", action: path(news.id, site.code) + "/publication", page: page, style: .primary,
                hidden: [("revision", String(news.revision))])
        }
        if mayEdit, news.state == .published {
            deeds += UI.postButton("撤下通知", action: path(news.id, site.code) + "/withdrawal", page: page)
        }
        let standing = news.standing(on: today)
        let body: HTML = """
            \(UI.heading(content.title, note: note, actions: deeds))
            \(if: !news.isShown(on: today), UI.notice(.warn, HTML(text: "\(standing)，公众现在看不到。")))
            \(UI.card(nil, #"<div class="article">\#(SitePages.paragraphs(content.body))</div>"#))
            """
        return UI.layout(
            content.title, page,
            breadcrumbs: crumbs(site, Crumb("通知动态", path(site.code)), Crumb(content.title)), meta: meta, body)
    }

    // The desk

    static func table(_ site: Site, on today: LocalDate) -> DataTable<SiteNews> {
        let code = site.code
        return DataTable(
            caption: "通知动态",
            columns: [
                DataColumn(
                    "标题", value: { .text($0.content.title) },
                    cell: { #"<a href="\#(url: path($0.id, code))">\#($0.content.title)</a>"# }),
                DataColumn("从", value: { .text($0.content.from?.iso ?? "") }),
                DataColumn("到", value: { .text($0.content.until?.iso ?? "") }),
                DataColumn("状态", value: { .text($0.standing(on: today)) }),
                DataColumn("修改", value: { .text("\($0.changedAt.text) \($0.changedBy)") }),
            ], empty: UI.emptyState("还没有通知", "点“新建通知”，写好后发布。"))
    }

    static func deskPage(
        _ site: Site, _ slice: Page<SiteNews>, _ table: DataTable<SiteNews>, _ request: WebRequest
    ) -> HTML {
        let actions = UI.linkButton("新建通知", url: path(site.code) + "/new", style: .primary)
        let content: HTML = """
            \(UI.heading("管理通知动态", note: site.name, actions: actions))
            \(UI.card(nil, table.html(slice, path: desk(site.code), query: request.query)))
            """
        return UI.layout(
            "管理通知动态", request.page, breadcrumbs: crumbs(site, Crumb("管理通知动态")), wide: true, content)
    }

    struct Form: Sendable {
        let site: Site
        /// `nil` for a new one.
        let news: SiteNews?
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func form(_ form: Form, _ page: PageContext) -> HTML {
        let title = form.news == nil ? "新建通知" : "修改通知", code = form.site.code, problems = form.problems
        let action = form.news.map { path($0.id, code) } ?? path(code)
        let fields: HTML = """
            \(UI.hidden("revision", String(form.news?.revision ?? 0)))
            \(UI.textField("title", label: "标题", value: form.values["title"], required: true, problems: problems))
            \(UI.textArea(
                "body", label: "内容", value: form.values["body"], hint: "每行一段。不写手机号、证件号和学生姓名。", rows: 8,
                required: true, problems: problems))
            \(UI.fieldRow(
                UI.textField(
                    "from", label: "从哪天起显示", value: form.values["from"], type: "date", required: true, problems: problems)
                    + UI.textField(
                        "until", label: "显示到哪天", value: form.values["until"], hint: "不填的一直显示。", type: "date",
                        problems: problems)))
            """
        let content: HTML = """
            \(UI.heading(title, note: form.site.name))
            \(form.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card(
                nil,
                UI.form(
                    action: action, page: page, submit: form.news?.state == .published ? "保存" : "保存草稿", cancel: desk(code), problems: problems, fields)))
            """
        return UI.layout(
            title, page, breadcrumbs: crumbs(form.site, Crumb("管理通知动态", desk(code)), Crumb(title)),
            isFailed: !problems.isEmpty || form.warning != nil, content)
    }
}
