import Directory
import Kernel
import Web

/// All states that the page shows as one table: the place and its parts, one row for each of their targets.
enum BoardExport {
    struct Row: Sendable {
        let target: BoardTarget
        let place: String
        let figure: TargetFigure
        let reading: String
        let view: String
        let milestone: MilestonePosition?
    }

    static func rows(_ figures: BoardFigures) -> [Row] {
        figures.targets.flatMap { target -> [Row] in
            let figure = figures.figure(target), way = figures.way(target)
            guard figures.selection.state?.contains(figure.status) ?? true else { return [] }
            let units = figures.place.kind.isSchool ? [] : figures.units(target)
            let own = (title: figures.place.name, figure: figure)
            return ([own] + units.map { (title: $0.title, figure: $0.figure) }).map { part in
                Row(
                    target: target, place: part.title, figure: part.figure, reading: way?.reading.title ?? "",
                    view: way?.view?.title ?? "",
                    milestone: part.title == own.title ? figures.milestones(target, figure) : nil)
            }
        }
    }

    static let table = DataTable<Row>(
        caption: "行动计划目标状态",
        columns: [
            DataColumn("代号", value: { .text($0.target.id) }),
            DataColumn("条款", value: { .text($0.target.clause ?? "") }),
            DataColumn("目标", value: { .text($0.target.definition.title) }),
            DataColumn("目标集", value: { .text($0.target.set.title) }),
            DataColumn("单位", value: { .text($0.place) }), DataColumn("口径", value: { .text($0.reading) }),
            DataColumn("城乡口径", value: { .text($0.view) }),
            DataColumn("状态", value: { .text($0.figure.status.title) }),
            DataColumn("现值", value: value),
            DataColumn("要求", value: { .text($0.figure.goalText) }),
            DataColumn("分子", value: { $0.figure.schools > 0 ? number($0.figure.numerator) : .empty }),
            DataColumn("分母", value: { $0.figure.schools > 0 ? number($0.figure.denominator) : .empty }),
            DataColumn("参与学校", value: { .integer($0.figure.schools) }),
            DataColumn("自身达标学校", value: { .integer($0.figure.passing) }),
            DataColumn("无数据学校", value: { .integer($0.figure.noData) }),
            DataColumn("不计入学校", value: { .text(outside($0.figure)) }),
            DataColumn("到期里程碑", value: { $0.milestone?.due.map { .date($0.date) } ?? .empty }),
            DataColumn(
                "里程碑要求",
                value: { row in
                    row.milestone?.due.map { .text(FigureText.plain($0.value, row.figure.unit)) } ?? .empty
                }),
            DataColumn("里程碑做到", value: { $0.milestone?.isKept.map { .text($0 ? "是" : "否") } ?? .empty }),
        ], empty: UI.emptyState("没有符合条件的目标", "放宽条件再导出。"))

    @Sendable private static func value(_ row: Row) -> TableValue {
        guard let value = row.figure.value else { return row.figure.note.map { .text($0) } ?? .empty }
        return switch row.figure.unit {
        case .percent: .percent(value)
        case .presence: .text(FigureText.value(value, .presence))
        case .number: .decimal(value, places: 2)
        }
    }

    private static func number(_ value: Double) -> TableValue {
        value == value.rounded() && value.magnitude < 1e15 ? .integer(Int(value)) : .decimal(value, places: 2)
    }

    private static func outside(_ figure: TargetFigure) -> String {
        figure.outside.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "，")
    }
}
