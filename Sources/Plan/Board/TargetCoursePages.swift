import Kernel
import Web

extension TargetPages {
    /// Steps shown of the cheapest path; the whole list stands in the table of schools.
    private static let steps = 30

    func trend(_ course: TargetCourse, _ charts: TargetCharts, _ figure: TargetFigure) -> HTML {
        let chart = charts.trend(course, figure.unit).html
        let isGroup = !question.figures.place.kind.isSchool
        return UI.card(
            "趋势与里程碑", id: "course",
            #"""
            <p>\#(course.text)</p>\#(chart)\#
            \#(if: isGroup && !course.milestones.isEmpty, milestones(course, figure.unit))
            """#)
    }

    private func milestones(_ course: TargetCourse, _ unit: FigureUnit) -> HTML {
        let rows: HTML = "\(each: course.milestones, { milestoneRow($0, course, unit) })"
        return #"""
            <div class="table-wrap" role="region" aria-label="里程碑" tabindex="0"><table class="stack">
            <caption>里程碑</caption>
            <thead><tr><th scope="col">日期</th><th scope="col" class="num">应达到</th>\#
            <th scope="col" class="num">当时的值</th><th scope="col">情况</th></tr></thead>
            <tbody>\#(rows)</tbody></table></div>
            """#
    }

    private func milestoneRow(_ milestone: EvaluationMilestone, _ course: TargetCourse, _ unit: FigureUnit) -> HTML {
        let value = course.value(on: milestone.date)
        let provisional = milestone.isProvisional ? "（本市暂定）" : ""
        let state: HTML
        if milestone.date > course.day {
            state = "未到期"
        } else if let value {
            let isKept = course.comparison.holds(value, milestone.value)
            state = UI.light(isKept ? .ok : .bad, isKept ? "做到" : "未做到")
        } else {
            state = UI.light(.muted, "无数据")
        }
        let goal = FigureText.plain(milestone.value, unit)
        return #"""
            <tr><th scope="row" data-label="日期">\#(milestone.date.iso)</th>\#
            <td class="num" data-label="应达到">\#(goal)\#(provisional)</td>\#
            <td class="num" data-label="当时的值">\#(value.map { FigureText.value($0, unit) } ?? "—")</td>\#
            <td data-label="情况">\#(state)</td></tr>
            """#
    }

    // MARK: The cheapest way

    func cheapestPath(_ way: BoardFigures.Way) -> HTML {
        let figures = question.figures
        guard !figures.place.kind.isSchool, figures.selection.kind == nil,
            let path = figures.context.board.cheapestPath(
                of: figures.place.id, target: target.id, reading: way.reading.id, view: way.view)
        else { return "" }
        return UI.card("最省的达标办法", cheapest(path, way))
    }

    private func cheapest(_ path: CheapestPath, _ way: BoardFigures.Way) -> HTML {
        let place = question.figures.place.name
        guard path.missing > 0, !path.steps.isEmpty else { return "<p>\(place) 已达标，不需要补。</p>" }
        let missing = FigureText.quantity(path.missing, path.missingUnit)
        let cost = path.cost.map { FigureText.money($0, price: way.indicator.price) } ?? "（没有价目）"
        let rest = path.steps.count - TargetPages.steps
        let rows: HTML = "\(each: path.steps.prefix(TargetPages.steps), { step($0, path, way) })"
        return #"""
            <p>\#(place) 还差 \#(missing)，按价目最少约需\#(cost)，涉及 \#(path.steps.count) 所学校。\#
            \#(if: !path.isSufficient, "只补现有缺口仍不够。")</p>
            <div class="table-wrap" role="region" aria-label="最省的达标办法" tabindex="0"><table class="stack">
            <caption class="visually-hidden">\#(target.id) 最省的达标办法</caption>
            <thead><tr><th scope="col">学校</th><th scope="col" class="num">补</th>\#
            <th scope="col" class="num">约需</th></tr></thead>
            <tbody>\#(rows)</tbody></table></div>
            \#(if: rest > 0, "<p>另有 \(rest) 所，见未达标学校名单。</p>")
            """#
    }

    private func step(_ step: CheapestPath.Step, _ path: CheapestPath, _ way: BoardFigures.Way) -> HTML {
        let things = FigureText.quantity(step.things, path.unit)
        return #"""
            <tr><th scope="row" data-label="学校">\#
            <a href="\#(url: "/schools/\(step.school.id)")">\#(step.school.name)</a></th>\#
            <td class="num" data-label="补">\#(things)</td>\#
            <td class="num" data-label="约需">\#(FigureText.money(step.cost, price: way.indicator.price))</td></tr>
            """#
    }
}
