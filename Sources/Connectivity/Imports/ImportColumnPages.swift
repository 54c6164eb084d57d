import Directory
import Kernel
import Platform
import Web

/// Checking the recognised columns.
extension ImportPages {
    static func columns(
        _ batch: ImportBatch, _ page: PageContext, values: FormValues? = nil, problems: [FieldProblem] = []
    ) -> HTML {
        let columns = ImportForm.columns(of: batch.layout)
        let options = ColumnTarget.all.map { SelectOption($0.id, $0.title) }
        let selects: HTML = "\(each: columns, { select($0, options, values, problems) })"
        let sheets: HTML = "\(each: batch.layout.sheets, { place($0, values, problems) })"
        let fields: HTML = """
            \(UI.fieldGroup("各列登记为", hint: "写法相同的表头只列一次，对所有工作表有效。", UI.fieldRow(selects)))
            \(UI.checkbox(
                "remember", label: "记住这些列名", isOn: values.map { $0.has("remember") } ?? true,
                hint: "下次遇到同样的表头，按这里的选择识别。"))
            \(sheets)
            """
        let form = UI.form(
            action: path(batch.id) + "/columns", page: page, submit: "查看变更集",
            cancel: batch.state == .mapped ? root : path(batch.id), problems: problems, fields)
        let content: HTML = """
            \(UI.heading("识别列", note: batch.fileName, actions: discardButton(batch, page)))
            \(UI.notice(.info, "<p>\(HeaderChoice.summary(columns))</p>"))
            \(UI.card(nil, form))
            """
        let trail = [Crumb("导入记录", root), Crumb(batch.fileName, path(batch.id)), Crumb("识别列")]
        return UI.layout("识别列", page, breadcrumbs: trail, wide: true, isFailed: !problems.isEmpty, content)
    }

    private static func select(
        _ column: ImportForm.Column, _ options: [SelectOption], _ values: FormValues?, _ problems: [FieldProblem]
    ) -> HTML {
        UI.select(
            column.name, label: column.header, options: options, selected: values?[column.name] ?? column.target.id,
            hint: column.hint, problems: problems)
    }

    private static func place(_ sheet: SheetLayout, _ values: FormValues?, _ problems: [FieldProblem]) -> HTML {
        let county = ImportForm.countyName(sheet), date = ImportForm.dateName(sheet)
        let units = [SelectOption("", "由各行决定")] + Divisions.managementUnits.map { SelectOption($0.code, $0.name) }
        let fields: HTML = """
            \(UI.select(
                county, label: "县(市、区)", options: units, selected: values?[county] ?? sheet.county ?? "",
                problems: problems))
            \(UI.textField(
                date, label: "统计日期", value: values?[date] ?? sheet.statisticsOn ?? "",
                hint: "空着按上传时填写的日期。", type: "date", problems: problems))
            """
        return UI.fieldGroup("工作表 " + sheet.title, UI.fieldRow(fields))
    }
}
