import Contracts
import Directory
import Kernel
import Web

/// The schools behind a target, in one of four lists.
struct TargetSchools: Sendable {
    enum List: String, CaseIterable, Sendable {
        case short, passing, noData, outside

        var title: String {
            switch self {
            case .short: "未达标学校"
            case .passing: "达标学校"
            case .noData: "无数据学校"
            case .outside: "不计入的学校"
            }
        }

        func contains(_ result: SchoolResult) -> Bool {
            switch (self, result.figure, result.passes) {
            case (.noData, .noData, _), (.outside, .outside, _): true
            case (.short, .value, false), (.passing, .value, true): true
            default: false
            }
        }
    }

    struct Row: Sendable {
        let school: Organisation
        let unit: String
        let result: SchoolResult
    }

    let target: BoardTarget
    let way: BoardFigures.Way
    let question: PlanPages.Question

    func rows(_ list: List, _ results: BoardFigures.Results) -> [Row] {
        results.filter { list.contains($0.result) }.map { item in
            Row(school: item.school, unit: question.figures.unitName(of: item.school), result: item.result)
        }
    }

    /// The way down from a school's figure to the records behind it.
    static func sourcePath(_ target: BoardTarget, _ school: OrganisationID) -> String {
        RailPages.path(target) + "/schools/\(school)"
    }

    func table(_ list: List) -> DataTable<Row> {
        let (target, way, question) = (target, way, question)
        let unit = TargetFigure.unit(ofSchoolsIn: way)
        let source: @Sendable (Row) -> String = { row in
            question.url(TargetSchools.sourcePath(target, row.school.id), [("organisation", nil)])
        }
        var columns: [DataColumn<Row>] = [
            DataColumn(
                "学校", sort: "name", value: { .text($0.school.name) },
                cell: { #"<a href="\#(url: "/schools/\($0.school.id)")">\#($0.school.name)</a>"# }),
            DataColumn("标识码", value: { $0.school.code.map { .text($0) } ?? .empty }),
            DataColumn("所属", sort: "unit", value: { .text($0.unit) }),
            DataColumn(
                "现值", sort: "value", value: { TargetSchools.value($0.result, unit) },
                cell: { #"<a href="\#(url: source($0))">\#(TargetSchools.text($0.result, unit))</a>"# }),
        ]
        if list == .short {
            columns += [
                DataColumn("缺口（\(way.indicator.gapUnit)）", sort: "gap", value: { TargetSchools.number($0.result.gap) }),
                DataColumn(
                    FigureText.isYearly(way.indicator.price) ? "约需（元/年）" : "约需（元）", sort: "cost",
                    value: { $0.result.cost.map { .decimal(Double($0) / 100, places: 0) } ?? .empty }),
            ]
        }
        columns.append(DataColumn("说明", value: { $0.result.note.map { .text($0) } ?? .text("") }))
        return DataTable(
            caption: "\(target.id) \(list.title)", columns: columns,
            defaultSort: list == .short ? TableSort("gap", isDescending: true) : TableSort("name"),
            empty: UI.emptyState("没有\(list.title)", list == .short ? "这里的学校都达标，或者还没有数据。" : "换一个名单或单位看看。"))
    }

    private static func value(_ result: SchoolResult, _ unit: FigureUnit) -> TableValue {
        guard let value = result.value else { return .empty }
        return switch TargetSchools.unit(of: result, unit) {
        case .percent: .percent(value)
        case .presence: .text(FigureText.value(value, unit))
        case .number: .decimal(value, places: 2)
        }
    }

    private static func text(_ result: SchoolResult, _ unit: FigureUnit) -> String {
        guard let value = result.value else { return result.note ?? "无数据" }
        return FigureText.value(value, TargetSchools.unit(of: result, unit))
    }

    /// A school's answer to a question of yes or no is no share.
    private static func unit(of result: SchoolResult, _ unit: FigureUnit) -> FigureUnit {
        if unit == .percent, case .value(_, let whole) = result.figure, whole <= 1 { return .presence }
        return unit
    }

    private static func number(_ value: Double?) -> TableValue {
        guard let value else { return .empty }
        return value == value.rounded() && value.magnitude < 1e15 ? .integer(Int(value)) : .decimal(value, places: 2)
    }

    // MARK: Order and pages

    /// A slice of the rows in the order asked for. The list is small and in memory, so the last row's key is the
    /// cursor.
    func page(_ rows: [Row], _ query: TableQuery) -> [Row] {
        let sorted = TargetSchools.sorted(rows, by: query.sort)
        guard let after = query.after, let last = sorted.firstIndex(where: { $0.school.id.rawValue == after.id }) else {
            return Array(sorted.prefix(query.fetchLimit))
        }
        return Array(sorted[(last + 1)...].prefix(query.fetchLimit))
    }

    private static func sorted(_ rows: [Row], by sort: TableSort?) -> [Row] {
        func ascends(_ a: Row, _ b: Row) -> Bool {
            switch sort?.key {
            case "name" where a.school.name != b.school.name: a.school.name < b.school.name
            case "unit" where a.unit != b.unit: a.unit < b.unit
            case "value" where a.result.value != b.result.value: (a.result.value ?? -1) < (b.result.value ?? -1)
            case "gap" where a.result.gap != b.result.gap: (a.result.gap ?? -1) < (b.result.gap ?? -1)
            case "cost" where a.result.cost != b.result.cost: (a.result.cost ?? -1) < (b.result.cost ?? -1)
            default: a.school.path < b.school.path
            }
        }
        return sort?.isDescending == true ? rows.sorted { ascends($1, $0) } : rows.sorted(by: ascends)
    }
}

extension TargetFigure {
    /// How the schools' own values are written.
    static func unit(ofSchoolsIn way: BoardFigures.Way) -> FigureUnit {
        way.indicator.unit.isEmpty ? .percent : .number(way.indicator.unit)
    }
}
