import Kernel
import Platform
import Web

/// What people see of their notices.
enum NoticePages {
    static let root = "/notices"
    static func path(_ id: ID<Notice>) -> String { "\(root)/\(id)" }

    static func table(_ kinds: [NoticeKind], onlyUnread: Bool, _ page: PageContext) -> DataTable<Notice> {
        let titles = Dictionary(kinds.map { ($0.name, $0.title) }) { first, _ in first }
        return DataTable(
            caption: "消息",
            columns: [
                DataColumn("消息", cell: { opening($0, page) }),
                DataColumn("状态", cell: { $0.isUnread ? UI.tag("未读", .info) : UI.tag("已读", .muted) }),
                DataColumn("类别", value: { .text(titles[$0.kind] ?? "其他") }),
                DataColumn("时间", value: { .text($0.at.text) }),
                DataColumn("操作", cell: { marking($0, page) }),
            ], isExportable: false,
            empty: onlyUnread
                ? UI.emptyState("没有未读的消息", "有事告诉你时，页面上方的“消息”会显示条数。")
                : UI.emptyState("没有消息", "资源审核有了结果、后台任务做完、有事等你办理，都会在这里告诉你。"))
    }

    /// A form that looks like a link.
    private static func opening(_ notice: Notice, _ page: PageContext) -> HTML {
        let style = notice.isUnread ? "notice-open notice-open--unread" : "notice-open"
        return #"""
            <form class="\#(style)" method="post" action="\#(url: path(notice.id) + "/open")">\#(UI.formTokens(page))\#
            <button type="submit">\#(notice.text)</button></form>
            """#
    }

    private static func marking(_ notice: Notice, _ page: PageContext) -> HTML {
        notice.isUnread ? UI.postButton("标为已读", action: path(notice.id) + "/read", page: page) : ""
    }

    static func key(_ notice: Notice) -> (value: String?, id: String) {
        ((notice.isUnread ? "1 " : "0 ") + String(notice.at.milliseconds), notice.id.rawValue)
    }

    /// `nil` unless `key` made it.
    static func place(_ cursor: TableCursor) -> (isUnread: Bool, at: Timestamp, id: ID<Notice>)? {
        let parts = (cursor.value ?? "").split(separator: " ")
        guard parts.count == 2, let at = Int64(parts[1]), let id = ID<Notice>(checking: cursor.id) else { return nil }
        return (parts[0] == "1", Timestamp(milliseconds: at), id)
    }

    /// - Parameter now: when the page was made; what comes later is not marked by its button.
    static func list(
        _ notices: Page<Notice>, _ table: DataTable<Notice>, onlyUnread: Bool, now: Timestamp, _ request: WebRequest
    ) -> HTML {
        let page = request.page, unread = page.unreadNotices
        let all: HTML =
            unread == 0
            ? ""
            : UI.postButton(
                "全部标为已读", action: root + "/read", page: page, hidden: [("until", String(now.milliseconds))])
        let note =
            unread == 0
            ? "没有未读的消息" : unread < Notice.mostCounted ? "\(unread) 条未读" : "\(Notice.mostCounted) 条以上未读"
        let content: HTML = """
            \(UI.heading("消息", note: note, actions: all + UI.linkButton("消息设置", url: root + "/settings")))
            \(UI.tabs([("全部", root, !onlyUnread), ("未读", root + "?state=unread", onlyUnread)], label: "消息"))
            \(UI.card(nil, table.html(notices, path: root, query: request.query)))
            """
        return UI.layout("消息", page, breadcrumbs: [Crumb("消息")], content)
    }

    static func settings(_ kinds: [NoticeKind], muted: Set<String>, _ page: PageContext) -> HTML {
        let free = kinds.filter { !$0.isDuty }, duties = kinds.filter(\.isDuty)
        let fields = UI.checkboxes(
            "kind", label: "告诉我", options: free.map { SelectOption($0.name, $0.title) },
            selected: Set(free.map(\.name)).subtracting(muted), hint: "不选的以后不再告诉你，已有的消息还在。")
        let content: HTML = """
            \(UI.heading("消息设置"))
            \(UI.card(nil, UI.form(action: root + "/settings", page: page, submit: "保存", cancel: root, fields)))
            \(UI.card("总是告诉你的", "<p>要你办理或者关系到你的作品的，不能关闭：\(duties.map(\.title).joined(separator: "、"))。</p>"))
            """
        return UI.layout("消息设置", page, breadcrumbs: [Crumb("消息", root), Crumb("消息设置")], content)
    }
}
