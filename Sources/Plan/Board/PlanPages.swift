import Directory
import Kernel
import Web

/// The living plan: the plan's text as an article, the state of its targets beside each clause.
enum PlanPages {
    static let path = "/plan"
    static let reportPath = "/plan/report"

    /// Everything between the top bar and the footer that depends on nothing but the board and the question.
    struct Question: Sendable {
        let figures: BoardFigures
        /// The part of the address that other pages of the plan understand too.
        let carried: FormValues
        /// Where the viewer may see the plan.
        let scope: DataScope
        let mayImport: Bool
        /// The plan whose text is shown beside the city's.
        var beside: PlanBeside?

        /// The published plans besides the city's own that the viewer may see.
        var texts: [ActionPlan] { figures.context.texts.filter { $0.owner.isVisible(within: scope) } }

        /// The organisations that the viewer is offered.
        var choices: [Organisation] { figures.context.choices(within: scope) }

        var key: String {
            // With the scope: two viewers of one place may be offered different organisations.
            let roots = scope.roots.map(\.text).joined(separator: ",")
            return "\(figures.place.id) \(figures.selection.key) \(carried.encoded) \(roots) \(mayImport)"
        }

        /// An address that keeps organisation, day, reading, view and kind of schools.
        func url(_ path: String, _ changes: [(String, String?)] = []) -> String {
            var query = carried
            for (name, value) in changes { query = query.replacing(name, with: value) }
            return query.pairs.isEmpty ? path : path + "?" + query.encoded
        }
    }

    /// What the address says that other pages understand too.
    static func carried(_ query: FormValues) -> FormValues {
        let names = ["organisation", "date", "reading", "view", "type", PlanBesidePages.name]
        return FormValues(names.compactMap { name in query.text(name).map { (name, $0) } })
    }

    static func content(_ question: Question) -> HTML {
        let figures = question.figures, plan = figures.context.plan
        let note = plan.map { "\($0.title)，第\($0.version)版" }
        let report = UI.linkButton("打印报告", url: question.url(reportPath))
        return #"""
            \#(UI.heading("行动计划", note: note, actions: report))
            \#(bar(question))
            \#(summary(question))
            \#(if: plan == nil, missingPlan(question))
            \#(article(question))
            \#(exports(question))
            """#
    }

    // MARK: The bar

    private static func bar(_ question: Question) -> HTML {
        let figures = question.figures, selection = figures.selection
        let organisations = UI.select(
            "organisation", label: "单位", options: options(question.choices, figures.place),
            selected: figures.place.id.rawValue)
        let readings =
            [SelectOption("", "本市认定")] + MultimediaReading.allCases.map { SelectOption($0.rawValue, $0.title) }
        let views = [SelectOption("", "本市认定")] + AreaView.allCases.map { SelectOption($0.rawValue, $0.title) }
        let kinds = [SelectOption("", "全部学校")] + SchoolKind.allCases.map { SelectOption($0.rawValue, $0.title) }
        let states = [SelectOption("", "全部状态")] + StateFilter.allCases.map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = #"""
            \#(organisations)\#(UI.dateField("date", label: "截至", value: figures.context.day))\#
            \#(UI.select("reading", label: "多媒体口径", options: readings, selected: selection.reading ?? ""))\#
            \#(UI.select("view", label: "城乡口径", options: views, selected: selection.view?.rawValue ?? ""))\#
            \#(UI.select("type", label: "学校类型", options: kinds, selected: selection.kind?.rawValue ?? ""))\#
            \#(UI.select("state", label: "状态", options: states, selected: selection.listed?.rawValue ?? ""))\#
            \#(PlanBesidePages.select(question))\#
            \#(UI.checkbox("short", label: "只看未达标", isOn: selection.isShortOnly))
            """#
        return folded(UI.filterBar(action: path, query: question.carried, fields), figures)
    }

    /// The bar above the plan. On a phone one line says what is shown, and the fields stand behind it, so that the text
    /// starts at once.
    static func folded(_ bar: HTML, _ figures: BoardFigures) -> HTML {
        #"""
        <div class="plan-bar"><input class="fold-switch visually-hidden" type="checkbox" id="conditions">\#
        <label class="fold-label" for="conditions"><span>\#(figures.place.name)，截至 \#(figures.context.day.iso)</span>\#
        <span class="fold-word">查询条件</span></label><div class="fold-body">\#(bar)</div></div>
        """#
    }

    /// The choices with their depth shown by spaces; the place itself joins them when it is a school.
    static func options(_ choices: [Organisation], _ place: Organisation) -> [SelectOption] {
        let top = choices.map { $0.path.lineage.count }.min() ?? 0
        var options = choices.map { choice in
            let depth = choice.path.lineage.count - top
            return SelectOption(choice.id.rawValue, String(repeating: "\u{3000}", count: depth) + choice.name)
        }
        if !choices.contains(where: { $0.id == place.id }) {
            options.append(SelectOption(place.id.rawValue, place.name))
        }
        return options
    }

    // MARK: Above and below the text

    private static func summary(_ question: Question) -> HTML {
        let figures = question.figures
        let parts = figures.summary.filter { $0.count > 0 }
        let isAll = figures.selection.state == nil
        let lights: HTML = "\(each: parts, { summaryPart($0, question) })"
        return #"""
            <nav class="summary-lights" aria-label="按状态查看"><ul>\#
            <li><a href="\#(url: question.url(path))"\#(attribute: "aria-current", isAll ? "true" : nil)>\#
            全部 <strong>\#(figures.targets.count)</strong></a></li>\#(lights)</ul></nav>
            """#
    }

    private static func summaryPart(_ part: (filter: StateFilter, count: Int), _ question: Question) -> HTML {
        let url = question.url(path, [("state", part.filter.rawValue)])
        let current = question.figures.selection.state == part.filter ? "true" : nil
        return #"""
            <li><a href="\#(url: url)"\#(attribute: "aria-current", current)>\#
            \#(UI.light(part.filter.tone, part.filter.title)) <strong>\#(part.count)</strong></a></li>
            """#
    }

    private static func missingPlan(_ question: Question) -> HTML {
        let link: HTML = #"<a href="/plan/documents">导入行动计划</a>"#
        return UI.notice(
            .info,
            #"""
            还没有导入行动计划的正文，目标先按条款编号排列。\#
            \#(if: question.mayImport, #"\#(link)后，这里按正文逐条显示。"#, else: "请市局管理员导入正文。")
            """#)
    }

    private static func exports(_ question: Question) -> HTML {
        let state = [("state", question.figures.selection.state?.rawValue)]
        let xlsx = question.url(path, state + [("format", "xlsx")])
        let csv = question.url(path, state + [("format", "csv")])
        return #"""
            <div class="table-tools"><p><a href="\#(url: xlsx)">导出 Excel</a> <a href="\#(url: csv)">导出 CSV</a></p>\#
            <p><a href="\#(url: PlanDocumentPages.path)">计划文本和版本</a> \#
            <a href="\#(url: TargetSetPages.path)">目标集</a></p></div>
            """#
    }

    /// What only those see who freeze snapshots. Stands apart from the kept markup, since its forms carry tokens.
    static func work(_ question: Question, _ page: PageContext) -> HTML {
        let context = question.figures.context
        let last = context.snapshot.day.map { "上次快照 \($0.iso)" } ?? "还没有快照"
        let freeze = UI.postButton("冻结到期的快照", action: "/plan/snapshots", page: page)
        let recompute = UI.postButton(
            "重新计算", action: "/plan/recompute", page: page, hidden: [("date", context.day.iso)])
        return UI.details("快照与计算", #"<p>\#(last)。快照每年3月31日和9月30日冻结，以后不再改变。</p>\#(freeze) \#(recompute)"#)
    }

    // MARK: The text

    private static func article(_ question: Question) -> HTML {
        let figures = question.figures
        guard !figures.targets.isEmpty || figures.context.plan != nil else {
            return UI.emptyState("这一天还没有目标", "换一个日期，或在目标集里录入目标。")
        }
        let shown = figures.targets.map { (target: $0, figure: figures.figure($0)) }
            .filter { figures.selection.state?.contains($0.figure.status) ?? true }
        // What hangs on the other plan stands with its text.
        let other = shown.filter { $0.target.set.plan != nil && $0.target.set.plan == question.beside?.plan.id }
        let own = other.isEmpty ? shown : shown.filter { $0.target.set.plan != question.beside?.plan.id }
        let byClause = Dictionary(grouping: own) { $0.target.clause ?? "" }
        let sections = figures.context.plan.map { clauses($0, byClause, question) } ?? unnumbered(own, question)
        if sections.isEmpty, other.isEmpty { return UI.emptyState("没有符合条件的目标", "放宽上面的条件再查询。") }
        let title = figures.context.plan?.title ?? "行动计划目标"
        let article: HTML = #"<article class="plan" aria-label="\#(title)">\#(sections)</article>"#
        return PlanBesidePages.pair(article, other, question)
    }

    typealias Lines = [(target: BoardTarget, figure: TargetFigure)]

    /// All clauses in order; under a filter by state only those with a line left, and the chapters they stand in.
    static func clauses(
        _ plan: PlanText, _ lines: [String: Lines], _ question: Question, anchoredBy prefix: String = ""
    ) -> HTML {
        let isFiltered = question.figures.selection.state != nil
        let known = Set(plan.clauses.map(\.path))
        var markup: HTML = ""
        for clause in plan.clauses {
            let own = lines[clause.path] ?? []
            let hasBelow = lines.keys.contains { $0.hasPrefix(clause.path + "/") }
            if isFiltered && own.isEmpty && !hasBelow { continue }
            markup += section(clause, prefix + clause.anchor, RailPages.rail(own, question))
        }
        let rest = lines.filter { !known.contains($0.key) }.values.flatMap { $0 }
        let order = question.figures.targets.map(\.id)
        let sorted = rest.sorted {
            (order.firstIndex(of: $0.target.id) ?? 0) < (order.firstIndex(of: $1.target.id) ?? 0)
        }
        return markup + groups(sorted, question)
    }

    /// Targets that hang on no clause of the text, set by set.
    private static func groups(_ lines: Lines, _ question: Question) -> HTML {
        var markup: HTML = "", titles: [String] = []
        for line in lines where !titles.contains(line.target.set.title) { titles.append(line.target.set.title) }
        for title in titles {
            let own = lines.filter { $0.target.set.title == title }
            markup += #"""
                <section class="clause"><div class="clause-text"><h2>\#(title)</h2>\#
                <p>这些目标不属于行动计划的某一条，供对照。</p></div>\#(RailPages.rail(own, question))</section>

                """#
        }
        return markup
    }

    private static func unnumbered(_ lines: Lines, _ question: Question) -> HTML {
        var markup: HTML = "", paths: [String] = []
        for line in lines { if let path = line.target.clause, !paths.contains(path) { paths.append(path) } }
        for path in paths {
            let own = lines.filter { $0.target.clause == path }
            markup += #"""
                <section class="clause" id="\#(PlanText.anchor(path))">\#
                <div class="clause-text"><h2>条款 \#(path)</h2></div>\#
                \#(RailPages.rail(own, question))</section>

                """#
        }
        return markup + groups(lines.filter { $0.target.clause == nil }, question)
    }

    private static func section(_ clause: PlanText.Clause, _ anchor: String, _ rail: HTML) -> HTML {
        #"""
        <div class="clause" id="\#(anchor)"><div class="clause-text">\#(text(clause))</div>\#(rail)</div>

        """#
    }

    /// The clause as the document prints it. Its words are never touched, an empty quotation included.
    static func text(_ clause: PlanText.Clause) -> HTML {
        var paragraphs = clause.paragraphs
        var markup: HTML = ""
        if let heading = clause.heading {
            markup += clause.level == 1 ? "<h2>\(clause.token)\(heading)</h2>" : "<h3>\(clause.token)\(heading)</h3>"
        } else if paragraphs.isEmpty {
            markup += "<p>\(clause.token)</p>"
        } else {
            paragraphs[0] = clause.token + paragraphs[0]
        }
        return markup + "\(each: paragraphs, { "<p>\($0)</p>" })"
    }
}
