import Directory
import Kernel
import Web

/// 控辍保学台账: the list of alarms and what was done about one.
enum DropoutPages {
    static let root = "/dropout-alarms"
    static func path(_ id: ID<DropoutAlarm>) -> String { root + "/" + id.rawValue }

    static func table(empty: HTML? = nil) -> DataTable<DropoutAlarm> {
        DataTable(
            caption: "控辍保学台账",
            columns: [
                DataColumn(
                    "姓名", value: { .text($0.name) },
                    cell: { #"<a href="\#(url: path($0.id))">\#($0.name)</a>"# }),
                DataColumn("学校", value: { .text($0.schoolName) }),
                DataColumn("提醒日期", value: { .date($0.raisedOn) }),
                DataColumn("未到校起", value: { .date($0.since) }),
                DataColumn("连续上课日", value: { .integer($0.days) }),
                DataColumn(
                    "状态", value: { .text($0.outcome?.title ?? "跟进中") },
                    cell: { UI.tag($0.outcome?.title ?? "跟进中", $0.outcome == nil ? .warn : .ok) }),
            ], isExportable: false,
            empty: empty
                ?? UI.emptyState("没有提醒", "义务教育阶段学生连续 \(DropoutRules.alarmDays) 个上课日未请假未到校，会出现在这里。"))
    }

    static func list(_ rows: Page<DropoutAlarm>, _ page: PageContext, _ query: FormValues) -> HTML {
        let states = [SelectOption("open", "跟进中"), SelectOption("closed", "已办结")]
        let filter = UI.select("state", label: "状态", options: states, selected: query["state"])
        let content: HTML = """
            \(UI.card(nil, UI.filterBar(action: root, query: query, filter)))
            \(UI.card(nil, table().html(rows, path: root, query: query)))
            """
        return CasePages.layout("控辍保学台账", page, content)
    }

    static func show(
        _ alarm: DropoutAlarm, _ classGroup: ClassGroup, _ steps: [CaseStep], _ page: PageContext, _ values: FormValues,
        _ problems: [FieldProblem]
    ) -> HTML {
        var facts: [(String, HTML)] = [
            ("学生", HTML(text: alarm.name)), ("班级", HTML(text: classGroup.name(on: alarm.raisedOn))),
            ("未到校起", HTML(text: alarm.since.chinese)), ("连续上课日", HTML(text: "\(alarm.days) 天")),
            ("提醒日期", HTML(text: alarm.raisedOn.chinese)),
        ]
        if let closed = alarm.closedOn, let outcome = alarm.outcome {
            facts.append(("办结", HTML(text: "\(closed.chinese)，\(outcome.title)")))
        }
        let forms: HTML = """
            \(UI.card("记录工作", id: "action", actionForm(alarm, page, values, problems)))
            \(UI.card("办结", id: "closure", closureForm(alarm, page, values, problems)))
            """
        let content: HTML = """
            \(UI.errorSummary(problems))
            \(UI.card("情况", id: "facts", UI.summaryList(facts)))
            \(UI.card("工作记录", id: "steps", CasePages.timeline(steps)))
            \(if: alarm.closedOn == nil, forms)
            """
        return CasePages.layout(
            "\(alarm.name)：控辍保学", page, note: alarm.schoolName, crumbs: [Crumb("控辍保学台账", root)],
            isFailed: !problems.isEmpty, content)
    }

    private static func actionForm(
        _ alarm: DropoutAlarm, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let kinds = DropoutActionKind.allCases.map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = """
            \(UI.select("kind", label: "工作方式", options: [SelectOption("", "选择方式")] + kinds, selected: values["kind"],
                required: true, problems: problems))
            \(UI.textArea("note", label: "情况", value: values.raw("note"), rows: 3, required: true, problems: problems))
            """
        return UI.form(action: path(alarm.id) + "/actions", page: page, submit: "记录", fields)
    }

    private static func closureForm(
        _ alarm: DropoutAlarm, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let outcomes = DropoutOutcome.allCases.map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = """
            \(UI.select("outcome", label: "结果", options: [SelectOption("", "选择结果")] + outcomes,
                selected: values["outcome"], required: true, problems: problems))
            \(UI.textArea("result", label: "情况", value: values.raw("result"), rows: 3, required: true,
                problems: problems))
            """
        return UI.form(action: path(alarm.id) + "/closure", page: page, submit: "办结", fields)
    }
}
