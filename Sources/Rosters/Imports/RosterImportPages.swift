import Directory
import Kernel
import Platform
import Web

/// The list of roster imports, the upload, and the page of one import.
enum RosterImportPages {
    static let root = "/rosters/batches"
    static func path(_ id: ID<RosterBatch>) -> String { "\(root)/\(id)" }

    static var crumbs: [Crumb] { [Crumb("花名册导入", root)] }

    private static func tone(_ state: ImportState) -> Tone {
        switch state {
        case .reading, .accepting: .info
        case .mapped, .compared: .warn
        case .accepted: .ok
        case .undone, .discarded: .muted
        case .failed: .bad
        }
    }

    // MARK: List

    static let history = DataTable<RosterBatch>(
        caption: "花名册导入",
        columns: [
            DataColumn(
                "文件", value: { .text($0.fileName) }, cell: { #"<a href="\#(url: path($0.id))">\#($0.fileName)</a>"# }),
            DataColumn("花名册", value: { .text($0.layout.roster.title) }),
            DataColumn("上传时间", value: { .text($0.createdAt.text) }),
            DataColumn("导入人", value: { .text($0.createdBy) }),
            DataColumn("状态", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
            DataColumn("新增", value: { .integer($0.counts[.new]) }),
            DataColumn("变更", value: { .integer($0.counts[.changed]) }),
            DataColumn("不变", value: { .integer($0.counts[.unchanged]) }),
            DataColumn("疑似重复", value: { .integer($0.counts[.doubtful]) }),
            DataColumn("退回", value: { .integer($0.counts[.refused]) }),
        ],
        empty: UI.emptyState(
            "还没有导入过花名册", "上传从全国学籍系统、全国教师系统导出的表，或学校自己的花名册，核对后接受。"))

    static func list(_ batches: Page<RosterBatch>, _ request: WebRequest, maySubmit: Bool) -> HTML {
        let new = UI.linkButton("导入花名册", url: root + "/new", style: .primary)
        let button: HTML = UI.linkButton("班级名单", url: ClassListPages.root) + (maySubmit ? new : "")
        let content: HTML = """
            \(UI.heading("花名册导入", note: "每次导入的变更集、结果和撤销", actions: button))
            \(UI.card(nil, history.html(batches, path: root, query: request.query)))
            """
        return UI.layout("花名册导入", request.page, breadcrumbs: [Crumb("花名册导入")], wide: true, content)
    }

    // MARK: Upload

    static func upload(_ page: PageContext, _ form: RosterUploadForm, problems: [FieldProblem] = []) -> HTML {
        let kinds =
            [SelectOption("", "自动识别")]
            + RosterKind.allCases.map { SelectOption($0.rawValue, "\($0.title)（\($0.preset)）") }
        let fields: HTML = """
            \(UI.fileField(
                "file", label: "花名册", accept: ".xlsx,.xls,.csv",
                hint: "原样上传即可：.xlsx、.xls 或 .csv，不用改表头、不用删合计行。不超过 32 MB。", problems: problems))
            \(UI.textArea(
                "cells", label: "或粘贴单元格", value: form.cells, hint: "在 Excel 或 WPS 中连同表头一起复制，粘贴到这里。", rows: 5,
                problems: problems))
            \(UI.fieldRow(uploadRow(form, kinds, problems)))
            """
        let body = UI.form(
            action: root, page: page, submit: "上传", cancel: root, multipart: true, problems: problems, fields)
        let content: HTML = """
            \(UI.heading("导入花名册", note: "上传后先核对变更，接受之前不会写入"))
            \(UI.card(nil, body))
            """
        return UI.layout(
            "导入花名册", page, breadcrumbs: crumbs + [Crumb("导入花名册")], isFailed: !problems.isEmpty, content)
    }

    private static func uploadRow(
        _ form: RosterUploadForm, _ kinds: [SelectOption], _ problems: [FieldProblem]
    ) -> HTML {
        """
        \(UI.select("roster", label: "谁的花名册", options: kinds, selected: form.roster, problems: problems))
        \(UI.textField(
            "valid_from", label: "生效日期", value: form.day, hint: "新增的人从这一天起在班或任职。", type: "date", required: true,
            problems: problems))
        """
    }

    // MARK: One import

    static func show(
        _ batch: RosterBatch, kind: RosterLineKind, lines: Page<RosterLine>, _ request: WebRequest, maySubmit: Bool
    ) -> HTML {
        let title = heading(of: batch)
        let elsewhere: HTML = batch.origin.map { UI.linkButton("去处理", url: $0.page) } ?? ""
        let actions = batch.origin != nil ? elsewhere : maySubmit ? buttons(batch, request.page) : ""
        let content: HTML = """
            \(UI.heading(title, note: batch.fileName, actions: actions))
            \(notice(batch))
            \(figures(batch))
            \(if: batch.state.hasLines && batch.state != .undone,
                RosterLinePages.change(batch, kind, lines, request, maySubmit: maySubmit))
            \(UI.card("来源", facts(batch)))
            """
        let refresh = batch.state == .reading || batch.state == .accepting ? 3 : nil
        return UI.layout(
            title, request.page, breadcrumbs: crumbs + [Crumb(batch.fileName)], wide: true, refreshSeconds: refresh,
            content)
    }

    private static func heading(of batch: RosterBatch) -> String {
        switch batch.state {
        case .accepted, .undone: "导入结果"
        case .compared, .discarded, .accepting: "变更集"
        case .mapped: "识别列"
        case .reading, .failed: "导入花名册"
        }
    }

    private static func figures(_ batch: RosterBatch) -> HTML {
        guard batch.state.hasLines else { return "" }
        return UI.statistics(
            RosterLineKind.allCases.map { kind in
                let count = batch.counts[kind]
                let tone: Tone? = count == 0 ? nil : kind == .refused ? .bad : kind == .doubtful ? .warn : nil
                return UI.statistic(
                    String(count), label: kind.title, tone: tone, url: path(batch.id) + "?kind=" + kind.rawValue)
            })
    }

    private static func notice(_ batch: RosterBatch) -> HTML {
        let progress: HTML = batch.job.map { #" <a href="\#(url: "/jobs/" + $0)">查看进度</a>"# } ?? ""
        switch batch.state {
        case .reading: return UI.notice(.info, "<p>正在核对各行。\(progress)</p>")
        case .accepting: return UI.notice(.info, "<p>正在写入花名册。\(progress)</p>")
        case .failed: return UI.notice(.bad, "<p>\(batch.message)</p>")
        case .mapped: return UI.notice(.info, "<p>请先核对各列识别得对不对，再查看变更集。</p>")
        case .compared where !batch.message.isEmpty: return UI.notice(.warn, "<p>\(batch.message)。</p>")
        case .compared where batch.counts.written == 0: return nothingToWrite(batch.counts)
        case .compared: return UI.notice(.info, "<p>\(waiting(batch.counts))</p>")
        case .accepted: return UI.notice(.ok, "<p>已写入花名册。\(acceptedBy(batch))</p>")
        case .undone: return UI.notice(.muted, "<p>这次导入已撤销，花名册恢复到导入之前。文件和各行内容已删除。</p>")
        case .discarded: return UI.notice(.muted, "<p>已放弃，没有写入花名册。</p>")
        }
    }

    private static func waiting(_ counts: RosterCounts) -> String {
        var words = ["还没有写入花名册。核对后请点“接受”；退回的行和疑似重复的行不会写入。"]
        if counts.classes > 0 { words.append("将新建 \(counts.classes) 个班级。") }
        if counts.cells > 0 { words.append("另有 \(counts.cells) 个单元格不会写入，可随退回的行下载。") }
        return words.joined()
    }

    private static func nothingToWrite(_ counts: RosterCounts) -> HTML {
        switch (counts[.unchanged], counts[.refused] + counts[.doubtful]) {
        case (0, 0): UI.notice(.warn, "<p>表头下没有人员的行，没有要写入的内容。</p>")
        case (0, _): UI.notice(.bad, "<p>没有可以写入的行。请下载退回的行，改正后再导入。</p>")
        case (_, 0): UI.notice(.info, "<p>与现有花名册相同，没有要写入的内容。</p>")
        default: UI.notice(.info, "<p>除退回和疑似重复的行外与现有花名册相同，没有要写入的内容。</p>")
        }
    }

    private static func acceptedBy(_ batch: RosterBatch) -> String {
        guard let name = batch.acceptedBy, let at = batch.acceptedAt else { return "" }
        return "\(name) 于 \(at.text) 接受。"
    }

    private static func buttons(_ batch: RosterBatch, _ page: PageContext) -> HTML {
        let path = path(batch.id)
        let columns = UI.linkButton("识别列", url: path + "/columns")
        let again = UI.postButton("重新核对", action: path + "/comparison", page: page)
        switch batch.state {
        case .mapped: return columns + discardButton(batch, page)
        case .reading, .accepting: return again
        case .compared:
            let (new, changed) = (batch.counts[.new], batch.counts[.changed])
            let accept = UI.postButton(
                "接受", action: path + "/acceptance", page: page, style: .primary,
                confirm: "接受后将新增 \(new) 人、变更 \(changed) 人。", hidden: [("digest", batch.digest)])
            return "\(if: new + changed > 0, accept)\(columns)\(again)\(discardButton(batch, page))"
        case .accepted:
            return UI.postButton(
                "撤销导入", action: path + "/undo", page: page, style: .danger,
                confirm: "撤销后花名册恢复到导入之前，确定撤销？")
        case .undone, .failed, .discarded: return UI.linkButton("导入花名册", url: root + "/new")
        }
    }

    static func discardButton(_ batch: RosterBatch, _ page: PageContext) -> HTML {
        UI.postButton(
            "放弃", action: path(batch.id) + "/discard", page: page, confirm: "放弃这次导入？没有写入的内容会作废。")
    }

    private static func facts(_ batch: RosterBatch) -> HTML {
        let sheets = batch.layout.sheets.map { sheet in
            let last = sheet.lastHeaderRow == sheet.firstHeaderRow ? "" : " 至 \(sheet.lastHeaderRow)"
            return "\(sheet.title)（表头第 \(sheet.firstHeaderRow)\(last) 行，共 \(sheet.rowCount) 行）"
        }
        var rows: [(String, HTML)] = [
            ("文件", HTML(text: batch.fileName)), ("花名册", HTML(text: batch.layout.roster.title)),
            ("生效日期", HTML(text: batch.day.iso)),
            ("上传", HTML(text: "\(batch.createdBy)，\(batch.createdAt.text)")),
            ("工作表", HTML(text: sheets.joined(separator: "；"))),
        ]
        if !batch.layout.skipped.isEmpty {
            rows.append(("未读取（没有表头或已隐藏）", HTML(text: batch.layout.skipped.joined(separator: "；"))))
        }
        if let name = batch.undoneBy, let at = batch.undoneAt { rows.append(("撤销", HTML(text: "\(name)，\(at.text)"))) }
        return UI.summaryList(rows)
    }
}
