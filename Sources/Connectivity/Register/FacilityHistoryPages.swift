import Directory
import Kernel
import Web

/// Every value ever told of a school.
enum FacilityHistoryPages {
    /// - Parameter files: names of the imported files the reader may open, by batch.
    static func table(_ files: [String: String]) -> DataTable<FacilityValue> {
        DataTable(
            caption: "登记历史",
            columns: [
                DataColumn("登记项", value: { .text($0.label) }),
                DataColumn(
                    "数值",
                    value: { FacilityField.named($0.field)?.tableValue($0.value) ?? .decimal($0.value, places: 2) }),
                DataColumn("单位", value: { .text(FacilityField.named($0.field)?.unit ?? "") }),
                DataColumn("起始日期", value: { .date($0.validFrom) }),
                DataColumn(
                    "来源", value: { .text($0.source.title) }, cell: { source($0, files) }),
                DataColumn("位置", value: { .text($0.place) }),
                DataColumn("登记人", value: { .text($0.recordedBy) }),
                DataColumn("登记时间", value: { .text($0.recordedAt.text) }),
                DataColumn("状态", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
                DataColumn("说明", value: { .text($0.note) }),
            ], hasRowHeader: true,
            empty: UI.emptyState("还没有登记", "填报一次或导入区县的统计工作簿后，这里列出每个数值的来历。"))
    }

    private static func tone(_ state: FacilityValue.State) -> Tone {
        switch state {
        case .current: .ok
        case .superseded: .muted
        case .undone: .warn
        }
    }

    private static func source(_ value: FacilityValue, _ files: [String: String]) -> HTML {
        file(value, files) ?? HTML(text: value.source.title)
    }

    private static func file(_ value: FacilityValue, _ files: [String: String]) -> HTML? {
        guard let batch = value.batch, let name = files[batch] else { return nil }
        return #"<a href="\#(url: FacilityPages.importsPath + "/" + batch)">\#(name)</a>"#
    }

    /// Where a value came from, down to the cell: the file, when the reader may open its import, sheet and cell.
    static func origin(_ value: FacilityValue, _ files: [String: String]) -> HTML {
        guard let file = file(value, files) else { return HTML(text: value.origin) }
        return "\(file) \(value.place)"
    }

    static func page(
        _ rows: Page<FacilityValue>, of school: Organisation, files: [String: String], _ user: CurrentUser,
        _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let path = FacilityPages.historyPath(school.id)
        let edit = UI.linkButton("填报", url: FacilityPages.editPath(school.id))
        let mayEdit = school.closedOn == nil && user.may(.registerEdit, at: school.path)
        let options = [SelectOption("", "全部")] + FacilityField.all.map { SelectOption($0.id, $0.label) }
        let filter = UI.select("field", label: "登记项", options: options, selected: query["field"])
        let content: HTML = #"""
            \#(UI.heading(school.name + "登记历史", actions: mayEdit ? edit : ""))
            \#(UI.filterBar(action: path, query: query, filter))
            \#(UI.card(nil, table(files).html(rows, path: path, query: query)))
            """#
        let crumbs = [
            Crumb("学校", "/schools"), Crumb(school.name, FacilityPages.schoolPath(school.id)), Crumb("登记历史"),
        ]
        return UI.layout(school.name + "登记历史", page, breadcrumbs: crumbs, content)
    }
}
