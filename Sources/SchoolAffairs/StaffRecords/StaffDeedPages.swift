import Directory
import Kernel
import Web

/// The forms about one of a school's staff.
enum StaffDeedPages {
    struct Model: Sendable {
        let deed: StaffDeed
        let record: StaffRecord
        /// Who may stand in.
        let colleagues: [StaffMember]
        let values: FormValues
        let problems: [FieldProblem]
    }

    static func page(_ model: Model, _ page: PageContext) -> HTML {
        let record = model.record, back = StaffRecordPages.path(record.school.id, record.person.id)
        let title = "\(record.person.name)：\(model.deed.title)"
        let form = UI.form(
            action: back + "/" + model.deed.rawValue, page: page, submit: model.deed.submit, cancel: back,
            problems: model.problems, fields(model))
        let content: HTML = """
            \(UI.heading(title, note: record.school.name))
            \(UI.card(nil, form))
            """
        let crumbs = StaffRecordPages.crumbs(record) + [Crumb(record.person.name, back), Crumb(model.deed.title)]
        return UI.layout(title, page, breadcrumbs: crumbs, isFailed: !model.problems.isEmpty, content)
    }

    private static func fields(_ model: Model) -> HTML {
        switch model.deed {
        case .give: post(model) + day(model, "from", "任职日期")
        case .change:
            UI.hidden("appointment", model.values["appointment"] ?? "") + post(model) + day(model, "from", "调整日期")
        case .end:
            UI.hidden("appointment", model.values["appointment"] ?? "") + reason(model) + day(model, "until", "结束日期")
        case .teams: teams(model)
        case .facts: StaffFactFields.fields(model)
        case .away: away(model)
        case .back:
            day(model, "until", "返岗日期", hint: "从这一天起，代课教师的任务交还本人。")
        case .transfer: transfer(model)
        case .leave:
            reason(model) + day(model, "until", "离开日期", hint: "从这一天起，岗位、班主任、任课和本校的权限一起结束；账号保留。")
        }
    }

    private static func post(_ model: Model) -> HTML {
        let posts = [SelectOption("", "选择岗位")] + CodeLists.post.codes.map { SelectOption($0.code, $0.name) }
        let kinds = AppointmentKind.allCases.map { SelectOption($0.rawValue, $0.title) }
        return UI.select(
            "post", label: "岗位", options: posts, selected: model.values["post"], required: true,
            problems: model.problems)
            + UI.select(
                "kind", label: "任职方式", options: kinds, selected: model.values["kind"], problems: model.problems)
            + UI.textField(
                "share", label: "工作量", value: model.values["share"], hint: "占全部工作的百分比，全职填 100。", suffix: "%",
                inputmode: "numeric", problems: model.problems)
    }

    private static func day(_ model: Model, _ name: String, _ label: String, hint: String? = nil) -> HTML {
        UI.textField(
            name, label: label, value: model.values[name], hint: hint, type: "date", required: true,
            problems: model.problems)
    }

    private static func reason(_ model: Model) -> HTML {
        let options = [SelectOption("", "选择原因")] + AppointmentEnd.leaving.map { SelectOption($0.rawValue, $0.title) }
        return UI.select(
            "reason", label: "原因", options: options, selected: model.values["reason"], required: true,
            problems: model.problems)
    }

    private static func teams(_ model: Model) -> HTML {
        let options = StaffTeam.allCases.map { SelectOption($0.rawValue, $0.title) }
        return UI.checkboxes(
            "team", label: "队伍", options: options, selected: Set(model.values.all("team")),
            hint: "行动计划四、（三）：管理队伍、技术队伍、教师队伍。", problems: model.problems)
            + day(model, "from", "起始日期")
    }

    private static func transfer(_ model: Model) -> HTML {
        UI.textField(
            "target", label: "接收学校", value: model.values["target"], hint: "学校全称或标识码。", required: true,
            problems: model.problems)
            + post(model)
            + day(model, "from", "调动日期", hint: "接收学校确认、上级核准后，从这一天起原校的任职、任课和权限结束，新校的开始；账号和作品不变。")
    }

    private static func away(_ model: Model) -> HTML {
        let kinds = [SelectOption("", "选择类别")] + LeaveKind.allCases.map { SelectOption($0.rawValue, $0.title) }
        let record = model.record, today = record.today
        let people =
            [SelectOption("", "暂不安排")]
            + model.colleagues.map { SelectOption($0.person.id.rawValue, $0.person.name) }
        let duties = record.duties.filter { $0.post.until == nil && $0.classGroup.closedOn == nil }
        var substitutes = HTML()
        for duty in duties {
            let field = StaffLeaveService.field(of: duty.post.id)
            substitutes += UI.select(
                field, label: "\(duty.classGroup.name(on: today))\(duty.post.title)", options: people,
                selected: model.values[field], problems: model.problems)
        }
        return UI.select(
            "leaveKind", label: "类别", options: kinds, selected: model.values["leaveKind"], required: true,
            problems: model.problems)
            + UI.textArea(
                "note", label: "说明", value: model.values["note"], hint: "没有可不填。加密保存，只有管理人事的人能看到。", rows: 2,
                problems: model.problems)
            + day(model, "from", "开始日期")
            + UI.textField(
                "expected", label: "预计返岗", value: model.values["expected"], hint: "不确定可不填。", type: "date",
                problems: model.problems)
            + (duties.isEmpty ? "" : UI.fieldGroup("代课教师", substitutes))
    }
}

/// The form of what is kept of a member of the staff.
enum StaffFactFields {
    static func fields(_ model: StaffDeedPages.Model) -> HTML {
        let groups: [(String, PersonField.Group)] = [("教职工信息", .staff), ("个人信息", .common)]
        var html = HTML()
        for (title, group) in groups {
            let fields = StaffFacts.fields.filter {
                $0.group == group && !StaffFacts.isLocked($0, model.record.facts)
            }
            let inputs: HTML = "\(each: fields, { input($0, model) })"
            html += UI.fieldGroup(title, UI.fieldRow(inputs))
        }
        return html
    }

    private static func input(_ field: PersonField, _ model: StaffDeedPages.Model) -> HTML {
        let isKnown = !(model.record.facts?[field.id] ?? "").isEmpty
        let hint = field.isSensitive && isKnown ? "已登记，不显示；不改就留空。" : nil
        let typed = model.values[field.id]
        switch field.kind {
        case .code:
            let codes = field.list?.codes ?? []
            return UI.select(
                field.id, label: field.label,
                options: [SelectOption("", "未填")] + codes.map { SelectOption($0.code, $0.name) }, selected: typed,
                hint: hint, problems: model.problems)
        case .flag:
            return UI.select(
                field.id, label: field.label,
                options: [SelectOption("", "未填"), SelectOption("1", "是"), SelectOption("0", "否")], selected: typed,
                hint: hint, problems: model.problems)
        case .date, .month, .text, .number:
            let format = field.kind == .date ? "如 2015-09-01" : field.kind == .month ? "如 2015-09" : nil
            return UI.textField(
                field.id, label: field.label, value: typed, hint: hint ?? format, autocomplete: "off",
                problems: model.problems)
        }
    }
}
