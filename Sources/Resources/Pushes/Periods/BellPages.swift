import Directory
import Kernel
import Web

/// 作息时间 of a school.
enum BellPages {
    static func path(_ school: OrganisationID) -> String { "/schools/\(school)/periods" }

    static func show(
        _ school: Organisation, _ schedule: BellSchedule, mayEdit: Bool, _ values: FormValues,
        _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let note = "课前课后各 \(BellSchedule.longestBreak) 分钟以内的课间也算这一节"
        let content: HTML = """
            \(UI.heading("作息时间", note: "\(school.name)；\(note)"))
            \(mayEdit ? UI.card("每节课的时间", form(school, schedule, values, problems, page)) : list(schedule))
            """
        return UI.layout(
            "作息时间", page, breadcrumbs: [Crumb(school.name, "/schools/\(school.id)"), Crumb("作息时间")],
            isFailed: !problems.isEmpty, content)
    }

    private static func list(_ schedule: BellSchedule) -> HTML {
        UI.card("每节课的时间", UI.summaryList(schedule.periods.map { ($0.title, HTML(text: $0.times)) }))
    }

    private static func form(
        _ school: Organisation, _ schedule: BellSchedule, _ values: FormValues, _ problems: [FieldProblem],
        _ page: PageContext
    ) -> HTML {
        let isTyped = !values.pairs.isEmpty
        func time(_ name: String, _ label: String, _ kept: Int?) -> HTML {
            let value = isTyped ? values[name] : kept.map(ClockTime.text)
            return UI.textField(name, label: label, value: value, type: "time", problems: problems)
        }
        let rows = (1...BellSchedule.most).map { number in
            UI.fieldRow(
                time("start-\(number)", "第\(number)节上课", schedule[number]?.start)
                    + time("end-\(number)", "第\(number)节下课", schedule[number]?.end))
        }
        let fields: HTML = "<p>没有的节次留空。</p>\(each: rows, { $0 })"
        return UI.form(action: path(school.id), page: page, submit: "保存", problems: problems, fields)
    }
}
