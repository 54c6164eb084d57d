import Directory
import Kernel
import Web

enum ClassAccountPages {
    private struct Row: Sendable {
        let pupil: Enrolment
        let state: OnboardingState?
    }

    static func show(_ accounts: ClassAccounts, _ page: PageContext) -> HTML {
        let path = ClassAccountRoutes.path(accounts.classGroup.id)
        let rows = accounts.pupils.map { Row(pupil: $0, state: accounts.states[$0.person]) }
        let missing = rows.count { $0.state == nil }
        let table = table(path, page).html(
            Page(items: rows, total: rows.count, next: nil), path: path, query: FormValues())
        let open = UI.postButton("为全班开通账号（\(missing) 人）", action: path, page: page, style: .primary)
        let slips = UI.postButton("打印激活条", action: path + "/slips", page: page)
        let cards = UI.postButton(
            "打印全班登录卡", action: path + "/cards", page: page, confirm: "以前打印的登录卡会失效。")
        let hasAccounts = missing < rows.count
        let actions: HTML = #"\#(if: missing > 0, open) \#(if: hasAccounts, slips) \#(if: hasAccounts, cards)"#
        let content: HTML = #"""
            \#(UI.heading("班级账号", note: accounts.name, actions: actions))
            \#(UI.card(nil, table))
            <p class="field-hint">激活条只发给还没有设过密码的学生；忘记密码的学生逐个重置。登录卡用手机或摄像头扫码即可登录，遗失后重新打印，旧卡失效。</p>
            """#
        let crumbs = [
            Crumb(accounts.classGroup.schoolName, "/schools/\(accounts.classGroup.school)/classes"),
            Crumb(accounts.name, "/classes/\(accounts.classGroup.id)"), Crumb("账号"),
        ]
        return UI.layout("班级账号", page, breadcrumbs: crumbs, content)
    }

    private static func table(_ path: String, _ page: PageContext) -> DataTable<Row> {
        DataTable(
            caption: "学生账号",
            columns: [
                DataColumn("姓名", value: { .text($0.pupil.name) }),
                DataColumn("登录名", value: { .text($0.state?.login ?? "—") }),
                DataColumn("状态", value: { .text($0.state?.title ?? "未开通") }),
                DataColumn("最近登录", value: { .text($0.state?.lastSignInAt?.text ?? "从未登录") }),
                DataColumn("操作") { row in
                    guard row.state != nil else { return "" }
                    let hidden = [("person", row.pupil.person.rawValue)], name = row.pupil.name
                    let reset = UI.postButton("重置\(name)的密码", action: path + "/slips", page: page, hidden: hidden)
                    let card = UI.postButton("打印\(name)的登录卡", action: path + "/cards", page: page, hidden: hidden)
                    return #"\#(reset) \#(card)"#
                },
            ], isExportable: false, empty: UI.emptyState("班里还没有学生", "先在班级页面添加学生。"))
    }
}
