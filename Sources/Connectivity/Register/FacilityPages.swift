import Directory
import Kernel
import Web

/// The register's list and the addresses of its pages.
enum FacilityPages {
    static let listPath = "/register"
    static let importsPath = "/register/imports"
    static func editPath(_ id: OrganisationID) -> String { "/register/schools/\(id)/edit" }
    static func historyPath(_ id: OrganisationID) -> String { "/register/schools/\(id)/history" }
    static func classesPath(_ id: OrganisationID, on day: LocalDate) -> String {
        "/schools/\(id)/classes?on=\(day.iso)"
    }
    static func staffPath(_ id: OrganisationID, on day: LocalDate) -> String { "/schools/\(id)/staff?on=\(day.iso)" }
    /// Where the rows behind a value are seen: its history, or for what is counted the people themselves.
    static func rowsPath(_ value: FacilityValue) -> String {
        guard value.source == .roster else { return historyPath(value.organisation) + "?field=" + value.field }
        let isOfStaff = [FacilityField.teachers.id, FacilityField.staff.id].contains(value.field)
        return isOfStaff
            ? staffPath(value.organisation, on: value.validFrom) : classesPath(value.organisation, on: value.validFrom)
    }
    static func schoolPath(_ id: OrganisationID) -> String { "/schools/\(id)" }

    static func table(_ user: CurrentUser) -> DataTable<FacilityListRow> {
        DataTable(
            caption: "设施登记",
            columns: [
                DataColumn("学校", sort: "name", value: { .text($0.school.name) }, cell: schoolLink),
                DataColumn("学校标识码", sort: "code", value: { $0.school.code.map { .text($0) } ?? .empty }),
                DataColumn("县(市、区)", sort: "place", value: { .text($0.county) }),
                DataColumn(
                    "已填", sort: "told", value: { .text("\($0.told)/\(FacilityField.required.count)") }),
                DataColumn("状态", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, $0.state.tone) }),
                DataColumn("学籍", value: { .text($0.roster.map { "\($0.title) \($0.from.iso)" } ?? "") }),
                DataColumn("最近登记", sort: "changed", value: { $0.lastTold.map { .text($0.text) } ?? .empty }),
                DataColumn("操作", cell: { actions($0.school, user) }),
            ],
            defaultSort: TableSort("place"),
            empty: UI.emptyState("没有符合条件的学校", "放宽筛选条件，或先导入区县的统计工作簿。"))
    }

    private static func schoolLink(_ row: FacilityListRow) -> HTML {
        #"<a href="\#(url: schoolPath(row.school.id))">\#(row.school.name)</a>"#
    }

    private static func actions(_ school: Organisation, _ user: CurrentUser) -> HTML {
        let edit: HTML = #"<a href="\#(url: editPath(school.id))">填报</a> "#
        let mayEdit = user.may(.registerEdit, at: school.path)
        return #"\#(if: mayEdit, edit)<a href="\#(url: historyPath(school.id))">历史</a>"#
    }

    static func list(
        _ rows: Page<FacilityListRow>, _ counties: [Organisation], _ user: CurrentUser, _ page: PageContext,
        _ query: FormValues
    ) -> HTML {
        let content: HTML = #"""
            \#(UI.heading("设施登记", note: "各校的线路、教室、终端和录播", actions: headActions(user)))
            \#(filter(counties, query))
            \#(UI.card(nil, table(user).html(rows, path: listPath, query: query)))
            \#(exportCard)
            """#
        return UI.layout("设施登记", page, breadcrumbs: [Crumb("设施登记")], content)
    }

    private static func headActions(_ user: CurrentUser) -> HTML {
        let records = UI.linkButton("导入记录", url: importsPath)
        let new = UI.linkButton("导入工作簿", url: importsPath + "/new", style: .primary)
        return #"\#(if: user.may(.importView), records)\#(if: user.may(.importSubmit), new)"#
    }

    private static func filter(_ counties: [Organisation], _ query: FormValues) -> HTML {
        let units = [SelectOption("", "全部")] + counties.map { SelectOption($0.id.rawValue, $0.name) }
        let states = [SelectOption("", "全部")] + FacilityListState.allCases.map { SelectOption($0.rawValue, $0.title) }
        let county = UI.select("county", label: "县(市、区)", options: units, selected: query["county"])
        let fields: HTML = #"""
            \#(UI.searchField(label: "学校", value: query["q"], placeholder: "名称、标识码或拼音首字母"))\#
            \#(if: counties.count > 1, county)\#
            \#(UI.select("state", label: "状态", options: states, selected: query["state"]))
            """#
        return UI.filterBar(action: listPath, query: query, keep: ["sort"], fields)
    }

    private static var exportCard: HTML {
        let day = UI.dateField("on", label: "截至日期", value: Timestamp.now.day)
        let formats = [SelectOption("xlsx", "Excel"), SelectOption("csv", "CSV")]
        let form: HTML = #"""
            <form class="filter-bar" method="get" action="\#(url: listPath + "/export")">\#(day)\#
            \#(UI.select("format", label: "格式", options: formats, selected: "xlsx"))\#
            <div class="filter-actions"><button class="button button--secondary" type="submit">导出登记表</button></div></form>
            """#
        return UI.card("全部登记项", "<p>每校一行，每个登记项一列。</p>" + form)
    }
}
