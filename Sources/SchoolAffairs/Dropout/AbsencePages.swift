import Directory
import Kernel
import Web

/// Who of a class is away on a day.
enum AbsencePages {
    static func path(_ classGroup: ID<ClassGroup>) -> String { ClassPages.path(classGroup) + "/absences" }

    struct View: Sendable {
        let classGroup: ClassGroup
        let day: LocalDate
        let isSchoolDay: Bool
        let members: [Enrolment]
        let absences: [ID<Person>: AbsenceKind]
        /// Those with an open alarm.
        let alarmed: Set<ID<Person>>
        let mayEnter: Bool
    }

    private static let prefix = "away-"

    /// Who is away by the form: one field a pupil, empty for those who are there.
    static func away(_ values: FormValues) -> [ID<Person>: AbsenceKind] {
        values.pairs.reduce(into: [:]) { away, pair in
            guard pair.name.hasPrefix(prefix), let kind = AbsenceKind(rawValue: pair.value),
                let person = ID<Person>(checking: pair.name.dropFirst(prefix.count))
            else { return }
            away[person] = kind
        }
    }

    static func page(
        _ view: View, _ page: PageContext, _ query: FormValues, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let name = view.classGroup.name(on: view.day)
        let day = UI.dateField("on", label: "日期", value: view.day)
        let content: HTML = """
            \(UI.card(nil, UI.filterBar(action: path(view.classGroup.id), query: query, day)))
            \(UI.card(nil, view.mayEnter && view.isSchoolDay ? form(view, page, values, problems) : list(view)))
            """
        let crumbs = [Crumb(name, ClassPages.path(view.classGroup.id))]
        return CasePages.layout(
            "缺勤登记", page, note: "\(name) · \(view.day.chinese)", crumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    private static func form(
        _ view: View, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let kinds = [SelectOption("", "到校")] + AbsenceKind.allCases.map { SelectOption($0.rawValue, $0.title) }
        let rows: HTML = "\(each: view.members, { member in row(member, view, kinds, values, problems) })"
        return UI.form(
            action: path(view.classGroup.id), page: page, submit: "保存", problems: problems,
            UI.hidden("on", view.day.iso) + rows)
    }

    private static func row(
        _ member: Enrolment, _ view: View, _ kinds: [SelectOption], _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let field = prefix + member.person.rawValue
        return UI.select(
            field, label: member.name, options: kinds,
            selected: values[field] ?? view.absences[member.person]?.rawValue ?? "",
            hint: view.alarmed.contains(member.person) ? "已提醒学校和县(市、区)" : nil, problems: problems)
    }

    private static func list(_ view: View) -> HTML {
        let away = view.members.filter { view.absences[$0.person] != nil }
        if !view.isSchoolDay { return UI.emptyState("这一天不上课", "选择上课的日子。") }
        if away.isEmpty { return UI.emptyState("没有人缺勤", "缺勤由班主任登记。") }
        return #"<ul>\#(each: away, { "<li>\($0.name)，\(view.absences[$0.person]?.title ?? "")</li>" })</ul>"#
    }
}
