import Directory
import Kernel
import Web

/// The yearly tasks, and how far schools are with one.
enum YearTaskPages {
    static let root = ItemPages.root + "/tasks"
    static func path(_ id: ID<YearTask>) -> String { "\(root)/\(id)" }
    static func path(_ id: ID<YearTask>, _ school: OrganisationID) -> String { "\(path(id))/schools/\(school)" }

    struct Line: Sendable {
        let task: YearTask
        /// The viewer's own schools; empty where she has a county or more.
        let own: [YearTaskProgress]
    }

    static func tone(_ light: YearTaskProgress.Light) -> Tone {
        switch light {
        case .done: .ok
        case .late, .behind: .warn
        case .onTime: .info
        case .missed: .bad
        }
    }

    static func table(on today: LocalDate, hasLight: Bool) -> DataTable<Line> {
        var columns: [DataColumn<Line>] = [
            DataColumn(
                "任务", value: { .text($0.task.title) },
                cell: { #"<a href="\#(url: path($0.task.id))">\#($0.task.title)</a>"# }),
            DataColumn("布置单位", value: { .text($0.task.organisationName) }),
            DataColumn("学年", value: { .text($0.task.year.title) }),
            DataColumn("截止", value: { .text($0.task.due.iso) }),
        ]
        if hasLight {
            columns += [
                DataColumn(
                    "本校已完成", value: { line in .text(line.own.map { "\($0.done)/\($0.wanted)" }.joined(separator: "、")) }
                ),
                DataColumn(
                    "状态",
                    value: { line in
                        .text(line.own.map { $0.light(of: line.task, on: today).title }.joined(separator: "、"))
                    },
                    cell: { line in
                        "\(each: line.own, { light($0, line.task, on: today) })"
                    }),
            ]
        }
        return DataTable(
            caption: "校本资源年度任务", columns: columns,
            empty: UI.emptyState("没有任务", "县(市、区)或市局布置后，学校在这里看自己的进度。"))
    }

    static func light(_ progress: YearTaskProgress, _ task: YearTask, on day: LocalDate) -> HTML {
        let light = progress.light(of: task, on: day)
        return UI.light(tone(light), light.title)
    }

    static func list(
        _ slice: Page<Line>, _ table: DataTable<Line>, isOpen: Bool, mayOpen: Bool, _ request: WebRequest
    ) -> HTML {
        let tabs = UI.tabs([("进行中", root, isOpen), ("已结束", root + "?state=closed", !isOpen)], label: "状态")
        let actions: HTML = mayOpen ? UI.linkButton("布置任务", url: root + "/new", style: .primary) : ""
        let content: HTML = """
            \(UI.heading("校本资源年度任务", note: "进度按已发布的资源计算，不用填报", actions: actions))
            \(tabs)
            \(UI.card(nil, table.html(slice, path: root, query: request.query)))
            """
        return UI.layout(
            "校本资源年度任务", request.page, breadcrumbs: [Crumb("资源库", ItemPages.root), Crumb("校本资源年度任务")], wide: true,
            content)
    }

    // The form

    struct Form: Sendable {
        /// `nil` for a new one.
        let task: YearTask?
        let places: [Organisation]
        /// Stages and subjects.
        let areas: [SelectOption]
        let today: LocalDate
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func form(_ view: Form, _ page: PageContext) -> HTML {
        let title = view.task == nil ? "布置任务" : "修改任务", values = view.values, problems = view.problems
        let now = SchoolYear(containing: view.today)
        let years = [now.start, now.start + 1].map { SelectOption(String($0), SchoolYear(start: $0).title) }
        // The end of June comes before the holidays, in which nobody reviews.
        let usual = LocalDate(year: now.start + 1, month: 6, day: 30) ?? now.lastDay
        let due = values["due"] ?? max(usual, view.today).iso
        var fields: HTML = ""
        if let task = view.task {
            fields += UI.hidden("revision", String(task.revision))
        } else {
            let places = view.places.map { SelectOption($0.id.rawValue, $0.name) }
            let chosen = values["organisation"] ?? places.first?.value
            fields +=
                UI.select(
                    "organisation", label: "布置单位", options: places, selected: chosen, problems: problems
                )
                + UI.select(
                    "year", label: "学年", options: years, selected: values["year"] ?? years[0].value,
                    problems: problems)
        }
        fields += """
            \(UI.textField("title", label: "标题", value: values["title"], hint: "例如：2026年校本资源共建", required: true, problems: problems))
            \(UI.textField("due", label: "截止日期", value: due, type: "date", required: true, problems: problems))
            \(UI.textArea("note", label: "说明", value: values["note"], hint: "对资源的要求，可以不写。", rows: 3, problems: problems))
            \(UI.fieldGroup("每校数量", hint: "一行一项要求，只对有这个学段的学校；不用的行不填数量。", lines(view)))
            """
        let back = view.task.map { path($0.id) } ?? root
        let body = UI.form(
            action: view.task.map { path($0.id) + "/edit" } ?? root, page: page, submit: "保存", cancel: back,
            problems: problems, fields)
        let content: HTML = """
            \(UI.heading(title, note: view.task?.title))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card(nil, body))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("校本资源年度任务", root), Crumb(title)],
            isFailed: !problems.isEmpty || view.warning != nil, content)
    }

    /// What is filled in and three more, at least five.
    private static func lines(_ view: Form) -> HTML {
        let filled = (1...YearTask.mostLines).last { view.values.text("wanted-\($0)") != nil } ?? 0
        let groups = [SelectOption("", "全部类型")] + ResourceGroup.allCases.map { SelectOption($0.rawValue, $0.title) }
        let areas = [SelectOption("", "全部学段学科")] + view.areas
        func line(_ number: Int) -> HTML {
            UI.fieldRow(
                """
                \(UI.select("area-\(number)", label: "学段学科 \(number)", options: areas, selected: view.values["area-\(number)"], problems: view.problems))
                \(UI.select("group-\(number)", label: "类型 \(number)", options: groups, selected: view.values["group-\(number)"], problems: view.problems))
                \(UI.textField("wanted-\(number)", label: "每校数量 \(number)", value: view.values["wanted-\(number)"], suffix: "个", inputmode: "numeric", problems: view.problems))
                """)
        }
        return "\(each: 1...min(YearTask.mostLines, max(5, filled + 3)), line)"
    }
}
