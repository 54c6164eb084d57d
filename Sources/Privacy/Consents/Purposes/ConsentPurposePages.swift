import Kernel
import Web

/// What people of the city are asked for, for whoever keeps the words.
enum ConsentPurposePages {
    static let path = "/privacy/purposes"

    static func path(_ code: String) -> String { "\(path)/\(code)" }

    static func list(_ purposes: [ConsentPurpose], _ day: LocalDate, _ page: PageContext) -> HTML {
        let table = DataTable<ConsentPurpose>(
            caption: "事项",
            columns: [
                DataColumn(
                    "事项", value: { .text($0.title) },
                    cell: { #"<a href="\#(url: path($0.code))">\#($0.title)</a>"# }),
                DataColumn("依据", value: { .text($0.basis.title) }),
                DataColumn("公开", value: { .text($0.isPublication ? "是" : "否") }),
                DataColumn("版本", value: { .integer($0.version.number) }),
                DataColumn("公布日期", value: { .date($0.version.publishedOn) }),
                DataColumn("状态", value: { .text(state($0, day)) }),
            ], isExportable: false, empty: UI.emptyState("还没有事项", "新建事项后，家长和学生会在自己的页面看到。"))
        let rows = Page(items: purposes, total: purposes.count, next: nil)
        let content: HTML = """
            \(UI.heading("征求事项", note: "哪些用途要征求同意，告诉家长和学生什么",
                actions: UI.linkButton("新建事项", url: path + "/new", style: .primary)))
            \(PrivacyTabs.html(path, page))
            \(UI.card(nil, table.html(rows, path: path, query: FormValues())))
            """
        return UI.layout("征求事项", page, breadcrumbs: [Crumb("征求事项")], content)
    }

    private static func state(_ purpose: ConsentPurpose, _ day: LocalDate) -> String {
        guard purpose.isOpen(on: day) else { return "已停止" }
        return purpose.isAsked ? "征求中" : "只告知"
    }

    static func new(_ page: PageContext, values: FormValues, problems: [FieldProblem]) -> HTML {
        let fields: HTML = """
            \(UI.textField("code", label: "代码", value: values["code"], hint: "小写字母、数字和短横，以后不能改。",
                required: true, autocomplete: "off", problems: problems))
            \(UI.checkbox("publication", label: "会把学生的信息公开", isOn: values["publication"] == "1"))
            \(UI.checkbox("enrolled", label: "学生离校后不再公开", isOn: values["enrolled"] == "1"))
            \(words(values, problems))
            """
        let form = UI.form(
            action: path + "/new", page: page, submit: "公布", cancel: path, problems: problems, fields)
        return UI.layout(
            "新建事项", page, breadcrumbs: [Crumb("征求事项", path), Crumb("新建事项")], isFailed: !problems.isEmpty,
            UI.heading("新建事项", note: "法定职责的事项不征求同意，不在这里新建"), UI.card(nil, form))
    }

    static func show(
        _ purpose: ConsentPurpose, _ versions: [ConsentVersion], _ day: LocalDate, _ page: PageContext
    ) -> HTML {
        let own = path(purpose.code)
        let facts = [("依据", HTML(text: purpose.basis.title))] + ConsentPages.facts(purpose.version.text)
        let end = UI.postButton(
            "停止征求", action: own + "/end", page: page, style: .danger, confirm: "停止后不再征求，也不再按这一项公开。")
        let isOpen = purpose.isOpen(on: day)
        let actions: HTML = """
            \(if: isOpen, UI.linkButton("更新说明", url: own + "/versions/new", style: .primary))\
            \(if: isOpen && purpose.isAsked, end)
            """
        let content: HTML = """
            \(UI.heading(purpose.title, note: isOpen ? purpose.version.stamp : "已停止征求", actions: actions))
            \(UI.card("说明", id: "text", UI.summaryList(facts)))
            \(UI.card("历次说明", id: "versions", history(purpose, versions)))
            """
        return UI.layout(
            purpose.title, page, breadcrumbs: [Crumb("征求事项", path), Crumb(purpose.title)], content)
    }

    private static func history(_ purpose: ConsentPurpose, _ versions: [ConsentVersion]) -> HTML {
        let table = DataTable<ConsentVersion>(
            caption: "历次说明",
            columns: [
                DataColumn(
                    "版本", value: { .text("第 \($0.number) 版") },
                    cell: { version in
                        let url = ConsentPages.textPath(purpose.code, version.number)
                        return #"<a href="\#(url: url)">第 \#(version.number) 版</a>"#
                    }),
                DataColumn("公布日期", value: { .date($0.publishedOn) }),
                DataColumn("公布人", value: { .text($0.publishedBy) }),
            ], isExportable: false, empty: "")
        let rows = Page(items: versions, total: versions.count, next: nil)
        return table.html(rows, path: path(purpose.code), query: FormValues())
    }

    static func edit(
        _ purpose: ConsentPurpose, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let own = path(purpose.code), number = purpose.version.number + 1
        let warning: HTML =
            purpose.isAsked
            ? UI.notice(.warn, "<p>公布后，以前同意的要再次征求；在此之前按没有同意办理。只改错别字的，也会再次征求。</p>") : ""
        let form = UI.form(
            action: own + "/versions/new", page: page, submit: "公布第 \(number) 版", cancel: own, problems: problems,
            UI.hidden("number", String(number)) + words(values, problems))
        let crumbs = [Crumb("征求事项", path), Crumb(purpose.title, own), Crumb("更新说明")]
        return UI.layout(
            "更新说明", page, breadcrumbs: crumbs, isFailed: !problems.isEmpty,
            UI.heading("更新说明", note: purpose.title), warning, UI.card(nil, form))
    }

    private static func words(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        """
        \(UI.textField("title", label: "名称", value: values["title"], required: true, problems: problems))
        \(each: ConsentText.Part.allCases, { part in
            UI.textArea(part.rawValue, label: part.label, value: values[part.rawValue], rows: 3, required: true,
                problems: problems)
        })
        """
    }
}
