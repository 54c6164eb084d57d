import Directory
import Kernel
import Platform
import Web

/// A person's corrections of the recognised columns. Sheets that share a header share its choice.
struct ImportForm {
    typealias Column = HeaderChoice<ColumnTarget>

    let layout: WorkbookLayout
    private(set) var problems: [FieldProblem] = []

    init(_ layout: WorkbookLayout) { self.layout = layout }

    static func countyName(_ sheet: SheetLayout) -> String { "county.\(sheet.sheet)" }
    static func dateName(_ sheet: SheetLayout) -> String { "date.\(sheet.sheet)" }

    static func columns(of layout: WorkbookLayout) -> [Column] {
        HeaderChoice.choices(of: layout.sheets.map { ($0.title, $0.columns) })
    }

    /// The layout with what the form says; `nil` when something is wrong, told in `problems`.
    mutating func corrected(by values: FormValues) -> WorkbookLayout? {
        var targets: [String: ColumnTarget] = [:]
        for column in ImportForm.columns(of: layout) {
            guard let id = values[column.name] else { continue }
            guard let target = ColumnTarget(id: id) else {
                problems.append(FieldProblem(field: column.name, message: "请从列表中选择"))
                continue
            }
            targets[column.key] = target
        }
        var result = layout
        for index in result.sheets.indices {
            correctPlace(&result.sheets[index], values)
            result.sheets[index].columns.choose(targets)
            check(result.sheets[index])
        }
        return problems.isEmpty ? result : nil
    }

    private mutating func correctPlace(_ sheet: inout SheetLayout, _ values: FormValues) {
        if let county = values[ImportForm.countyName(sheet)] {
            sheet.county = Divisions.managementUnits.contains { $0.code == county } ? county : nil
        }
        guard let text = values[ImportForm.dateName(sheet)] else { return }
        guard let day = LocalDate(iso: text) else {
            if !text.isEmpty { problems.append(FieldProblem(field: ImportForm.dateName(sheet), message: "日期不存在")) }
            sheet.statisticsOn = nil
            return
        }
        if day > Timestamp.now.day {
            problems.append(FieldProblem(field: ImportForm.dateName(sheet), message: "统计日期不能晚于今天"))
        }
        sheet.statisticsOn = day.iso
    }

    /// A target needs one column, and a school needs a name.
    private mutating func check(_ sheet: SheetLayout) {
        var holders: [ColumnTarget: RecognisedColumn] = [:]
        let columns = ImportForm.columns(of: layout)
        for column in sheet.columns where column.target != .ignored && column.target != .remark {
            guard let other = holders.updateValue(column, forKey: column.target) else { continue }
            let name = columns.first { $0.key == column.key }?.name ?? ""
            let message = "\(sheet.title)的“\(other.header)”和“\(column.header)”都选了\(column.target.title)，只能选一列"
            problems.append(FieldProblem(field: name, message: message))
        }
        if holders[.name] == nil {
            problems.append(FieldProblem(field: columns.first?.name ?? "", message: "\(sheet.title)没有学校名称列"))
        }
    }
}
