import Kernel
import Web

/// The list of a school's employees and the form of a new one.
package enum StaffPages {
    struct Model: Sendable {
        let school: Organisation
        let list: StaffList
        let mayEdit: Bool
        let memberPages: [RelatedPage<RelatedStaffMember>]
        /// Whether the viewer may see sealed data of the staff in full.
        let mayLook: Bool
    }

    /// Where a school's employees are listed.
    package static func path(_ school: OrganisationID) -> String { SchoolPages.path(school) + "/staff" }

    static func list(
        _ model: Model, _ related: [RelatedPage<Organisation>], _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let address = path(model.school.id), title = "\(model.school.name)教职工"
        let new = UI.linkButton("添加教职工", url: address + "/new", style: .primary)
        let rows = Page(items: model.list.rows, total: model.list.rows.count, next: nil)
        let content: HTML = """
            \(UI.heading(title, note: note(model.list), 
                actions: RelatedPage.links(related, model.school, page.user) + (model.mayEdit ? new : "")))
            \(UI.card(nil, UI.filterBar(action: address, query: query, filters(model.list))))
            \(UI.card(nil, table(model, page).html(rows, path: address, query: query)))
            """
        return UI.layout(title, page, breadcrumbs: crumbs(model.school) + [Crumb("教职工")], wide: true, content)
    }

    private static func note(_ list: StaffList) -> String {
        let found = list.rows.count == list.total ? "" : "，符合条件 \(list.rows.count) 人"
        return "\(list.query.day.chinese)：\(list.total) 人\(found)"
    }

    private static func filters(_ list: StaffList) -> HTML {
        let all = [SelectOption("", "全部")]
        let groups = [("1", "教师"), ("2", "教师兼行政"), ("3", "行政"), ("4", "教辅"), ("6", "工勤")]
        let posts = groups.map { SelectOption($0.0, $0.1) } + [SelectOption("31", "校领导"), SelectOption("23", "班主任")]
        let subjects = list.subjects.map { SelectOption($0, CodeLists.subject.name(of: $0)) }
        let teams = StaffTeam.allCases.map { SelectOption($0.rawValue, $0.title) }
        return UI.select("post", label: "岗位", options: all + posts, selected: list.query.post)
            + UI.select("subject", label: "任教学科", options: all + subjects, selected: list.query.subject)
            + UI.select("team", label: "队伍", options: all + teams, selected: list.query.team?.rawValue)
            + UI.dateField("on", label: "日期", value: list.query.day)
    }

    private static func crumbs(_ school: Organisation) -> [Crumb] {
        [Crumb("学校", "/schools"), Crumb(school.name, SchoolPages.path(school.id))]
    }

    static func table(_ model: Model, _ page: PageContext) -> DataTable<StaffList.Row> {
        let action = path(model.school.id) + "/end", school = model.school.name
        var columns: [DataColumn<StaffList.Row>] = [
            DataColumn("姓名", value: { .text($0.name) }, cell: { nameCell($0, model, page) }),
            DataColumn("岗位", value: { .text($0.postTitles) }),
            DataColumn("任职方式", value: { .text($0.kindTitles) }),
            DataColumn("任教学科", value: { known($0.subjectTitles) }),
            DataColumn("队伍", value: { known($0.teamTitles) }),
            DataColumn("工号", value: { known($0.numbers[.staffNumber]) }),
            DataColumn("手机号", value: { known($0.numbers[.phone]) }),
            DataColumn("任职日期", value: { .date($0.from) }),
        ]
        if model.mayLook {
            columns.append(
                DataColumn("完整信息", cell: { #"<a href="\#(url: LookPages.path($0.person))">查看</a>"# }))
        }
        if model.mayEdit {
            columns.append(
                DataColumn(
                    "操作",
                    cell: { row in
                        UI.postButton(
                            "结束任职", action: action, page: page,
                            confirm: "从今天起，\(row.name)不再在\(school)任职，班主任和任课随之结束。",
                            hidden: [("person", row.person.rawValue)])
                    }))
        }
        let isFiltered = model.list.total > 0
        return DataTable(
            caption: "教职工", columns: columns,
            empty: isFiltered
                ? UI.emptyState("没有符合条件的教职工", "减少筛选条件。")
                : UI.emptyState("还没有教职工", "添加后可以在班级页面安排班主任和任课教师。"))
    }

    private static func nameCell(_ row: StaffList.Row, _ model: Model, _ page: PageContext) -> HTML {
        let subject = RelatedStaffMember(school: model.school, person: row.person)
        guard let user = page.user, let own = model.memberPages.first(where: { $0.isOpen(subject, user) }) else {
            return HTML(text: row.name)
        }
        return #"<a href="\#(url: own.path(subject))">\#(row.name)</a>"#
    }

    private static func known(_ text: String?) -> TableValue {
        text.flatMap { $0.isEmpty ? nil : .text($0) } ?? .empty
    }

    static func new(
        _ school: Organisation, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let posts = CodeLists.post.codes.map { SelectOption($0.code, $0.name) }
        let kinds = AppointmentKind.allCases.map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = """
            \(UI.textField("name", label: "姓名", value: values["name"], required: true, problems: problems))
            \(UI.select("post", label: "岗位", options: posts, selected: values["post"], problems: problems))
            \(UI.select("kind", label: "任职方式", options: kinds, selected: values["kind"], problems: problems))
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
