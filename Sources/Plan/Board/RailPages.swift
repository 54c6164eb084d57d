import Directory
import Kernel
import Web

/// The rail beside a clause: a line for each target, unfolding in place.
enum RailPages {
    /// Schools named in a line before it says how many more there are.
    private static let named = 3

    static func rail(_ lines: PlanPages.Lines, _ question: PlanPages.Question) -> HTML {
        guard !lines.isEmpty else { return "" }
        return #"<div class="rail">\#(each: lines, { line($0.target, $0.figure, question) })</div>"#
    }

    static func path(_ target: BoardTarget) -> String { "/plan/targets/" + URLCoding.encode(target.id) }

    private static func line(_ target: BoardTarget, _ figure: TargetFigure, _ question: PlanPages.Question) -> HTML {
        let figures = question.figures
        return #"""
            <details class="target-line"><summary>\#(UI.light(figure.status.tone, figure.status.word))\#
            <span class="target-title"><span class="target-code">\#(target.id)</span> \#(target.definition.title)</span>\#
            <span class="target-value">\#(value(target, figure, figures))</span>\#
            \#(due(target, figure, figures))\#
            <span class="target-threshold">目标 \#(figure.goalText)</span></summary>\#
            <div class="target-more">\#(more(target, figure, question))</div></details>

            """#
    }

    private static func value(_ target: BoardTarget, _ figure: TargetFigure, _ figures: BoardFigures) -> HTML {
        if case .notConnected = figure.status { return #"—<span class="target-arrow"></span>"# }
        guard let movement = figures.movement(target, figure) else {
            return #"\#(figure.valueText)<span class="target-arrow"></span>"#
        }
        return #"""
            \#(figure.valueText)<span class="target-arrow" title="\#(movement.words)" aria-hidden="true">\#(movement.arrow)</span>\#
            <span class="visually-hidden">\#(movement.words)</span>
            """#
    }

    /// The next step of the milestone path where it is not the goal itself, or a deadline other than the plan's end.
    private static func due(_ target: BoardTarget, _ figure: TargetFigure, _ figures: BoardFigures) -> HTML? {
        if let step = figures.milestones(target, figure).flatMap({ $0.next ?? $0.due }), step.value != figure.goal {
            return dueNote("\(step.date.year)年\(step.date.month)月应达 \(FigureText.plain(step.value, figure.unit))")
        }
        guard let due = target.evaluation.dueDate, due != figures.context.plan?.to else { return nil }
        return dueNote("\(due.year)年\(due.month)月到期")
    }

    private static func dueNote(_ text: String) -> HTML { #"<span class="target-due">\#(text)</span>"# }

    // MARK: Unfolded

    private static func more(_ target: BoardTarget, _ figure: TargetFigure, _ question: PlanPages.Question) -> HTML {
        if case .notConnected(let feed) = figure.status {
            return #"""
                <p>\#(target.definition.explanation)</p><p>由“\#(feed)”模块提供数据，接入后在这里显示。</p>\#
                <p><a href="\#(url: question.url(path(target)))">查看 \#(target.id) 的定义与口径</a></p>
                """#
        }
        let figures = question.figures
        let units = figures.place.kind.isSchool ? [] : figures.units(target)
        return #"""
            <p>\#(target.definition.explanation)</p>\#
            \#(milestoneText(target, figure, figures))\#(readings(target, figures))\#
            \#(if: !units.isEmpty, unitTable(target, units, question))\#(gaps(target, figure, question))\#
            <p><a href="\#(url: question.url(path(target)))">查看 \#(target.id) 的比较、名单和趋势</a></p>
            """#
    }

    private static func milestoneText(_ target: BoardTarget, _ figure: TargetFigure, _ figures: BoardFigures) -> HTML {
        guard let position = figures.milestones(target, figure), let due = position.due else { return "" }
        let kept = position.isKept.map { $0 ? "，已做到" : "，没有做到" } ?? ""
        let provisional = due.isProvisional ? "（本市暂定）" : ""
        let goal = FigureText.plain(due.value, figure.unit)
        return "<p>里程碑 \(due.date.iso) 应达 \(goal)\(provisional)\(kept)。</p>"
    }

    /// The same target in its other readings and views, so that the choice is in sight.
    private static func readings(_ target: BoardTarget, _ figures: BoardFigures) -> HTML {
        let all = figures.context.board.readings(of: figures.place.id, target: target.id)
        guard all.count > 1, !figures.place.kind.isSchool, figures.selection.kind == nil else { return "" }
        let rows = all.map { reading -> HTML in
            let indicator = figures.context.board.indicator(of: target.id, reading: reading.reading.id)
            let name: HTML = #"\#(name(of: reading))\#(if: reading.isOfficial, " " + UI.tag("本市认定", .info))"#
            return row(name, TargetFigure(reading.state, reading.reading, indicator))
        }
        return "<table><caption>各种口径</caption><tbody>\(each: rows, { $0 })</tbody></table>"
    }

    private static func row(_ name: HTML, _ figure: TargetFigure) -> HTML {
        #"""
        <tr><th scope="row">\#(name)</th><td>\#(UI.light(figure.status.tone, figure.status.word))</td>\#
        <td class="num">\#(figure.valueText)</td></tr>
        """#
    }

    static func name(of reading: PlanBoard.ReadingState) -> String {
        let way = reading.reading.id == EvaluationReading.only ? "" : reading.reading.title
        let view = reading.view.map(\.title) ?? ""
        let parts = [way, view].filter { !$0.isEmpty }
        return parts.isEmpty ? "唯一口径" : parts.joined(separator: "，")
    }

    private static func unitTable(_ target: BoardTarget, _ units: [BoardUnit], _ question: PlanPages.Question) -> HTML {
        let rows: HTML = "\(each: units, { unitRow($0, target, question) })"
        return #"""
            <table><caption>各单位</caption><tbody>\#(rows)</tbody></table>
            """#
    }

    private static func unitRow(_ unit: BoardUnit, _ target: BoardTarget, _ question: PlanPages.Question) -> HTML {
        let url = unit.organisation.map { question.url(path(target), [("organisation", $0.id.rawValue)]) }
        let name: HTML = url.map { #"<a href="\#(url: $0)">\#(unit.title)</a>"# } ?? HTML(text: unit.title)
        return row(name, unit.figure)
    }

    /// Who falls short and by how much, without the rest of the list.
    private static func gaps(_ target: BoardTarget, _ figure: TargetFigure, _ question: PlanPages.Question) -> HTML {
        let figures = question.figures
        guard let way = figures.way(target) else { return "" }
        if figures.place.kind.isSchool { return ownGap(figure, way) }
        let short = figures.short(target)
        var sentences: [String] = []
        if !short.isEmpty {
            let things = FigureText.quantity(short.reduce(0) { $0 + ($1.result.gap ?? 0) }, way.indicator.gapUnit)
            let cost = FigureText.money(BoardFigures.cost(of: short.map(\.result)), price: way.indicator.price)
            sentences.append("未达标 \(short.count) 所，共缺 \(things)，约需\(cost)")
        }
        if figure.noData > 0 { sentences.append("无数据 \(figure.noData) 所") }
        sentences += figure.outside.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value) 所" }
        let first = short.prefix(named).map { item in
            "\(item.school.name)（缺 \(FigureText.quantity(item.result.gap ?? 0, way.indicator.gapUnit))）"
        }
        let names = first.joined(separator: "、") + (short.count > named ? " 等" : "")
        return #"""
            \#(if: !sentences.isEmpty, "<p>\(sentences.joined(separator: "；"))。</p>")\#
            \#(if: !first.isEmpty, "<p>缺口最大：\(names)</p>")
            """#
    }

    private static func ownGap(_ figure: TargetFigure, _ way: BoardFigures.Way) -> HTML {
        guard let gap = figure.gap else { return "" }
        let things = FigureText.quantity(gap, way.indicator.gapUnit)
        return "<p>还缺 \(things)，约需\(FigureText.money(figure.cost, price: way.indicator.price))。</p>"
    }
}

extension BoardFigures {
    /// The sum of all prices in fen; `nil` when one is not known.
    static func cost(of results: [SchoolResult]) -> Int64? {
        let costs = results.compactMap(\.cost)
        return costs.count == results.count ? costs.reduce(0, +) : nil
    }
}
