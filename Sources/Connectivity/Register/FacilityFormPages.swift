import Directory
import Kernel
import Web

/// What the form of a school shows besides the input.
struct FacilityFormModel: Sendable {
    let school: Organisation
    let county: String
    /// The day of which the figures are shown.
    let day: LocalDate
    let today: LocalDate
    let values: [FacilityValue]
    /// What the school's roster counts on the day; `nil` while it keeps none here.
    let roster: RosterCount?
    /// Pupils on a roster that is not whole yet; 0 when there is none or it is.
    let unfinished: Int
}

/// The form of one school, block by block.
enum FacilityFormPages {
    static let confirmationMissing = FieldProblem(field: FacilityForm.Name.confirmed, message: "核对无误的，请勾选并写明原因。")

    /// - Parameters:
    ///   - meanwhile: what somebody else told since the form was filled.
    ///   - asksReason: the figures are surprising; the person must say that they are right.
    static func page(
        _ model: FacilityFormModel, _ form: FacilityForm, _ page: PageContext, problems: [FieldProblem] = [],
        meanwhile: [FacilityValue]? = nil, asksReason: Bool = false
    ) -> HTML {
        let school = model.school
        let isFailed = !problems.isEmpty || meanwhile != nil
        let history = UI.linkButton("登记历史", url: FacilityPages.historyPath(school.id))
        let asks = asksReason || form.values.text(FacilityForm.Name.reason) != nil
        let action = FacilityPages.editPath(school.id)
        let fields = hiddenFields(form) + blocks(model, form, problems) + closing(model, form, problems, asks)
        let content: HTML = #"""
            \#(UI.heading(school.name + "设施登记", note: note(model), actions: history))
            \#(meanwhile.map(conflict))
            \#(UI.card("学校档案", facts(school)))
            \#(model.roster.map { UI.card("花名册", counted($0, model)) })
            \#(if: model.unfinished > 0, unfinished(model))
            \#(UI.form(action: action, page: page, submit: "保存", cancel: FacilityPages.schoolPath(school.id), problems: problems, fields))
            """#
        let crumbs = [Crumb("设施登记", FacilityPages.listPath), Crumb(school.name)]
        return UI.layout(school.name + "设施登记", page, breadcrumbs: crumbs, isFailed: isFailed, content)
    }

    private static func note(_ model: FacilityFormModel) -> String {
        let date = model.day == model.today ? "" : "，按 \(model.day.iso) 的情况"
        return "只登记有变化的项目，未改动的保持原值\(date)"
    }

    /// Known elsewhere, so shown and not asked.
    private static func facts(_ school: Organisation) -> HTML {
        let profile = school.profile
        let rows: [(String, HTML)] = [
            ("学校标识码", HTML(text: school.code ?? "无")), ("办学类型", HTML(text: profile?.typeTitle ?? "—")),
            ("城乡", HTML(text: profile?.areaTitle ?? "—")), ("中心校", HTML(text: profile?.isCentral == true ? "是" : "否")),
        ]
        return UI.summaryList(rows) + #"<p class="field-hint">这些项目取自学校档案，如有错误请告诉区县管理员。</p>"#
    }

    /// Counted, so shown and not asked.
    private static func counted(_ roster: RosterCount, _ model: FacilityFormModel) -> HTML {
        let rows = FacilityField.owned(by: roster).compactMap { field in
            field.counted(in: roster).map { (field.label, HTML(text: field.textWithUnit($0))) }
        }
        let link: HTML = #"<a href="\#(url: FacilityPages.classesPath(model.school.id, on: model.day))">班级</a>"#
        return UI.summaryList(rows)
            + #"<p class="field-hint">来源：花名册，\#(model.day.iso)，不用填报。有出入请核对\#(link)和教职工。</p>"#
    }

    /// Asked as long as the roster is in part only.
    private static func unfinished(_ model: FacilityFormModel) -> HTML {
        let link: HTML = #"<a href="\#(url: RosterCompletionPages.path(model.school.id))">学籍已录全</a>"#
        return UI.notice(.info, "<p>花名册已录 \(model.unfinished) 名学生。标明\(link)以前，学生、班级和教师数仍在这里填报。</p>")
    }

    private static func conflict(_ changed: [FacilityValue]) -> HTML {
        let names = Set(changed.map(\.recordedBy)).sorted().joined(separator: "、")
        let who = names.isEmpty ? "他人" : names
        let lines: HTML = changed.isEmpty ? "" : #"<ul>\#(each: changed, changedLine)</ul>"#
        return UI.notice(
            .warn,
            #"""
            <p>这所学校的登记刚被\#(who)修改，还没有保存。你改动的项目保持原样，其余已显示最新的内容，请核对后再保存。</p>
            \#(lines)
            """#)
    }

    private static func changedLine(_ value: FacilityValue) -> HTML {
        "<li>\(value.label)：\(value.text)（\(value.recordedBy)，\(value.recordedAt.text)）</li>"
    }

    private static func hiddenFields(_ form: FacilityForm) -> HTML {
        UI.hidden(FacilityForm.Name.on, form.seen.on.iso) + UI.hidden(FacilityForm.Name.seen, form.seenText)
    }

    private static func blocks(_ model: FacilityFormModel, _ form: FacilityForm, _ problems: [FieldProblem]) -> HTML {
        var html = HTML()
        for block in FacilityField.Block.allCases {
            var fields = HTML()
            for field in FacilityField.asked(with: model.roster) where field.block == block {
                let known = model.values.first { $0.field == field.id }
                fields += input(field, form.values[field.id], known, problems)
            }
            html += UI.card(nil, UI.fieldGroup(block.rawValue, UI.fieldRow(fields)))
        }
        return html
    }

    private static func input(
        _ field: FacilityField, _ typed: String?, _ known: FacilityValue?, _ problems: [FieldProblem]
    ) -> HTML {
        let hint = known.map { "现值 \(field.text($0.value))：\($0.origin)，\($0.validFrom.iso)" }
        var options: [SelectOption] = known == nil ? [SelectOption("", "未填")] : []
        switch field.kind {
        case .yesNo: options += [SelectOption("1", "有"), SelectOption("0", "无")]
        case .code: options += field.choices.map { SelectOption($0.code, $0.name) }
        case .count, .bandwidth, .money:
            return UI.textField(
                field.id, label: field.label, value: typed, hint: hint, suffix: field.unit, autocomplete: "off",
                inputmode: field.kind == .count ? "numeric" : "decimal", problems: problems)
        }
        return UI.select(
            field.id, label: field.label, options: options, selected: typed, hint: hint, problems: problems)
    }

    private static func closing(
        _ model: FacilityFormModel, _ form: FacilityForm, _ problems: [FieldProblem], _ asksReason: Bool
    ) -> HTML {
        let typed = form.values.text(FacilityForm.Name.validFrom)
        let day = UI.textField(
            FacilityForm.Name.validFrom, label: "起始日期", value: typed, hint: "改动的项目从这一天起有效，不能晚于今天",
            type: "date", required: true, problems: problems)
        return UI.card(nil, UI.fieldGroup("起始", day + (asksReason ? confirmation(form, problems) : "")))
    }

    private static func confirmation(_ form: FacilityForm, _ problems: [FieldProblem]) -> HTML {
        let isOn = form.values[FacilityForm.Name.confirmed] == "1"
        return UI.checkbox(FacilityForm.Name.confirmed, label: "已核对，数值无误", isOn: isOn, problems: problems)
            + UI.textArea(
                FacilityForm.Name.reason, label: "变化较大的原因", value: form.values.text(FacilityForm.Name.reason),
                hint: "写入登记历史", rows: 2, problems: problems)
    }
}
