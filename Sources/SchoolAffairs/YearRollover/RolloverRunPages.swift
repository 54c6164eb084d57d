import Directory
import Kernel
import Web

/// What a run did, and taking it back.
enum RolloverRunPages {
    static func page(_ model: RolloverRunModel, _ page: PageContext, problems: [FieldProblem]) -> HTML {
        let run = model.run, title = "\(run.organisationName)学年升级"
        let content: HTML = """
            \(UI.heading(title, note: run.year.title))
            \(RolloverPages.legalNote)
            \(if: !problems.isEmpty, UI.errorSummary(problems))
            \(UI.card("结果", id: "result", UI.summaryList(facts(run))))
            \(if: !model.obstacles.isEmpty, UI.card("不能撤销的班级", id: "obstacles", obstacles(model.obstacles)))
            \(if: model.mayUndo, UI.card("撤销", id: "undo", undoForm(model, page)))
            \(if: !model.schools.isEmpty, UI.card("学校", id: "schools", schools(model)))
            """
        let crumbs = [Crumb("学年升级", RolloverPages.path(run.year)), Crumb(run.organisationName)]
        return UI.layout(title, page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    private static func facts(_ run: RolloverRun) -> [(String, HTML)] {
        var facts: [(String, HTML)] = [("状态", HTML(text: run.state.title))]
        if let refusal = run.refusal { facts.append(("原因", HTML(text: refusal))) }
        if let job = run.job, run.state == .waiting {
            facts.append(("进度", #"<a href="\#(url: "/jobs/\(job)")">查看</a>"#))
        }
        facts.append(("办理", HTML(text: "\(run.createdBy)，\(run.createdAt.day.chinese)")))
        guard run.doneAt != nil else { return facts }
        let figures = run.figures
        facts += [
            ("学校", HTML(text: "\(figures.schools) 所")),
            ("随班升级", HTML(text: "\(figures.classes) 个班中 \(figures.promoted) 人")),
            ("毕业离校", HTML(text: "\(figures.left) 人")), ("换班升级", HTML(text: "\(figures.moved) 人")),
            ("班级", HTML(text: "新开 \(figures.opened) 个，结束 \(figures.closed) 个")),
        ]
        if let by = run.undoneBy, let at = run.undoneAt { facts.append(("撤销", HTML(text: "\(by)，\(at.day.chinese)"))) }
        return facts
    }

    private static func obstacles(_ obstacles: [RolloverObstacle]) -> HTML {
        let table = DataTable<RolloverObstacle>(
            caption: "不能撤销的班级",
            columns: [
                DataColumn("学校", value: { .text($0.school) }), DataColumn("班级", value: { .text($0.name) }),
                DataColumn("原因", value: { .text($0.reason) }),
            ], isExportable: false, empty: "")
        return table.html(RolloverPages.whole(obstacles), path: RolloverPages.root, query: FormValues())
    }

    private static func undoForm(_ model: RolloverRunModel, _ page: PageContext) -> HTML {
        let until = model.run.undoUntil?.chinese ?? ""
        let note: HTML = "<p>\(until)以前可以撤销。撤销后班级、学生、任课和权限恢复到升级以前。</p>"
        let skip = UI.checkbox("skip", label: "跳过不能撤销的学校", hint: "这些学校保持升级后的样子。")
        return note
            + UI.form(
                action: RolloverPages.path(model.run.id) + "/undo", page: page, submit: "撤销升级",
                model.obstacles.isEmpty ? "" : skip)
    }

    private static func schools(_ model: RolloverRunModel) -> HTML {
        let year = model.run.year
        let table = DataTable<RolloverRunSchool>(
            caption: "学校",
            columns: [
                DataColumn(
                    "学校", value: { .text($0.name) },
                    cell: { #"<a href="\#(url: RolloverPages.path($0.id, year))">\#($0.name)</a>"# }),
                DataColumn("状态", value: { .text($0.undoneAt == nil ? "已升级" : "已撤销") }),
            ], isExportable: false, empty: "")
        return table.html(RolloverPages.whole(model.schools), path: RolloverPages.root, query: FormValues())
    }
}
