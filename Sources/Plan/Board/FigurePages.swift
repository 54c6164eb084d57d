import Contracts
import Directory
import Kernel
import Web

/// One school's figure for one target, down to the records it was computed from.
struct FigurePages: Sendable {
    let target: BoardTarget
    let way: BoardFigures.Way
    let question: PlanPages.Question
    let result: SchoolResult?
    let sources: [FigureSource]

    private var school: Organisation { question.figures.place }

    func page(_ page: PageContext) -> HTML {
        let title = "\(school.name)：\(target.definition.title)"
        let back = question.url(RailPages.path(target), [("organisation", school.id.rawValue)])
        let crumbs = [
            Crumb("行动计划", question.url(PlanPages.path)), Crumb("\(target.id) \(target.definition.title)", back),
            Crumb(school.name),
        ]
        let day = question.figures.context.day
        let actions = UI.linkButton("学校主页", url: "/schools/\(school.id)")
        let content: HTML = #"""
            \#(UI.heading(title, note: "截至 \(day.chinese)", actions: actions))
            \#(UI.card("怎么算的", UI.summaryList(computation)))
            \#(UI.card("取自哪些记录", records))
            """#
        return UI.layout(title, page, breadcrumbs: crumbs, content)
    }

    private var computation: [(String, HTML)] {
        let figure = TargetFigure(own: result, way.reading, way.indicator), indicator = way.indicator
        var rows: [(String, HTML)] = [
            ("状态", UI.light(figure.status.tone, figure.status.word)), ("指标", HTML(text: indicator.name)),
            ("现值", HTML(text: figure.valueText)), ("要求", HTML(text: figure.goalText)),
        ]
        if case .value(let part, let whole)? = result?.figure {
            let numbers = "\(FigureText.number(part)) ÷ \(FigureText.number(whole))"
            rows.append(("算式", HTML(text: "\(indicator.numerator) ÷ \(indicator.denominator) = \(numbers)")))
        }
        if let gap = figure.gap {
            rows.append(("缺口", HTML(text: FigureText.quantity(gap, indicator.gapUnit))))
            rows.append(("约需", HTML(text: FigureText.money(figure.cost, price: indicator.price))))
        }
        if !way.reading.title.isEmpty { rows.append(("口径", HTML(text: way.reading.title))) }
        if let view = way.view { rows.append(("城乡口径", HTML(text: view.title))) }
        if result == nil { rows.append(("说明", "这个目标不涉及这所学校。")) }
        return rows
    }

    private var records: HTML {
        let table = FigurePages.table
        return table.html(Page(items: sources, total: sources.count, next: nil), path: "", query: FormValues())
    }

    private static let table = DataTable<FigureSource>(
        caption: "数值的来源",
        columns: [
            DataColumn("项目", value: { .text($0.label) }), DataColumn("数值", value: { .text($0.value) }, cell: value),
            DataColumn("自何时起", value: { .date($0.validFrom) }), DataColumn("出处", value: { .text($0.origin) }),
            DataColumn("填报人", value: { .text($0.recordedBy) }),
            DataColumn("填报时间", value: { .text($0.recordedAt.text) }),
        ], isExportable: false, empty: UI.emptyState("没有记录", "学校还没有填报这个指标用到的数据。"))

    @Sendable private static func value(_ source: FigureSource) -> HTML {
        source.path.isEmpty ? HTML(text: source.value) : #"<a href="\#(url: source.path)">\#(source.value)</a>"#
    }
}
