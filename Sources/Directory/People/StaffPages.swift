import Kernel
import Web

/// The list of a school's employees and the form of a new one.
enum StaffPages {
    struct Row: Sendable {
        let member: StaffMember
        /// Masked.
        let numbers: [PersonIdentifierKind: String]
    }

    struct Model: Sendable {
        let school: Organisation
        let rows: [Row]
        let mayEdit: Bool
    }

    static func path(_ school: OrganisationID) -> String { SchoolPages.path(school) + "/staff" }

    static func list(_ model: Model, _ related: [RelatedPage<Organisation>], _ page: PageContext) -> HTML {
        let address = path(model.school.id), title = "\(model.school.name)教职工"
        let new = UI.linkButton("添加教职工", url: address + "/new", style: .primary)
        let rows = Page(items: model.rows, total: model.rows.count, next: nil)
        let content: HTML = """
            \(UI.heading(title, note: "\(model.rows.count) 人", 
                actions: RelatedPage.links(related, model.school, page.user) + (model.mayEdit ? new : "")))
            \(UI.card(nil, table(model, page).html(rows, path: address, query: FormValues())))
            """
        return UI.layout(title, page, breadcrumbs: crumbs(model.school) + [Crumb("教职工")], content)
    }

    private static func crumbs(_ school: Organisation) -> [Crumb] {
        [Crumb("学校", "/schools"), Crumb(school.name, SchoolPages.path(school.id))]
    }

    private static func table(_ model: Model, _ page: PageContext) -> DataTable<Row> {
        let action = path(model.school.id) + "/end", school = model.school.name
        var columns: [DataColumn<Row>] = [
            DataColumn("姓名", value: { .text($0.member.person.name) }),
            DataColumn("岗位", value: { .text(CodeLists.post.name(of: $0.member.post)) }),
            DataColumn("工号", value: { known($0.numbers[.staffNumber]) }),
            DataColumn("手机号", value: { known($0.numbers[.phone]) }),
            DataColumn("任职日期", value: { .date($0.member.from) }),
        ]
        if model.mayEdit {
            columns.append(
                DataColumn(
                    "操作",
                    cell: { row in
                        UI.postButton(
                            "结束任职", action: action, page: page,
                            confirm: "从今天起，\(row.member.person.name)不再在\(school)任职，班主任和任课随之结束。",
                            hidden: [("person", row.member.person.id.rawValue)])
                    }))
        }
        return DataTable(
            caption: "教职工", columns: columns, isExportable: false,
            empty: UI.emptyState("还没有教职工", "添加后可以在班级页面安排班主任和任课教师。"))
    }

    private static func known(_ text: String?) -> TableValue { text.map(TableValue.text) ?? .empty }

    static func new(
        _ school: Organisation, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let posts = CodeLists.post.codes.map { SelectOption($0.code, $0.name) }
        let fields: HTML = """
            \(UI.textField("name", label: "姓名", value: values["name"], required: true, problems: problems))
            \(UI.select("post", label: "岗位", options: posts, selected: values["post"], problems: problems))
            \(UI.textField(
                "staffNumber", label: "工号", value: values["staffNumber"], hint: "没有可不填。", problems: problems))
            \(UI.textField(
                "phone", label: "手机号", value: values["phone"], hint: "没有可不填。", type: "tel", autocomplete: "off",
                problems: problems))
            \(UI.textField(
                "from", label: "任职日期", value: values["from"], type: "date", required: true, problems: problems))
            """
        let form = UI.form(
            action: path(school.id) + "/new", page: page, submit: "添加", cancel: path(school.id), problems: problems,
            fields)
        let content: HTML = """
            \(UI.heading("添加教职工", note: school.name))
            \(UI.card(nil, form))
            """
        let way = crumbs(school) + [Crumb("教职工", path(school.id)), Crumb("添加教职工")]
        return UI.layout("添加教职工", page, breadcrumbs: way, isFailed: !problems.isEmpty, content)
    }
}
