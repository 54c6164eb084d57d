import Kernel
import Web

enum SettingPages {
    static let path = "/settings"

    struct View: Sendable {
        let values: FormValues
        let problems: [FieldProblem]
        /// The targets the public page may show, by code.
        let targets: [(code: String, title: String)]
        /// What each choice means today; `nil` while there are no figures.
        let comparison: SettingComparison?
        let mayEdit: Bool
        let page: PageContext
    }

    static func show(_ view: View) -> HTML {
        let note = view.mayEdit ? "改动立即生效，并记入审计。" : "由市局管理员维护，这里只能查看。"
        let content: HTML = """
            \(UI.heading("设置", note: note))
            \(if: view.mayEdit, form(view), else: UI.card(nil, "<fieldset disabled>\(fields(view))</fieldset>"))
            """
        return UI.layout(
            "设置", view.page, breadcrumbs: [Crumb("设置")], isFailed: !view.problems.isEmpty, content)
    }

    private static func form(_ view: View) -> HTML {
        UI.card(
            nil, UI.form(action: path, page: view.page, submit: "保存", problems: view.problems, fields(view)))
    }

    private static func fields(_ view: View) -> HTML {
        """
        \(UI.fieldGroup("口径", hint: "计划的文字可作不同理解的地方。两种结果都会算，这里定以哪种为准。", readings(view)))
        \(UI.fieldGroup("规则", rules(view)))
        \(UI.fieldGroup("单价", hint: "把缺口折算成金额；方案没有定价，均为本市暂定，可按合同价修改", prices(view)))
        \(UI.fieldGroup("向社会公开", hint: "首页只显示勾选目标的全市和各区县合计，不显示任何一所学校", publication(view)))
        """
    }

    // MARK: Readings

    private static func readings(_ view: View) -> HTML {
        let multimedia = choice(
            view, "officialReading", "多媒体配备比例", MultimediaReading.self,
            "85% 和 50% 可以按教室数算，也可以按全部配齐的学校数算。")
        let area = choice(
            view, "areaView", "城镇和农村", AreaView.self, "设在镇区的乡镇中心校按代码属城镇，按习惯属农村，适用的标准不同。")
        let computers = choice(
            view, "studentComputers", "生机比", ComputerReading.self, "学生用计算机只计状态正常的；教学用计算机还包括教师用机和讲台机。")
        let teachers = choice(
            view, "teacherBase", "师机比", TeacherBase.self, "1:1 可以按专任教师算，也可以按教职工算。",
            further: [(id: "lectern", title: "按专任教师计，含讲台机")])
        let lectern = UI.checkbox(
            "countsLectern", label: "教室讲台上的计算机算教师机", isOn: view.values.has("countsLectern"), hint: "只在按专任教师计时有效")
        return "\(multimedia)\(area)\(computers)\(teachers)\(lectern)"
    }

    private static func choice<Choice: PlanReadingChoice>(
        _ view: View, _ field: String, _ label: String, _ type: Choice.Type, _ hint: String,
        further: [(id: String, title: String)] = []
    ) -> HTML {
        let choices = Array(Choice.allCases)
        let results = choices.map { (id: $0.rawValue, title: $0.title) } + further
        let radios = UI.radios(
            field, label: label, options: choices.map { SelectOption($0.rawValue, $0.title) },
            selected: view.values[field], hint: hint, problems: view.problems)
        return "\(radios)\(comparison(view, label, Choice.switch, results))"
    }

    /// Both results for the city, folded.
    private static func comparison(
        _ view: View, _ label: String, _ name: String, _ choices: [(id: String, title: String)]
    ) -> HTML {
        guard let comparison = view.comparison, let lines = comparison.lines[name], !lines.isEmpty else { return "" }
        let columns = choices.map { choice in
            DataColumn<SettingComparison.Line>(choice.title, value: { .text($0.values[choice.id] ?? "无数据") })
        }
        let table = DataTable<SettingComparison.Line>(
            caption: "\(label)：全市结果对照",
            columns: [DataColumn("目标", value: { .text("\($0.target) \($0.title)") })] + columns,
            isExportable: false, empty: "")
        let rows = Page(items: lines, total: lines.count, next: nil)
        return UI.details(
            "全市结果对照（\(comparison.day.chinese)）", table.html(rows, path: path, query: FormValues()), isOpen: true)
    }

    // MARK: Rules

    private static func rules(_ view: View) -> HTML {
        let levels = view.comparison?.levels.map { levels in
            "现有数据的 \(levels.schools) 所学校中，校均达标 \(levels.perSchool) 所，两项都达标 \(levels.both) 所"
        }
        let level = UI.radios(
            "levelRule", label: "校校通达标", options: LevelRule.allCases.map { SelectOption($0.rawValue, $0.title) },
            selected: view.values["levelRule"], hint: "带宽有校均和班均两种要求，页面上各亮一盏灯。" + (levels ?? ""), problems: view.problems
        )
        let bandwidth = UI.textField(
            "defaultTierBandwidth", label: "方案未规定的学校的接入带宽", value: view.values["defaultTierBandwidth"],
            hint: "城区小学、幼儿园、特教、中职；数值为本市暂定，页面上标明“方案未规定”", suffix: "Mbit/s", inputmode: "numeric", problems: view.problems
        )
        let day = UI.radios(
            "defaultDay", label: "默认日期", options: DefaultDay.allCases.map { SelectOption($0.rawValue, $0.title) },
            selected: view.values["defaultDay"], hint: "打开行动计划页时显示哪一天的结果", problems: view.problems)
        return "\(level)\(bandwidth)\(day)"
    }

    private static func prices(_ view: View) -> HTML {
        UI.fieldRow("\(each: PriceList.entries, { price($0, view) })")
    }

    private static func price(_ entry: PriceList.Entry, _ view: View) -> HTML {
        let field = SettingForm.priceField(entry.id)
        return UI.textField(
            field, label: entry.title, value: view.values[field], suffix: "元/\(entry.unit)", inputmode: "decimal",
            problems: view.problems)
    }

    private static func publication(_ view: View) -> HTML {
        let options = view.targets.map { SelectOption($0.code, "\($0.code) \($0.title)") }
        let targets = UI.checkboxes(
            "publicTargets", label: "公开的目标", options: options, selected: Set(view.values.all("publicTargets")),
            problems: view.problems)
        let isOn = UI.checkbox("isPublicOn", label: "在首页公开目标的完成情况", isOn: view.values.has("isPublicOn"))
        return "\(isOn)\(if: !options.isEmpty, targets)"
    }
}
