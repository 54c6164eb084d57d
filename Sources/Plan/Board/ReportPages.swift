import Directory
import Kernel
import Web

/// The state of the plan on paper: the text, and below each clause its targets with the parts of the place side by
/// side.
enum ReportPages {
    static func page(_ question: PlanPages.Question, _ page: PageContext) -> HTML {
        let figures = question.figures, title = figures.context.plan?.title ?? "行动计划"
        let note = "\(figures.place.name)，截至 \(figures.context.day.chinese)"
        let crumbs = [Crumb("行动计划", question.url(PlanPages.path)), Crumb("报告")]
        let content: HTML = #"""
            \#(UI.heading("\(title)：完成情况", note: note, actions: UI.printButton()))
            \#(UI.card("总体情况", overview(figures)))
            <article class="card" aria-label="\#(title)">\#(body(figures))</article>
            """#
        return UI.layout("\(title)完成情况", page, breadcrumbs: crumbs, content)
    }

    private static func overview(_ figures: BoardFigures) -> HTML {
        let parts = figures.summary.filter { $0.count > 0 }
            .map { UI.statistic("\($0.count) 项", label: $0.filter.title, tone: $0.filter.tone) }
        return UI.statistics([UI.statistic("\(figures.targets.count) 项", label: "全部目标")] + parts)
    }

    private static func body(_ figures: BoardFigures) -> HTML {
        let lines = Dictionary(grouping: figures.targets) { $0.clause ?? "" }
        let clauses = figures.context.plan?.clauses ?? []
        var markup: HTML = ""
        for clause in clauses {
            let text: HTML = #"<div class="article">\#(PlanPages.text(clause))</div>"#
            markup += text + table(lines[clause.path] ?? [], clause.path, figures)
        }
        let known = Set(clauses.map(\.path))
        let rest = figures.targets.filter { !known.contains($0.clause ?? "") }
        if !rest.isEmpty {
            markup += "<h2>\(clauses.isEmpty ? "目标" : "未对应条款的目标")</h2>" + table(rest, "其他", figures)
        }
        return markup
    }

    private static func table(_ targets: [BoardTarget], _ name: String, _ figures: BoardFigures) -> HTML {
        guard !targets.isEmpty else { return "" }
        let units = columns(figures)
        let head: HTML = "\(each: units, { #"<th scope="col" class="num">\#($0.name)</th>"# })"
        let rows: HTML = "\(each: targets, { row($0, units, figures) })"
        return #"""
            <div class="table-wrap" role="region" aria-label="\#(name) 的目标" tabindex="0"><table>
            <caption class="visually-hidden">\#(name) 的目标</caption>
            <thead><tr><th scope="col">目标</th><th scope="col">状态</th><th scope="col" class="num">要求</th>\#
            <th scope="col" class="num">\#(figures.place.name)</th>\#(head)</tr></thead>
            <tbody>\#(rows)</tbody></table></div>
            """#
    }

    /// Schools do not fit on paper side by side.
    private static func columns(_ figures: BoardFigures) -> [Organisation] {
        figures.place.kind == .city ? figures.children.filter { !$0.kind.isSchool } : []
    }

    private static func row(_ target: BoardTarget, _ units: [Organisation], _ figures: BoardFigures) -> HTML {
        let figure = figures.figure(target)
        let cells: HTML = "\(each: units, { cell(figures.figure(target, of: $0)) })"
        return #"""
            <tr><th scope="row">\#(target.id) \#(target.definition.title)</th>\#
            <td>\#(UI.light(figure.status.tone, figure.status.word))</td><td class="num">\#(figure.goalText)</td>\#
            <td class="num">\#(figure.value == nil ? "—" : figure.valueText)</td>\#(cells)</tr>
            """#
    }

    private static func cell(_ figure: TargetFigure) -> HTML {
        switch figure.status {
        case .notConnected, .notApplicable: return #"<td class="num">—</td>"#
        default: return #"<td class="num">\#(UI.lightShape(figure.status.tone))\#(figure.valueText)</td>"#
        }
    }
}
