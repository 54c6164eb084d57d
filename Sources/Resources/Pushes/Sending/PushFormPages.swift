import Directory
import Kernel
import Web

extension PushPages {
    /// The form of a new push: to her classes, or to a grade.
    static func form(
        _ desk: PushDesk, now: Timestamp, nextDay: LocalDate, _ values: FormValues, _ problems: [FieldProblem],
        _ page: PageContext
    ) -> HTML {
        let node = desk.place.node, title = desk.isForGrade ? "推送给年级" : "推送到班级"
        let content: HTML = """
            \(UI.heading(title, note: desk.place.full, actions: otherWay(desk)))
            \(body(desk, now, nextDay, values, problems, page))
            """
        return UI.layout(
            title, page,
            breadcrumbs: [
                Crumb(desk.place.textbook.key.title, TextbookPages.path(node.textbook)),
                Crumb(node.title, TextbookPages.path(node.id)), Crumb(title),
            ], isFailed: !problems.isEmpty, content)
    }

    private static func otherWay(_ desk: PushDesk) -> HTML {
        guard !desk.places.isEmpty, !desk.classes.isEmpty else { return "" }
        let base = formPath(desk.place.node.id)
        return desk.isForGrade
            ? UI.linkButton("推送到任教班级", url: base) : UI.linkButton("推送给年级", url: base + "?to=grade")
    }

    private static func body(
        _ desk: PushDesk, _ now: Timestamp, _ nextDay: LocalDate, _ values: FormValues, _ problems: [FieldProblem],
        _ page: PageContext
    ) -> HTML {
        let node = desk.place.node
        guard node.kind == .lesson, !node.isRemoved else {
            return UI.card(nil, UI.emptyState("选一课再推送", "资源包按课推送，请从单元里打开一课。"))
        }
        guard desk.isForGrade || !desk.classes.isEmpty else {
            return UI.card(nil, UI.emptyState("你还没有任教的班级", "学校管理员在班级页面登记任课教师以后，就可以推送。"))
        }
        guard !desk.candidates.isEmpty else {
            return UI.card(
                nil,
                UI.emptyState(
                    "这一课还没有可以推送的资源", "资源发布并对学校开放以后，才能推送。",
                    action: UI.linkButton("看这一课", url: TextbookPages.path(node.id))))
        }
        let whom =
            desk.isForGrade ? grade(desk, nextDay, values, problems) : classes(desk, now, nextDay, values, problems)
        let pack = PackFields.html(desk.candidates, chosen: Pack.suggestion(from: desk.candidates), values, problems)
        return UI.card(
            nil, UI.form(action: formPath(node.id), page: page, submit: "推送", problems: problems, whom + pack))
    }

    private static func classes(
        _ desk: PushDesk, _ now: Timestamp, _ nextDay: LocalDate, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let isTyped = !values.pairs.isEmpty
        func one(_ entry: (group: ClassGroup, bells: BellSchedule)) -> HTML {
            let group = entry.group, day = "day-\(group.id)", period = "period-\(group.id)"
            let options =
                [SelectOption("", "不推送"), SelectOption("0", "当天任一节")]
                + entry.bells.periods.map { SelectOption(String($0.number), "\($0.title) \($0.times)") }
            let kept = isTyped ? LocalDate(iso: values[day] ?? "") : nextDay
            let fields = UI.fieldRow(
                UI.dateField(day, label: "日期", value: kept, problems: problems)
                    + UI.select(
                        period, label: "节次", options: options, selected: isTyped ? values[period] : "",
                        problems: problems))
            return UI.fieldGroup("\(group.name(on: nextDay))　\(group.schoolName)", fields)
        }
        return "<p>给要上这一课的班选择日期和节次，其余的留“不推送”。</p>\(each: desk.classes, one)"
    }

    private static func grade(
        _ desk: PushDesk, _ nextDay: LocalDate, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let isTyped = !values.pairs.isEmpty, title = PushGrade(desk.place.textbook.key)?.title ?? ""
        let places = desk.places.map { SelectOption($0.id.rawValue, "\($0.name)全部\(title)") }
        let day = isTyped ? LocalDate(iso: values["day"] ?? "") : nextDay
        let fields = UI.fieldRow(
            UI.select(
                "place", label: "范围", options: places, selected: values["place"] ?? places.first?.value, required: true,
                problems: problems)
                + UI.dateField("day", label: "日期", value: day, required: true, problems: problems))
        return UI.hidden("to", "grade") + fields
    }
}
