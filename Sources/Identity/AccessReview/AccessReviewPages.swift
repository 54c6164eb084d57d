import Directory
import Kernel
import Web

enum AccessReviewPages {
    static let path = "/accounts/access"

    static let table = DataTable<AccessAnswer.Row>(
        caption: "有权的人",
        columns: [
            DataColumn(
                "姓名", value: { .text($0.reason.name) },
                cell: { #"<a href="\#(url: AccountPages.path($0.reason.account))">\#($0.reason.name)</a>"# }),
            DataColumn("登录名", value: { .text($0.reason.login) }),
            DataColumn("角色", value: { .text($0.reason.grant.role.title) }),
            DataColumn("单位", value: { .text($0.reason.grant.organisationName) }),
            DataColumn("依据", value: { .text($0.why) }),
            DataColumn(
                "有效期",
                value: {
                    .text("\($0.reason.grant.from.iso) 至 \($0.reason.grant.until?.adding(days: -1).iso ?? "长期")")
                }),
            DataColumn("授予人", value: { .text($0.reason.givenBy) }),
            DataColumn("账号状态", value: { .text($0.reason.state.title) }),
        ], empty: UI.emptyState("没有人", "这个单位没有人有这项权限。"))

    static func show(
        _ asked: AccessQuestion?, _ choices: AccessReviewChoices, _ answer: AccessAnswer?,
        _ table: DataTable<AccessAnswer.Row>, _ query: FormValues, _ page: PageContext
    ) -> HTML {
        let permissions =
            [SelectOption("", "选择权限")]
            + RoleCatalogue.shipped.permissions.map { SelectOption($0.permission.name, $0.title) }
        let places =
            [SelectOption("", "选择单位")] + choices.organisations.map { SelectOption($0.id.rawValue, $0.title) }
        let filters: HTML = #"""
            \#(UI.select("permission", label: "权限", options: permissions, selected: query["permission"]))
            \#(UI.select("place", label: "单位", options: places, selected: query["place"]))
            """#
        let content: HTML = #"""
            \#(UI.heading("权限查询", note: "谁能在一个单位做一件事，凭什么"))
            \#(UI.filterBar(action: path, query: query, filters))
            \#(result(answer, table, query))
            """#
        return UI.layout("权限查询", page, breadcrumbs: [Crumb("账号", "/accounts"), Crumb("权限查询")], content)
    }

    private static func result(
        _ answer: AccessAnswer?, _ table: DataTable<AccessAnswer.Row>, _ query: FormValues
    ) -> HTML {
        guard let answer else { return UI.emptyState("还没有查询", "选择一项权限和一个单位。") }
        let rows = answer.rows, title = RoleCatalogue.shipped.title(of: answer.permission)
        let people = Set(rows.map(\.reason.account)).count
        let slice = Page(items: rows, total: rows.count, next: nil)
        let body: HTML = #"""
            <p>\#(title)：\#(people) 人</p>
            \#(table.html(slice, path: path, query: query))
            """#
        return UI.card(answer.place.name, body)
    }
}
