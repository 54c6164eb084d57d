import Kernel
import Platform
import Web

enum AuditPages {
    /// - Parameter isExportable: only for the audit administrator (GB/T 22239-2019, 8.1.5.2).
    static func table(isExportable: Bool) -> DataTable<AuditEntry> {
        DataTable(
            caption: "审计记录", columns: columns, isExportable: isExportable,
            empty: UI.emptyState("没有记录", "没有符合条件的审计记录，请放宽条件。"))
    }

    private static var columns: [DataColumn<AuditEntry>] {
        [
            DataColumn("时间", value: { .text($0.at.text) }),
            DataColumn("操作人", value: { .text($0.actorName) }),
            DataColumn("地址", value: { .text($0.address) }),
            DataColumn("事件", value: { .text(AuditWords.title($0)) }),
            DataColumn(
                "结果", value: { .text($0.succeeded ? "成功" : "失败") },
                cell: { $0.succeeded ? "成功" : UI.tag("失败", .bad) }),
            DataColumn("对象", value: { .text($0.subject) }),
            DataColumn("说明", value: { .text($0.detail) }),
        ]
    }

    static func list(
        _ entries: Page<AuditEntry>, _ table: DataTable<AuditEntry>, mayVerify: Bool, _ request: WebRequest
    ) -> HTML {
        let fields: HTML = """
            \(UI.textField("actor", label: "操作人", value: request.query["actor"]))
            \(UI.select("action", label: "事件", options: AuditWords.groups, selected: request.query["action"]))
            """
        let actions: HTML = mayVerify ? UI.linkButton("校验完整性", url: "/operations/audit/verification") : ""
        let content: HTML = """
            \(UI.heading("审计记录", note: "只增不改；每条记录与前一条相连，改动任何一条都会被查出。", actions: actions))
            \(UI.filterBar(action: "/operations/audit", query: request.query, fields))
            \(UI.card(nil, table.html(entries, path: "/operations/audit", query: request.query)))
            """
        return UI.layout("审计记录", request.page, wide: true, content)
    }

    static func verdict(_ verdict: AuditChain.Verdict, _ page: PageContext) -> HTML {
        let message: HTML =
            verdict.isSound
            ? UI.notice(.ok, "<p>\(verdict.linked) 条记录完整，\(verdict.waiting) 条新记录等待串联。</p>")
            : UI.notice(.bad, "<p>记录不完整：\(verdict.reason)。请立即联系安全管理员。</p>")
        let content: HTML =
            "\(UI.heading("审计记录校验"))\(UI.card(nil, message))<p>\(UI.linkButton("返回审计记录", url: "/operations/audit"))</p>"
        return UI.layout("审计记录校验", page, content)
    }
}
