import Kernel
import Web

/// The list of schools.
enum SchoolListPage {
    static let table = DataTable<SchoolRow>(
        caption: "学校",
        columns: [
            DataColumn("学校名称", sort: "name", value: { .text($0.organisation.name) }, cell: nameCell),
            DataColumn("标识码", sort: "code", value: { $0.organisation.code.map(TableValue.text) ?? .empty }),
            DataColumn("县(市、区)", sort: "place", value: { text($0.unit) }),
            DataColumn("乡镇(街道)", value: { text($0.town) }),
            DataColumn("办学类型", sort: "type", value: { .text($0.profile.typeTitle) }),
            DataColumn("城乡", value: { text($0.profile.area()?.title ?? "") }),
            DataColumn("分档", value: { text($0.profile.tier()?.title ?? "") }),
            DataColumn("中心校", value: { .text($0.profile.isCentral ? "是" : "否") }),
        ], defaultSort: TableSort("place"),
        empty: UI.emptyState("没有符合条件的学校", "换一个名称、标识码或拼音首字母，或减少筛选条件。"))

    private static func text(_ text: String) -> TableValue { text.isEmpty ? .empty : .text(text) }

    private static func nameCell(_ row: SchoolRow) -> HTML {
        #"<a href="\#(url: SchoolPages.path(row.organisation.id))">\#(row.organisation.name)</a>"#
    }

    static func page(_ list: Page<SchoolRow>, _ query: SchoolQuery, _ page: PageContext, _ values: FormValues) -> HTML {
        let content: HTML = """
            \(UI.heading("学校", note: "共 \(list.total) 所学校和教学点"))
            \(UI.card(nil, UI.filterBar(action: "/schools", query: values, keep: ["sort"], fields(query, values))))
            \(UI.card(nil, table.html(list, path: "/schools", query: values)))
            """
        return UI.layout("学校", page, breadcrumbs: [Crumb("学校")], wide: true, content)
    }

    private static func fields(_ query: SchoolQuery, _ values: FormValues) -> HTML {
        let search = UI.searchField("q", label: "学校", value: values["q"], placeholder: "名称、代码或拼音")
        let areas = [SelectOption("", "全部")] + Area.allCases.map { SelectOption($0.rawValue, $0.title) }
        let types = [SelectOption("", "全部")] + SchoolProfile.offeredTypes.map { SelectOption($0.code, $0.name) }
        let type = UI.select("type", label: "办学类型", options: types, selected: query.filter.types.first)
        let area = UI.select("area", label: "城乡", options: areas, selected: query.filter.area?.rawValue)
        return search + places(query) + type + area
    }

    /// A viewer with one county or one town has nothing to choose.
    private static func places(_ query: SchoolQuery) -> HTML {
        var fields: HTML = ""
        if query.units.count > 1 {
            let options = query.units.map { SelectOption(SchoolQuery.key($0), $0.name) }
            fields += UI.select(
                "unit", label: "县(市、区)", options: [SelectOption("", "全部")] + options,
                selected: query.unit.map(SchoolQuery.key))
        }
        if query.towns.count > 1 {
            let isMixed = query.unit == nil && query.units.count > 1
            let options = query.towns.map { town in
                let unit = isMixed ? query.names.above(town.path) + " " : ""
                return SelectOption(SchoolQuery.key(town), unit + town.name)
            }
            fields += UI.select(
                "town", label: "乡镇(街道)", options: [SelectOption("", "全部")] + options,
                selected: query.town.map(SchoolQuery.key))
        }
        return fields
    }
}
