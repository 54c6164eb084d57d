import Kernel
import Media
import Platform
import Web

/// Large archives that are being made or can be fetched.
enum ArchivePages {
    static let root = ItemPages.root + "/mine/archives"

    static func list(
        _ rows: [(order: ArchiveOrder, parts: [ArchiveOrder.Part])], warning: String?, _ page: PageContext
    ) -> HTML {
        let table = DataTable<(order: ArchiveOrder, parts: [ArchiveOrder.Part])>(
            caption: "制作的存档",
            columns: [
                DataColumn("时间", value: { .text($0.order.at.text) }),
                DataColumn(
                    "状态", value: { .text($0.order.state.title) },
                    cell: { row in
                        let job = row.order.state == .waiting ? row.order.job : nil
                        return "\(row.order.state.title)\(job.map(progress))"
                    }),
                DataColumn("下载") { row in
                    guard row.order.state == .ready else { return "" }
                    return #"<ul class="plain-list">\#(each: row.parts, { link(row.order, $0) })</ul>"#
                },
            ], isExportable: false, empty: UI.emptyState("还没有制作存档", "资源很多时在这里制作，做好以后下载。"))
        let deed = UI.postButton("制作存档", action: root, page: page, style: .primary)
        let shown = table.html(Page(items: rows, total: rows.count, next: nil), path: "", query: FormValues())
        let content: HTML = """
            \(UI.heading("我的存档", note: "全部原件和说明，分成几个压缩包，保留 \(ArchiveOrder.life) 天", actions: deed))
            \(warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card(nil, shown))
            """
        return UI.layout(
            "我的存档", page, breadcrumbs: [Crumb("我的资源", ItemPages.root + "/mine"), Crumb("我的存档")],
            isFailed: warning != nil, content)
    }

    private static func progress(_ job: String) -> HTML {
        #" <a href="\#(url: "/jobs/" + job)">查看进度</a>"#
    }

    private static func link(_ order: ArchiveOrder, _ part: ArchiveOrder.Part) -> HTML {
        #"""
        <li><a href="\#(url: "\(root)/\(order.id)/parts/\(part.number)")">第 \#(part.number) 个压缩包</a> \#
        <span class="muted">\#(FileSize.text(part.size))</span></li>
        """#
    }
}
