import Kernel
import Web

/// The forms of `OrganisationAction`.
enum OrganisationFormPages {
    static func page(
        _ model: OrganisationFormModel, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let organisation = model.organisation
        let back = OrganisationPages.path(organisation.id)
        let fields = UI.hidden("revision", String(organisation.revision)) + fields(model, values, problems)
        let form = UI.form(
            action: back + "/" + model.action.rawValue, page: page, submit: submit(model.action), cancel: back,
            problems: problems, fields)
        let crumbs = OrganisationPages.crumbs(model.lineage) + [Crumb(model.action.title)]
        let title = "\(organisation.name)：\(model.action.title)"
        let content: HTML = """
            \(UI.heading(title, note: note(model)))
            \(UI.card(nil, form))
            """
        return UI.layout(title, page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    private static func submit(_ action: OrganisationAction) -> String {
        switch action {
        case .children: "新建"
        case .name, .profile, .place: "保存"
        case .merger: "并入"
        case .closure: "撤销"
        }
    }

    private static func note(_ model: OrganisationFormModel) -> String {
        switch model.action {
        case .children: "新单位建在\(model.organisation.name)之下。"
        case .name: "旧名称保留在变更记录里；按过去的日期查询时仍显示旧名称。"
        case .profile: "办学类型和城乡类型决定学校适用哪些指标，变更从生效日期起计算。"
        case .place: "下属单位随之调整；按过去的日期查询时仍在原上级之下。"
        case .merger: "数据保留在\(model.organisation.name)名下，从生效日期起不再计入统计。不能恢复，提交前先核对。"
        case .closure: "已有数据保留，从生效日期起不再计入统计。不能恢复，提交前先核对。"
        }
    }

    private static func fields(
        _ model: OrganisationFormModel, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        switch model.action {
        case .children: return newFields(model, values, problems)
        case .name:
            let name = UI.textField(
                "name", label: "新名称", value: values["name"], hint: "现在的名称：\(model.organisation.name)",
                required: true, problems: problems)
            return name + from(values, problems)
        case .profile: return profileFields(model, values, problems)
        case .place: return choice("parent", "新的上级", model, values, problems) + from(values, problems)
        case .merger: return choice("target", "并入", model, values, problems) + from(values, problems)
        case .closure: return from(values, problems)
        }
    }

    private static func from(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        UI.textField(
            "from", label: "生效日期", value: values["from"], hint: "可以是过去的日期，但不早于上一次变更。", type: "date",
            required: true, problems: problems)
    }

    private static func choice(
        _ name: String, _ label: String, _ model: OrganisationFormModel, _ values: FormValues,
        _ problems: [FieldProblem]
    ) -> HTML {
        UI.select(
            name, label: label, options: [SelectOption("", "选择单位")] + model.choices, selected: values[name],
            required: true, problems: problems)
    }

    private static func newFields(
        _ model: OrganisationFormModel, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let kinds = model.organisation.kind.children
        let kindOptions = kinds.map { SelectOption($0.rawValue, $0.title) }
        let kind = UI.radios(
            "kind", label: "类别", options: kindOptions, selected: values["kind"], required: true, problems: problems)
        let name = UI.textField("name", label: "名称", value: values["name"], required: true, problems: problems)
        let code = UI.textField(
            "code", label: "标识码", value: values["code"], hint: "学校标识码 10 位；没有可不填。", problems: problems)
        let opened = UI.textField(
            "openedOn", label: "设立日期", value: values["openedOn"], hint: "不知道可不填。", type: "date", problems: problems)
        guard kinds.contains(where: \.isSchool) else { return kind + name + code + opened }
        let school = UI.fieldGroup(
            "学校信息", hint: "类别为学校或教学点时填写；教学点的办学类型固定为小学教学点。",
            type(values, problems, required: false) + urbanRural(values, problems) + central(values, problems))
        return kind + name + code + opened + school
    }

    private static func profileFields(
        _ model: OrganisationFormModel, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let code = UI.textField(
            "code", label: "标识码", value: values["code"], hint: "登记后不能再改；还没有可不填。", problems: problems)
        let basic: HTML = """
            \(if: model.organisation.code == nil, code)
            \(type(values, problems, required: true))\(urbanRural(values, problems))\(central(values, problems))
            """
        guard model.decidesArea else { return basic + from(values, problems) }
        let options = [SelectOption("", "按城乡类型代码")] + Area.allCases.map { SelectOption($0.rawValue, "认定为\($0.title)") }
        let decision = UI.radios(
            "areaOverride", label: "城乡认定", options: options, selected: values["areaOverride"] ?? "", problems: problems)
        let reason = UI.textField(
            "areaOverrideReason", label: "认定依据", value: values["areaOverrideReason"], hint: "与代码不一致时必填。",
            problems: problems)
        return basic + UI.fieldGroup("市局认定", decision + reason) + from(values, problems)
    }

    private static func type(_ values: FormValues, _ problems: [FieldProblem], required: Bool) -> HTML {
        var codes = SchoolProfile.offeredTypes
        // A type that is no longer offered stays choosable for the school that has it.
        if let present = values.text("schoolType"), !codes.contains(where: { $0.code == present }),
            let code = CodeLists.schoolType[present]
        {
            codes.append(code)
        }
        let options = [SelectOption("", "选择办学类型")] + codes.map { SelectOption($0.code, "\($0.code) \($0.name)") }
        return UI.select(
            "schoolType", label: "办学类型", options: options, selected: values["schoolType"], required: required,
            problems: problems)
    }

    private static func urbanRural(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let options =
            [SelectOption("", "未知")]
            + CodeLists.urbanRural.leaves.map { SelectOption($0.code, "\($0.code) \($0.name)") }
        return UI.select(
            "urbanRural", label: "城乡类型", options: options, selected: values["urbanRural"], problems: problems)
    }

    private static func central(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        UI.checkbox("isCentral", label: "中心校", isOn: values["isCentral"] == "1", problems: problems)
    }
}
