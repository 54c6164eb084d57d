import Directory
import Kernel
import Web

/// The list of pupils who wait for a class, and the form by which a school takes one in.
enum AdmissionPages {
    static func path(_ school: OrganisationID) -> String { "/schools/\(school)/admissions" }

    struct View: Sendable {
        let school: Organisation
        let admissions: [Admission]
        /// Open or about to open.
        let classes: [ClassGroup]
        let today: LocalDate
    }

    static func list(_ view: View, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let new = UI.linkButton("招生入学", url: path(view.school.id) + "/new", style: .primary)
        let empty = UI.emptyState("没有待分班的学生", "新生先登记入学，再在这里分班；转入时没有选班的学生也在这里。")
        let content: HTML = view.admissions.isEmpty ? empty : assignment(view, page, values, problems)
        return CasePages.layout(
            "待分班", page, note: "\(view.school.name) · \(view.admissions.count) 名学生", actions: new,
            isFailed: !problems.isEmpty, UI.card(nil, content))
    }

    private static func assignment(
        _ view: View, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let pupils = view.admissions.map { admission in
            SelectOption(
                admission.id.rawValue,
                "\(admission.name)，\(admission.cohort)，\(admission.source.title)，\(admission.admittedOn.iso)")
        }
        let cohorts = Set(view.admissions.map { Cohort($0.stage, $0.entryYear) })
        let classes = view.classes.filter { classGroup in
            classGroup.entryYears.contains { cohorts.contains(Cohort(classGroup.stage, $0)) }
        }
        let options = classes.map { SelectOption($0.id.rawValue, $0.name(on: max(view.today, $0.openedOn))) }
        let fields: HTML = """
            \(UI.checkboxes("pupils", label: "学生", options: pupils, selected: Set(values.all("pupils")),
                problems: problems))
            \(UI.select("target", label: "班级", options: [SelectOption("", "选择班级")] + options,
                selected: values["target"], hint: classes.isEmpty ? "本校还没有这个年级的班，先新建班级。" : nil,
                problems: problems))
            \(UI.textField("from", label: "入班日期", value: values["from"], type: "date", problems: problems))
            \(UI.radios("deed", label: "办理", options: [
                SelectOption("assign", "分到这个班"), SelectOption("cancel", "未报到，移出名单"),
            ], selected: values["deed"] ?? "assign", problems: problems))
            """
        return UI.form(action: path(view.school.id), page: page, submit: "提交", problems: problems, fields)
    }

    static func form(
        _ school: Organisation, _ today: LocalDate, _ page: PageContext, _ values: FormValues,
        _ problems: [FieldProblem]
    ) -> HTML {
        let cohorts = Cohort.all(ofSchoolType: school.profile?.schoolType ?? "", on: today)
        let options = cohorts.map { SelectOption($0.code, $0.title(on: today)) }
        let fields: HTML = """
            \(UI.textField("name", label: "姓名", value: values["name"], required: true, autocomplete: "off",
                problems: problems))
            \(UI.select("cohort", label: "年级", options: [SelectOption("", "选择年级")] + options,
                selected: values["cohort"], required: true, problems: problems))
            \(PupilFormPages.numberFields(values, problems))
            \(UI.textField("from", label: "入学日期", value: values["from"], type: "date", required: true,
                problems: problems))
            """
        let form = UI.form(
            action: path(school.id) + "/new", page: page, submit: "登记入学", cancel: path(school.id), problems: problems,
            fields)
        return CasePages.layout(
            "招生入学", page, note: school.name, crumbs: [Crumb("待分班", path(school.id))],
            isFailed: !problems.isEmpty, UI.card(nil, form))
    }
}
