import Kernel
import Platform
import Web

/// The form of a site.
enum SiteFormPages {
    struct View: Sendable {
        let site: Site
        /// All of the site, for the slots.
        let collections: [ItemCollection]
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func edit(_ view: View, _ page: PageContext) -> HTML {
        let site = view.site, values = view.values, problems = view.problems
        let fields: HTML = """
            \(UI.hidden("revision", String(site.revision)))
            \(UI.textField("name", label: "网站名称", value: values["name"], required: true, problems: problems))
            \(UI.textArea(
                "introduction", label: "简介", value: values["introduction"], hint: "显示在首页上方，可以不写。", rows: 4,
                problems: problems))
            \(UI.textField(
                "opened_on", label: "开通日期", value: values["opened_on"], hint: "不填的，开通当天填上。", type: "date",
                problems: problems))
            \(slots(view))
            """
        let form = UI.form(
            action: SitePages.path(site.code), page: page, submit: "保存", cancel: SitePages.path(site.code),
            problems: problems, fields)
        let content: HTML = """
            \(UI.heading("编辑网站", note: site.organisationName))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card(nil, form))
            """
        return UI.layout(
            "编辑网站", page,
            breadcrumbs: [
                Crumb("资源网站", SitePages.root), Crumb(site.organisationName, SitePages.path(site.code)), Crumb("编辑网站"),
            ], isFailed: !problems.isEmpty || view.warning != nil, content)
    }

    /// One choice for each place of the page, so that the order is what is seen.
    private static func slots(_ view: View) -> HTML {
        var options = [
            SelectOption("", "（空）"), SelectOption(SiteSlot.news.text, "通知动态"),
            SelectOption(SiteSlot.newest.text, "最新资源"), SelectOption(SiteSlot.selected.text, "收录最多"),
        ]
        options += view.collections.map { collection in
            let state = collection.state == .published ? "" : "（\(collection.state.title)）"
            return SelectOption(
                SiteSlot.collection(collection.id).text,
                "\(collection.content.kind.title)：\(collection.content.title)\(state)")
        }
        var fields: HTML = ""
        for number in 1...Site.mostSlots {
            fields += UI.select(
                "slot\(number)", label: "第 \(number) 栏", options: options,
                selected: view.values["slot\(number)"] ?? "", problems: view.problems)
        }
        return UI.fieldGroup("首页栏目", hint: "从上到下的次序。没有发布的专题不显示。", fields)
    }
}
