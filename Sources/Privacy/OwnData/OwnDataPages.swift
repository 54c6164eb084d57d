import Contracts
import Directory
import Kernel
import Web

/// What is held about oneself.
enum OwnDataPages {
    static let path = "/my-data"

    struct Model: Sendable {
        let subject: OwnDataSubject
        let data: OwnData
        /// Whether sealed values stand on the page in full.
        let isFull: Bool
        let copy: OwnDataCopyStore.Entry?
        let requests: [RightsRequest]
        let today: LocalDate
    }

    static func show(
        _ model: Model, _ roleTitle: @escaping @Sendable (String) -> String, _ page: PageContext, values: FormValues,
        problems: [FieldProblem]
    ) -> HTML {
        let title = model.subject.isOwn ? "我的信息" : "\(model.data.person.name)的信息"
        let full = path + "?" + (model.subject.isOwn ? "" : "child=\(model.subject.person)&") + "full=1"
        let hasMasks = model.data.sections.contains { $0.items.contains { $0.mask != nil } }
        let button: HTML = hasMasks && !model.isFull ? UI.linkButton("显示完整内容", url: full) : ""
        let content: HTML = """
            \(UI.heading(title, note: "平台保存的信息、来源、谁看过、给了谁", actions: button))
            \(people(model))
            \(each: model.data.sections, { section($0, isFull: model.isFull) })
            \(UI.card("谁查看过", id: "looks", looks(model.data.looks, "没有人查看过完整号码和敏感信息", roleTitle)))
            \(UI.card("所在学校的导出", id: "exports", looks(model.data.exports, "没有导出过", roleTitle)))
            \(UI.card("得到信息的应用", id: "recipients", recipients(model.data.recipients)))
            \(if: model.subject.isOwn || page.user?.may(.childView) ?? false,
                UI.card("征求同意", id: "consents", consents(model)))
            \(UI.card("副本", id: "copy", copy(model, page)))
            \(UI.card("更正、删除和其他请求", id: "requests", requests(model, page, values, problems)))
            """
        return UI.layout(title, page, breadcrumbs: [Crumb(title)], isFailed: !problems.isEmpty, content)
    }

    private static func people(_ model: Model) -> HTML {
        guard !model.subject.children.isEmpty else { return "" }
        let own = (title: "本人", url: path, isCurrent: model.subject.isOwn)
        let children = model.subject.children.map { child in
            (title: child.name, url: path + "?child=\(child.id)", isCurrent: child.id == model.subject.person)
        }
        return UI.tabs([own] + children, label: "本人和孩子")
    }

    private static func section(_ section: OwnData.Section, isFull: Bool) -> HTML {
        let table = DataTable<PersonalDatum>(
            caption: section.source,
            columns: [
                DataColumn("项目", value: { .text($0.label) }),
                DataColumn("内容", value: { .text(isFull ? $0.value : $0.mask ?? $0.value) }),
                DataColumn("类别", value: { .text($0.group) }),
                DataColumn("来源", value: { .text($0.source) }),
                DataColumn("登记日期", value: { $0.since.map(TableValue.date) ?? .empty }),
                DataColumn("依据", value: { .text($0.basis.title + ($0.isErasable ? "，可删除" : "")) }),
            ], isExportable: false, empty: "")
        return UI.card(section.source, listing(table, section.items))
    }

    private static func looks(
        _ looks: [Look], _ none: String, _ roleTitle: @escaping @Sendable (String) -> String
    ) -> HTML {
        let table = DataTable<Look>(
            caption: "查看",
            columns: [
                DataColumn("时间", value: { .text($0.at.text) }),
                DataColumn("单位", value: { .text($0.organisationName) }),
                DataColumn("角色", value: { .text(roleTitle($0.looker.role)) }),
                DataColumn("内容", value: { .text($0.dataTitles) }),
                DataColumn("原因", value: { .text($0.reasonTitle) }),
            ], hasRowHeader: false, isExportable: false, empty: #"<p class="muted">\#(none)。</p>"#)
        return listing(table, looks)
    }

    private static func recipients(_ recipients: [DataRecipient]) -> HTML {
        let table = DataTable<DataRecipient>(
            caption: "应用",
            columns: [
                DataColumn(
                    "应用", value: { .text($0.name) },
                    cell: { item in
                        item.path.isEmpty ? HTML(text: item.name) : #"<a href="\#(url: item.path)">\#(item.name)</a>"#
                    }),
                DataColumn("得到的信息", value: { .text($0.what) }),
                DataColumn("开始日期", value: { $0.since.map(TableValue.date) ?? .empty }),
            ], isExportable: false, empty: #"<p class="muted">没有应用得到本人信息。</p>"#)
        return listing(table, recipients)
    }

    private static func consents(_ model: Model) -> HTML {
        let url = model.subject.isOwn ? ConsentPages.ownPath : ConsentPages.path(model.subject.person)
        return #"<p>哪些用途要征求同意、答复了什么：<a href="\#(url: url)">查看和更改</a></p>"#
    }

    private static func copy(_ model: Model, _ page: PageContext) -> HTML {
        let child = model.subject.isOwn ? [] : [("child", model.subject.person.rawValue)]
        let make = UI.postButton("制作副本", action: path + "/copy", page: page, hidden: child)
        guard let copy = model.copy, copy.isReady else {
            return #"<p>把平台保存的全部信息做成文件，7 天内可以下载。</p>\#(make)"#
        }
        let base = path + "/copy" + (model.subject.isOwn ? "?" : "?child=\(model.subject.person)&")
        return #"""
            <p>\#(copy.askedAt.text) 制作，\#(copy.expiresAt.text) 前可以下载。</p>
            <div class="actions">\#(UI.linkButton("下载网页文件", url: base + "format=html"))\#
            \#(UI.linkButton("下载 Excel", url: base + "format=xlsx"))\#
            \#(UI.linkButton("下载 JSON", url: base + "format=json"))\#(make)</div>
            """#
    }

    private static func requests(
        _ model: Model, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let list = model.requests.isEmpty ? "" : listing(RightsRequestPages.ownTable, model.requests)
        let kinds = RightsRequest.Kind.allCases.map { SelectOption($0.rawValue, $0.title) }
        let child = model.subject.isOwn ? "" : UI.hidden("child", model.subject.person.rawValue)
        let fields: HTML = """
            \(child)\(UI.select("kind", label: "请求", options: [SelectOption("", "选择")] + kinds, 
                selected: values["kind"], required: true, problems: problems))
            \(UI.textArea("text", label: "说明", value: values["text"], hint: "写清哪一项、应该怎样。", rows: 3, 
                required: true, problems: problems))
            """
        return list + UI.form(action: path + "/requests", page: page, submit: "提交", problems: problems, fields)
    }

    private static func listing<Row>(_ table: DataTable<Row>, _ rows: [Row]) -> HTML {
        table.html(Page(items: rows, total: rows.count, next: nil), path: path, query: FormValues())
    }
}
