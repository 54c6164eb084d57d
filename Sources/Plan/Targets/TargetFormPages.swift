import Directory
import Kernel
import Web

/// The form and the history of one target.
enum TargetFormPages {
    struct Form: Sendable {
        let set: PlanTargetSet
        /// `nil` for a new target.
        let target: PlanTarget?
        let choices: TargetForm.Choices
        let values: FormValues
        let problems: [FieldProblem]
        let page: PageContext

        fileprivate func value(_ name: String) -> String? { values[name] }

        fileprivate func text(
            _ name: String, _ label: String, hint: String? = nil, required: Bool = false, number: Bool = false
        ) -> HTML {
            UI.textField(
                name, label: label, value: value(name), hint: hint, required: required,
                inputmode: number ? "decimal" : nil, problems: problems)
        }

        fileprivate func area(_ name: String, _ label: String, hint: String? = nil, rows: Int) -> HTML {
            UI.textArea(name, label: label, value: value(name), hint: hint, rows: rows, problems: problems)
        }

        fileprivate func boxes(
            _ name: String, _ label: String, _ options: [SelectOption], hint: String? = nil
        ) -> HTML {
            UI.checkboxes(
                name, label: label, options: options, selected: Set(values.all(name)), hint: hint, problems: problems)
        }

        fileprivate func box(_ name: String, _ label: String, hint: String? = nil) -> HTML {
            UI.checkbox(name, label: label, isOn: values.has(name), hint: hint, problems: problems)
        }

        fileprivate func choice(_ name: String, _ label: String, _ options: [SelectOption], hint: String? = nil) -> HTML
        {
            UI.select(name, label: label, options: options, selected: value(name), hint: hint, problems: problems)
        }

        fileprivate func day(_ name: String, _ label: String, hint: String? = nil, required: Bool = false) -> HTML {
            UI.textField(
                name, label: label, value: value(name), hint: hint, type: "date", required: required, problems: problems
            )
        }
    }

    static func form(_ form: Form) -> HTML {
        let set = form.set, title = form.target.map { "编辑目标 \($0.code)" } ?? "新建目标"
        let action =
            form.target.map { TargetSetPages.path(set.id, $0.code) } ?? "\(TargetSetPages.path(set.id))/targets"
        let code = form.text("code", "代号", hint: "字母和数字，如 T35；保存后不能改", required: true)
        let fields: HTML = """
            \(UI.hidden("version", form.value("version") ?? ""))
            \(if: form.target == nil, code)
            \(UI.fieldGroup("目标", general(form)))
            \(UI.fieldGroup("要求", demand(form)))
            \(UI.fieldGroup("范围", hint: "办学类型和类别都不选时，按学段确定范围", population(form)))
            \(UI.fieldGroup("期限和里程碑", time(form)))
            \(UI.fieldGroup("口径", readings(form)))
            \(form.day("validFrom", "生效日期", hint: "从这一天起按新的要求计算；要连过去的结果一起更正，填更早的日期", required: true))
            """
        let content = UI.form(
            action: action, page: form.page, submit: "保存", cancel: TargetSetPages.path(set.id), problems: form.problems,
            fields)
        let crumbs = [
            PlanDocumentPages.planCrumb, TargetSetPages.crumb, Crumb(set.title, TargetSetPages.path(set.id)),
            Crumb(title),
        ]
        return UI.layout(
            title, form.page, breadcrumbs: crumbs, isFailed: !form.problems.isEmpty,
            "\(UI.heading(title, note: set.title))\(UI.card(nil, content))")
    }

    private static func general(_ form: Form) -> HTML {
        let pending = [SelectOption("", "选择指标"), SelectOption(TargetForm.pending, "待接入（还没有数据来源）")]
        var indicators = form.choices.indicators.map { SelectOption($0.id, $0.title) }
        if let kept = form.target?.definition, kept.source != .pending,
            !indicators.contains(where: { $0.value == kept.indicator })
        {
            indicators.append(SelectOption(kept.indicator, "\(kept.indicator)（现用）"))
        }
        return """
            \(form.text("title", "名称", required: true))
            \(form.area("explanation", "说明", rows: 2))
            \(clause(form))
            \(form.choice("indicator", "指标", pending + indicators))
            \(form.text("feed", "待接入模块", hint: "选“待接入”时填写由哪个模块提供，如 教学资源"))
            """
    }

    private static func clause(_ form: Form) -> HTML {
        guard !form.choices.clauses.isEmpty else {
            return form.text("clause", "条款", hint: "计划文本的编号路径，如 三/(一)；可以留空")
        }
        var options = [SelectOption("", "不挂在条款上")]
        options += form.choices.clauses.map { SelectOption($0.path, "\($0.path)　\($0.shortTitle)") }
        if let kept = form.target?.clause, !options.contains(where: { $0.value == kept }) {
            options.append(SelectOption(kept, "\(kept)　（现行版本里已没有）"))
        }
        return form.choice("clause", "条款", options)
    }

    private static func demand(_ form: Form) -> HTML {
        let comparisons = TargetDefinition.Comparison.allCases.map { SelectOption($0.rawValue, $0.title) }
        let bases = [SelectOption("value", "按合计的比值判断"), SelectOption("schools", "逐校判断，看达标学校的比例")]
        let threshold = form.text("threshold", "数值", hint: "“有即可”不填", number: true)
        let unit = form.text("unit", "单位", required: true)
        return """
            \(form.choice("operator", "比较", comparisons))
            \(UI.fieldRow(threshold + unit))
            \(form.box("thresholdProvisional", "本市暂定", hint: "计划没有给出数字，由本市先定；未定时可不填数值"))
            \(form.choice("basis", "判断方式", bases))
            \(form.text("share", "达标学校比例（%）", hint: "逐校判断时填写，全部学校为 100", number: true))
            \(form.text("qualifier", "限定词", hint: "计划中的用词，如 基本、全部、绝大部分、逐步"))
            """
    }

    private static func population(_ form: Form) -> HTML {
        let areas = TargetPopulation.Area.allCases.map { SelectOption($0.rawValue, $0.title) }
        let stages = TargetPopulation.Stage.allCases.map { SelectOption($0.rawValue, $0.title) }
        let tiers = TargetPopulation.tiers.map { SelectOption($0, $0) }
        let types: HTML = "\(each: SchoolTypeGroup.all, { schoolTypes($0, form) })"
        return """
            \(UI.fieldRow(form.choice("area", "城乡", areas) + form.choice("stage", "学段", stages)))
            \(types)
            \(form.boxes("tiers", "另加类别", tiers))
            \(form.box("exceptCentral", "不含中心校"))
            \(form.box("connectedOnly", "只计有网络条件的学校", hint: "未接入的学校另列名单"))
            \(form.text("populationNote", "范围说明", hint: "用一句话写明，如 已通网络的农村中小学"))
            """
    }

    private static func schoolTypes(_ group: SchoolTypeGroup, _ form: Form) -> HTML {
        let options = group.types.map { SelectOption($0, "\(CodeLists.schoolType.name(of: $0))（\($0)）") }
        return UI.checkboxes(
            group.field, label: group.title, options: options, selected: Set(form.values.all(group.field)),
            problems: form.problems)
    }

    private static func time(_ form: Form) -> HTML {
        let hint = "每行一个：日期和数值，如 2016-12-31 70；本市暂定的在后面加“暂定”"
        return form.day("dueDate", "期限", hint: "没有期限时留空") + form.area("milestones", "里程碑", hint: hint, rows: 4)
    }

    private static func readings(_ form: Form) -> HTML {
        let options = TargetReadings.switches.map { SelectOption($0.id, $0.title) }
        return """
            \(form.boxes("readings", "并列显示的口径", options, hint: "以哪种为准在“设置”里选"))
            \(form.area("readingNote", "口径说明", rows: 3))
            """
    }

    // MARK: History

    static func history(
        _ set: PlanTargetSet, _ versions: [PlanTarget], mayEdit: Bool, _ request: WebRequest
    ) -> HTML {
        guard let latest = versions.first else { return "" }
        let title = "\(latest.code) \(latest.definition.title)"
        let path = TargetSetPages.path(set.id, latest.code)
        let table = history.html(
            Page(items: versions, total: versions.count, next: nil), path: path, query: request.query)
        let content: HTML = """
            \(UI.heading(title, note: set.title, actions: mayEdit ? actions(latest, path, request.page) : ""))
            \(if: latest.isEnd, UI.notice(.info, "<p>这个目标从 \(latest.validFrom.iso) 起停用，编辑后保存即恢复。</p>"))
            \(UI.card(nil, summary(latest)))
            \(UI.card("修改记录", table))
            """
        let crumbs = [
            PlanDocumentPages.planCrumb, TargetSetPages.crumb, Crumb(set.title, TargetSetPages.path(set.id)),
            Crumb(latest.code),
        ]
        return UI.layout(title, request.page, breadcrumbs: crumbs, content)
    }

    private static func actions(_ latest: PlanTarget, _ path: String, _ page: PageContext) -> HTML {
        let end = UI.postButton(
            "停用", action: "\(path)/end", page: page, style: .danger, confirm: "从今天起不再计算这个目标，过去的结果保留。",
            hidden: [("version", String(latest.version))])
        return "\(UI.linkButton("编辑", url: path + "/edit"))\(if: !latest.isEnd, end)"
    }

    private static func summary(_ target: PlanTarget) -> HTML {
        let definition = target.definition
        let milestones = definition.milestones.map { milestone in
            "\(milestone.date.iso)：\(TargetNumber.text(milestone.value))\(milestone.provisional ? "（暂定）" : "")"
        }
        return UI.summaryList([
            ("要求", HTML(text: definition.aim + (definition.thresholdProvisional ? "（本市暂定）" : ""))),
            ("范围", HTML(text: definition.population.note)), ("条款", HTML(text: target.clause ?? "不挂在条款上")),
            ("说明", HTML(text: definition.explanation)), ("口径说明", HTML(text: definition.readingNote ?? "")),
            ("期限", HTML(text: definition.dueDate?.chinese ?? "没有期限")),
            ("里程碑", HTML(text: milestones.joined(separator: "；"))), ("数据", HTML(text: definition.feedText)),
        ])
    }

    static let history = DataTable<PlanTarget>(
        caption: "修改记录",
        columns: [
            DataColumn("次序", value: { .integer($0.version) }),
            DataColumn("要求", value: { .text($0.isEnd && $0.validTo == $0.validFrom ? "停用或未生效" : $0.definition.aim) }),
            DataColumn("条款", value: { .text($0.clause ?? "") }),
            DataColumn("生效", value: { .date($0.validFrom) }),
            DataColumn("失效", value: { $0.validTo.map { .date($0) } ?? .empty }),
            DataColumn("修改人", value: { .text($0.changedBy) }),
            DataColumn("修改时间", value: { .text($0.changedAt.text) }),
        ], isExportable: false, empty: "")
}
