import Kernel
import Web

/// The page of one pupil of a class.
package enum PupilPages {
    /// The page of a pupil of the class.
    package static func path(_ pupil: ID<Person>, in classGroup: ID<ClassGroup>) -> String {
        ClassPages.path(classGroup) + "/pupils/" + pupil.rawValue
    }

    static func page(
        _ model: PupilModel, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let name = model.enrolment.name
        let forms: HTML = """
            \(UI.card("转班", id: "move", moveForm(model, page, values, problems)))
            \(UI.card("更正号码", id: "numbers", numbersForm(model, page, values, problems)))
            """
        let content: HTML = """
            \(UI.heading(name, note: "\(model.classGroup.schoolName) · \(model.classGroup.name(on: model.day))",
                actions: model.mayLook ? look(model) : ""))
            \(if: !problems.isEmpty, UI.errorSummary(problems))
            \(UI.card("基本信息", id: "profile", UI.summaryList(facts(model))))
            \(if: model.seesGuardians, GuardianPages.card(model))
            \(UI.card("班级经历", id: "history", history(model)))
            \(each: model.panels, { UI.card($0.title, id: $0.id, $0.content) })
            \(if: model.mayEdit, forms)
            """
        let crumbs = ClassPages.crumbs(model.classGroup, on: model.day, isOwnPage: false) + [Crumb(name)]
        return UI.layout(name, page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    private static func look(_ model: PupilModel) -> HTML {
        UI.linkButton("查看完整信息", url: LookPages.path(model.enrolment.person))
    }

    private static func facts(_ model: PupilModel) -> [(String, HTML)] {
        let numbers = model.numbers, grade = model.classGroup.grade(of: model.enrolment, on: model.day)
        var facts: [(String, HTML)] = model.isSuspended ? [("学籍状态", UI.tag("休学", .warn))] : []
        facts += [
            ("年级", HTML(text: grade?.title ?? "不在学段内")),
            ("学籍号", HTML(text: numbers[.studentNumber] ?? "未填")),
            ("证件号", HTML(text: numbers[.citizenNumber] ?? numbers[.document] ?? "未填")),
        ]
        if let phone = numbers[.phone] { facts.append(("手机号", HTML(text: phone))) }
        facts.append(("入班日期", HTML(text: model.enrolment.from.chinese)))
        return facts
    }

    private static func history(_ model: PupilModel) -> HTML {
        let table = DataTable<EnrolmentPeriod>(
            caption: "班级经历",
            columns: [
                DataColumn("班级", value: { .text($0.classGroup.name(on: $0.enrolment.from)) }),
                DataColumn("学校", value: { .text($0.classGroup.schoolName) }),
                DataColumn("入班日期", value: { .date($0.enrolment.from) }),
                DataColumn("离班日期", value: { $0.enrolment.until.map(TableValue.date) ?? .empty }),
                DataColumn("原因", value: { $0.enrolment.reason.map { .text($0.title) } ?? .empty }),
            ], isExportable: false, empty: "")
        let page = Page(items: model.history, total: model.history.count, next: nil)
        return table.html(page, path: path(model.enrolment.person, in: model.classGroup.id), query: FormValues())
    }

    private static func action(_ model: PupilModel, _ action: PupilAction) -> String {
        path(model.enrolment.person, in: model.classGroup.id) + "/" + action.rawValue
    }

    private static func moveForm(
        _ model: PupilModel, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        guard !model.targets.isEmpty else { return #"<p class="muted">本校没有其他班级。</p>"# }
        let options = model.targets.map { SelectOption($0.id.rawValue, $0.name(on: model.day)) }
        let target = UI.select(
            "target", label: "转入", options: [SelectOption("", "选择班级")] + options, selected: values["target"],
            required: true, problems: problems)
        let multigrade = model.targets.filter(\.isMultigrade)
        let grades = [SelectOption("", "按原来的入学年")] + PupilFormPages.gradeOptions(multigrade, on: model.day)
        let grade = UI.select(
            "entryYear", label: "转入复式班时的年级", options: grades, selected: values["entryYear"], problems: problems)
        let from = UI.textField(
            "from", label: "转班日期", value: values["from"], type: "date", required: true, problems: problems)
        return UI.form(
            action: action(model, .move), page: page, submit: "转班", target + (multigrade.isEmpty ? "" : grade) + from)
    }

    private static func numbersForm(
        _ model: PupilModel, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let note: HTML = #"<p class="muted">只填还没有登记的。学籍号和证件号登记后，更正要申请关键信息变更。</p>"#
        return UI.form(
            action: action(model, .numbers), page: page, submit: "保存",
            note + PupilFormPages.ownNumberFields(values, problems))
    }
}
