import Directory
import Kernel
import Web

/// What the city tells everybody: the figures it publishes, of the whole city and its counties. No school is named and
/// none can be guessed.
enum FrontPages {
    /// Parts of the city with fewer schools behind a figure are left out, since their figure would tell of one school.
    private static let fewestSchools = 3

    static func page(_ context: BoardContext?, _ page: PageContext) -> HTML {
        let title = context?.plan?.title ?? "教育信息化行动计划"
        let body: HTML = context.map { context in context.pages.markup("front") { published(context) } } ?? unpublished
        let ways: HTML =
            page.user == nil
            ? UI.linkButton("资源网站", url: "/sites") + UI.linkButton("登录", url: "/sign-in", style: .primary) : ""
        let content: HTML = #"""
            \#(UI.heading(title, note: "行动计划完成情况", actions: ways))
            \#(body)
            """#
        return UI.layout(page.site.name, page, content)
    }

    /// The board as far as it may be shown; `nil` when the city publishes nothing.
    static func isPublished(_ context: BoardContext) -> Bool {
        context.settings.isPublicOn && context.targets.contains { context.settings.publicTargets.contains($0.id) }
    }

    private static var unpublished: HTML {
        UI.emptyState("本市尚未公布行动计划的完成情况", "公布后，这里按县(市、区)显示各项目标。学校和教育局的工作人员请登录。")
    }

    private static func published(_ context: BoardContext) -> HTML {
        guard let city = context.city else { return unpublished }
        let figures = BoardFigures(context: context, place: city, selection: BoardSelection())
        let shown = context.targets.filter {
            context.settings.publicTargets.contains($0.id) && $0.isConnected && $0.evaluation.within == nil
        }
        let cards: HTML = "\(each: shown, { card($0, figures) })"
        return #"""
            <p>下面是本市公布的目标。数据截至 \#(context.day.chinese)，由学校登记的数据计算，只按全市和县(市、区)汇总。</p>
            <div class="columns">\#(cards)</div>
            """#
    }

    private static func card(_ target: BoardTarget, _ figures: BoardFigures) -> HTML {
        let figure = figures.figure(target), title = target.definition.title
        let units = figures.children.filter { !$0.kind.isSchool }
            .map { (name: $0.name, figure: figures.figure(target, of: $0)) }
            .filter { $0.figure.schools >= fewestSchools || $0.figure.schools == 0 && $0.figure.noData > 0 }
        let bars = ([(name: figures.place.name, figure: figure)] + units).map { part in
            BarChart.Bar(part.name, value: part.figure.value, tone: part.figure.status.tone)
        }
        let unit: ChartUnit = if case .number(let name) = figure.unit { ChartUnit(name) } else { .percent }
        let chart = BarChart(
            title: title, unit: unit, bars: bars, target: figure.goal.map { ($0, "目标 " + figure.goalText) },
            betterIsLower: figure.comparison == .atMost)
        return UI.card(
            title, actions: UI.light(figure.status.tone, figure.status.word),
            #"<p>\#(target.definition.explanation) 全市 \#(figure.valueText)，目标 \#(figure.goalText)。</p>\#(chart.html)"#)
    }
}
