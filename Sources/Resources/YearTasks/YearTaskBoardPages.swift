import Database
import Directory
import Kernel
import Web

extension YearTaskPages {
    struct View: Sendable {
        let task: YearTask
        let lines: [YearTaskLine]
        /// The schools that the task concerns and the viewer may see, in tree order.
        let progress: [YearTaskProgress]
        /// Counties and 市直 with such schools.
        let units: [Organisation]
        let today: LocalDate
        let mayManage: Bool
        let reminder: (at: Timestamp, name: String, schools: Int)?
        let warning: String?

        func light(_ one: YearTaskProgress) -> YearTaskProgress.Light { one.light(of: task, on: today) }

        /// As the address asks: of one unit, in one state.
        func shown(_ values: FormValues) -> [YearTaskProgress] {
            let unit = units.first { $0.id.rawValue == values["unit"] }
            let light = values.text("light").flatMap(YearTaskProgress.Light.init(rawValue:))
            return progress.filter { one in
                (unit.map { $0.path.contains(one.path) } ?? true) && (light.map { $0 == self.light(one) } ?? true)
            }
        }

        func unit(of one: YearTaskProgress) -> String { units.first { $0.path.contains(one.path) }?.name ?? "" }
    }

    static func schools(_ view: View) -> DataTable<YearTaskProgress> {
        var columns: [DataColumn<YearTaskProgress>] = [
            DataColumn(
                "学校", value: { .text($0.name) },
                cell: { #"<a href="\#(url: path(view.task.id, $0.school))">\#($0.name)</a>"# })
        ]
        if view.units.count > 1 { columns.append(DataColumn("县(市、区)", value: { .text(view.unit(of: $0)) })) }
        columns += [
            DataColumn(
                "状态", value: { .text(view.light($0).title) },
                cell: { UI.light(tone(view.light($0)), view.light($0).title) }),
            DataColumn("要求", value: { .integer($0.wanted) }), DataColumn("已完成", value: { .integer($0.done) }),
            DataColumn("还差", value: { .integer($0.missing) }),
        ]
        columns += view.lines.map { line in
            DataColumn(
                "\(line.title)（\(line.wanted)）",
                value: { one in one.figures.first { $0.line == line }.map { TableValue.integer($0.all) } ?? .empty })
        }
        return DataTable(
            caption: "各校进度", columns: columns, empty: UI.emptyState("没有符合条件的学校", "换一个单位或状态。"))
    }

    static func show(
        _ view: View, _ table: DataTable<YearTaskProgress>, _ slice: Page<YearTaskProgress>, _ values: FormValues,
        _ page: PageContext
    ) -> HTML {
        let task = view.task, base = path(task.id), isOpen = task.state == .open
        var actions: HTML = ""
        if view.mayManage && isOpen {
            actions += UI.linkButton("修改", url: base + "/edit")
            actions += UI.postButton("提醒未完成的学校", action: base + "/reminders", page: page)
            actions += UI.postButton("结束任务", action: base + "/closure", page: page, confirm: "结束这项任务？")
        }
        let told = view.reminder.map { "\($0.at.text)，\($0.name)，\($0.schools) 所学校" } ?? ""
        let facts: [(String, HTML)] = [
            ("布置单位", HTML(text: task.organisationName)), ("学年", HTML(text: task.year.title)),
            ("截止", HTML(text: task.due.chinese)), ("说明", HTML(text: task.note)),
            ("状态", HTML(text: task.state.title)), ("布置", HTML(text: "\(task.openedBy)，\(task.openedAt.text)")),
            ("最近提醒", HTML(text: view.mayManage ? told : "")),
        ]
        let content: HTML = """
            \(UI.heading(task.title, note: "\(task.organisationName)，\(task.due.chinese)截止", actions: actions))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.statistics(figures(view, base)))
            \(UI.card("任务", id: "task", UI.summaryList(facts.filter { !$0.1.isEmpty })))
            \(UI.card("每校的要求", id: "lines", lines(view)))
            \(if: view.units.count > 1, UI.card("各县(市、区)", id: "units", units(view, base)))
            \(UI.card("各校进度", id: "schools", filter(view, base, values) + table.html(slice, path: base, query: values)))
            """
        return UI.layout(
            task.title, page, breadcrumbs: [Crumb("校本资源年度任务", root), Crumb(task.title)], wide: true,
            isFailed: view.warning != nil, content)
    }

    private static func figures(_ view: View, _ base: String) -> [HTML] {
        let counts = Dictionary(grouping: view.progress, by: view.light).mapValues(\.count)
        let all = view.progress.count, active = view.progress.count(where: \.hasContributed)
        var figures = [UI.statistic("\(active)/\(all)", label: "有贡献的学校")]
        figures += YearTaskProgress.Light.allCases.compactMap { light in
            counts[light].map {
                UI.statistic(
                    String($0), label: light.title, tone: tone(light), url: "\(base)?light=\(light.rawValue)#schools")
            }
        }
        return figures
    }

    private static func lines(_ view: View) -> HTML {
        let table = DataTable<YearTaskLine>(
            caption: "每校的要求",
            columns: [
                DataColumn("学段学科", value: { .text($0.areaTitle) }),
                DataColumn("类型", value: { .text($0.group?.title ?? "全部类型") }),
                DataColumn("每校", value: { .integer($0.wanted) }),
                DataColumn("学校", value: { line in .integer(found(line, view).count) }),
                DataColumn("已完成的学校", value: { line in .integer(found(line, view).count { $0.missing == 0 }) }),
                DataColumn("已发布", value: { line in .integer(found(line, view).reduce(0) { $0 + $1.all }) }),
            ], isExportable: false, empty: "")
        return table.html(
            Page(items: view.lines, total: view.lines.count, next: nil), path: "", query: FormValues())
    }

    private static func found(_ line: YearTaskLine, _ view: View) -> [YearTaskFigure] {
        view.progress.compactMap { one in one.figures.first { $0.line == line } }
    }

    private static func units(_ view: View, _ base: String) -> HTML {
        @Sendable func schools(_ unit: Organisation) -> [YearTaskProgress] {
            view.progress.filter { unit.path.contains($0.path) }
        }
        let table = DataTable<Organisation>(
            caption: "各县(市、区)",
            columns: [
                DataColumn(
                    "县(市、区)", value: { .text($0.name) },
                    cell: { #"<a href="\#(url: "\(base)?unit=\($0.id)#schools")">\#($0.name)</a>"# }),
                DataColumn("学校", value: { .integer(schools($0).count) }),
                DataColumn("已完成", value: { .integer(schools($0).count { view.light($0).isDone }) }),
                DataColumn("有贡献", value: { .integer(schools($0).count(where: \.hasContributed)) }),
                DataColumn(
                    "完成率",
                    value: { unit in
                        let own = schools(unit), wanted = own.reduce(0) { $0 + $1.wanted }
                        return wanted == 0 ? .empty : .percent(Double(own.reduce(0) { $0 + $1.done }) / Double(wanted))
                    }),
            ], isExportable: false, empty: "")
        return table.html(
            Page(items: view.units, total: view.units.count, next: nil), path: "", query: FormValues())
    }

    private static func filter(_ view: View, _ base: String, _ values: FormValues) -> HTML {
        guard view.progress.count > 1 else { return "" }
        let lights =
            [SelectOption("", "全部")]
            + YearTaskProgress.Light.allCases.map {
                SelectOption($0.rawValue, $0.title)
            }
        var fields = UI.select("light", label: "状态", options: lights, selected: values["light"])
        if view.units.count > 1 {
            let units = [SelectOption("", "全部")] + view.units.map { SelectOption($0.id.rawValue, $0.name) }
            fields = UI.select("unit", label: "县(市、区)", options: units, selected: values["unit"]) + fields
        }
        return UI.filterBar(action: base, query: values, fields)
    }

    /// One school: every line with the resources that count for it.
    static func school(
        _ progress: YearTaskProgress, _ task: YearTask, told: Timestamp?, on today: LocalDate, _ page: PageContext
    ) -> HTML {
        let period = ContributionPeriod(year: task.year, half: nil)
        let table = DataTable<YearTaskFigure>(
            caption: "各项进度",
            columns: [
                DataColumn("学段学科", value: { .text($0.line.areaTitle) }),
                DataColumn("类型", value: { .text($0.line.group?.title ?? "全部类型") }),
                DataColumn("要求", value: { .integer($0.line.wanted) }),
                DataColumn(
                    "已发布", value: { .integer($0.all) },
                    cell: { figure in
                        let url = ContributionPages.rowsPath(
                            .published, at: progress.school, period, area: figure.line.area,
                            group: figure.line.group?.rawValue ?? "")
                        return figure.all == 0
                            ? "0"
                            : #"<a href="\#(url: url)" aria-label="\#(figure.line.title)，已发布 \#(figure.all)">\#(figure.all)</a>"#
                    }),
                DataColumn("其中按期", value: { .integer($0.inTime) }),
                DataColumn("还差", value: { .integer($0.missing) }),
            ], isExportable: false, empty: "")
        let rows = table.html(
            Page(items: progress.figures, total: progress.figures.count, next: nil), path: "", query: FormValues())
        let reminder = told.map { "，\($0.day.chinese)提醒过" } ?? ""
        let content: HTML = """
            \(UI.heading(progress.name, note: "\(task.title)，\(task.due.chinese)截止\(reminder)"))
            \(UI.card(nil, "<p>\(light(progress, task, on: today))，已完成 \(progress.done)/\(progress.wanted)</p>" + rows))
            <p class="muted">按第一课的学段学科算；同一个资源可以算在几行里；下架的不算。</p>
            """
        return UI.layout(
            "\(progress.name)，\(task.title)", page,
            breadcrumbs: [Crumb("校本资源年度任务", root), Crumb(task.title, path(task.id)), Crumb(progress.name)], content)
    }
}

/// What is still wanted of somebody's schools, above the list of her own resources.
struct YearTaskNotice: Sendable {
    let task: YearTask
    let progress: YearTaskProgress
    /// When the school was reminded; `nil` when it was not.
    let told: Timestamp?

    func html(on today: LocalDate) -> HTML {
        let isLate = today > task.due, words = isLate ? "已过期限" : "\(task.due.chinese)前完成"
        let reminder = told.map { "，\($0.day.chinese)提醒" } ?? ""
        let link: HTML = #"<a href="\#(url: YearTaskPages.path(task.id, progress.school))">\#(task.title)</a>"#
        return UI.notice(
            isLate ? .warn : .info, "\(progress.name)：\(link)还差 \(progress.missing) 项，\(words)\(reminder)。")
    }
}

extension YearTaskStore {
    /// Open tasks that the schools have yet to do.
    func notices(of schools: [OrganisationPath]) throws -> [YearTaskNotice] {
        guard !schools.isEmpty else { return [] }
        var found: [YearTaskNotice] = []
        for task in try open(at: schools) {
            for one in try progress(task, lines(of: task.id), within: DataScope(schools)) where one.missing > 0 {
                let told = try reminders(of: [task.id], to: one.school)[task.id]
                found.append(YearTaskNotice(task: task, progress: one, told: told))
            }
        }
        return found
    }
}
