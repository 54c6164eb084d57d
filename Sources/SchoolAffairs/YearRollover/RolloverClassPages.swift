import Directory
import Kernel
import Web

/// A class in the rollover: what becomes of its grades, and its pupils with their exceptions.
enum RolloverClassPages {
    static func page(
        _ model: RolloverClassModel, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let year = model.year
        let content: HTML = """
            \(UI.heading("\(model.name)学年升级", note: "\(model.classGroup.schoolName) · \(year.title)"))
            \(RolloverPages.legalNote)
            \(if: !problems.isEmpty, UI.errorSummary(problems))
            \(each: model.parts, { part($0, model, page, values, problems) })
            \(UI.card("学生", id: "pupils", pupils(model, page)))
            \(if: model.isEditable, UI.card("例外学生", id: "exception", exceptionForm(model, page, values, problems)))
            """
        let crumbs = [
            Crumb("学年升级", RolloverPages.path(year)),
            Crumb(model.plan.unit.root.name, RolloverPages.path(model.plan.unit.root.id, year)), Crumb(model.name),
        ]
        return UI.layout("学年升级", page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    private static func part(
        _ part: RolloverPlan.Part, _ model: RolloverClassModel, _ page: PageContext, _ values: FormValues,
        _ problems: [FieldProblem]
    ) -> HTML {
        let before = model.classGroup.grade(ofEntry: part.key.entryYear, on: model.year.firstDay.adding(days: -1))
        let title = "\(before?.title ?? "\(part.key.entryYear)级")，\(part.pupils) 人"
        var facts: [(String, HTML)] = [("去向", HTML(text: fate(part, model)))]
        if let problem = part.problem { facts.append(("问题", UI.tag(problem, .warn))) }
        let isSent = values["entryYear"] == String(part.key.entryYear)
        let form = decisionForm(part, model, page, isSent ? values : FormValues(), isSent ? problems : [])
        return UI.card(title, "\(UI.summaryList(facts))\(if: model.isEditable, form)")
    }

    private static func fate(_ part: RolloverPlan.Part, _ model: RolloverClassModel) -> String {
        let words = part.decision.action.title
        if part.staysInClass { return "\(words)，\(part.grade(in: model.year)?.title ?? "")" }
        guard let target = part.target?.classGroup else { return words }
        let day = model.year.firstDay
        let name =
            model.plan.openings.first { $0.id == target }?.name(on: day)
            ?? model.plan.unit.allClasses.first { $0.id == target }?.name(on: day)
        return name.map { "\(words)：\($0)" } ?? words
    }

    private static func decisionForm(
        _ part: RolloverPlan.Part, _ model: RolloverClassModel, _ page: PageContext, _ values: FormValues,
        _ problems: [FieldProblem]
    ) -> HTML {
        let isOver = part.grade(in: model.year) == nil
        let possible: [RolloverAction] =
            isOver ? [.graduate, .nextStage] : [.promote, .central, .merge, .combine, .separate]
        let actions = possible.map { SelectOption($0.rawValue, $0.title) }
        let action = UI.select(
            "action", label: "改为", options: [SelectOption("", "按默认")] + actions,
            selected: values["action"] ?? (part.isDecided ? part.decision.action.rawValue : ""), problems: problems)
        let targets = model.targets(of: part).map { SelectOption($0.id.rawValue, $0.name(on: model.year.firstDay)) }
        let target = UI.select(
            "target", label: "并入的班", options: [SelectOption("", "不并班")] + targets,
            selected: values["target"] ?? part.decision.target?.rawValue, problems: problems)
        let number = UI.textField(
            "number", label: "新班班号", value: values["number"] ?? part.decision.number.map { String($0) },
            hint: "不填沿用现在的班号。编入复式班时，班号相同的两个年级编成一个班。", suffix: "班", inputmode: "numeric",
            problems: problems)
        let posts = UI.checkbox(
            "keepsPosts", label: "班主任和任课教师随班",
            isOn: values.pairs.isEmpty ? part.decision.keepsPosts : values["keepsPosts"] == "1")
        return UI.form(
            action: "/classes/\(model.classGroup.id)/rollover/decision", page: page, submit: "保存去向",
            UI.hidden("year", String(model.year.start)) + UI.hidden("entryYear", String(part.key.entryYear)) + action
                + (targets.isEmpty ? "" : target) + (isOver ? "" : number) + posts)
    }

    private static func pupils(_ model: RolloverClassModel, _ page: PageContext) -> HTML {
        let singles = Dictionary(
            model.plan.singles.map { ($0.single.enrolment, $0) }, uniquingKeysWith: { first, _ in first })
        var columns: [DataColumn<RolloverPupil>] = [
            DataColumn("姓名", value: { .text($0.name) }),
            DataColumn("入学年", value: { .text("\($0.entryYear)级") }),
            DataColumn("待核对", value: { .text($0.warnings.map(\.title).joined(separator: "，")) }),
            DataColumn(
                "例外",
                value: { pupil in
                    guard let entry = singles[pupil.enrolment] else { return .empty }
                    let place = entry.single.action == .withdraw ? "" : "，\(entry.single.number) 班"
                    return .text(entry.single.action.title + place + (entry.problem.map { "（\($0)）" } ?? ""))
                }),
        ]
        if model.isEditable {
            columns.append(
                DataColumn(
                    "操作",
                    cell: { pupil in
                        guard singles[pupil.enrolment] != nil else { return "" }
                        return UI.postButton(
                            "取消例外", action: "/classes/\(model.classGroup.id)/rollover/pupils/end", page: page,
                            hidden: [
                                ("year", String(model.year.start)), ("enrolment", pupil.enrolment.rawValue),
                            ])
                    }))
        }
        let table = DataTable(
            caption: "学生", columns: columns, isExportable: false, empty: UI.emptyState("班里没有学生", ""))
        let path = RolloverPages.path(model.classGroup.id, model.year)
        return table.html(RolloverPages.whole(model.pupils), path: path, query: FormValues())
    }

    private static func exceptionForm(
        _ model: RolloverClassModel, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let people = model.pupils.map { SelectOption($0.enrolment.rawValue, $0.name) }
        let pupil = UI.select(
            "enrolment", label: "学生", options: [SelectOption("", "选择学生")] + people, selected: values["enrolment"],
            required: true, problems: problems)
        let actions = RolloverSingleAction.allCases.map { SelectOption($0.rawValue, $0.title) }
        let action = UI.select(
            "single", label: "办理事项", options: [SelectOption("", "选择事项")] + actions, selected: values["single"],
            required: true, problems: problems)
        let number = UI.textField(
            "place", label: "编入班号",
            value: values.has("enrolment") ? values["place"] : String(model.classGroup.number),
            hint: "升级后的班级。离校不用填。", suffix: "班", inputmode: "numeric", problems: problems)
        return UI.form(
            action: "/classes/\(model.classGroup.id)/rollover/pupils", page: page, submit: "保存例外",
            UI.hidden("year", String(model.year.start)) + pupil + action + number)
    }
}
