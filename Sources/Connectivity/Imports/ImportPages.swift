import Directory
import Kernel
import Platform
import Web

/// The list of imports, the upload, and the page of one import.
enum ImportPages {
    static let root = "/register/imports"
    static func path(_ id: ID<ImportBatch>) -> String { "\(root)/\(id)" }

    private static var crumbs: [Crumb] { [Crumb("导入记录", root)] }

    static func tone(_ state: ImportState) -> Tone {
        switch state {
        case .reading, .accepting: .info
        case .mapped, .compared: .warn
        case .accepted: .ok
        case .undone, .discarded: .muted
        case .failed: .bad
        }
    }

    // MARK: List

    static let history = DataTable<ImportBatch>(
        caption: "导入记录",
        columns: [
            DataColumn(
                "文件", value: { .text($0.fileName) }, cell: { #"<a href="\#(url: path($0.id))">\#($0.fileName)</a>"# }),
            DataColumn("上传时间", value: { .text($0.createdAt.text) }),
            DataColumn("导入人", value: { .text($0.createdBy) }),
            DataColumn("统计日期", value: { .text(days($0)) }),
            DataColumn("状态", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
            DataColumn("新增", value: { .integer($0.counts.new) }),
            DataColumn("变更", value: { .integer($0.counts.changed) }),
            DataColumn("不变", value: { .integer($0.counts.unchanged) }),
            DataColumn("退回", value: { .integer($0.counts.refused) }),
        ],
        empty: UI.emptyState(
            "还没有导入过工作簿", "上传各县(市、区)的设施情况统计表，核对后接受，学校的登记就有了。"))

    static func list(_ batches: Page<ImportBatch>, _ request: WebRequest, maySubmit: Bool) -> HTML {
        let button: HTML = maySubmit ? UI.linkButton("导入工作簿", url: root + "/new", style: .primary) : ""
        let content: HTML = """
            \(UI.heading("导入记录", note: "每次导入的变更集、结果和撤销", actions: button))
            \(UI.card(nil, history.html(batches, path: root, query: request.query)))
            """
        return UI.layout("导入记录", request.page, breadcrumbs: [Crumb("导入记录")], wide: true, content)
    }

    static func days(_ batch: ImportBatch) -> String {
        batch.days.sorted().map(\.iso).joined(separator: "、")
    }

    // MARK: Upload

    static func upload(_ page: PageContext, day: String, problems: [FieldProblem] = []) -> HTML {
        let fields: HTML = """
            \(UI.fileField(
                "file", label: "工作簿", accept: ".xlsx,.xls,.csv",
                hint: "原样上传即可：.xlsx、.xls 或 .csv，不用改表头、不用删合计行。不超过 32 MB。", required: true, problems: problems))
            \(UI.textField(
                "statistics_on", label: "统计日期", value: day, hint: "表中写有统计日期的，以表中为准。", type: "date",
                required: true, problems: problems))
            """
        let form = UI.form(
            action: root, page: page, submit: "上传", cancel: root, multipart: true, problems: problems, fields)
        let content: HTML = """
            \(UI.heading("导入工作簿", note: "上传后先核对变更，接受之前不会写入登记"))
            \(UI.card(nil, form))
            """
        return UI.layout(
            "导入工作簿", page, breadcrumbs: crumbs + [Crumb("导入工作簿")], isFailed: !problems.isEmpty, content)
    }

    // MARK: One import

    static func show(
        _ batch: ImportBatch, kind: ImportKind, lines: Page<ImportLine>, _ request: WebRequest, maySubmit: Bool
    ) -> HTML {
        let title = heading(of: batch)
        let actions = maySubmit ? buttons(batch, request.page) : ""
        let content: HTML = """
            \(UI.heading(title, note: batch.fileName, actions: actions))
            \(notice(batch))
            \(figures(batch))
            \(if: batch.state.hasLines, change(batch, kind, lines, request))
            \(UI.card("来源", facts(batch)))
            """
        let refresh = batch.state == .reading || batch.state == .accepting ? 3 : nil
        return UI.layout(
            title, request.page, breadcrumbs: crumbs + [Crumb(batch.fileName)], wide: true, refreshSeconds: refresh,
            content)
    }

    private static func heading(of batch: ImportBatch) -> String {
        switch batch.state {
        case .accepted, .undone: "导入结果"
        case .compared, .discarded, .accepting: "变更集"
        case .mapped: "识别列"
        case .reading, .failed: "导入工作簿"
        }
    }

    private static func figures(_ batch: ImportBatch) -> HTML {
        guard batch.state.hasLines else { return "" }
        return UI.statistics(
            ImportKind.allCases.map { kind in
                let tone: Tone? = kind == .refused && batch.counts.refused > 0 ? .bad : nil
                let url = path(batch.id) + "?kind=" + kind.rawValue
                return UI.statistic(String(batch.counts[kind]), label: kind.title, tone: tone, url: url)
            })
    }

    private static func notice(_ batch: ImportBatch) -> HTML {
        let progress: HTML = batch.job.map { #" <a href="\#(url: "/jobs/" + $0)">查看进度</a>"# } ?? ""
        switch batch.state {
        case .reading: return UI.notice(.info, "<p>正在核对各行。\(progress)</p>")
        case .accepting: return UI.notice(.info, "<p>正在写入登记。\(progress)</p>")
        case .failed: return UI.notice(.bad, "<p>\(batch.message)</p>")
        case .mapped: return UI.notice(.info, "<p>请先核对各列识别得对不对，再查看变更集。</p>")
        case .compared where !batch.message.isEmpty: return UI.notice(.warn, "<p>\(batch.message)。</p>")
        case .compared where batch.counts.new + batch.counts.changed == 0: return nothingToWrite(batch.counts)
        case .compared: return UI.notice(.info, "<p>还没有写入登记。核对后请点“接受”；退回的行不会写入。</p>")
        case .accepted: return UI.notice(.ok, "<p>已写入登记。\(acceptedBy(batch))</p>")
        case .undone: return UI.notice(.muted, "<p>这次导入已撤销，登记恢复到导入之前。</p>")
        case .discarded: return UI.notice(.muted, "<p>已放弃，没有写入登记。</p>")
        }
    }

    private static func nothingToWrite(_ counts: ImportCounts) -> HTML {
        switch (counts.unchanged, counts.refused) {
        case (0, 0): UI.notice(.warn, "<p>表头下没有学校的行，没有要写入的内容。</p>")
        case (0, _): UI.notice(.bad, "<p>各行都被退回，没有可以写入的内容。请下载退回的行，改正后再导入。</p>")
        case (_, 0): UI.notice(.info, "<p>与现有登记相同，没有要写入的内容。</p>")
        default: UI.notice(.info, "<p>除退回的行外与现有登记相同，没有要写入的内容。</p>")
        }
    }

    private static func acceptedBy(_ batch: ImportBatch) -> String {
        guard let name = batch.acceptedBy, let at = batch.acceptedAt else { return "" }
        return "\(name) 于 \(at.text) 接受。"
    }

    private static func buttons(_ batch: ImportBatch, _ page: PageContext) -> HTML {
        let path = path(batch.id)
        let columns = UI.linkButton("识别列", url: path + "/columns")
        let again = UI.postButton("重新核对", action: path + "/comparison", page: page)
        switch batch.state {
        case .mapped: return columns + discardButton(batch, page)
        case .reading, .accepting: return again
        case .compared:
            let (new, changed) = (batch.counts.new, batch.counts.changed)
            let accept = UI.postButton(
                "接受", action: path + "/acceptance", page: page, style: .primary,
                confirm: "接受后将新增 \(new) 所学校、变更 \(changed) 所。", hidden: [("digest", batch.digest)])
            return "\(if: new + changed > 0, accept)\(columns)\(again)\(discardButton(batch, page))"
        case .accepted:
            return UI.postButton(
                "撤销导入", action: path + "/undo", page: page, style: .danger,
                confirm: "撤销后登记恢复到导入之前，确定撤销？")
        case .undone, .failed, .discarded: return UI.linkButton("导入工作簿", url: root + "/new")
        }
    }

    static func discardButton(_ batch: ImportBatch, _ page: PageContext) -> HTML {
        UI.postButton(
            "放弃", action: path(batch.id) + "/discard", page: page, confirm: "放弃这次导入？没有写入的内容会作废。")
    }

    private static func facts(_ batch: ImportBatch) -> HTML {
        let sheets = batch.layout.sheets.map { sheet in
            let last = sheet.lastHeaderRow == sheet.firstHeaderRow ? "" : " 至 \(sheet.lastHeaderRow)"
            return "\(sheet.title)（表头第 \(sheet.firstHeaderRow)\(last) 行，共 \(sheet.rowCount) 行）"
        }
        var rows: [(String, HTML)] = [
            ("文件", HTML(text: batch.fileName)), ("统计日期", HTML(text: days(batch))),
            ("上传", HTML(text: "\(batch.createdBy)，\(batch.createdAt.text)")),
            ("工作表", HTML(text: sheets.joined(separator: "；"))),
        ]
        if !batch.layout.skipped.isEmpty {
            rows.append(("未读取（没有表头或已隐藏）", HTML(text: batch.layout.skipped.joined(separator: "；"))))
        }
        if let name = batch.undoneBy, let at = batch.undoneAt {
            rows.append(("撤销", HTML(text: "\(name)，\(at.text)")))
        }
        return UI.summaryList(rows)
    }
}
