import Directory
import Kernel
import Platform
import Web

/// The ledger of exchanged files, and one of them.
enum DropPages {
    static let root = "/exchange/files"
    static func path(_ file: DropFileID) -> String { "\(root)/\(file)" }

    private static func tone(_ state: DropFile.State) -> Tone {
        switch state {
        case .reading, .writing, .recorded, .written: .info
        case .waiting: .warn
        case .accepted, .sent: .ok
        case .unchanged, .repeated, .discarded, .undone: .muted
        case .refused: .bad
        }
    }

    private static func tone(_ file: DropFile) -> Tone { file.isExpired ? .warn : tone(file.state) }

    static let files = DataTable<DropFile>(
        caption: "交换文件",
        columns: [
            DataColumn("时间", value: { .text($0.seenAt.text) }),
            DataColumn("文件", value: { .text($0.name) }) { #"<a href="\#(url: path($0.id))">\#($0.name)</a>"# },
            DataColumn("方向", value: { .text($0.direction.title) }),
            DataColumn("状态", value: { .text($0.stateTitle) }) { UI.tag($0.stateTitle, tone($0)) },
            DataColumn("新增", value: { inward($0, $0.outcome.new) }),
            DataColumn("变更", value: { inward($0, $0.outcome.changed) }),
            DataColumn("不变", value: { inward($0, $0.outcome.unchanged) }),
            DataColumn("疑似重复", value: { inward($0, $0.outcome.doubtful) }),
            DataColumn("退回", value: { inward($0, $0.outcome.refused) }),
            DataColumn("行数", value: { $0.direction == .outward ? .integer($0.rows) : .empty }),
        ], isExportable: false, empty: UI.emptyState("还没有交换过文件", "对方把文件放入文件夹，或按节奏写出后，每个文件都列在这里。"))

    private static func inward(_ file: DropFile, _ count: Int) -> TableValue {
        file.batch.isEmpty || file.state == .refused ? .empty : .integer(count)
    }

    struct View: Sendable {
        let file: DropFile
        /// What is not taken and why.
        let problems: [String]
        /// The page with all rows; `nil` when there is none.
        let rows: String?
        let mayAccept: Bool
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let file = view.file
        let content: HTML = """
            \(UI.heading(file.name, note: "\(file.partnerName) · \(file.direction.title)", actions: buttons(view, page)))
            \(notice(file))
            \(if: view.rows != nil, figures(file, view.rows ?? ""))
            \(if: !view.problems.isEmpty, UI.card("没有接收的内容", list(view.problems)))
            \(UI.card("台账", UI.summaryList(facts(file))))
            """
        return UI.layout(
            file.name, page,
            breadcrumbs: [
                Crumb("数据交换", ExchangePages.home), Crumb("交换伙伴", PartnerPages.root),
                Crumb(file.partnerName, PartnerPages.path(file.partner)), Crumb(file.name),
            ], refreshSeconds: file.state == .reading ? 3 : nil, content)
    }

    private static func buttons(_ view: View, _ page: PageContext) -> HTML {
        let file = view.file, path = path(file.id), outcome = file.outcome
        switch file.state {
        case .waiting where view.mayAccept:
            return UI.postButton(
                "接受", action: path + "/acceptance", page: page, style: .primary,
                confirm: "接受后将新增 \(outcome.new) 人、变更 \(outcome.changed) 人。", hidden: [("digest", outcome.digest)])
                + UI.postButton("放弃", action: path + "/discard", page: page, confirm: "放弃这个文件？没有写入的内容会作废。")
        case .accepted where view.mayAccept:
            return UI.postButton(
                "撤销", action: path + "/undo", page: page, style: .danger, confirm: "撤销后花名册恢复到接受之前，确定撤销？")
        default: return ""
        }
    }

    private static func notice(_ file: DropFile) -> HTML {
        let words: String
        switch file.state {
        case .reading: words = "正在核对各行。"
        case .waiting:
            words = file.message.isEmpty ? "还没有写入花名册。核对后请点“接受”；退回和疑似重复的行不会写入。" : file.message + "。"
        case .accepted: words = "已写入花名册。"
        case .undone: words = "已撤销，花名册恢复到接受之前。"
        case .discarded: words = "已放弃，没有写入花名册。"
        case .unchanged: words = file.message.isEmpty ? "没有可以写入的行。" : file.message + "。"
        case .repeated, .refused: words = file.message + "。"
        case .writing, .recorded, .written: words = "正在写出。"
        case .sent where file.isExpired: words = "超过保存天数无人取走，已从对方的文件夹删除。需要时请重新写出。"
        case .sent: words = file.leftAt == nil ? "已放入对方的文件夹。" : "对方已取走。"
        }
        return UI.notice(tone(file), "<p>\(words)</p>")
    }

    private static func figures(_ file: DropFile, _ rows: String) -> HTML {
        figures(file.outcome, rows)
    }

    /// The outcome of a dry run, each figure with the way to its rows.
    static func figures(_ outcome: IntakeOutcome, _ rows: String) -> HTML {
        let all: [(String, Int, String, Tone?)] = [
            ("新增", outcome.new, "new", nil), ("变更", outcome.changed, "changed", nil),
            ("不变", outcome.unchanged, "unchanged", nil), ("疑似重复", outcome.doubtful, "doubtful", .warn),
            ("退回", outcome.refused, "refused", .bad),
        ]
        return UI.statistics(
            all.map { title, count, kind, tone in
                UI.statistic(
                    String(count), label: title, tone: count > 0 ? tone : nil, url: rows + "?kind=" + kind)
            })
    }

    static func list(_ lines: [String]) -> HTML {
        #"<ul>\#(each: lines, { "<li>\($0)</li>" })</ul>"#
    }

    private static func facts(_ file: DropFile) -> [(String, HTML)] {
        var rows: [(String, HTML)] = [
            ("时间", HTML(text: file.seenAt.text)), ("大小", HTML(text: "\(file.size) 字节")),
            ("SM3", HTML(text: file.sm3.isEmpty ? "未读取" : file.sm3)),
        ]
        if let dataset = file.dataset { rows.insert(("数据", HTML(text: dataset.title)), at: 0) }
        if file.direction == .outward {
            rows.append(("内容", HTML(text: "\(file.isFull ? "全部" : "变化")，\(file.rows) 行")))
            if let at = file.leftAt { rows.append((file.isExpired ? "删除" : "取走", HTML(text: at.text))) }
        }
        return rows + file.decided.facts
    }
}
