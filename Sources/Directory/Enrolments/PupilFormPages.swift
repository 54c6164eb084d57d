import Kernel
import Web

/// The forms by which pupils come into a class.
package enum PupilFormPages {
    static func new(
        _ classGroup: ClassGroup, _ day: LocalDate, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let name = UI.textField(
            "name", label: "姓名", value: values["name"], required: true, autocomplete: "off", problems: problems)
        return layout(
            "添加学生", classGroup, day, page, isFailed: !problems.isEmpty,
            UI.card(
                nil,
                UI.form(
                    action: ClassPages.path(classGroup.id) + "/pupils/new", page: page, submit: "添加",
                    cancel: ClassPages.path(classGroup.id), problems: problems,
                    grade(classGroup, day, values, problems) + name + numberFields(values, problems)
                        + from(values, problems))))
    }

    /// The fields of numbers, a parent's phone among them; all may be left empty.
    package static func numberFields(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let phone = UI.textField(
            "guardianPhone", label: "家长手机号", value: values["guardianPhone"], hint: "没有可不填。", type: "tel",
            autocomplete: "off", problems: problems)
        return ownNumberFields(values, problems) + phone
    }

    /// The fields of the pupil's own numbers.
    static func ownNumberFields(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let student = UI.textField(
            "studentNumber", label: "学籍号", value: values["studentNumber"], hint: "G、J 或 L 加 18 位；没有可不填。",
            autocomplete: "off", problems: problems)
        let types = CodeLists.idDocument.codes.map { SelectOption($0.code, $0.name) }
        let type = UI.select(
            "documentType", label: "证件类型", options: types,
            selected: values["documentType"] ?? PersonIdentifier.citizenDocument, problems: problems)
        let document = UI.textField(
            "documentNumber", label: "证件号", value: values["documentNumber"], hint: "没有可不填。", autocomplete: "off",
            problems: problems)
        return student + type + document
    }

    /// Which grade of a 复式班; nothing is asked in other classes.
    private static func grade(
        _ classGroup: ClassGroup, _ day: LocalDate, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        guard classGroup.isMultigrade else { return "" }
        return UI.select(
            "entryYear", label: "年级", options: [SelectOption("", "选择年级")] + gradeOptions([classGroup], on: day),
            selected: values["entryYear"], required: true, problems: problems)
    }

    /// The grades of classes by entry year, each once.
    static func gradeOptions(_ classes: [ClassGroup], on day: LocalDate) -> [SelectOption] {
        var seen: Set<Int> = []
        return classes.flatMap { classGroup in
            classGroup.entryYears.filter { seen.insert($0).inserted }.map { year in
                let grade = classGroup.grade(ofEntry: year, on: max(day, classGroup.openedOn))?.title
                return SelectOption(String(year), grade.map { "\($0)（\(year)级）" } ?? "\(year)级")
            }
        }
    }

    private static func from(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        UI.textField("from", label: "入班日期", value: values["from"], type: "date", required: true, problems: problems)
    }

    static func paste(
        _ classGroup: ClassGroup, _ day: LocalDate, _ page: PageContext, lines: [PupilLine], values: FormValues,
        problems: [FieldProblem]
    ) -> HTML {
        let address = ClassPages.path(classGroup.id) + "/pupils/paste"
        let text = UI.textArea(
            "lines", label: "学生名单", value: values.raw("lines"), hint: "每行一名：姓名 学籍号。没有学籍号的只写姓名。可从表格复制。",
            rows: 12, required: true, problems: problems)
        let form = UI.form(
            action: address, page: page, submit: lines.isEmpty ? "查看" : "重新查看", cancel: ClassPages.path(classGroup.id),
            problems: problems, grade(classGroup, day, values, problems) + text + from(values, problems))
        let preview: HTML = "\(if: !lines.isEmpty, preview(lines, address, page, values))"
        return layout(
            "批量添加学生", classGroup, day, page, isFailed: !problems.isEmpty, preview + UI.card(nil, form))
    }

    private static func preview(
        _ lines: [PupilLine], _ address: String, _ page: PageContext, _ values: FormValues
    ) -> HTML {
        let wrong = lines.filter { $0.problem != nil }.count
        let table = DataTable<PupilLine>(
            caption: "名单",
            columns: [
                DataColumn("行", value: { .integer($0.number) }), DataColumn("姓名", value: { .text($0.name) }),
                DataColumn("学籍号", value: { $0.masked.map(TableValue.text) ?? .empty }),
                DataColumn(
                    "结果", value: { .text($0.problem ?? "可以添加") },
                    cell: { UI.light($0.problem == nil ? .ok : .bad, $0.problem ?? "可以添加") }),
            ], hasRowHeader: false, isExportable: false, empty: "")
        let rows = table.html(Page(items: lines, total: lines.count, next: nil), path: address, query: FormValues())
        let accept = UI.postButton(
            "添加 \(lines.count) 名学生", action: address, page: page, style: .primary,
            hidden: [("accept", "1"), ("lines", values.raw("lines") ?? ""), ("from", values["from"] ?? "")])
        let told: HTML =
            wrong == 0 ? accept : UI.notice(.warn, "<p>\(wrong) 行不能添加。改好下面的名单，再点“重新查看”。</p>")
        return UI.card("预览", id: "preview", rows + told)
    }

    private static func layout(
        _ title: String, _ classGroup: ClassGroup, _ day: LocalDate, _ page: PageContext, isFailed: Bool,
        _ content: HTML
    ) -> HTML {
        let whole: HTML = """
            \(UI.heading(title, note: "\(classGroup.schoolName) · \(classGroup.name(on: day))"))
            \(content)
            """
        let crumbs = ClassPages.crumbs(classGroup, on: day, isOwnPage: false) + [Crumb(title)]
        return UI.layout(title, page, breadcrumbs: crumbs, isFailed: isFailed, whole)
    }
}
