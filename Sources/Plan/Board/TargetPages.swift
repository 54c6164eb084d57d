import Directory
import Kernel
import Web

/// One target: where it stands, who falls short of it, where it goes and what it would take.
struct TargetPages: Sendable {
    let target: BoardTarget
    let question: PlanPages.Question
    let list: TargetSchools.List
    let query: FormValues
    /// What was frozen of the place.
    let course: [SnapshotPoint]
    /// The city's figure where it is published and lies outside the viewer's scope.
    let cityFigure: TargetFigure?

    private var figures: BoardFigures { question.figures }
    private var path: String { RailPages.path(target) }

    func page(_ page: PageContext) -> HTML {
        let title = "\(target.id) \(target.definition.title)"
        let crumbs = [Crumb("行动计划", question.url(PlanPages.path)), Crumb(title)]
        return UI.layout(title, page, breadcrumbs: crumbs, wide: true, content)
    }

    private var content: HTML {
        let figure = figures.figure(target)
        let light = UI.light(figure.status.tone, figure.status.title)
        let title = "\(target.id) \(target.definition.title)"
        let head = UI.heading(title, note: target.definition.explanation, actions: light)
        guard let way = figures.way(target) else { return head + unconnected }
        return head + bar + connected(figure, way)
    }

    private var unconnected: HTML {
        let feed = target.definition.feed ?? "指标来源"
        return #"""
            \#(UI.notice(.muted, #"这个目标由“\#(feed)”模块提供数据，接入后在这里显示。"#))
            \#(UI.card("定义与口径", UI.summaryList(definition)))
            """#
    }

    private func connected(_ figure: TargetFigure, _ way: BoardFigures.Way) -> HTML {
        let results = figures.results(target)
        let schools = TargetSchools(target: target, way: way, question: question)
        let charts = TargetCharts(target: target, way: way, question: question)
        let course = TargetCourse(course, target: target, way: way, figure: figure, day: figures.context.day)
        let isOfCounties = way.indicator.subject == .counties
        let isSchool = figures.place.kind.isSchool || isOfCounties
        let histogram = isSchool ? nil : charts.distribution(results).map { UI.card("学校分布", $0.html) }
        let scatter = isSchool ? nil : charts.bandwidth(results).map { UI.card("带宽与班级数", $0.html) }
        return #"""
            \#(statistics(figure, results, course, isOfCounties: isOfCounties))
            <div class="columns">\#(comparison(figure, charts))\#(trend(course, charts, figure))</div>
            \#(if: histogram != nil || scatter != nil, #"<div class="columns">\#(histogram)\#(scatter)</div>"#)
            \#(if: !isOfCounties, schoolList(schools, results))
            <div class="columns">\#(cheapestPath(way))\#(UI.card("定义与口径", UI.summaryList(definition) + readings))</div>
            """#
    }

    // MARK: The bar and the figures above

    private var bar: HTML {
        let selection = figures.selection
        let ways = target.evaluation.readings.filter { !$0.title.isEmpty }
        let readings = [SelectOption("", "本市认定")] + ways.map { SelectOption($0.id, $0.title) }
        let views = [SelectOption("", "本市认定")] + AreaView.allCases.map { SelectOption($0.rawValue, $0.title) }
        let kinds = [SelectOption("", "全部学校")] + SchoolKind.allCases.map { SelectOption($0.rawValue, $0.title) }
        let reading = UI.select("reading", label: "口径", options: readings, selected: selection.reading ?? "")
        let view = UI.select("view", label: "城乡口径", options: views, selected: selection.view?.rawValue ?? "")
        let units = PlanPages.options(question.choices, figures.place)
        let fields: HTML = #"""
            \#(UI.select("organisation", label: "单位", options: units, selected: figures.place.id.rawValue))\#
            \#(UI.dateField("date", label: "截至", value: figures.context.day))\#
            \#(if: !ways.isEmpty, reading)\#(if: target.evaluation.dependsOnArea, view)\#
            \#(UI.select("type", label: "学校类型", options: kinds, selected: selection.kind?.rawValue ?? ""))
            """#
        return PlanPages.folded(UI.filterBar(action: path, query: query, fields), figures)
    }

    private func statistics(
        _ figure: TargetFigure, _ results: BoardFigures.Results, _ course: TargetCourse, isOfCounties: Bool
    ) -> HTML {
        let place = figures.place
        let short = results.count { $0.result.passes == false }, noData = results.count { $0.result.figure == .noData }
        let main = UI.statistic(
            figure.valueText, label: place.name, note: "目标 \(figure.goalText)", tone: figure.status.tone)
        let schools = UI.statistic("\(short) 所", label: "未达标学校", note: "共 \(results.count) 所在统计范围", url: "#schools")
        let missing = UI.statistic("\(noData) 所", label: "无数据学校", tone: noData > 0 ? .muted : nil, url: "#schools")
        let isMet = course.forecast?.isMet == true
        let pace = UI.statistic(
            course.shortText, label: "按目前进度达标", note: isMet ? nil : course.text, url: "#course")
        if isOfCounties {
            let counted = "\(FigureText.number(figure.numerator))/\(FigureText.number(figure.denominator)) 个"
            let missing = figure.noData > 0 ? "\(figure.noData) 个无数据" : nil
            let counties = UI.statistic(counted, label: "县(市、区)", note: missing)
            return UI.statistics([main, counties, pace])
        }
        return UI.statistics(place.kind.isSchool ? [main, pace] : [main, schools, missing, pace])
    }

    // MARK: Definition

    private var definition: [(String, HTML)] {
        let definition = target.definition
        let clause = target.clause.map { clause -> HTML in
            let url = question.url(PlanPages.path) + "#" + URLCoding.encode(PlanText.anchor(clause))
            return #"<a href="\#(url: url)">\#(clause)</a>"#
        }
        let due = definition.dueDate.map(\.chinese) ?? "没有期限"
        let feed = definition.feed ?? ""
        let source = definition.source == .pending ? "待接入：\(feed)" : feed.isEmpty ? "校校通登记" : feed
        var rows: [(String, HTML)] = [
            ("条款", clause ?? "不属于行动计划的某一条"), ("范围", HTML(text: definition.population.note)),
            ("要求", HTML(text: TargetPages.demand(definition))), ("期限", HTML(text: due)),
            ("目标集", HTML(text: "\(target.set.title)（\(target.set.layer.title)）")), ("数据来源", HTML(text: source)),
        ]
        if let qualifier = definition.qualifier { rows.append(("限定词", HTML(text: qualifier))) }
        if let note = definition.readingNote { rows.append(("口径说明", HTML(text: note))) }
        return rows
    }

    /// `每校 ≥ 30 Mbit/s，100% 的学校达到`
    static func demand(_ definition: TargetDefinition) -> String {
        let sign = definition.comparison == .atMost ? "≤" : definition.comparison == .equal ? "=" : "≥"
        let provisional = definition.thresholdProvisional ? "（本市暂定）" : ""
        let amount: String
        if definition.comparison == .exists {
            amount = "有"
        } else if let threshold = definition.threshold {
            amount = "\(sign) \(FigureText.number(threshold))\(definition.unit == "%" ? "" : " ")\(definition.unit)"
        } else {
            amount = "待定"
        }
        guard definition.basis == .schools else { return amount + provisional }
        return "每校\(amount)，\(FigureText.number(definition.share ?? 100))% 的学校达到\(provisional)"
    }

    /// All readings with their values, the one that counts marked; nothing where there is only one.
    private var readings: HTML {
        let all = figures.context.board.readings(of: figures.place.id, target: target.id)
        guard all.count > 1 else { return "" }
        let rows: HTML = "\(each: all, readingRow)"
        return #"""
            <div class="table-wrap" role="region" aria-label="各种口径" tabindex="0"><table class="stack">
            <caption>各种口径下的结果</caption>
            <thead><tr><th scope="col">口径</th><th scope="col">状态</th><th scope="col" class="num">现值</th>\#
            <th scope="col" class="num">目标</th><th scope="col" class="num">达标学校</th></tr></thead>
            <tbody>\#(rows)</tbody></table></div>
            """#
    }

    private func readingRow(_ reading: PlanBoard.ReadingState) -> HTML {
        let indicator = figures.context.board.indicator(of: target.id, reading: reading.reading.id)
        let figure = TargetFigure(reading.state, reading.reading, indicator)
        let id = reading.reading.id == EvaluationReading.only ? nil : reading.reading.id
        let url = question.url(path, [("reading", id), ("view", reading.view?.rawValue)])
        return #"""
            <tr><th scope="row" data-label="口径"><a href="\#(url: url)">\#(RailPages.name(of: reading))</a>\#
            \#(if: reading.isOfficial, " " + UI.tag("本市认定", .info))</th>\#
            <td data-label="状态">\#(UI.light(figure.status.tone, figure.status.word))</td>\#
            <td class="num" data-label="现值">\#(figure.valueText)</td>\#
            <td class="num" data-label="目标">\#(figure.goalText)</td>\#
            <td class="num" data-label="达标学校">\#(figure.passing)/\#(figure.schools)</td></tr>
            """#
    }

    // MARK: Comparison and schools

    private func comparison(_ figure: TargetFigure, _ charts: TargetCharts) -> HTML {
        let units = figures.units(target)
        guard !units.isEmpty else { return "" }
        let title =
            switch figures.place.kind {
            case .city: "各县(市、区)比较"
            case .county: "各乡镇(街道)比较"
            case .municipal, .town: "各学校比较"
            case .school, .teachingPoint: "下属教学点"
            }
        let extra = cityFigure.map { BarChart.Bar("全市（已公布）", value: $0.value, tone: $0.status.tone) }
        return UI.card(title, charts.comparison(units, figure, extra: extra).html)
    }

    private func schoolList(_ schools: TargetSchools, _ results: BoardFigures.Results) -> HTML {
        let rows = schools.rows(list, results)
        let table = schools.table(list), tableQuery = table.query(query)
        let page = tableQuery.page(schools.page(rows, tableQuery), total: rows.count) { (nil, $0.school.id.rawValue) }
        let tabs = TargetSchools.List.allCases.map { other in
            let count = results.count { other.contains($0.result) }
            let url = question.url(path, [("list", other.rawValue)]) + "#schools"
            return (title: "\(other.title) \(count)", url: url, isCurrent: other == list)
        }
        let markup = table.html(page, path: path, query: query)
        return UI.card(list.title, id: "schools", UI.tabs(tabs, label: "学校名单") + markup)
    }
}
