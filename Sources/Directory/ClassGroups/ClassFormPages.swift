import Kernel
import Web

/// The forms of classes.
enum ClassFormPages {
    static func new(
        _ school: Organisation, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let back = ClassPages.listPath(school.id)
        let stages = ClassStage.stages(ofSchoolType: school.profile?.schoolType ?? "")
        let form = UI.form(
            action: back + "/new", page: page, submit: "新建", cancel: back, problems: problems,
            newFields(stages, values, problems))
        let content: HTML = """
            \(UI.heading("新建班级", note: school.name))
            \(UI.card(nil, form))
            """
        let crumbs = [Crumb(school.name, SchoolPages.path(school.id)), Crumb("班级", back), Crumb("新建班级")]
        return UI.layout("新建班级", page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    private static func newFields(
        _ stages: [ClassStage], _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let stage = UI.radios(
            "stage", label: "学段", options: stages.map { SelectOption($0.rawValue, $0.title) },
            selected: values["stage"], required: true, problems: problems)
        let entry = UI.textField(
            "entryYear", label: "入学年", value: values["entryYear"], hint: "学生进入这个学段的年份；年级按学年自动计算。", required: true,
            inputmode: "numeric", problems: problems)
        let number = UI.textField(
            "number", label: "班号", value: values["number"], hint: "七年级(3)班填 3。", required: true, suffix: "班",
            inputmode: "numeric", problems: problems)
        let alias = UI.textField(
            "alias", label: "班级别名", value: values["alias"], hint: "没有可不填。", problems: problems)
        let opened = UI.textField(
            "openedOn", label: "开班日期", value: values["openedOn"], type: "date", required: true, problems: problems)
        let years = UI.textField(
            "years", label: "学制", value: values["years"], hint: "小学六年、初中三年可不填；五四制填 5 或 4。", suffix: "年",
            inputmode: "numeric", problems: problems)
        let prefixes = Set(stages.compactMap(\.kindPrefix))
        let kinds = CodeLists.classKind.codes.filter { prefixes.contains(String($0.code.prefix(1))) }
        let kind = UI.select(
            "kind", label: "班级类型", options: [SelectOption("", "普通班")] + kinds.map { SelectOption($0.code, $0.name) },
            selected: values["kind"], problems: problems)
        let second = UI.textField(
            "secondEntryYear", label: "复式班另一年级", value: values["secondEntryYear"], hint: "填另一个年级学生的入学年份；其他班不填。",
            inputmode: "numeric", problems: problems)
        let hasTwo = stages.contains { $0.multigradeKind != nil }
        return stage + entry + (hasTwo ? second : "") + number + alias + opened + years + (kinds.isEmpty ? "" : kind)
    }

    static func page(
        _ model: ClassFormModel, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let classGroup = model.classGroup, back = ClassPages.path(classGroup.id)
        let form = UI.form(
            action: back + "/" + model.action.rawValue, page: page, submit: submit(model.action), cancel: back,
            problems: problems, fields(model, values, problems))
        let title = "\(classGroup.name(on: model.today))：\(model.action.title)"
        let content: HTML = """
            \(UI.heading(title, note: classGroup.schoolName))
            \(UI.card(nil, form))
            """
        let crumbs =
            ClassPages.crumbs(classGroup, on: model.today, isOwnPage: false) + [Crumb(model.action.title)]
        return UI.layout(title, page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    private static func submit(_ action: ClassAction) -> String {
        switch action {
        case .name: "保存"
        case .closure: "结束班级"
        case .teachers: "安排"
        }
    }

    private static func fields(
        _ model: ClassFormModel, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        switch model.action {
        case .name:
            let number = UI.textField(
                "number", label: "班号", value: values["number"], required: true, suffix: "班", inputmode: "numeric",
                problems: problems)
            let alias = UI.textField("alias", label: "班级别名", value: values["alias"], problems: problems)
            return UI.hidden("revision", String(model.classGroup.revision)) + number + alias
        case .closure:
            let day = UI.textField(
                "closedOn", label: "结束日期", value: values["closedOn"], hint: "从这一天起没有这个班，班主任和任课随之结束。",
                type: "date", required: true, problems: problems)
            let graduates = UI.checkbox(
                "graduates", label: "班里的 \(model.pupils) 名学生同时毕业离校", isOn: values["graduates"] == "1",
                problems: problems)
            return day + (model.pupils > 0 ? graduates : "")
        case .teachers: return postFields(model, values, problems)
        }
    }

    private static func postFields(
        _ model: ClassFormModel, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let people = model.staff.map { member in
            SelectOption(member.person.id.rawValue, "\(member.person.name)（\(CodeLists.post.name(of: member.post))）")
        }
        let person = UI.select(
            "person", label: "教师", options: [SelectOption("", "选择教师")] + people, selected: values["person"],
            hint: people.isEmpty ? "本校还没有教师，先在教职工页面添加。" : nil, required: true, problems: problems)
        let subjects = CodeLists.subject.codes.map { SelectOption($0.code, $0.name) }
        let subject = UI.select(
            "subject", label: "任课", options: [SelectOption("", "班主任")] + subjects, selected: values["subject"],
            hint: "指定新的班主任后，原来的班主任从同一天起卸任。", problems: problems)
        let from = UI.textField(
            "from", label: "开始日期", value: values["from"], type: "date", required: true, problems: problems)
        return person + subject + from
    }
}
