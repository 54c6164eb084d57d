import Directory
import Kernel
import Web

/// How consents stand at the schools of a place, or in the classes of a school.
enum ConsentCountPages {
    static let path = "/privacy/consents"

    struct Row: Sendable {
        let id: String
        let name: String
        /// The page of the school's classes, or of the class's consents.
        let url: String
        let count: ConsentCount
    }

    struct Model: Sendable {
        let purposes: [ConsentPurpose]
        let purpose: ConsentPurpose?
        /// Whose classes are listed; `nil` for a list of schools.
        let school: Organisation?
        let total: ConsentCount
    }

    static func table(_ model: Model) -> DataTable<Row> {
        let figures = ConsentStanding.allCases.map { standing in
            DataColumn<Row>(standing.title, value: { .integer($0.count[standing]) })
        }
        let unit = model.school == nil ? "学校" : "班级"
        let name = DataColumn<Row>(
            unit, value: { .text($0.name) }, cell: { #"<a href="\#(url: $0.url)">\#($0.name)</a>"# })
        let pupils = DataColumn<Row>("学生", value: { .integer($0.count.pupils) })
        let share = DataColumn<Row>(
            "同意率",
            value: { row in
                let count = row.count
                return count.pupils == 0 ? .empty : .percent(Double(count[.allowed]) / Double(count.pupils))
            })
        let alone = DataColumn<Row>("没有家长登记", value: { .integer($0.count.population.withoutGuardian) })
        return DataTable(
            caption: "同意情况", columns: [name, pupils] + figures + [share, alone],
            empty: UI.emptyState(
                model.school == nil ? "没有学校" : "没有班级", "有学生的学校和班级会列在这里。"))
    }

    static func show(
        _ model: Model, _ rows: Page<Row>, _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let options = model.purposes.map { SelectOption($0.code, $0.title) }
        let filter = UI.select("purpose", label: "事项", options: options, selected: model.purpose?.code)
        let figures = ConsentStanding.allCases.map { UI.statistic("\(model.total[$0])", label: $0.title) }
        let content: HTML = """
            \(UI.heading(model.school?.name ?? "同意情况", note: "只有人数，据花名册和家长、学生的答复"))
            \(PrivacyTabs.html(path, page))
            \(UI.filterBar(action: path, query: query, keep: ["school"], filter))
            \(UI.statistics(figures))
            \(UI.card(nil, table(model).html(rows, path: path, query: query)))
            """
        let crumbs =
            model.school.map { [Crumb("同意情况", path), Crumb($0.name)] } ?? [Crumb("同意情况")]
        return UI.layout("同意情况", page, breadcrumbs: crumbs, wide: true, content)
    }
}
