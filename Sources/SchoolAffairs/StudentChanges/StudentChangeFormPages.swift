import Directory
import Kernel
import Web

/// The form by which a school applies for a change: first the kind, then what the kind asks for.
enum StudentChangeFormPages {
    static func page(
        _ model: StudentChangeFormModel, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let kind = values["kind"].flatMap(StudentChangeKind.init(rawValue:)).flatMap {
            model.kinds.contains($0) ? $0 : nil
        }
        let name = model.classGroup.name(on: model.today)
        let content = kind.map { form(model, $0, page, values, problems) } ?? choice(model)
        return CasePages.layout(
            kind?.title ?? "学籍异动", page, note: "\(model.name) · \(model.classGroup.schoolName) · \(name)",
            crumbs: [Crumb(model.name, PupilPages.path(model.person, in: model.classGroup.id))],
            isFailed: !problems.isEmpty, UI.card(nil, content))
    }

    private static func choice(_ model: StudentChangeFormModel) -> HTML {
        let address = StudentChangePages.formPath(model.person, in: model.classGroup.id)
        return #"""
            <div class="actions">\#(each: model.kinds, {
                UI.linkButton($0.title, url: address + "?kind=" + $0.rawValue)
            })</div>
            """#
    }

    private static func form(
        _ model: StudentChangeFormModel, _ kind: StudentChangeKind, _ page: PageContext, _ values: FormValues,
        _ problems: [FieldProblem]
    ) -> HTML {
        var fields = UI.hidden("kind", kind.rawValue)
        if kind == .keyData {
            fields += keyData(model, values, problems)
        } else {
            fields += UI.textField(
                "day", label: "生效日期", value: values["day"], type: "date", required: true, problems: problems)
        }
        if kind == .suspension { fields += suspension(values, problems) }
        if kind.needsClass { fields += target(model, kind, values, problems) }
        if kind.needsApproval {
            let proofs = ProofKind.allCases.map { SelectOption($0.rawValue, $0.title) }
            fields += UI.select(
                "proof", label: "证明材料", options: [SelectOption("", "选择材料")] + proofs, selected: values["proof"],
                hint: "原件由学校留存备查。", required: true, problems: problems)
        }
        fields += UI.textArea("note", label: "说明", value: values.raw("note"), rows: 3, problems: problems)
        return UI.form(
            action: StudentChangePages.formPath(model.person, in: model.classGroup.id), page: page,
            submit: kind.needsApproval ? "提交申请" : "办理",
            cancel: PupilPages.path(model.person, in: model.classGroup.id), problems: problems, fields)
    }

    private static func suspension(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let reasons = SuspensionReason.allCases.map { SelectOption($0.rawValue, $0.title) }
        return """
            \(UI.textField("expectedReturn", label: "预计复学日期", value: values["expectedReturn"], type: "date",
                required: true, problems: problems))
            \(UI.select("reason", label: "休学原因", options: [SelectOption("", "选择原因")] + reasons,
                selected: values["reason"], hint: "加密保存，只有办理这项申请的人能看到。", required: true,
                problems: problems))
            """
    }

    private static func target(
        _ model: StudentChangeFormModel, _ kind: StudentChangeKind, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let classes = model.classes.filter {
            kind.entryYear(own: model.entryYear, from: model.classGroup, in: $0) != nil
        }
        let options = classes.map { SelectOption($0.id.rawValue, $0.name(on: model.today)) }
        return UI.select(
            "target", label: "到哪个班", options: [SelectOption("", "选择班级")] + options, selected: values["target"],
            hint: classes.isEmpty ? "本校没有可以去的班。" : nil, required: true, problems: problems)
    }

    /// Only what is typed changes; beside each field stands what is known, numbers with stars.
    private static func keyData(
        _ model: StudentChangeFormModel, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let note: HTML = #"<p class="muted">只填要变更的项目，其他留空。通过以前原来的信息继续有效。</p>"#
        return note + "\(each: KeyDatum.allCases, { keyField($0, model.known[$0] ?? "", values, problems) })"
    }

    private static func keyField(
        _ datum: KeyDatum, _ known: String, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let hint = "现在：\(datum.masked(known))", value = values[datum.rawValue]
        if let list = datum.field?.list {
            let options = list.codes.map { SelectOption($0.code, $0.name) }
            return UI.select(
                datum.rawValue, label: datum.title, options: [SelectOption("", "不变")] + options, selected: value,
                hint: hint, problems: problems)
        }
        return UI.textField(
            datum.rawValue, label: datum.title, value: value, hint: hint, type: datum == .birthDate ? "date" : "text",
            autocomplete: "off", problems: problems)
    }
}
