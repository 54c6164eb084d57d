import Directory
import Kernel
import Web

/// A person's corrections of the recognised columns. Sheets that share a header share its choice.
struct ImportForm {
    /// One header with everything that it stands over.
    struct Column {
        /// Place in the form, from 0.
        let number: Int
        let key: String
        let header: String
        let target: ColumnTarget
        let certainty: HeaderWords.Certainty
        let sample: String
        /// `港口区 K 列`
        let places: [String]

        var name: String { "column.\(number)" }
    }

    let layout: WorkbookLayout
    private(set) var problems: [FieldProblem] = []

    init(_ layout: WorkbookLayout) { self.layout = layout }

    static func countyName(_ sheet: SheetLayout) -> String { "county.\(sheet.sheet)" }
    static func dateName(_ sheet: SheetLayout) -> String { "date.\(sheet.sheet)" }

    /// In the order in which the headers first stand.
    static func columns(of layout: WorkbookLayout) -> [Column] {
        var order: [String] = [], found: [String: [(SheetLayout, RecognisedColumn)]] = [:]
        for sheet in layout.sheets {
            for column in sheet.columns {
                if found[column.key] == nil { order.append(column.key) }
                found[column.key, default: []].append((sheet, column))
            }
        }
        return order.enumerated().compactMap { number, key in
            guard let all = found[key], let first = all.first?.1 else { return nil }
            let sample = all.first { !$0.1.sample.isEmpty }?.1.sample ?? ""
            return Column(
                number: number, key: key, header: first.header, target: first.target, certainty: first.certainty,
                sample: sample, places: all.map { "\($0.0.title) \($0.1.letters) 列" })
        }
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
            for column in result.sheets[index].columns.indices {
                let old = result.sheets[index].columns[column]
                guard let target = targets[old.key], target != old.target else { continue }
                result.sheets[index].columns[column].target = target
                result.sheets[index].columns[column].certainty = .chosen
            }
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
