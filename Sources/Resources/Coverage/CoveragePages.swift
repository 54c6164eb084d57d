import Directory
import Kernel
import Web

/// 资源覆盖: figures, and the lessons behind them.
enum CoveragePages {
    static let root = "/resources/coverage"

    struct View: Sendable {
        let place: Organisation
        let places: [Organisation]
        let keys: [TextbookKey]
        let filter: TextbookStore.Filter
        let rows: [NodeCoverage]
        /// Only these.
        let grade: NodeCoverage.Grade?
        let values: FormValues
        /// Whether she may turn a gap into a call of the place.
        let mayCall: Bool
    }

    static let table = table([])

    private static func table(_ more: [DataColumn<NodeCoverage>]) -> DataTable<NodeCoverage> {
        DataTable(
            caption: "课的资源覆盖", columns: columns + more, empty: UI.emptyState("没有符合条件的课", "换一个学科、版本或年级。"))
    }

    private static let columns: [DataColumn<NodeCoverage>] = [
        DataColumn("教材", value: { .text($0.place.textbook.key.volumeName) }),
        DataColumn("单元", value: { .text($0.place.unit) }),
        DataColumn(
            "课", value: { .text($0.place.node.title) },
            cell: { #"<a href="\#(url: TextbookPages.path($0.place.node.id))">\#($0.place.node.title)</a>"# }),
        DataColumn("本单位", value: { .integer($0.school) }), DataColumn("本县", value: { .integer($0.county) }),
        DataColumn("全市", value: { .integer($0.city) }),
        DataColumn("情况", value: { .text($0.grade.title) }, cell: { UI.tag($0.grade.title, tone($0.grade)) }),
        DataColumn("还缺", value: { .text($0.missing) }),
    ]

    /// One click from the gap to the call.
    private static func call(_ place: Organisation, _ page: PageContext) -> DataColumn<NodeCoverage> {
        DataColumn("征集") { row in
            guard row.grade != .good else { return "" }
            return UI.postButton(
                "征集", action: CallPages.root, page: page,
                hidden: [("node", row.place.node.id.rawValue), ("organisation", place.id.rawValue)])
        }
    }

    private static func tone(_ grade: NodeCoverage.Grade) -> Tone {
        switch grade {
        case .none: .bad
        case .weak: .warn
        case .good: .ok
        }
    }

    static func show(_ view: View, _ slice: Page<NodeCoverage>, _ page: PageContext) -> HTML {
        let figures = NodeCoverage.Grade.allCases.map { grade in
            UI.statistic(
                String(view.rows.count { $0.grade == grade }), label: "\(grade.title)的课", tone: tone(grade),
                url: root + "?"
                    + view.values.replacing("grade_of", with: grade.rawValue)
                    .replacing("after", with: nil).encoded)
        }
        let board = table(view.mayCall ? [call(view.place, page)] : [])
        let calls = UI.linkButton("资源征集", url: CallPages.root)
        let content: HTML = """
            \(UI.heading("资源覆盖", note: "\(view.place.name)能用到的已发布资源；有教学设计和课件的课算齐备", actions: calls))
            \(UI.card(nil, UI.filterBar(action: root, query: view.values, fields(view))))
            \(UI.statistics(figures + [UI.statistic(String(view.rows.count), label: "全部的课", url: all(view))]))
            \(UI.card(nil, board.html(slice, path: root, query: view.values)))
            """
        return UI.layout("资源覆盖", page, breadcrumbs: [Crumb("资源库", ItemPages.root), Crumb("资源覆盖")], wide: true, content)
    }

    private static func all(_ view: View) -> String {
        let rest = view.values.replacing("grade_of", with: nil).replacing("after", with: nil)
        return rest.pairs.isEmpty ? root : root + "?" + rest.encoded
    }

    private static func fields(_ view: View) -> HTML {
        let shown = FormValues([
            ("stage", view.filter.stage), ("subject", view.filter.subject), ("edition", view.filter.edition),
        ])
        var fields = TextbookPages.filters(view.keys, shown)
        var grades: [SelectOption] = [SelectOption("", "全部")]
        if let stage = ClassStage(rawValue: view.filter.stage) {
            grades += (1...stage.usualYears).compactMap { Grade(stage, $0) }.map { SelectOption($0.code, $0.title) }
        }
        fields += UI.select("grade", label: "年级", options: grades, selected: view.filter.grade)
        guard view.places.count > 1 else { return fields }
        let places = view.places.map { SelectOption($0.id.rawValue, $0.name) }
        return UI.select("organisation", label: "单位", options: places, selected: view.place.id.rawValue) + fields
    }
}
