import Directory
import Kernel
import Web

/// The entry of signed papers.
enum ConsentPaperPages {
    static func show(
        _ consents: ClassConsents, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let board = ClassConsentPages.path(consents.classGroup.id), here = board + "/paper"
        let table = table(consents, values, problems).html(
            Page(items: consents.rows, total: consents.rows.count, next: nil), path: here, query: FormValues())
        let day = UI.dateField(
            "signedOn", label: "签字日期", value: LocalDate(iso: values["signedOn"] ?? ""),
            hint: "纸上写的日期。日期不同的分几次登记。", required: true, problems: problems)
        let witness = UI.checkbox(
            "witnessed", label: "纸上有班主任的见证签字", isOn: values["witnessed"] == "1", problems: problems)
        let content: HTML = #"""
            \#(UI.heading("登记纸质同意书", note: "\(consents.name)，由班主任见证"))
            <form class="form form--wide" method="post" action="\#(url: here)" novalidate data-submit-once>
            \#(UI.formTokens(page))\#(UI.errorSummary(problems))
            \#(day)
            \#(each: consents.purposes, { version($0, consents.versions[$0.code] ?? [], values, problems) })
            \#(if: consents.clerk == .school, witness)
            \#(UI.card(nil, table))
            <p class="field-hint">照纸上勾的填写。没有交回的不填，不算同意，也不算不同意。签字的家长没有登记的，选“其他家长”，写下姓名和关系。\#
            同一天填错的，重新登记就会更正。纸质原件由学校保存。</p>
            <div class="form-actions"><button class="button button--primary" type="submit">登记</button>
            <a class="button button--secondary" href="\#(url: board)">取消</a></div>
            </form>
            """#
        return UI.layout(
            "登记纸质同意书", page, breadcrumbs: ClassConsentPages.crumbs(consents, "登记纸质同意书"), wide: true,
            isFailed: !problems.isEmpty, content)
    }

    /// Asked only where there is a choice.
    private static func version(
        _ purpose: ConsentPurpose, _ versions: [ConsentVersion], _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        guard versions.count > 1 else { return "" }
        let name = ConsentPaper.versionField(purpose.code)
        let options = versions.map { SelectOption("\($0.number)", $0.stamp) }
        return UI.select(
            name, label: "“\(purpose.title)”的版本", options: [SelectOption("", "选择")] + options,
            selected: values[name] ?? "", hint: "回执上事项后面的版本。", problems: problems)
    }

    private static func table(
        _ consents: ClassConsents, _ values: FormValues, _ problems: [FieldProblem]
    ) -> DataTable<ClassConsents.Row> {
        let answers = consents.purposes.map { purpose in
            DataColumn<ClassConsents.Row>(purpose.title) { row in
                select(
                    ConsentPaper.field(row.pupil.person, purpose.code), "\(row.pupil.name)：\(purpose.title)",
                    [SelectOption("", "未填"), SelectOption("yes", "同意"), SelectOption("no", "不同意")], values, problems)
            }
        }
        let signer = DataColumn<ClassConsents.Row>("签字人") { signerCell($0, values, problems) }
        let other = DataColumn<ClassConsents.Row>("其他家长") { otherCell($0, values, problems) }
        return DataTable(
            caption: "纸质同意书", columns: [DataColumn("姓名", value: { .text($0.pupil.name) })] + answers + [signer, other],
            isExportable: false, empty: UI.emptyState("班里还没有学生", "先在班级页面添加学生。"))
    }

    /// Who signed is never guessed: another than the guardian on record may have.
    private static func signerCell(
        _ row: ClassConsents.Row, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        if row.age == .adult { return "本人" }
        let guardians = row.guardianships.map {
            SelectOption($0.guardian.rawValue, "\($0.guardianName)（\($0.relationTitle)）")
        }
        let other = SelectOption(ConsentPaper.otherSigner, "其他家长（未登记）")
        let first: [SelectOption] =
            row.age == .youth
            ? [SelectOption(ConsentPaper.pupilSigner, "本人")] : guardians.isEmpty ? [] : [SelectOption("", "选择")]
        return select(
            ConsentPaper.signerField(row.pupil.person), "\(row.pupil.name)：签字人", first + guardians + [other], values,
            problems)
    }

    private static func otherCell(
        _ row: ClassConsents.Row, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        if row.age == .adult { return "" }
        let child = row.pupil.person, name = ConsentPaper.nameField(child)
        let relations = CodeLists.guardianRelation.codes.map { SelectOption($0.code, $0.name) }
        let input: HTML = #"""
            <input class="input" id="field-\#(name)" name="\#(name)" value="\#(values[name] ?? "")"\#
             aria-label="\#(row.pupil.name)：其他家长的姓名" autocomplete="off"\#(failure(name, problems))>\#
            \#(problemLine(name, problems))
            """#
        return input
            + select(
                ConsentPaper.relationField(child), "\(row.pupil.name)：其他家长与学生的关系",
                [SelectOption("", "关系")] + relations, values, problems)
    }

    /// A choice in a cell, whose column is its label to the eye.
    private static func select(
        _ name: String, _ label: String, _ options: [SelectOption], _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let chosen = values[name] ?? ""
        return #"""
            <select class="input" id="field-\#(name)" name="\#(name)" aria-label="\#(label)"\#
            \#(failure(name, problems))>\#
            \#(each: options, { option($0, isChosen: $0.value == chosen) })</select>\#(problemLine(name, problems))
            """#
    }

    private static func failure(_ name: String, _ problems: [FieldProblem]) -> HTML {
        guard problems.contains(where: { $0.field == name }) else { return "" }
        return #" aria-invalid="true" aria-describedby="problem-\#(name)""#
    }

    private static func problemLine(_ name: String, _ problems: [FieldProblem]) -> HTML {
        guard let message = problems.first(where: { $0.field == name })?.message else { return "" }
        return #"<p class="field-problem" id="problem-\#(name)">\#(message)</p>"#
    }

    private static func option(_ option: SelectOption, isChosen: Bool) -> HTML {
        #"<option value="\#(option.value)"\#(attribute: "selected", if: isChosen)>\#(option.label)</option>"#
    }
}
