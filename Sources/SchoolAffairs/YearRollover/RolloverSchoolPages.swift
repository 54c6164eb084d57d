import Directory
import Kernel
import Web

/// A school's part of the rollover: its classes, the new classes, and its word.
enum RolloverSchoolPages {
    static func page(
        _ model: RolloverSchoolModel, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let year = model.year, unit = model.plan.unit
        let content: HTML = """
            \(UI.heading("\(model.school.name)学年升级", note: year.title, actions: word(model, page)))
            \(RolloverPages.legalNote)
            \(if: !model.isOpen, RolloverPages.closedNote(year))
            \(if: !problems.isEmpty, UI.errorSummary(problems))
            \(UI.card("进度", id: "state", UI.summaryList(facts(model))))
            \(issues(model))
            \(each: model.schools, { classes($0, model) })
            \(if: !model.plan.openings.isEmpty, UI.card("新开的班级", id: "openings", openings(model)))
            \(each: model.isEditable ? model.schools : [], { intake($0, model, page, values, problems) })
            """
        let crumbs = [
            Crumb("学年升级", RolloverPages.path(year)), Crumb(unit.root.name),
        ]
        return UI.layout("学年升级", page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    private static func word(_ model: RolloverSchoolModel, _ page: PageContext) -> HTML {
        guard model.isOpen, model.mayConfirm, model.plan.unit.state.run == nil else { return "" }
        let path = "/schools/\(model.plan.unit.root.id)/rollover/", hidden = [("year", String(model.year.start))]
        if model.plan.unit.state.confirmedAt != nil {
            return UI.postButton("撤回确认", action: path + "withdrawal", page: page, hidden: hidden)
        }
        return UI.postButton("确认本校升级", action: path + "confirmation", page: page, style: .primary, hidden: hidden)
    }

    private static func facts(_ model: RolloverSchoolModel) -> [(String, HTML)] {
        let totals = model.plan.totals, state = model.plan.unit.state
        var facts: [(String, HTML)] = [("状态", RolloverPages.state(state))]
        if let at = state.confirmedAt { facts.append(("确认", HTML(text: "\(state.confirmedBy)，\(at.day.chinese)"))) }
        if let run = state.run {
            facts.append(("办理记录", #"<a href="\#(url: RolloverPages.path(run))">查看</a>"#))
            return facts
        }
        facts += [
            ("学生", HTML(text: "\(totals.pupils) 人，随班升级 \(totals.promoted) 人")),
            ("毕业离校", HTML(text: "\(totals.graduates) 人")), ("换班升级", HTML(text: "\(totals.moved) 人")),
            ("例外学生", HTML(text: "\(totals.exceptions) 人")),
        ]
        if model.suspended > 0 { facts.append(("休学", HTML(text: "\(model.suspended) 人，复学时再编班"))) }
        return facts
    }

    private static func issues(_ model: RolloverSchoolModel) -> HTML {
        let problems = model.plan.unit.state.run == nil ? model.plan.problems : []
        guard !problems.isEmpty else { return "" }
        let lines: HTML = "\(each: problems, { line($0.classGroup, $0.text, model.year) })"
        return UI.notice(.warn, "<p>处理以下问题后才能确认：</p><ul>\(lines)</ul>")
    }

    private static func line(_ classGroup: ID<ClassGroup>, _ text: String, _ year: SchoolYear) -> HTML {
        #"<li><a href="\#(url: RolloverPages.path(classGroup, year))">\#(text)</a></li>"#
    }

    private static func classes(_ school: Organisation, _ model: RolloverSchoolModel) -> HTML {
        let year = model.year
        let rows = (model.plan.unit.classes[school.id] ?? []).filter { !model.plan.parts(of: $0).isEmpty }
        let table = DataTable<ClassGroup>(
            caption: school.name,
            columns: [
                DataColumn(
                    "班级", value: { .text(name($0, year)) },
                    cell: { #"<a href="\#(url: RolloverPages.path($0.id, year))">\#(name($0, year))</a>"# }),
                DataColumn("学生", value: { .integer(model.plan.parts(of: $0).map(\.pupils).reduce(0, +)) }),
                DataColumn("去向", value: { .text(fate($0, model.plan)) }),
                DataColumn("例外", value: { .integer(exceptions($0, model.plan)) }),
                DataColumn("待核对", value: { .text(doubts($0, model.warnings)) }),
            ], isExportable: false, empty: UI.emptyState("没有要升级的班级", "上学年的班级都已结束，或还没有班级。"))
        return UI.card(
            school.name,
            table.html(RolloverPages.whole(rows), path: RolloverPages.path(school.id, year), query: FormValues()))
    }

    private static func name(_ classGroup: ClassGroup, _ year: SchoolYear) -> String {
        classGroup.name(on: year.firstDay.adding(days: -1))
    }

    private static func fate(_ classGroup: ClassGroup, _ plan: RolloverPlan) -> String {
        plan.parts(of: classGroup).map { part in
            part.staysInClass ? "升为\(part.grade(in: plan.year)?.title ?? "")" : part.decision.action.title
        }.joined(separator: "、")
    }

    private static func exceptions(_ classGroup: ClassGroup, _ plan: RolloverPlan) -> Int {
        plan.unit.singles.filter { $0.part.classGroup == classGroup.id }.count
    }

    private static func doubts(_ classGroup: ClassGroup, _ warnings: RolloverWarnings) -> String {
        let counts = warnings.ofClass[classGroup.id] ?? [:]
        let words = RolloverWarning.allCases.compactMap { kind in counts[kind].map { "\(kind.title) \($0) 人" } }
        return (words + (warnings.withoutTeacher.contains(classGroup.id) ? ["没有班主任"] : [])).joined(separator: "，")
    }

    private static func openings(_ model: RolloverSchoolModel) -> HTML {
        let plan = model.plan
        let table = DataTable<RolloverPlan.Opening>(
            caption: "新开的班级",
            columns: [
                DataColumn("班级", value: { .text($0.name(on: plan.year.firstDay)) }),
                DataColumn("学校", value: { .text(plan.unit.school($0.school)?.name ?? "") }),
                DataColumn("学生来自", value: { .text(origin($0, plan)) }),
            ], isExportable: false, empty: "")
        return table.html(
            RolloverPages.whole(plan.openings), path: RolloverPages.path(model.school.id, model.year),
            query: FormValues())
    }

    private static func origin(_ opening: RolloverPlan.Opening, _ plan: RolloverPlan) -> String {
        let old = plan.unit.allClasses.filter { opening.from.contains($0.id) }
        return old.isEmpty ? "新生" : old.map { name($0, plan.year) }.joined(separator: "、")
    }

    private static func intake(
        _ school: Organisation, _ model: RolloverSchoolModel, _ page: PageContext, _ values: FormValues,
        _ problems: [FieldProblem]
    ) -> HTML {
        let stages = ClassStage.stages(ofSchoolType: school.profile?.schoolType ?? "")
        let isSent = school.id == model.school.id
        let fields: HTML = """
            \(each: stages, { stage in
                let name = "intake-" + stage.rawValue
                let planned = model.plan.intake(RolloverIntakeKey(school: school.id, stage: stage))
                return UI.textField(
                    name, label: "\(stage.title)起始年级班数", value: (isSent ? values[name] : nil) ?? String(planned),
                    suffix: "个班", inputmode: "numeric", problems: isSent ? problems : [])
            })
            """
        return UI.card(
            "\(school.name)新生班级",
            UI.form(
                action: "/schools/\(school.id)/rollover/intake", page: page, submit: "保存班数",
                UI.hidden("year", String(model.year.start)) + fields))
    }
}

extension RolloverPlan.Opening {
    /// As the class will be called.
    func name(on day: LocalDate) -> String {
        let entries = [draft.entryYear] + (draft.secondEntryYear.map { [$0] } ?? [])
        let school = SchoolYear(containing: day).start
        let grades = entries.sorted(by: >).compactMap { Grade(draft.stage, school - $0 + 1, years: draft.years)?.title }
        return grades.joined(separator: "、") + (draft.secondEntryYear == nil ? "" : "复式") + "(\(draft.number))班"
    }
}
