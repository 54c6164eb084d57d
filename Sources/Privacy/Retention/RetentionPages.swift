import Kernel
import Web

/// How long records are kept, and their end.
enum RetentionPages {
    static let path = "/privacy/retention"

    static func show(
        _ runs: [RetentionRun], _ holds: [LegalHold], _ page: PageContext, values: FormValues,
        problems: [FieldProblem]
    ) -> HTML {
        let count = UI.postButton("清点到期记录", action: path + "/count", page: page, style: .primary)
        let note = "学籍、任职等花名册信息依法永久保存，不在此列。每月自动清点一次，删除要有人确认"
        let content: HTML = """
            \(UI.heading("保存期限", note: note, actions: count))
            \(PrivacyTabs.html(path, page))
            \(UI.card("期限", id: "periods", periods))
            \(UI.card("清理记录", id: "runs", runTable(runs, page)))
            \(UI.card("保全", id: "holds", holdTable(holds, page) + holdForm(page, values, problems)))
            """
        return UI.layout("保存期限", page, breadcrumbs: [Crumb("保存期限")], isFailed: !problems.isEmpty, content)
    }

    private static var periods: HTML {
        let table = DataTable<RetentionPeriod>(
            caption: "期限",
            columns: [
                DataColumn("记录", value: { .text($0.label) }),
                DataColumn("保存天数", value: { .integer($0.days) }),
                DataColumn("说明", value: { .text($0.basis) }),
            ], isExportable: false, empty: "")
        return listing(table, RetentionPeriod.all)
    }

    private struct RunLine: Sendable {
        let run: RetentionRun
        let line: RetentionRun.Line?
    }

    private static func runTable(_ runs: [RetentionRun], _ page: PageContext) -> HTML {
        let rows = runs.flatMap { run in
            run.lines.isEmpty
                ? [RunLine(run: run, line: nil)] : run.lines.map { RunLine(run: run, line: $0) }
        }
        let table = DataTable<RunLine>(
            caption: "清理记录",
            columns: [
                DataColumn("清点时间", value: { .text($0.run.startedAt.text) }),
                DataColumn("清点人", value: { .text($0.run.startedBy) }),
                DataColumn(
                    "记录", value: { $0.line.map { .text(RetentionPeriod.of($0.kind)?.label ?? $0.kind) } ?? .empty }),
                DataColumn("早于", value: { $0.line.map { .date($0.cutoff.day) } ?? .empty }),
                DataColumn("到期", value: { $0.line.map { .integer($0.overdue) } ?? .empty }),
                DataColumn("已删除", value: { $0.line.map { .integer($0.deleted) } ?? .empty }),
                DataColumn("确认人", value: { $0.run.confirmedBy.isEmpty ? .empty : .text($0.run.confirmedBy) }),
                DataColumn("状态", value: { .text($0.run.state.title) }),
            ], hasRowHeader: false, isExportable: false,
            empty: UI.emptyState("还没有清点过", "清点只计数；确认后才删除。"))
        let waiting = runs.first { $0.state == .counted && $0.lines.contains { $0.overdue > 0 } }
        let confirm: HTML =
            waiting.map { run in
                let total = run.lines.reduce(0) { $0 + $1.overdue }
                return UI.postButton(
                    "确认删除 \(total) 条", action: path + "/confirmation", page: page, style: .danger,
                    confirm: "到期的 \(total) 条记录会永久删除。", hidden: [("run", run.id.rawValue)])
            } ?? ""
        return listing(table, rows) + confirm
    }

    private static func holdTable(_ holds: [LegalHold], _ page: PageContext) -> HTML {
        let table = DataTable<LegalHold>(
            caption: "保全",
            columns: [
                DataColumn("记录", value: { .text(RetentionPeriod.of($0.kind)?.label ?? "全部") }),
                DataColumn("有关的人", value: { .text($0.person == nil ? "所有人" : $0.personName) }),
                DataColumn("原因", value: { .text($0.reason) }),
                DataColumn("开始", value: { .date($0.from) }),
                DataColumn("解除", value: { $0.until.map(TableValue.date) ?? .empty }),
                DataColumn("办理人", value: { .text($0.by) }),
                DataColumn(
                    "操作",
                    cell: { hold in
                        guard hold.until == nil else { return "" }
                        return UI.postButton(
                            "解除", action: path + "/holds/end", page: page, hidden: [("hold", hold.id.rawValue)])
                    }),
            ], hasRowHeader: false, isExportable: false, empty: #"<p class="muted">没有保全。</p>"#)
        return listing(table, holds)
    }

    private static func holdForm(_ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let kinds = [SelectOption("", "全部")] + RetentionPeriod.all.map { SelectOption($0.kind, $0.label) }
        let fields: HTML = """
            \(UI.select("kind", label: "保全的记录", options: kinds, selected: values["kind"], problems: problems))
            \(UI.textField("number", label: "有关的人", value: values["number"], 
                hint: "学籍号、证件号或手机号。不填就是所有人。", autocomplete: "off", problems: problems))
            \(UI.textField("reason", label: "保全原因", value: values["reason"], required: true, problems: problems))
            """
        return UI.form(action: path + "/holds", page: page, submit: "保全", problems: problems, fields)
    }

    private static func listing<Row>(_ table: DataTable<Row>, _ rows: [Row]) -> HTML {
        table.html(Page(items: rows, total: rows.count, next: nil), path: path, query: FormValues())
    }
}
